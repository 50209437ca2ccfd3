"""The protocols that everything else is written against: a corpus and an embedder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from index.documents import Document, Passage, Prepared, Vectors


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its key in the corpus, and the score that found it (higher is better)."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions on documents; an empty one lets everything through.

    `as_of` keeps what was published on that day or before. A document without a date then stays
    out, for it cannot be shown to be old enough, unless `include_undated` is set.
    """

    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    as_of: dt.date | None = None
    include_undated: bool = False

    def __bool__(self) -> bool:
        return bool(self.publisher or self.language or self.as_of)

    def admits(self, document: Document) -> bool:
        """The definition that every corpus's own filtering must agree with."""
        if self.publisher and document.publisher not in self.publisher:
            return False
        if self.language and document.language not in self.language:
            return False
        if self.as_of is None:
            return True
        if document.published_at is None:
            return self.include_undated
        return document.published_at <= self.as_of


NO_FILTERS = Filters()
Change = Literal["added", "updated"]


@dataclass(frozen=True, slots=True)
class Stats:
    """Size of a corpus. `generation` grows by one with every committed change."""

    documents: int
    passages: int
    generation: int


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the documents, by id, their texts left out; `next_cursor` is None on the last."""

    documents: list[Document] = field(default_factory=list)
    next_cursor: str | None = None


class Embedder(Protocol):
    """Texts to unit vectors."""

    identity: str
    """Name and hash of the model: equal identity, comparable vectors."""
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n texts -> float32 of shape (n, dimension), each row of length 1."""
        ...


class Corpus(Protocol):
    """Where documents and passages live. Every implementation passes tests/corpus_contract.py."""

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        """Store documents, each replacing any of its id, all or none. On return it is durable."""
        ...

    def replacing(
        self, identity: str
    ) -> AbstractContextManager[Callable[[Sequence[Prepared]], list[Change]]]:
        """An upsert for a whole re-index: nothing of it shows until the block ends well."""
        ...

    def delete(self, document_ids: Sequence[str]) -> int:
        """Remove documents with all their passages; returns how many there were."""
        ...

    def get(self, document_id: str) -> Document | None: ...

    def documents(self, cursor: str | None = None, limit: int = 100) -> Page: ...

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Hash of each of these documents that is stored."""
        ...

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """The passages behind the keys; a key deleted meanwhile is absent."""
        ...

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The k passages of highest inner product with `vector` (dim,), best first."""
        ...

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """The k passages of highest BM25 (k1 1.2, b 0.75, English stems), best first."""
        ...

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Inner product of `vector` with each of these passages."""
        ...

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        """BM25 of each of these passages; those without a common word are absent."""
        ...

    def words_ceiling(self, text: str) -> float:
        """The BM25 no passage can exceed for this text: sum of idf * (k1 + 1) over its terms."""
        ...

    def count_undated(self, filters: Filters) -> int:
        """Documents that `filters.as_of` leaves out only because they carry no date."""
        ...

    def all_documents(self) -> Iterator[Document]: ...

    def generation(self) -> int:
        """Grows with every change; cheap enough to ask for each claim."""
        ...

    def stats(self) -> Stats: ...

    def close(self) -> None: ...
