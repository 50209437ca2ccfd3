"""Readings -> evidence: the sentences that carry the stance, their voice, and what differs from the
claim."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.corpus import Embedder
from index.terms import terms
from retrieval.reading import Reading, quotes
from retrieval.types import STANCES, Difference, Evidence, Quote, Stance, Timed, Voice, untimed
from retrieval.values import differences
from retrieval.values.reading import derivations
from retrieval.verdict import REFUTES, stance_of
from retrieval.voice import voice_of, voice_of_title

log = logging.getLogger(__name__)
# Least probability of REFUTES of evidence that tells what differs from the claim.
DIFFERENCES_FROM = 0.2
# Least share of the claim's words in a sentence that is quoted beside a title that decides.
RELATED_FROM = 0.4


Compare = Callable[[str, Sequence[Quote], str | None], tuple[Difference, ...]]


def explain(
    readings: Sequence[Reading],
    embedder: Embedder,
    timed: Timed = untimed,
    compare: Compare = differences,
) -> list[Evidence]:
    """Evidence, one for each reading: its rationale and, where it may refute, what differs."""
    undecided = [reading for reading in readings if not (reading.decided or reading.mention)]
    with timed("embed"):
        nearest = iter(_nearest_sentences(undecided, embedder))
    rationales = [
        reading.key_sentences if reading.decided or reading.mention else (next(nearest),)
        for reading in readings
    ]
    with timed("differences"):
        return [
            _evidence(reading, rationale, compare)
            for reading, rationale in zip(readings, rationales, strict=True)
        ]


def _evidence(reading: Reading, rationale: tuple[Quote, ...], compare: Compare) -> Evidence:
    found, stance = reading.candidate, reading.stance
    # Answers are remembered, and a text may have a million characters.
    document = replace(found.document, text="")
    if stance is None:
        return Evidence(
            document,
            found.passage,
            rationale,
            found.scores,
            language_not_judged=reading.language_not_judged,
        )
    label = stance_of(stance)
    title = found.document.title
    voiced = (
        voice_of_title(reading.claim, found.document, label)
        if reading.by_title
        else voice_of(reading.claim, rationale, found.passage, found.document, label)
    )
    may_refute = label == "REFUTES" or stance[REFUTES] >= DIFFERENCES_FROM
    return Evidence(
        document,
        found.passage,
        _related(reading.claim, rationale) if reading.by_title else rationale,
        found.scores,
        label,
        dict(zip(STANCES, map(float, stance), strict=True)),
        _compared(reading, rationale, compare) if may_refute else (),
        voice=_voice(voiced.voice, reading, label),
        attributed_to=voiced.by,
        title_quote=Quote(0, len(title), title) if reading.by_title else None,
        derivation=()
        if label == "NOT_ENOUGH_INFO" or reading.by_title
        else derivations(reading.claim, rationale, found.document.language),
    )


def _voice(by_rule: Voice, reading: Reading, label: Stance) -> Voice:
    """The voice of evidence: by rule where the rules find a speaker or a rejection, else by the
    model."""
    if by_rule == "stated" and label == "REFUTES" and reading.voice == "rejected":
        return "rejected"
    return "reported" if by_rule == "stated" and reading.mention else by_rule


def _related(claim: str, rationale: Sequence[Quote]) -> tuple[Quote, ...]:
    """The sentences that hold enough of the claim's words to be quoted beside a title that
    decides."""
    wanted = set(terms(claim))
    return tuple(
        quote
        for quote in rationale
        if len(wanted & set(terms(quote.quote))) >= RELATED_FROM * len(wanted)
    )


def _compared(
    reading: Reading, rationale: Sequence[Quote], compare: Compare
) -> tuple[Difference, ...]:
    """What differs from the claim; nothing where comparing fails, so that there is an answer."""
    try:
        return compare(reading.claim, rationale, reading.candidate.document.language)
    except Exception:
        # Parsers of numbers and dates, ours and others', run here over text of any kind.
        log.exception("no differences for passage %s", reading.candidate.passage.id)
        return ()


def _nearest_sentences(readings: Sequence[Reading], embedder: Embedder) -> list[Quote]:
    """For each reading the sentence nearest its claim. All sentences go in one batch; several
    statements of an article find the same ones."""
    sentences = [quotes(reading.candidate) for reading in readings]
    texts = list(dict.fromkeys(quote.quote for each in sentences for quote in each))
    vectors = dict(zip(texts, embedder.embed(texts), strict=True))
    return [
        max(each, key=lambda quote: float(vectors[quote.quote] @ reading.vector))
        for reading, each in zip(readings, sentences, strict=True)
    ]
