"""The protocols that everything else is written against: a corpus and an embedder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from index.contents import Contents
from index.documents import (
    Document,
    Passage,
    Prepared,
    Vectors,
    primary_language,
    publisher_key,
)
from index.erasure import Receipt, Restricted, Restriction
from index.errors import InvalidDocument
from index.versions import Period, Version, begins


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its key in the corpus, and the score that found it (higher is better)."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions on documents; an empty one admits every document as it stands now.

    `as_of` keeps documents published on that day or before, in the version that stood on that day,
    `published_after` those published on that day or later. Where either is set, a document without
    a date stays out, because it cannot be shown to be old or new enough, unless `include_undated`
    is set. Publishers are compared by `name_key`, languages by their primary subtag.

    `access` names the access groups whose documents are seen beside those of no group; None sees
    all. A document that gets another group takes its earlier versions along (`group_after`), and
    where it gets none it leaves them where they are.
    """

    publisher: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    as_of: dt.date | None = None
    include_undated: bool = False
    published_after: dt.date | None = None
    access: tuple[str, ...] | None = None

    def __bool__(self) -> bool:
        restricts = self.publisher or self.language or self.restricts_dates
        return bool(restricts) or self.access is not None

    @property
    def restricts_dates(self) -> bool:
        return self.as_of is not None or self.published_after is not None

    @property
    def hides_undated(self) -> bool:
        return self.restricts_dates and not self.include_undated

    def without_dates(self) -> Filters:
        return Filters(self.publisher, self.language, access=self.access)

    def sees(self, group: str | None) -> bool:
        """Whether documents of this access group may be in what is answered."""
        return group is None or self.access is None or group in self.access

    def admits(self, document: Document, period: Period | None = None) -> bool:
        """The definition that every corpus's own filtering must agree with.

        Args:
            period: the days on which this version stood; by default those of an only version.
        """
        if not self.sees(document.access):
            return False
        if self.publisher and not _among(document.publisher, self.publisher, name_key):
            return False
        if self.language and not _among(document.language, self.language, language_key):
            return False
        since, until = (period.since, period.until) if period else (begins(document), None)
        if until is not None and (self.as_of is None or self.as_of >= until):
            return False
        day = document.published_at
        if day is None or since is None:
            return not self.hides_undated
        if self.as_of is not None and since > self.as_of:
            return False
        return self.published_after is None or day >= self.published_after


def _among(value: str | None, wanted: tuple[str, ...], key: Callable[[str], str]) -> bool:
    return value is not None and key(value) in {key(name) for name in wanted}


def name_key(name: str) -> str:
    """The form in which publishers are compared, whatever an earlier version stored."""
    try:
        return publisher_key(name)
    except InvalidDocument:  # stored by an earlier version, which refused less
        return name


def language_key(language: str) -> str:
    """The form in which languages are compared; a stored one that is no language stays as it is."""
    try:
        return primary_language(language)
    except InvalidDocument:
        return language


NO_FILTERS = Filters()
Change = Literal["added", "updated", "erased", "held", "withdrawn"]
"""What became of a document that was to be stored; the last three refuse it (index/erasure.py)."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Size of a corpus: documents that are shown, and the passages of what stands of them now.

    `generation` grows with every committed change, and when a moment passes that shows or hides
    a document.
    """

    documents: int
    passages: int
    generation: int


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the documents, by id, their texts left out; `next_cursor` is None on the last."""

    documents: list[Document] = field(default_factory=list)
    next_cursor: str | None = None


class Embedder(Protocol):
    """Texts to unit vectors. Some models read a query with another prompt than a document."""

    identity: str
    """Name and hash of the model: equal identity, comparable vectors."""
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n passages or sentences -> float32 of shape (n, dimension), each row of length 1."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """n claims -> the same, comparable with the rows of `embed`."""
        ...


class Corpus(Protocol):
    """Where documents and passages live. Every implementation passes tests/corpus_contract.py.

    A write is durable when it returns. Searches, scores and counts answer from the indexes, which
    follow in the background: see `index_generation`, `sync`, `wait_until_indexed`.

    A document that its status, its embargo or its expiry hides at this moment is in nothing that is
    read from here, nor is a version of it, but in `content_hashes`, `stored_documents` and the
    number that `count_withheld` gives: an answer is the same, score for score, whether it is stored
    or not. (The words of what was shown before may weigh for a while, as those of what is deleted.)
    A moment that passes takes effect with the next question (docs/decisions/0021).

    A new text under a known id is a new version. The earlier one is kept: it is found through
    `Filters.as_of` alone, for the days on which it stood (index/versions.py).
    """

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        """Store documents, each replacing any of its id, all or none. On return it is durable."""
        ...

    def replacing(
        self, identity: str
    ) -> AbstractContextManager[Callable[[Sequence[Prepared]], list[Change]]]:
        """An upsert for a whole re-index: nothing of it shows until the block ends well."""
        ...

    def delete(self, document_ids: Sequence[str]) -> int:
        """Remove documents with all versions and passages; returns how many there were.

        Raises:
            DocumentHeld: one of them must stay; none is removed.
        """
        ...

    def texts(self, document_id: str) -> list[str]:
        """The texts that are stored of a document, hidden ones and earlier versions too."""
        ...

    def erase(self, document_id: str, *, deleted: bool = False) -> Receipt | None:
        """Remove a document so that nothing of it is left, and keep it from being stored again.

        None where there is none of this id. An erasure that was cut off before is finished then.

        Args:
            deleted: also where it was deleted before: what that left in files goes, and its id is
                kept out.

        Raises:
            DocumentHeld: it must stay.
        """
        ...

    def forget_erasure(self, document_id: str) -> bool:
        """Let an erased document be stored again; whether it was erased."""
        ...

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool = False) -> bool:
        """De-index or hold a document, or lift that; whether there was one to do it to.

        What is de-indexed is hidden as a document that is withheld. What is held is neither
        changed, deleted, erased nor de-indexed. Both stay when the document is deleted.

        Raises:
            DocumentHeld: to be de-indexed, or no more, while it is held.
        """
        ...

    def restricted(self) -> list[Restricted]:
        """The restrictions by id."""
        ...

    def get(self, document_id: str) -> Document | None: ...

    def document_of(self, passage: Passage, filters: Filters = NO_FILTERS) -> Document | None:
        """The document that a passage is of, in its version, if it still passes the filters."""
        ...

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        """The versions that are kept of a document and that `filters.access` sees, in the order in
        which they were stored."""
        ...

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        """The access group of each of these documents that is stored, hidden ones too."""
        ...

    def documents(
        self, cursor: str | None = None, limit: int = 100, filters: Filters = NO_FILTERS
    ) -> Page:
        """A page of the documents that `filters.access` sees; nothing else of them counts."""
        ...

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

    def count_documents(self, filters: Filters) -> int:
        """The number of documents that pass the filters."""
        ...

    def count_passages(self, filters: Filters) -> int:
        """The number of passages of the documents that pass the filters."""
        ...

    def count_undated(self, filters: Filters) -> int:
        """The number of documents that stay out only because they carry no date."""
        ...

    def count_withheld(self, filters: Filters) -> int:
        """The number of documents that pass the filters and are hidden at this moment by what they
        say themselves: of those that are de-indexed nothing is told."""
        ...

    def publishers(self, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
        """Each publisher, as most of its documents write it, with its number of documents.

        Most documents first, equal numbers by name.
        """
        ...

    def all_documents(self) -> Iterator[Document]: ...

    def stored_documents(self) -> Iterator[Document]:
        """What is stored, hidden documents and earlier versions too: for a re-index alone."""
        ...

    @property
    def contents(self) -> Contents:
        """What is stored, for a copy of all of it (`claimdesk move`)."""
        ...

    def is_settled(self) -> bool:
        """Whether an answer that was given at `index_generation` may be given again.

        Not where a moment has passed since, or something was hidden or deleted that the indexes
        still hold. Cheap, and never blocks.
        """
        ...

    def generation(self) -> int:
        """The store's generation: grows with every change, cheap enough to ask for each claim."""
        ...

    def index_generation(self) -> int:
        """The newest generation that searches, scores and counts answer from."""
        ...

    def rebuilds(self) -> Mapping[str, int]:
        """How often each index was built from nothing since the corpus was opened."""
        ...

    def sync(self) -> int:
        """Bring the indexes up to the store's generation, which is returned. It blocks.

        Raises:
            DiskFull, IndexUnavailable: an index cannot be written or built.
        """
        ...

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        """Wait at most `seconds` until searches answer from `generation`; whether they do."""
        ...

    def stats(self) -> Stats: ...

    def close(self) -> None: ...
