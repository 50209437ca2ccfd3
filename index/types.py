"""The nouns of a document's way, and the two protocols everything else is written against."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, fields
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import DocumentTooLarge, InvalidDocument

Vectors = npt.NDArray[np.float32]
MAX_DOCUMENT_CHARS = 1_000_000
MAX_ID_CHARS = 512
MAX_FIELD_CHARS = 2_048
MAX_MARKS = 30
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NON_LATIN = re.compile(rf"[\u0300-\U0010ffff]{{{MAX_MARKS + 1},}}")
# Starters by their own class, but they decompose into marks: Tibetan vowel signs, no others.
_OF_MARKS = "\u0f73\u0f75\u0f81"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range `[start, end)` of code points in a document's stored text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A source text as it is stored. Build it with `document()`, which normalises and checks."""

    id: str
    text: str
    title: str = ""
    url: str | None = None
    publisher: str | None = None
    published_at: dt.date | None = None
    language: str | None = None

    def content_hash(self) -> str:
        """SHA-256 over every field but the id: equal hash, nothing to do."""
        # asdict would copy every value first.
        content = {part.name: getattr(self, part.name) for part in fields(self)}
        del content["id"]
        canonical = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def clean(text: str) -> str:
    """NFC with `\\n` line ends: done once, here, so that every offset is into this form.

    Raises:
        InvalidDocument: a run of combining marks that no script has. (Normalising takes time that
            is quadratic in it; UAX #15 draws the same line for its Stream-Safe Text Format.)
    """
    for run in _NON_LATIN.finditer(text):
        if _most_marks(run.group()) > MAX_MARKS:
            raise InvalidDocument(f"more than {MAX_MARKS} combining marks in a row")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _most_marks(text: str) -> int:
    longest = current = 0
    for char in text:
        current = current + 1 if unicodedata.combining(char) or char in _OF_MARKS else 0
        longest = max(longest, current)
    return longest


def primary_language(tag: str) -> str:
    """The language of a tag such as en-GB (BCP 47), which is what passages are filtered by."""
    return re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]


def parse_date(value: str | dt.date | None) -> dt.date | None:
    """ISO 8601 date or timestamp with hyphens -> date; raises InvalidDocument on anything else."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    with suppress(TypeError, ValueError):
        if _DATE.match(value):
            return dt.datetime.fromisoformat(value).date()
    raise InvalidDocument(f"published_at {value!r} is not an ISO 8601 date such as 2021-06-15")


def document(
    id: str,
    text: str,
    *,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    published_at: str | dt.date | None = None,
    language: str | None = None,
    max_chars: int = MAX_DOCUMENT_CHARS,
) -> Document:
    """Normalise and check the parts of a document.

    Raises:
        InvalidDocument: no id, no text, a part that is no valid Unicode or is overlong.
        DocumentTooLarge: more than `max_chars` code points of text.
    """
    parts = {
        "id": id, "text": text, "title": title or "", "url": url,
        "publisher": publisher, "language": language,
    }  # fmt: skip
    for name, value in parts.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise InvalidDocument(f"{name} must be a string, not {type(value).__name__}")
        if any("\ud800" <= char <= "\udfff" for char in value) or "\x00" in value:
            raise InvalidDocument(f"{name} holds a NUL or an unpaired surrogate, not Unicode text")
        if name != "text" and len(value) > MAX_FIELD_CHARS:
            raise InvalidDocument(f"{name} is longer than {MAX_FIELD_CHARS:,} characters")
    id = clean(id)
    if not id.strip() or len(id) > MAX_ID_CHARS or any(ord(char) < 32 for char in id):
        raise InvalidDocument(f"id must be 1 to {MAX_ID_CHARS} printable characters")
    _check_length(text, max_chars)  # before it is normalised, which takes time, and after
    text = clean(text)
    _check_length(text, max_chars)
    if not text.strip():
        raise InvalidDocument("text is empty")
    return Document(
        id=id,
        text=text,
        title=clean(title or "").strip(),
        url=url or None,
        publisher=clean(publisher) if publisher else None,
        published_at=parse_date(published_at),
        language=primary_language(language or "") or None,
    )


def _check_length(text: str, max_chars: int) -> None:
    if len(text) > max_chars:
        raise DocumentTooLarge(
            f"text has {len(text):,} characters, more than the {max_chars:,} allowed"
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of whole sentences; `document.text[start:end] == text`, always."""

    document_id: str
    ordinal: int
    text: str
    start: int
    end: int
    sentences: tuple[Span, ...]

    @property
    def id(self) -> str:
        """Unique while the document stays as it is."""
        return f"{self.document_id}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be stored: passages and their unit vectors, shape (passages, dim)."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors


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
