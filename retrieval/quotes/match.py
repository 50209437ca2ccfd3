"""(parts of a quote, document) -> the document's words for them, and how these differ."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.documents import Document
from index.split import BLANK_LINES, sentences
from retrieval.errors import QuoteMismatch
from retrieval.quotes.align import Aligned, Op, Text, exact, nearest
from retrieval.quotes.names import same_speaker
from retrieval.quotes.speaker import Said, said_by
from retrieval.quotes.text import Fragments, is_negation, longest, words_of
from retrieval.types import Quote

QuoteResult = Literal["verbatim", "altered", "shortened", "other_speaker", "not_found"]
# Remarks on a quote that is altered or shortened.
Note = Literal[
    "negation_left_out", "negation_changed", "number_changed", "out_of_order", "far_apart",
    "bracketed",
]  # fmt: skip
# Most places of one document, equally good, whose speakers are compared.
SAME_REACH = 8
# Most words between two parts of a quote that are not far apart.
FAR_WORDS = 80
# Most characters of a passage around a quote, and of the text that is given for an ellipsis.
PASSAGE_CHARS, LEFT_OUT_CHARS = 1_500, 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the quote beside those of the archive; `""` where one side has none."""

    op: Op
    quote: str
    archive: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What an ellipsis leaves out: `document.text[start:end]`.

    text: None where it is longer than `LEFT_OUT_CHARS`. words: how many.
    """

    start: int
    end: int
    text: str | None
    words: int
    negations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A document's words for a quote; all places are offsets into its text, which is left out.

    found: a slice for each part of the quote, in the quote's order. passage: the sentences around
    them, or around the first of them where they are too far apart. speaker: whom the text
    attributes the words to. is_speaker: whether that is the speaker who is asked about, None where
    this cannot be told.
    differences: of words, empty where none differ. similarity: 0 to 1.
    """

    result: QuoteResult
    notes: tuple[Note, ...]
    document: Document
    found: tuple[Quote, ...]
    passage: Quote
    speaker: Quote | None
    is_speaker: bool | None
    in_marks: bool
    differences: tuple[Difference, ...]
    left_out: tuple[LeftOut, ...]
    similarity: float


def match_in(parts: Fragments, document: Document, text: Text, speaker: str | None) -> Match | None:
    """The document's match for a quote, or, where it lacks a part, for the quote without ellipses;
    None where it has none."""
    rows = _rows(parts, text)
    if not rows and len(parts.parts) > 1:
        parts = parts.joined()
        rows = _rows(parts, text)
    best: tuple[tuple[bool, bool, bool], list[Aligned], Said, bool | None] | None = None
    for row in rows:
        anchor = row[longest(parts.parts)]
        place = text.words.span(anchor.first, anchor.last)
        said = said_by(document.text, place.start)
        is_speaker = None
        if speaker is not None and said.speaker is not None:
            is_speaker = same_speaker(speaker, said.speaker.quote)
        worth = is_speaker is True, said.speaker is not None, said.in_marks
        if best is None or worth > best[0]:
            best = worth, row, said, is_speaker
    if best is None:
        return None
    _, row, said, is_speaker = best
    return _described(parts, row, document, text, said, is_speaker)


def _described(
    parts: Fragments,
    aligned: Sequence[Aligned],
    document: Document,
    text: Text,
    said: Said,
    is_speaker: bool | None,
) -> Match:
    found = tuple(_slice(document, text, each.first, each.last) for each in aligned)
    gaps = _left_out(aligned, document, text)
    notes = _notes(parts, aligned, text, gaps)
    result: QuoteResult = "verbatim"
    if not all(each.is_same for each in aligned):
        result = "altered"
    elif is_speaker is False:
        result = "other_speaker"
    elif gaps or notes:
        result = "shortened"
    differences = _differences(parts, aligned, document, text) if result == "altered" else ()
    total = sum(len(part.keys) for part in parts.parts)
    weighed = zip(aligned, parts.parts, strict=True)
    similarity = sum(each.similarity * len(part.keys) for each, part in weighed) / total
    return Match(
        result,
        notes,
        replace(document, text=""),
        found,
        _passage(document.text, min(found, key=lambda one: one.start), max(q.end for q in found)),
        said.speaker,
        is_speaker,
        said.in_marks,
        differences,
        gaps,
        round(similarity, 4),
    )


def _rows(parts: Fragments, text: Text) -> list[list[Aligned]]:
    """The parts beside the document's words, in order and near one another where that can be: at
    most `SAME_REACH` such places, the nearest to one another first."""
    places = [exact(part, text) for part in parts.parts]
    for at, part in enumerate(parts.parts):
        if not places[at] and (near := nearest(part, text)) is not None:
            places[at] = [near]
    if not all(places):
        return []
    rows = []
    for first in places[0]:
        row = [first]
        for options in places[1:]:
            following = bisect.bisect_left(options, row[-1].last, key=lambda one: one.first)
            if following == len(options):
                break
            row.append(options[following])
        if len(row) == len(places):
            rows.append(row)
    if rows:
        rows.sort(key=lambda row: (_reach(row), row[0].first))
        return [row for row in rows if _reach(row) == _reach(rows[0])][:SAME_REACH]
    anchor = places[longest(parts.parts)][0]
    return [[min(options, key=lambda one: abs(one.first - anchor.first)) for options in places]]


def _reach(row: Sequence[Aligned]) -> int:
    return row[-1].last - row[0].first


def _slice(document: Document, text: Text, first: int, last: int) -> Quote:
    """The document's words from `first` to before `last`, with what lies between them.

    Raises:
        QuoteMismatch: these are other words.
    """
    span = text.words.span(first, last)
    quote = document.text[span.start : span.end]
    if words_of(quote).keys != text.words.keys[first:last]:
        raise QuoteMismatch(f"{document.id} does not hold its words at {span.start}")
    return Quote(span.start, span.end, quote)


def _left_out(aligned: Sequence[Aligned], document: Document, text: Text) -> tuple[LeftOut, ...]:
    """What lies between neighbouring parts, of those that are in order."""
    made = []
    for one, other in itertools.pairwise(aligned):
        if other.first <= one.last:
            continue
        span = text.words.span(one.last, other.first)
        left = document.text[span.start : span.end]
        negations = filter(is_negation, text.words.keys[one.last : other.first])
        made.append(
            LeftOut(
                span.start,
                span.end,
                left if len(left) <= LEFT_OUT_CHARS else None,
                other.first - one.last,
                tuple(dict.fromkeys(negations)),
            )
        )
    return tuple(made)


def _notes(
    parts: Fragments, aligned: Sequence[Aligned], text: Text, gaps: Sequence[LeftOut]
) -> tuple[Note, ...]:
    notes: list[Note] = []
    pairs = list(itertools.pairwise(aligned))
    if any(gap.negations for gap in gaps):
        notes.append("negation_left_out")
    changed: list[str] = []
    turned = False
    for each, part in zip(aligned, parts.parts, strict=True):
        for step in each.steps:
            if step.op != "equal":
                own, other = part.keys[slice(*step.quote)], text.words.keys[slice(*step.archive)]
                changed += set(own) ^ set(other)
                # "do not" for "don't" denies no less.
                turned |= sum(map(is_negation, own)) != sum(map(is_negation, other))
    if turned:
        notes.append("negation_changed")
    if any(char.isdigit() for key in changed for char in key):
        notes.append("number_changed")
    if any(other.first < one.last for one, other in pairs):
        notes.append("out_of_order")
    if any(max(other.first - one.last, one.first - other.last) > FAR_WORDS for one, other in pairs):
        notes.append("far_apart")
    return tuple(notes)


def _differences(
    parts: Fragments, aligned: Sequence[Aligned], document: Document, text: Text
) -> tuple[Difference, ...]:
    made = []
    for each, part in zip(aligned, parts.parts, strict=True):
        for step in each.steps:
            own = other = ""
            if step.quote[0] < step.quote[1]:
                span = part.span(*step.quote)
                own = parts.text[span.start : span.end]
            if step.archive[0] < step.archive[1]:
                span = text.words.span(*step.archive)
                other = document.text[span.start : span.end]
            made.append(Difference(step.op, own, other))
    return tuple(made)


def _passage(text: str, first: Quote, end: int) -> Quote:
    """The sentences that hold the quote, of its paragraphs."""
    if end - first.start > PASSAGE_CHARS:
        end = min(first.end, first.start + PASSAGE_CHARS)
    low = max(0, first.start - PASSAGE_CHARS)
    start = max((b.end() for b in BLANK_LINES.finditer(text, low, first.start)), default=low)
    after = BLANK_LINES.search(text, end, end + PASSAGE_CHARS)
    stop = after.start() if after else min(len(text), end + PASSAGE_CHARS)
    spans = [(start + one.start, start + one.end) for one in sentences(text[start:stop])]
    begin = max((a for a, _ in spans if a <= first.start), default=first.start)
    stop = min((b for _, b in spans if b >= end), default=end)
    return Quote(begin, stop, text[begin:stop])
