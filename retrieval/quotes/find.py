"""(quote, archive) -> the documents that have it, the best match first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.corpus import NO_FILTERS, Corpus, Filters
from index.documents import Document, Passage, clean
from index.errors import InvalidDocument
from retrieval.errors import InvalidClaim
from retrieval.quotes.align import exact, text_of
from retrieval.quotes.match import SAME_REACH, Match, QuoteResult, match_in
from retrieval.quotes.names import is_pronoun
from retrieval.quotes.speaker import said_by
from retrieval.quotes.text import Fragments, fragments, longest

# Longest quote and longest name of a speaker, in characters; most parts of a quote.
MAX_QUOTE_CHARS, MAX_SPEAKER_CHARS, MAX_FRAGMENTS = 5_000, 200, 20
# Longest text around a quote, in characters, that is searched for its speaker.
MAX_CONTEXT_CHARS = 20_000
# Passages that each search ranks; words in a search for a piece of a quote; most searches.
PASSAGES, SEARCHED_WORDS, MOST_SEARCHES = 60, 14, 12
# Most documents that are read, and most characters of all of them together.
DOCUMENTS, READ_CHARS = 24, 4_000_000
# Most documents of an answer.
MATCHES = 5


@dataclass(frozen=True, slots=True)
class QuoteAnswer:
    """The result of the best match of a quote, and the matches, best first."""

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
    """The matches of a quote in the archive. The same archive gives the same answer.

    Args:
        speaker: the name of whom it is ascribed to.
        most: number of documents that are returned.

    Raises:
        InvalidClaim: the quote has no word, or the quote or the name is too long.
        QuoteMismatch: a slice of a document does not hold the words that it was found by.
    """
    normal, parts, bracketed = _read(quote)
    if speaker is not None and len(speaker) > MAX_SPEAKER_CHARS:
        raise InvalidClaim(f"the speaker has more than {MAX_SPEAKER_CHARS} characters")
    asked = " ".join(speaker.split()) if speaker else None
    generation = corpus.index_generation()
    matches = []
    for document in _documents(normal, parts, corpus, filters):
        text = text_of(document.text)
        made = match_in(parts, document, text, asked or None)
        if bracketed is not None and (made is None or made.result == "altered"):
            # Words in brackets are the quoting writer's, unless the archive has them, too.
            other = match_in(bracketed, document, text, asked or None)
            if other is not None and (made is None or _order(other) < _order(made)):
                made = replace(other, notes=(*other.notes, "bracketed"))
        if made is not None:
            matches.append(made)
    matches.sort(key=_order)
    result: QuoteResult = matches[0].result if matches else "not_found"
    counted = corpus.count_documents(filters)
    return QuoteAnswer(normal, asked or None, result, tuple(matches[:most]), counted, generation)


def speaker_in(context: str, quote: str) -> str | None:
    """The speaker of a quote, by the text that quotes it; None where no rule finds one.

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
    """The quote in NFC with one space between words, its parts, and its parts without the words in
    brackets, None where it has no brackets."""
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
    """The documents whose passages the searches for a quote rank highest, best first."""
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
    """The texts to search for: the whole quote, its parts, and pieces of parts that may be longer
    than a passage."""
    searches = [quote]
    for part in parts.parts:
        for first in range(0, len(part.keys), SEARCHED_WORDS):
            last = min(first + SEARCHED_WORDS, len(part.keys))
            span = part.span(first, last)
            searches.append(parts.text[span.start : span.end])
    made = list(dict.fromkeys(searches))
    return made if len(made) <= MOST_SEARCHES else made[:: -(-len(made) // MOST_SEARCHES)]


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
