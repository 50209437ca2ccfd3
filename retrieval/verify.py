"""The whole way of a claim: claim -> vector -> candidates -> stance -> verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.corpus import Corpus, Embedder
from index.documents import Vectors, clean
from retrieval.differences import differences
from retrieval.search import Fusion, search
from retrieval.types import (
    STANCES,
    Answer,
    Candidate,
    Claim,
    Evidence,
    Judgement,
    Quote,
    StanceModel,
)
from retrieval.verdict import (
    NEI,
    REFUTES,
    STRONG,
    SUPPORTS,
    if_about,
    independent_sources,
    judge,
    share_about,
    stance_of,
    worth_reading,
)

# How many documents a verdict is made of, and one more for each copy among them. Others are read
# only to be shown.
READ_DOCUMENTS = 10
# How deep other documents are looked for where those are copies of one another.
DEEPER, MOST_READ_THROUGH = 4, 160
RATIONALE_SENTENCES = 2
CARRIES = 0.5
# Above this probability that a passage says too little, its sentences are not asked.
SILENT = 0.5
# Keeps what no reading says anything of from being divided by nothing.
TINY = 1e-9
# From this probability of REFUTES on, a reader is told what differs.
DOUBT = 0.2


@dataclass(frozen=True, slots=True)
class Models:
    """What a claim meets on its way. Without a stance model there are no stances, no verdict."""

    embedder: Embedder
    stance: StanceModel | None
    fusion: Fusion
    threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """A candidate and what it says of the claim.

    judged: whether the verdict is made of it; how much evidence is shown must not change that.
    stance: probabilities of shape (3,), as the stance model gives them, and then as far as the
    passage is about the claim. carrying: the sentences that carry the stance.
    """

    candidate: Candidate
    claim: str
    vector: Vectors
    judged: bool
    stance: Vectors | None = None
    carrying: tuple[Quote, ...] = ()
    order: float = 0.0

    @property
    def decided(self) -> bool:
        return self.stance is not None and stance_of(self.stance) != "NOT_ENOUGH_INFO"


def verify(claims: Sequence[Claim], corpus: Corpus, models: Models) -> list[Answer]:
    """Evidence and a verdict for each claim, in order; every model sees all claims at once.

    Raises:
        InvalidClaim: a claim is empty, or too long for the stance model.
        QuoteMismatch: the store contradicts itself.
        ModelUnavailable: a model gives no finite numbers, or its device fails.
    """
    if models.stance is not None:
        for claim in claims:
            models.stance.check(claim.text)
    generation = corpus.generation()
    vectors = models.embedder.embed([clean(claim.text) for claim in claims])
    reads = [find(c, v, corpus, models) for c, v in zip(claims, vectors, strict=True)]
    judgements: Sequence[Judgement | None] = [None] * len(claims)
    if models.stance is not None:
        reads = weigh(reads, models.stance)
        judgements = [_judge(each, models.stance, models.threshold) for each in reads]
    shown = [each[: claim.top_k] for claim, each in zip(claims, reads, strict=True)]
    evidence = iter(_explain([read for each in shown for read in each], models))
    return [
        Answer(
            claim.text,
            tuple(next(evidence) for _ in each),
            judgement,
            generation,
            corpus.count_undated(claim.filters),
        )
        for claim, each, judgement in zip(claims, shown, judgements, strict=True)
    ]


def find(claim: Claim, vector: Vectors, corpus: Corpus, models: Models) -> list[Read]:
    """Candidates, best found first: those that a verdict is made of, which are the same however few
    or many are asked for, and after them as many more as are."""
    if models.stance is None:
        found = search(claim, vector, corpus, models.fusion)
        return [Read(candidate, claim.text, vector, judged=False) for candidate in found]
    judged = _first(claim, vector, corpus, models.fusion)
    others: list[Candidate] = []
    if claim.top_k > len(judged):
        # Deeper rankings put other documents among the first, too.
        wide = _besides(judged, search(claim, vector, corpus, models.fusion))
        others = wide[: claim.top_k - len(judged)]
    return [
        Read(candidate, claim.text, vector, judged=at < len(judged))
        for at, candidate in enumerate([*judged, *others])
    ]


def _first(claim: Claim, vector: Vectors, corpus: Corpus, fusion: Fusion) -> list[Candidate]:
    """The best documents, and for each whose passage is a copy of another's one more that says
    something else: one text in twelve papers is one source and would keep all others out."""
    first = search(replace(claim, top_k=READ_DOCUMENTS), vector, corpus, fusion)
    texts = {_as_read(candidate) for candidate in first}
    missing, depth, found = len(first) - len(texts), READ_DOCUMENTS, first
    other: dict[str, Candidate] = {}
    while len(other) < missing and len(found) == depth < MOST_READ_THROUGH:
        depth *= DEEPER
        found = search(replace(claim, top_k=depth), vector, corpus, fusion)
        for candidate in _besides(first, found):
            if (text := _as_read(candidate)) not in texts:
                other.setdefault(text, candidate)
    return [*first, *list(other.values())[:missing]]


def _besides(first: Sequence[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    known = {candidate.document.id for candidate in first}
    return [candidate for candidate in found if candidate.document.id not in known]


def _as_read(candidate: Candidate) -> str:
    """The text of a passage, however it is spaced; a sign or a digit makes it another."""
    return " ".join(candidate.passage.text.lower().split())


def weigh(reads: Sequence[Sequence[Read]], model: StanceModel) -> list[list[Read]]:
    """For each claim its documents, what decides most first.

    The model reads those that may be about the claim: the stance of the others would hardly count.
    Only the documents that make the verdict change places; what was found after them stays behind.
    """
    fitted = model.calibration
    every = [read for each in reads for read in each]
    scores = np.array([read.candidate.scores.fused for read in every], np.float32)
    shares = share_about(scores, fitted)
    worth = worth_reading(shares)
    heard = hear([read for read, is_worth in zip(every, worth, strict=True) if is_worth], model)
    rows = np.zeros((len(every), len(STANCES)), np.float32)
    for at, read in zip(np.flatnonzero(worth), heard, strict=True):
        every[at], rows[at] = read, read.stance
    weighed = iter(
        replace(read, stance=row, order=decides(float(row[NEI]), float(score), fitted.relevance))
        for read, row, score in zip(every, if_about(rows, shares), scores, strict=True)
    )
    return [_both_camps_first([next(weighed) for _ in each]) for each in reads]


def hear(reads: Sequence[Read], model: StanceModel) -> list[Read]:
    """Passages with their stances, made of the readings of the whole and of each sentence.

    One sentence that decides is lost on the model among others that do not; what several say
    together, only the whole passage tells. In a passage that is likely silent no sentence speaks.
    """
    texts = [(in_context(read, read.candidate.passage.text), read.claim) for read in reads]
    whole = model.predict(texts)
    sentences = [quotes(read.candidate) for read in reads]
    asked = [
        len(each) > 1 and stance[NEI] < SILENT
        for each, stance in zip(sentences, whole, strict=True)
    ]
    single = iter(
        model.predict(
            [
                (in_context(read, quote.quote), read.claim)
                for read, each, ask in zip(reads, sentences, asked, strict=True)
                for quote in each
                if ask
            ]
        )
    )
    heard = []
    for read, row, each, ask in zip(reads, whole, sentences, asked, strict=True):
        rows = [next(single) for _ in each] if ask else [row] * len(each)
        stance = together(np.array([row, *rows], np.float32))
        shares = [float(row[int(np.argmax(stance))]) for row in rows]
        heard.append(replace(read, stance=stance, carrying=_carrying(each, shares)))
    return heard


def together(readings: Vectors) -> Vectors:
    """One stance, shape (3,), of several readings of a passage, shape (n, 3).

    It says as much as the reading that says most. Which way, all of them tell, each as far as it
    says anything: alone, the loudest would be believed where it misreads.
    """
    said = 1 - readings[:, NEI].min()
    camps = readings[:, [SUPPORTS, REFUTES]].sum(axis=0)
    supports, refutes = said * camps / max(float(camps.sum()), TINY)
    return np.array([supports, refutes, 1 - said], np.float32)


def decides(undecided: float, fused: float, relevance: float) -> float:
    """What evidence is ordered by: how much it says of the claim, and how well it was found.

    1 - P(NOT_ENOUGH_INFO) alone would put a sure word about another matter first.
    """
    return relevance * (1 - undecided) + (1 - relevance) * fused


def in_context(read: Read, text: str) -> str:
    """Text of a passage as the stance model reads it: a title says what "it" and "the city" are."""
    title = read.candidate.document.title
    return f"{title}. {text}" if title else text


def _both_camps_first(reads: list[Read]) -> list[Read]:
    """Where strong sources disagree, the strongest of each camp come before the rest."""
    judged = sorted((read for read in reads if read.judged), key=lambda read: -read.order)
    first = []
    for column in (SUPPORTS, REFUTES):
        camp = [r for r in judged if r.stance is not None and r.stance[column] >= STRONG]
        first += camp[:1]
    if len(first) == 2:
        judged.sort(key=lambda read: read not in first)
    return judged + [read for read in reads if not read.judged]


def _judge(reads: Sequence[Read], model: StanceModel, threshold: float) -> Judgement:
    reads = [read for read in reads if read.judged]
    stances = np.array([read.stance for read in reads], np.float32).reshape(-1, len(STANCES))
    return judge(
        stances,
        independent_sources([read.candidate.passage.text for read in reads], stances),
        sharpness=model.calibration.sharpness,
        temperature=model.calibration.verdict_temperature,
        threshold=threshold,
    )


def _explain(reads: Sequence[Read], models: Models) -> list[Evidence]:
    """Candidates with their rationale and, where they refute, with what differs."""
    nearest = iter(_nearest([read for read in reads if not read.decided], models.embedder))
    return [_evidence(read, read.carrying if read.decided else next(nearest)) for read in reads]


def _evidence(read: Read, rationale: tuple[Quote, ...]) -> Evidence:
    found, stance = read.candidate, read.stance
    if stance is None:
        return Evidence(found.document, found.passage, rationale, found.scores)
    label = stance_of(stance)
    doubted = label == "REFUTES" or stance[REFUTES] >= DOUBT
    return Evidence(
        found.document,
        found.passage,
        rationale,
        found.scores,
        label,
        dict(zip(STANCES, map(float, stance), strict=True)),
        differences(read.claim, rationale, found.document.language) if doubted else (),
    )


def _carrying(sentences: Sequence[Quote], shares: Sequence[float]) -> tuple[Quote, ...]:
    """The sentence that carries the stance most, and a second that does too.

    Args:
        shares: the probability of the stance in each sentence.
    """
    ranked = sorted(zip(shares, sentences, strict=True), key=lambda item: -item[0])
    ranked = ranked[:RATIONALE_SENTENCES]
    kept = [quote for at, (share, quote) in enumerate(ranked) if at == 0 or share >= CARRIES]
    return tuple(sorted(kept, key=lambda quote: quote.start))


def _nearest(reads: Sequence[Read], embedder: Embedder) -> list[tuple[Quote, ...]]:
    """For each read the sentence nearest its claim. All sentences go in one batch."""
    sentences = [quotes(read.candidate) for read in reads]
    vectors = iter(embedder.embed([quote.quote for each in sentences for quote in each]))
    nearest: list[tuple[Quote, ...]] = []
    for read, each in zip(reads, sentences, strict=True):
        cosines = [float(next(vectors) @ read.vector) for _ in each]
        nearest.append((each[int(np.argmax(cosines))],))
    return nearest


def quotes(candidate: Candidate) -> list[Quote]:
    """The sentences of a passage, with their offsets in the document."""
    text = candidate.document.text
    return [Quote(s.start, s.end, text[s.start : s.end]) for s in candidate.passage.sentences]
