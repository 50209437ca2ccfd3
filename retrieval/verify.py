"""The whole way of a claim: claim -> documents -> stance of each -> verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.corpus import Corpus, Embedder, Filters
from index.documents import Vectors
from index.regroup import regroup
from retrieval.explain import explain
from retrieval.gap import gap
from retrieval.language import unjudged_language
from retrieval.newer import can_change, reverses
from retrieval.parts import of_parts, parts_of
from retrieval.reading import Reading
from retrieval.search import Fusion, search
from retrieval.sources import independent_sources, newest_camp
from retrieval.statement import states_something
from retrieval.types import (
    STANCES,
    Answer,
    Candidate,
    Claim,
    Judgement,
    Searched,
    StanceModel,
    Timed,
    untimed,
)
from retrieval.verdict import judge
from retrieval.weigh import score_evidence

# Documents that a verdict is made of, and one more for each copy among them. Others are read only
# to be shown.
READ_DOCUMENTS = 10
# Where some of those are copies, so many times more documents are looked at, up to this many.
DEEPER, MOST_LOOKED_AT = 4, 160
# Times that a claim is searched for, if the indexes change while it is.
SEARCH_TRIES = 3
# The judgement where there is no document to judge by. It has no probabilities.
NO_DOCUMENTS = Judgement("NOT_ENOUGH_EVIDENCE", {}, reason="no_documents")


@dataclass(frozen=True, slots=True)
class Models:
    """What a claim is verified with. Without a stance model there are no stances, no verdict.

    threshold: probability below which a verdict is NOT_ENOUGH_EVIDENCE. timed: measures each stage
    ("embed", "dense", "lexical", "stance", "differences"). tells_withheld: whether an answer says
    how many documents are hidden.
    """

    embedder: Embedder
    stance: StanceModel | None
    fusion: Fusion
    threshold: float = 0.0
    timed: Timed = untimed
    tells_withheld: bool = False


def verify(claims: Sequence[Claim], corpus: Corpus, models: Models) -> list[Answer]:
    """Answers, one for each claim and in their order; every model sees all claims at once, and
    with them the statements that a claim joins.

    Raises:
        ClaimTooLong: a claim leaves the stance model too little room for its evidence.
        QuoteMismatch: the store contradicts itself.
        ModelUnavailable: a model gives no finite numbers, or its device fails.
    """
    split = [parts_of(claim.text) if models.stance else () for claim in claims]
    joined = [
        replace(claim, text=part.quote)
        for claim, parts in zip(claims, split, strict=True)
        for part in parts
    ]
    verified = _verified([*claims, *joined], corpus, models)
    of_claims, rest = verified[: len(claims)], verified[len(claims) :]
    answers = []
    for claim, parts, whole, own in zip(
        claims, split, of_claims, regroup(rest, [len(each) for each in split]), strict=True
    ):
        judged_by = [(part, each.answer) for part, each in zip(parts, own, strict=True)]
        answer = of_parts(whole.answer, judged_by, claim.top_k)
        if answer.judgement is not None and answer.judgement.verdict == "NOT_ENOUGH_EVIDENCE":
            # Of a claim that is judged by its parts, the gap is that of the first unsupported one.
            parted = own if answer.parts else []
            of = next((each for each in parted if not _is_supported(each.answer)), whole)
            publishers = [name for name, _ in corpus.publishers(claim.filters)]
            found = answer.searched.documents
            missing = gap(of.answer.claim, of.judged, claim.filters, found, publishers)
            answer = replace(answer, gap=missing)
        answers.append(answer)
    return answers


@dataclass(frozen=True, slots=True)
class _Verified:
    """The answer to a claim taken as a whole, and the readings that its verdict is made of."""

    answer: Answer
    judged: list[Reading]


def _is_supported(answer: Answer) -> bool:
    return answer.judgement is not None and answer.judgement.verdict == "SUPPORTED"


def _verified(claims: Sequence[Claim], corpus: Corpus, models: Models) -> list[_Verified]:
    with models.timed("embed"):
        vectors = models.embedder.embed_queries([claim.text for claim in claims])
    found = [_found(c, v, corpus, models) for c, v in zip(claims, vectors, strict=True)]
    readings = [each.readings for each in found]
    judgements: list[Judgement | None] = [None] * len(claims)
    if models.stance is not None:
        judgements = [not_judged(claim, models.stance) for claim in claims]
        rows = [row for row, judgement in enumerate(judgements) if judgement is None]
        with models.timed("stance"):
            scored = score_evidence([readings[row] for row in rows], models.stance)
        for row, each in zip(rows, scored, strict=True):
            readings[row] = each
            judgements[row] = _judgement(each, models.stance, models.threshold)
    shown = [each[: claim.top_k] for claim, each in zip(claims, readings, strict=True)]
    flat = explain([reading for each in shown for reading in each], models.embedder, models.timed)
    evidence = regroup(flat, [len(each) for each in shown])
    return [
        _Verified(
            Answer(claim.text, tuple(own), judgement, each.generation, each.searched),
            [reading for reading in read if reading.judged],
        )
        for claim, own, judgement, each, read in zip(
            claims, evidence, judgements, found, readings, strict=True
        )
    ]


def not_judged(claim: Claim, model: StanceModel) -> Judgement | None:
    """Why a claim gets no verdict, though its evidence is found: it states nothing, or it is in a
    language that the model was not fitted on. None for a claim that is judged."""
    language = unjudged_language(claim.text, model.calibration.languages)
    if language is not None:
        return Judgement(None, {}, reason="language_not_judged", language_not_judged=language)
    return None if states_something(claim.text) else Judgement(None, {}, reason="not_a_statement")


@dataclass(frozen=True, slots=True)
class _Found:
    """What the indexes of one generation gave for a claim."""

    readings: list[Reading]
    searched: Searched
    generation: int


def _found(claim: Claim, vector: Vectors, corpus: Corpus, models: Models) -> _Found:
    """What the indexes give for a claim. It searches again where they change meanwhile; after
    SEARCH_TRIES the generation is the oldest that a part of the answer may be of."""
    for _ in range(SEARCH_TRIES):
        generation = corpus.index_generation()
        readings = candidates(claim, vector, corpus, models)
        counted = searched(claim.filters, corpus, tells_withheld=models.tells_withheld)
        found = _Found(readings, counted, generation)
        if corpus.index_generation() == generation:
            break
    return found


def candidates(claim: Claim, vector: Vectors, corpus: Corpus, models: Models) -> list[Reading]:
    """Candidates of a claim, not yet read, best found first.

    First come those that the verdict is made of, the same ones whatever `top_k` is, and after them
    as many others as are asked for.
    """

    def find(top_k: int) -> list[Candidate]:
        return search(replace(claim, top_k=top_k), vector, corpus, models.fusion, models.timed)

    if models.stance is None:
        return [Reading(found, claim.text, vector, judged=False) for found in find(claim.top_k)]
    judged = _judged(find)
    rest: list[Candidate] = []
    if claim.top_k > len(judged):
        # Deeper rankings put other documents among the first, too.
        rest = _without(judged, find(claim.top_k))[: claim.top_k - len(judged)]
    known = models.stance.calibration.languages
    readings = []
    for at, candidate in enumerate([*judged, *rest]):
        # One of another language is shown, and has no say.
        language = unjudged_language(candidate.passage.text, known, candidate.document.language)
        is_judged = at < len(judged) and language is None
        readings.append(
            Reading(candidate, claim.text, vector, is_judged, language, thorough=claim.thorough)
        )
    return readings


def searched(filters: Filters, corpus: Corpus, *, tells_withheld: bool = False) -> Searched:
    """How many documents an answer was looked for in."""
    undated = corpus.count_undated(
        replace(filters, as_of=filters.as_of or dt.date.max, include_undated=False)
    )
    left_out = filters.hides_undated
    return Searched(
        documents=corpus.count_documents(filters),
        undated=0 if left_out else undated,
        undated_excluded=undated if left_out else 0,
        withheld=corpus.count_withheld(filters) if tells_withheld else None,
    )


def _judged(find: Callable[[int], list[Candidate]]) -> list[Candidate]:
    """The best documents, and for each whose passage is a copy of another's one more that says
    something else: one text in twelve papers is one source, and would keep all others out.

    Args:
        find: returns so many best documents.
    """
    best = find(READ_DOCUMENTS)
    texts = {_comparable_text(candidate) for candidate in best}
    missing, depth, found = len(best) - len(texts), READ_DOCUMENTS, best
    others: dict[str, Candidate] = {}
    while len(others) < missing and len(found) == depth < MOST_LOOKED_AT:
        depth *= DEEPER
        found = find(depth)
        for candidate in _without(best, found):
            if (text := _comparable_text(candidate)) not in texts:
                others.setdefault(text, candidate)
    return [*best, *list(others.values())[:missing]]


def _without(known: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    ids = {candidate.document.id for candidate in known}
    return [candidate for candidate in found if candidate.document.id not in ids]


def _comparable_text(candidate: Candidate) -> str:
    """The text of a passage in lower case with one space between words: equal for copies."""
    return " ".join(candidate.passage.text.lower().split())


def _judgement(readings: Sequence[Reading], model: StanceModel, threshold: float) -> Judgement:
    judged = [reading for reading in readings if reading.judged]
    if not judged:
        foreign = any(reading.language_not_judged for reading in readings)
        return replace(NO_DOCUMENTS, reason="language_not_judged") if foreign else NO_DOCUMENTS
    stances = np.array([reading.stance for reading in judged], np.float32)
    stances = stances.reshape(-1, len(STANCES))
    documents = [reading.candidate.document for reading in judged]
    newest = newest_camp(stances, [document.published_at for document in documents])
    follows = newest and (can_change(judged[0].claim) or reverses(judged, newest))
    judgement = judge(
        stances,
        independent_sources(
            documents, [reading.candidate.passage.text for reading in judged], stances
        ),
        sharpness=model.calibration.sharpness,
        temperature=model.calibration.verdict_temperature,
        threshold=threshold,
        newer=newest.stance if newest and follows else None,
    )
    return replace(judgement, newest=newest)
