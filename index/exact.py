"""The reference Corpus: plain Python and numpy, slow and obviously right."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors, publisher_key
from index.split import embedding_text
from index.terms import terms

# The parameters of BM25: how fast repeats of a word saturate, how much a passage's length counts.
K1, B = 1.2, 0.75


@dataclass
class _Row:
    passage: Passage
    vector: Vectors
    words: Counter[str]
    """How often each term occurs in the passage's embedding text."""


@dataclass
class ExactCorpus:
    """Holds everything in dictionaries. Every other corpus is compared with this one.

    A write replaces the dictionaries, so that a search beside it goes through whole ones.
    """

    _documents: dict[str, Document] = field(default_factory=dict)
    _rows: dict[int, _Row] = field(default_factory=dict)
    _next_key: int = 1
    _generation: int = 0
    _writing: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        changes: list[Change] = []
        with self._writing:
            documents, rows = dict(self._documents), dict(self._rows)
            for prepared in batch:
                document = prepared.document
                changes.append("updated" if document.id in documents else "added")
                rows = _without(rows, {document.id})
                documents[document.id] = document
                for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
                    words = Counter(terms(embedding_text(document.title, passage.text)))
                    rows[self._next_key] = _Row(passage, vector, words)
                    self._next_key += 1
            self._documents, self._rows = documents, rows
            self._generation += bool(batch)
        return changes

    @contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        with self._writing:
            before = self._documents, self._rows
            try:
                yield self.upsert
            except BaseException:
                self._documents, self._rows = before
                raise

    def delete(self, document_ids: Sequence[str]) -> int:
        with self._writing:
            gone = {id for id in document_ids if id in self._documents}
            self._rows = _without(self._rows, gone)
            self._documents = {
                id: document for id, document in self._documents.items() if id not in gone
            }
            self._generation += bool(gone)
        return len(gone)

    def get(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def documents(self, cursor: str | None = None, limit: int = 100) -> Page:
        documents = self._documents
        ids = sorted(id for id in documents if cursor is None or id > cursor)
        page = [replace(documents[id], text="") for id in ids[:limit]]
        return Page(page, page[-1].id if len(ids) > limit else None)

    def all_documents(self) -> Iterator[Document]:
        documents = self._documents
        yield from (documents[id] for id in sorted(documents))

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        documents = self._documents
        return {id: documents[id].content_hash() for id in document_ids if id in documents}

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        rows = self._rows
        return {key: rows[key].passage for key in keys if key in rows}

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return _best(self.score_vector(vector, self._admitted(filters)), k)

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return _best(self.score_words(text, self._admitted(filters)), k)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        rows = self._rows
        return {key: float(np.dot(vector, rows[key].vector)) for key in keys if key in rows}

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        rows = self._rows
        query = {word: self._idf(word) for word in terms(text)}
        lengths = [row.words.total() for row in rows.values()]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        scores = {}
        for key in keys:
            words = rows[key].words if key in rows else Counter[str]()
            norm = K1 * (1 - B + B * words.total() / mean)
            score = sum(
                idf * words[word] * (K1 + 1) / (words[word] + norm)
                for word, idf in query.items()
                if words[word]
            )
            if score:
                scores[key] = score
        return scores

    def words_ceiling(self, text: str) -> float:
        return sum(self._idf(word) * (K1 + 1) for word in set(terms(text)))

    def _idf(self, word: str) -> float:
        """Robertson's idf with 1 added inside the logarithm, as Lucene has it: never negative."""
        rows = self._rows.values()
        n, having = len(rows), sum(word in row.words for row in rows)
        return math.log(1 + (n - having + 0.5) / (having + 0.5))

    def _admitted(self, filters: Filters) -> list[int]:
        admitted = {id for id, document in self._documents.items() if filters.admits(document)}
        return [key for key, row in self._rows.items() if row.passage.document_id in admitted]

    def count_documents(self, filters: Filters) -> int:
        return sum(filters.admits(document) for document in self._documents.values())

    def count_undated(self, filters: Filters) -> int:
        if not filters.hides_undated:
            return 0
        return sum(
            document.published_at is None and filters.without_dates().admits(document)
            for document in self._documents.values()
        )

    def publishers(self) -> list[tuple[str, int]]:
        spellings: dict[str, Counter[str]] = {}
        for document in self._documents.values():
            if document.publisher is not None:
                counts = spellings.setdefault(publisher_key(document.publisher), Counter())
                counts[document.publisher] += 1
        named = [
            (min(counts, key=lambda name: (-counts[name], name)), counts.total())
            for counts in spellings.values()
        ]
        return sorted(named, key=lambda item: (-item[1], item[0]))

    def generation(self) -> int:
        return self._generation

    def index_generation(self) -> int:
        return self._generation

    def sync(self) -> int:
        return self._generation

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        return self._generation >= generation

    def stats(self) -> Stats:
        return Stats(len(self._documents), len(self._rows), self._generation)

    def close(self) -> None:
        pass


def _without(rows: dict[int, _Row], document_ids: set[str]) -> dict[int, _Row]:
    return {
        key: row for key, row in rows.items() if row.passage.document_id not in document_ids
    }  # fmt: skip


def _best(scores: dict[int, float], k: int) -> list[Hit]:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [Hit(key, score) for key, score in ranked[:k]]
