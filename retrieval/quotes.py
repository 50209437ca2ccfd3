"""A quotation -> where the archive has it, whether its words are the same, and who says them."""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.corpus import NO_FILTERS, Corpus, Filters
from index.documents import Document, Passage, clean
from index.errors import InvalidDocument
from index.split import BLANK_LINES, sentences
from retrieval.errors import InvalidClaim, QuoteMismatch
from retrieval.quotes_align import Aligned, Op, Text, exact, nearest, text_of
from retrieval.quotes_names import is_pronoun, same_speaker
from retrieval.quotes_speaker import Said, said_by
from retrieval.quotes_text import Fragments, fragments, is_negation, longest, words_of
from retrieval.types import Quote

QuoteResult = Literal["verbatim", "altered", "shortened", "other_speaker", "not_found"]
# What is to be known about a quote that is altered or shortened.
Note = Literal[
    "negation_left_out", "negation_changed", "number_changed", "out_of_order", "far_apart",
    "bracketed",
]  # fmt: skip
# Longest quote and name of a speaker, in characters, and most parts between ellipses.
MAX_QUOTE_CHARS, MAX_SPEAKER_CHARS, MAX_FRAGMENTS = 5_000, 200, 20
# Longest text around a quote, in characters, in which its speaker is looked for.
MAX_CONTEXT_CHARS = 20_000
# Passages that each search for words ranks, and the words of a search in the middle of a quote.
PASSAGES, SEARCHED_WORDS, MOST_SEARCHES = 60, 14, 12
# Documents that are read, and the most characters of all of them together.
DOCUMENTS, READ_CHARS = 24, 4_000_000
# Documents of an answer.
MATCHES = 5
# Places of one document, equally good, whose speakers are compared.
SAME_REACH = 8
# Words between two parts of a quote from which on they are far apart.
FAR_WORDS = 80
# Most characters of a passage around a quote, and of what an ellipsis leaves out that is given.
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
    """A document's words for a quote, all places offsets into its text (which is left out).

    found: a slice for each part of the quote, in the quote's order. passage: the sentences around
    them, or around the first of them where they are too far apart. speaker: as the text attributes
    the words; is_speaker: whether that is who was asked about, None where it cannot be told.
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


@dataclass(frozen=True, slots=True)
class QuoteAnswer:
    """Where a quote stands: the result of the best match, and the matches, best first."""

    quote: str
    speaker: str | None
    result: QuoteResult
    matches: tuple[Match, ...]
    documents: int
    generation: int


def find_quote(
    quote: str,
    corpus: Corpus,
    speaker: str | None = None,
    filters: Filters = NO_FILTERS,
    most: int = MATCHES,
) -> QuoteAnswer:
    """Where the archive has a quote. The same archive gives the same answer.

    Args:
        speaker: who is said to have said it.
        most: number of documents that are returned.

    Raises:
        InvalidClaim: it has no word, or is too long, or the name is.
        QuoteMismatch: a slice is not what it should be.
    """
    normal, parts, bracketed = _read(quote)
    if speaker is not None and len(speaker) > MAX_SPEAKER_CHARS:
        raise InvalidClaim(f"the speaker has more than {MAX_SPEAKER_CHARS} characters")
    asked = " ".join(speaker.split()) if speaker else None
    generation = corpus.index_generation()
    matches = []
    for document in _documents(normal, parts, corpus, filters):
        text = text_of(document.text)
        made = _match(parts, document, text, asked or None)
        if bracketed is not None and (made is None or made.result == "altered"):
            # Words in brackets are the quoting writer's, unless the archive has them, too.
            other = _match(bracketed, document, text, asked or None)
            if other is not None and (made is None or _order(other) < _order(made)):
                made = replace(other, notes=(*other.notes, "bracketed"))
        if made is not None:
            matches.append(made)
    matches.sort(key=_order)
    result: QuoteResult = matches[0].result if matches else "not_found"
    counted = corpus.count_documents(filters)
    return QuoteAnswer(normal, asked or None, result, tuple(matches[:most]), counted, generation)


def speaker_in(context: str, quote: str) -> str | None:
    """Who says a quote by the text that quotes it; None where no rule finds him.

    Raises:
        InvalidClaim: the quote has no word, or is too long.
    """
    text, (_, parts, _) = text_of(context), _read(quote)
    for place in exact(parts.parts[longest(parts.parts)], text)[:SAME_REACH]:
        said = said_by(context, text.words.spans[place.first].start).speaker
        if said is not None and len(said.quote) <= MAX_SPEAKER_CHARS and not is_pronoun(said.quote):
            return said.quote
    return None


def _read(quote: str) -> tuple[str, Fragments, Fragments | None]:
    """The quote in NFC with one space between words, and its parts; once more without words in
    brackets, where it has any."""
    if len(quote) > MAX_QUOTE_CHARS:
        raise InvalidClaim(f"the quote has more than {MAX_QUOTE_CHARS:,} characters")
    try:
        normal = " ".join(clean(quote).split())
    except InvalidDocument as error:
        raise InvalidClaim(f"the quote has {error}") from error
    parts = fragments(normal)
    if not parts.parts:
        raise InvalidClaim("the quote has no word")
    if len(parts.parts) > MAX_FRAGMENTS:
        raise InvalidClaim(f"the quote has more than {MAX_FRAGMENTS} parts between ellipses")
    other = fragments(normal, brackets=True)
    is_other = 0 < len(other.parts) <= MAX_FRAGMENTS and other != parts
    return normal, parts, other if is_other else None


def _documents(
    quote: str, parts: Fragments, corpus: Corpus, filters: Filters
) -> Iterable[Document]:
    """The documents that hold most of the quote's words, by the searches of its parts."""
    votes: dict[tuple[str, int | None], float] = defaultdict(float)
    first: dict[tuple[str, int | None], Passage] = {}
    for searched in _searches(quote, parts):
        hits = corpus.search_words(searched, PASSAGES, filters)
        passages = corpus.passages([hit.key for hit in hits])
        best: dict[tuple[str, int | None], float] = {}
        for hit in hits:
            if (passage := passages.get(hit.key)) is not None:
                version = passage.document_id, passage.version
                best.setdefault(version, hit.score)
                first.setdefault(version, passage)
        for version, score in best.items():
            votes[version] += score
    read = 0
    for version in sorted(votes, key=lambda one: (-votes[one], one[0]))[:DOCUMENTS]:
        document = corpus.document_of(first[version], filters)
        if document is None:
            continue
        read += len(document.text)
        if read > READ_CHARS and read > len(document.text):
            return
        yield document


def _searches(quote: str, parts: Fragments) -> list[str]:
    """The whole quote, its parts, and pieces of long ones: no passage holds all of those."""
    searches = [quote]
    for part in parts.parts:
        for first in range(0, len(part.keys), SEARCHED_WORDS):
            last = min(first + SEARCHED_WORDS, len(part.keys))
            span = part.span(first, last)
            searches.append(parts.text[span.start : span.end])
    made = list(dict.fromkeys(searches))
    return made if len(made) <= MOST_SEARCHES else made[:: -(-len(made) // MOST_SEARCHES)]


def _match(parts: Fragments, document: Document, text: Text, speaker: str | None) -> Match | None:
    """The document's words for a quote; for one whose parts it lacks, those nearest to the whole
    without its ellipses."""
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


# The better result first; of one result the words that are nearer, the older document.
_RANKS: dict[QuoteResult, int] = {
    "verbatim": 0, "shortened": 1, "altered": 3, "other_speaker": 2, "not_found": 4,
}  # fmt: skip


def _order(match: Match) -> tuple[int, int, float, str, str]:
    rank = _RANKS[match.result]
    if match.result == "altered" and match.is_speaker:
        rank = 1  # the words of who was asked about, before the same words of somebody else
    known = 0 if match.is_speaker else 1
    day = str(match.document.published_at or "9999")
    return rank, known, -match.similarity, day, match.document.id
