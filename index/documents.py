"""The nouns of a document's way, and what makes a valid document."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Literal

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


def publisher_key(name: str) -> str:
    """The form in which publishers are compared: white space collapsed, case folded."""
    return " ".join(name.split()).casefold()


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
class Refused:
    """Something that could not become a document, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. Once it is yielded the change is durable."""

    id: str
    status: Literal["added", "updated", "unchanged", "refused"]
    passages: int = 0
    reason: str | None = None
