"""Stances of a document's passages and sentences -> which of them only mention the claim.

A post says so, and the register says no: what only mentions a claim has no say beside what decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.documents import Document, Passage, Vectors
from retrieval.types import STANCES, Quote
from retrieval.verdict import NEI, SUPPORTS, stance_of, without_side
from retrieval.voice import content_words, voice_of

# A sentence that holds this share of as many of the claim's words as the nearest one tells it, too.
NEAREST_FROM = 0.8


def without_mentions(
    claim: str,
    document: Document,
    passage: Passage,
    sentences: Sequence[Quote],
    readings: Sequence[Vectors],
    *,
    decides_below: float,
) -> list[Vectors]:
    """Stances of a passage, first, and of its sentences, each of shape (3,). Where another sentence
    decides, those that only mention the claim do not support it, and if none but they support it,
    neither does the passage.

    Args:
        readings: of the passage and its sentences; of the passage alone, nothing changes.
        decides_below: P(NOT_ENOUGH_INFO) below which a sentence decides.
    """
    whole, *alone = readings
    decide = [row[NEI] < decides_below for row in alone]
    support = [
        decides and stance_of(row) == "SUPPORTS" for decides, row in zip(decide, alone, strict=True)
    ]
    if sum(decide) < 2 or not any(support):
        return list(readings)
    mention = [
        supports and _mentions(claim, document, passage, quote)
        for supports, quote in zip(support, sentences, strict=True)
    ]
    if not any(mention) or mention == decide:
        return list(readings)
    rest = [
        without_side(row, SUPPORTS) if only else row
        for row, only in zip(alone, mention, strict=True)
    ]
    return [without_side(whole, SUPPORTS) if mention == support else whole, *rest]


def only_mentions(claim: str, document: Document, passage: Passage, stance: Vectors) -> bool:
    """Whether a passage supports a claim, and its sentences nearest the claim only mention it.

    Args:
        stance: of the passage, shape (3,), with voices (6,).
    """
    if stance_of(stance[: len(STANCES)]) != "SUPPORTS":
        return False
    words = content_words(claim)
    told = [Quote(s.start, s.end, document.text[s.start : s.end]) for s in passage.sentences]
    held = [len(words & content_words(each.quote)) for each in told]
    nearest = NEAREST_FROM * max(held)
    return all(
        _mentions(claim, document, passage, quote)
        for quote, count in zip(told, held, strict=True)
        if count >= nearest
    )


def _mentions(claim: str, document: Document, passage: Passage, quote: Quote) -> bool:
    return voice_of(claim, [quote], passage, document, "SUPPORTS").mention
