"""Words of a claim -> the passages that BM25 puts first, at one generation."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from index.bm25 import K1, MAX_QUERY_TERMS, idf
from index.corpus import Filters, Hit, language_key, name_key
from index.embedded.boundary import index_errors
from index.terms import ANALYZER, terms

NAME = "word index"
# The day of a document without one, in tantivy's signed integers.
UNDATED = -(2**31)
# The day until which what stands now does: after every other.
NOW = 2**31
# Field and term of rows of earlier versions.
EARLIER = "earlier"
# Field and term that every row has: its document frequency is the row count that BM25 uses,
# deleted rows that are not merged away yet included.
ROW = "row"


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name=ANALYZER)
    builder.add_text_field("publisher", stored=False, tokenizer_name="raw")
    builder.add_text_field("language", stored=False, tokenizer_name="raw")
    builder.add_text_field("access", stored=False, tokenizer_name="raw")
    builder.add_text_field(ROW, stored=False, tokenizer_name="raw")
    builder.add_text_field(EARLIER, stored=False, tokenizer_name="raw")
    builder.add_integer_field("key", indexed=True, fast=True)
    for day in ("day", "since", "until"):
        builder.add_integer_field(day, indexed=True, fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class WordSearcher:
    """BM25 over the embedding texts at one generation; safe to use from several threads.

    It answers from the state in which its folder was opened, whatever becomes of the folder.
    """

    generation: int
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    folder: Path

    def search(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """The k best passages, best first. Raises: IndexUnavailable."""
        has_earlier = self.searcher.doc_freq(EARLIER, EARLIER) > 0
        return self._best(self._query(text), k, _restrictions(self.schema, filters, has_earlier))

    def score(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of each of the passages that has a word of the text. Raises: IndexUnavailable."""
        if not keys:
            return {}
        among = Query.term_set_query(self.schema, "key", list(keys))
        return {hit.key: hit.score for hit in self._best(self._query(text), len(keys), [among])}

    def ceiling(self, text: str) -> float:
        """See `index.corpus.Corpus.words_ceiling`. Raises: IndexUnavailable."""
        rows = self.rows
        return sum((K1 + 1) * idf(rows, having) for having in self._frequencies(text).values())

    @property
    def rows(self) -> int:
        """The number of rows, deleted ones that are not merged away yet included."""
        return int(self.searcher.doc_freq(ROW, ROW))

    def holding(self, keys: Sequence[int]) -> int:
        """How many rows have one of the keys."""
        if not keys:
            return 0
        known = Query.term_set_query(self.schema, "key", list(keys))
        return int(self.searcher.search(known, 1, count=True).count or 0)

    def is_stray(self, term: str) -> bool:
        """Whether the dictionary knows the term although no row that is there has it."""
        if not self.searcher.doc_freq("text", term):
            return False
        having = Query.term_query(self.schema, "text", term)
        return not self.searcher.search(having, 1, count=True).count

    def _query(self, text: str) -> Query | None:
        """A query of terms, built by hand: user text never meets a query parser."""
        present = [term for term, having in self._frequencies(text).items() if having]
        if not present:
            return None
        parts = [(Occur.Should, Query.term_query(self.schema, "text", term)) for term in present]
        return Query.boolean_query(parts)

    def _frequencies(self, text: str) -> dict[str, int]:
        """Document frequency of the text's terms: unknown ones and the MAX_QUERY_TERMS rarest."""
        with index_errors(NAME, self.folder):
            known = {
                term: self.searcher.doc_freq("text", term) for term in dict.fromkeys(terms(text))
            }
        present = [term for term, having in known.items() if having]
        rarest = set(heapq.nsmallest(MAX_QUERY_TERMS, present, key=lambda term: known[term]))
        return {term: having for term, having in known.items() if not having or term in rarest}

    def _best(self, query: Query | None, k: int, musts: list[Query]) -> list[Hit]:
        if query is None or k < 1:
            return []
        if musts:
            free = [(Occur.Must, Query.const_score_query(must, 0.0)) for must in musts]
            query = Query.boolean_query([(Occur.Must, query), *free])
        with index_errors(NAME, self.folder):
            hits = self.searcher.search(query, k, count=False).hits
            keys = self.searcher.fast_field_values("key", [address for _, address in hits])
        return [Hit(int(key or 0), score) for key, (score, _) in zip(keys, hits, strict=True)]


def group_term(group: str | None) -> str:
    """The term of an access group; that of none is no other's."""
    return "all" if group is None else f"of {group}"


def _restrictions(schema: tantivy.Schema, filters: Filters, has_earlier: bool) -> list[Query]:
    """tantivy for `Filters.admits`."""
    kind = tantivy.FieldType.Integer
    wanted = {
        "publisher": {name_key(name) for name in filters.publisher},
        "language": {language_key(name) for name in filters.language},
    }
    musts = [
        Query.term_set_query(schema, field, list(names)) for field, names in wanted.items() if names
    ]
    if filters.access is not None:
        groups = [group_term(name) for name in (None, *filters.access)]
        musts.append(Query.term_set_query(schema, "access", groups))
    last = (filters.as_of or dt.date.max).toordinal()
    if filters.restricts_dates:
        first = (filters.published_after or dt.date.min).toordinal()
        days = Query.boolean_query(
            [
                (
                    Occur.Must,
                    Query.range_query(schema, "day", kind, first, dt.date.max.toordinal()),
                ),
                (Occur.Must, Query.range_query(schema, "since", kind, 1, last)),
            ]
        )
        if filters.include_undated:
            undated = Query.term_query(schema, "day", UNDATED)
            days = Query.boolean_query([(Occur.Should, days), (Occur.Should, undated)])
        musts.append(days)
    if has_earlier:
        until = NOW if filters.as_of is None else last + 1
        musts.append(Query.range_query(schema, "until", kind, until, NOW))
    return musts
