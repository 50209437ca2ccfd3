"""Passages -> word index (tantivy): derived from the store, caught up or rebuilt, never trusted."""

from __future__ import annotations

import datetime as dt
import heapq
import logging
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from index.corpus import Filters, Hit
from index.embedded.store import Store, worn
from index.split import embedding_text
from index.terms import ANALYZER, analyzer, terms

log = logging.getLogger(__name__)
HEAP_BYTES = 64 * 2**20
# A claim has a few dozen words. Of a text that has thousands the rarest carry the meaning.
MAX_QUERY_TERMS = 64
UNDATED = -(2**31)
# A term that every row has, so that its frequency counts rows as BM25 does: the dead among them.
ROW = "row"


class WordIndex:
    """BM25 over the embedding texts, in `folder`, at the corpus and generation in `folder/stamp`.

    Only one process may write a folder: a reading one works on a copy of its own.
    """

    def __init__(self, folder: Path, corpus: str) -> None:
        self._folder, self._corpus = folder, corpus
        self.generation = 0
        # A copy that was made while another process wrote may say more than it holds.
        self._checked = False
        try:
            name, generation = (folder / "stamp").read_text().split()
            if name != corpus:
                raise ValueError("it is of another corpus")
            if not tantivy.Index.exists(str(folder)):
                raise ValueError("its list of segments is gone")
            self._open()
            self.generation = int(generation)
        except (OSError, ValueError) as error:
            if folder.exists() and any(folder.iterdir()):
                log.warning("word index is unreadable and will be rebuilt: %s", error)
            self.reset()

    def _open(self) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", stored=False, tokenizer_name=ANALYZER)
        builder.add_text_field("publisher", stored=False, tokenizer_name="raw")
        builder.add_text_field("language", stored=False, tokenizer_name="raw")
        builder.add_text_field(ROW, stored=False, tokenizer_name="raw")
        builder.add_integer_field("key", indexed=True, fast=True)
        builder.add_integer_field("day", indexed=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(self._folder), reuse=True)
        self._index.register_tokenizer(ANALYZER, analyzer())
        self._index.config_reader(reload_policy="manual")
        self._index.reload()

    def reset(self) -> None:
        """Forget the index, on the disk too."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self.generation = 0
        self._open()

    def sync(self, store: Store, generation: int) -> None:
        """Bring the index to the store's `generation`."""
        if generation != self.generation:
            deleted = None
            if generation > self.generation:
                deleted = store.deleted_since(self.generation, generation)
            if deleted is None or worn(self._dead(deleted), store.passages_until(generation)):
                self.reset()
                deleted = []
            self._catch_up(store, generation, deleted)
        elif self._checked:
            return
        stats = store.stats()
        self._checked = stats.generation == generation
        held = self._index.searcher().num_docs
        if self._checked and held != stats.passages:
            log.warning("word index holds %d of %d passages: rebuilt", held, stats.passages)
            self.rebuild(store, generation)

    def _dead(self, deleted: Sequence[int]) -> int:
        """Rows that have no passage any more: they keep their say in what a word weighs until
        their segment is merged. What came and went unseen is none of them."""
        searcher = self._index.searcher()
        known = Query.term_set_query(self._schema, "key", list(deleted))
        held = searcher.search(known, 1, count=True).count if deleted else 0
        return _rows(searcher) - int(searcher.num_docs) + int(held or 0)

    def rebuild(self, store: Store, generation: int) -> None:
        """From nothing."""
        self.reset()
        self._catch_up(store, generation, [])

    def _catch_up(self, store: Store, generation: int, gone: Sequence[int]) -> None:
        writer = self._index.writer(HEAP_BYTES, 1)
        try:
            for key in gone:
                writer.delete_documents_by_term("key", key)
            for key, title, text, document in store.texts_since(self.generation, generation):
                # A crash between commit and stamp replays this step: deleting first keeps it once.
                writer.delete_documents_by_term("key", key)
                shown = embedding_text(title, text)
                day = document.published_at.toordinal() if document.published_at else UNDATED
                row = tantivy.Document(key=key, text=shown, day=day, row=ROW)
                if document.publisher:
                    row.add_text("publisher", document.publisher)
                if document.language:
                    row.add_text("language", document.language)
                writer.add_document(row)
            writer.commit()
        finally:
            writer.wait_merging_threads()
        stamp = self._folder / "stamp.new"
        stamp.write_text(f"{self._corpus} {generation}")
        stamp.replace(self._folder / "stamp")
        self._index.reload()
        self.generation = generation

    def search(self, text: str, k: int, filters: Filters) -> list[Hit]:
        return self._search(self._query(text), k, _restrictions(self._schema, filters))

    def score(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        if not keys:
            return {}
        among = Query.term_set_query(self._schema, "key", list(keys))
        return {hit.key: hit.score for hit in self._search(self._query(text), len(keys), [among])}

    def ceiling(self, text: str) -> float:
        rows = _rows(self._index.searcher())
        return sum(2.2 * _idf(rows, having) for having in self._asked(text).values())

    def _query(self, text: str) -> Query | None:
        """A term query, built by hand: user text never meets a query parser."""
        present = [term for term, having in self._asked(text).items() if having]
        if not present:
            return None
        parts = [(Occur.Should, Query.term_query(self._schema, "text", term)) for term in present]
        return Query.boolean_query(parts)

    def _asked(self, text: str) -> dict[str, int]:
        """How many passages have each term: of those that no passage has, and of the rarest."""
        searcher = self._index.searcher()
        known = {term: searcher.doc_freq("text", term) for term in dict.fromkeys(terms(text))}
        present = [term for term, having in known.items() if having]
        rarest = set(heapq.nsmallest(MAX_QUERY_TERMS, present, key=lambda term: known[term]))
        return {term: having for term, having in known.items() if not having or term in rarest}

    def _search(self, query: Query | None, k: int, musts: list[Query]) -> list[Hit]:
        if query is None or k < 1:
            return []
        if musts:
            free = [(Occur.Must, Query.const_score_query(must, 0.0)) for must in musts]
            query = Query.boolean_query([(Occur.Must, query), *free])
        searcher = self._index.searcher()
        hits = searcher.search(query, k, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [Hit(key, score) for key, (score, _) in zip(keys, hits, strict=True)]


def _rows(searcher: tantivy.Searcher) -> int:
    """How many rows there are, deleted ones too."""
    return int(searcher.doc_freq(ROW, ROW))


def _idf(rows: int, having: int) -> float:
    return math.log(1 + (rows - having + 0.5) / (having + 0.5))


def _restrictions(schema: tantivy.Schema, filters: Filters) -> list[Query]:
    """tantivy for `Filters.admits`."""
    musts = [
        Query.term_set_query(schema, name, list(wanted))
        for name, wanted in (("publisher", filters.publisher), ("language", filters.language))
        if wanted
    ]
    if filters.restricts_dates:
        kind = tantivy.FieldType.Integer
        first = (filters.published_after or dt.date.min).toordinal()
        last = (filters.as_of or dt.date.max).toordinal()
        days = [Query.range_query(schema, "day", kind, first, last)]
        if filters.include_undated:
            days.append(Query.range_query(schema, "day", kind, UNDATED, UNDATED))
        musts.append(Query.boolean_query([(Occur.Should, query) for query in days]))
    return musts
