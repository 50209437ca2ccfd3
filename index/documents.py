"""The nouns of a document's way, and the fields of a document -> a valid `Document`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from index.errors import DocumentTooLarge, InvalidDocument, shortened
from index.places import Place, packed, written
from index.rights import USABLE, PubStatus, is_shown, parse_moment, parse_pubstatus

Vectors = npt.NDArray[np.float32]
# Length limits in code points: of a text, of an id, of any other field.
MAX_DOCUMENT_CHARS = 1_000_000
MAX_ID_CHARS = 512
MAX_FIELD_CHARS = 2_048
# Most combining marks in a row; UAX #15 sets the same number for its Stream-Safe Text Format.
MAX_MARKS = 30
_NON_LATIN = re.compile(rf"[\u0300-\U0010ffff]{{{MAX_MARKS + 1},}}")
# Tibetan vowel signs that decompose into combining marks although they are none themselves; no
# other characters do that.
_OF_MARKS = "\u0f73\u0f75\u0f81"
# A day in ISO 8601, extended or basic form, alone or before a time of day.
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{4}\d{2}\d{2})(?=$|[T ])", re.ASCII)
# The space before an offset from UTC, as Jekyll writes it: 2021-06-15 10:00:00 +0200.
_SPACED_OFFSET = re.compile(r"(?<=\d) (?=[+-]\d{2}:?\d{2}$)", re.ASCII)
_UNDETERMINED = ("", "und")  # the second is BCP 47's tag for it
# Fields that a hash covers whatever they hold; later ones only where they say something, so that
# what was stored before there were any is still known for the same.
_ALWAYS_HASHED = frozenset({"text", "title", "url", "publisher", "published_at", "language"})
_NEVER_HASHED = frozenset({"id", "version"})


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
    modified_at: dt.date | None = None
    places: bytes | None = None
    """Where each stretch of the text was written, packed: see `index.places`."""
    embargoed_until: dt.datetime | None = None
    """The moment (UTC) before which it is in no answer."""
    pubstatus: PubStatus = USABLE
    """What is not usable is in no answer."""
    expires: dt.datetime | None = None
    """The moment (UTC) from which on it is in no answer."""
    usageterms: str | None = None
    rights: str | None = None
    access: str | None = None
    """The group that may see it; None for everybody. See `index.corpus.Filters`."""
    version: int = field(default=1, compare=False)
    """The number of its text among those that were stored under its id, from 1."""

    def is_shown(self, now: dt.datetime) -> bool:
        """Whether it may be in an answer at that moment."""
        return is_shown(self.pubstatus, self.embargoed_until, self.expires, now)

    def content_hash(self) -> str:
        """SHA-256 over what was given but the id: documents of equal hash are stored alike."""
        # asdict would copy every value first.
        content = {
            part.name: value
            for part in fields(self)
            if part.name not in _NEVER_HASHED
            and ((value := getattr(self, part.name)) != part.default or part.name in _ALWAYS_HASHED)
        }
        if self.places is not None:
            content["places"] = written(self.places)
        canonical = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def clean(text: str) -> str:
    """The text in NFC with `\\n` line ends: the form in which it is stored and every offset counts.

    Raises:
        InvalidDocument: more than `MAX_MARKS` combining marks in a row, which no script has.
            Normalising takes time that is quadratic in their number.
    """
    for run in _NON_LATIN.finditer(text):
        if _longest_run_of_marks(run.group()) > MAX_MARKS:
            raise InvalidDocument(f"more than {MAX_MARKS} combining marks in a row")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _longest_run_of_marks(text: str) -> int:
    longest = current = 0
    for char in text:
        current = current + 1 if unicodedata.combining(char) or char in _OF_MARKS else 0
        longest = max(longest, current)
    return longest


def _one_line(text: str) -> str:
    """The text cleaned and stripped, each run of white space in it as one space."""
    return " ".join(clean(text).split())


@lru_cache(1_024)
def publisher_key(name: str) -> str:
    """The form in which publishers are compared: one space between words, letter case folded.

    Raises:
        InvalidDocument: as `clean` does.
    """
    return clean(_one_line(name).casefold())


@lru_cache(1_024)
def primary_language(language: str) -> str:
    """The primary subtag (BCP 47) of a language's tag, ISO 639 code or name.

    "en-GB", "eng" and "English" give "en", "deutsch" gives "de". An old code gives the one that
    replaced it: "iw" gives "he"; one language of a group that has a code of two letters gives that:
    "cmn" (Mandarin) gives "zh".

    Raises:
        InvalidDocument: it is the tag or the name of no language.
    """
    import langcodes  # its tables take a fifth of a second, which most commands never need

    value = language.strip()
    with suppress(LookupError, ValueError):
        # Names of two or three Latin letters exist too, but such a value is meant as a code.
        if value.isascii() and len(re.split("[-_]", value)[0]) <= 3:
            code = langcodes.get(value).prefer_macrolanguage().language or ""
            if code.isalpha() and langcodes.get(code).is_valid():
                return code
        # The table of names reads past its end where a name holds a NUL.
        elif value.isprintable() and (found := langcodes.find(value)).language:
            return found.prefer_macrolanguage().language or ""
    raise InvalidDocument(
        f"language {shortened(value, 40)!r} is none: write its tag (BCP 47), such as en"
    )


def parse_date(value: str | int | dt.date | None, name: str = "published_at") -> dt.date | None:
    """The day of an ISO 8601 date or timestamp: 2021-06-15, 20210615, 2021-06-15T10:00:00Z.

    A day written as a number, 20210615, is read as well. No value, or an empty one, is no date.

    Raises:
        InvalidDocument: anything else; the error says the field's `name`.
    """
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str) or type(value) is int:  # true is an int, too
        written = _SPACED_OFFSET.sub("", str(value).strip())
        with suppress(ValueError):
            if _DAY.match(written):
                return dt.datetime.fromisoformat(written).date()
    raise InvalidDocument(
        f"{name} {shortened(repr(value), 60)} is not understood: write it as 2021-06-15"
    )


def document(
    id: str,
    text: str,
    *,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    published_at: str | int | dt.date | None = None,
    language: str | None = None,
    modified_at: str | int | dt.date | None = None,
    places: Sequence[Place] = (),
    embargoed_until: str | dt.datetime | None = None,
    pubstatus: str | None = None,
    expires: str | dt.datetime | None = None,
    usageterms: str | None = None,
    rights: str | None = None,
    access: str | None = None,
    max_chars: int = MAX_DOCUMENT_CHARS,
) -> Document:
    """A document of checked and normalised fields.

    Title and publisher lose white space at their ends and get single spaces inside.

    Args:
        places: of the text in the form of `clean`, in the order of the text.

    Raises:
        InvalidDocument: no id, no text, a field that is overlong or not valid Unicode, a date, a
            moment, a status or a language that is none.
        DocumentTooLarge: more than `max_chars` code points of text.
    """
    parts = {
        "id": id, "text": text, "title": title or "", "url": url,
        "publisher": publisher, "language": language, "usageterms": usageterms, "rights": rights,
        "access": access,
    }  # fmt: skip
    for name, value in parts.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise InvalidDocument(f"{name} must be a string, not {type(value).__name__}")
        if any("\ud800" <= char <= "\udfff" for char in value) or "\x00" in value:
            raise InvalidDocument(f"{name} holds a NUL or an unpaired surrogate, not Unicode text")
        most = MAX_ID_CHARS if name == "id" else MAX_FIELD_CHARS
        if name != "text" and len(value) > most:
            raise InvalidDocument(f"{name} is longer than {most:,} characters")
    id = clean(id)
    if not id.strip() or len(id) > MAX_ID_CHARS or any(ord(char) < 32 for char in id):
        raise InvalidDocument(f"id must be 1 to {MAX_ID_CHARS} printable characters")
    _check_length(text, max_chars)  # before it is normalised, which takes time, and after
    text = clean(text)
    _check_length(text, max_chars)
    if not text.strip():
        raise InvalidDocument("text is empty")
    if places and places[-1].end > len(text):
        raise InvalidDocument("a place lies beyond the end of the text")
    return Document(
        id=id,
        text=text,
        title=_one_line(title or ""),
        url=url or None,
        publisher=_one_line(publisher or "") or None,
        published_at=parse_date(published_at),
        language=_known_language(language),
        modified_at=parse_date(modified_at, "modified_at"),
        places=packed(places),
        embargoed_until=parse_moment(embargoed_until, "embargoed_until"),
        pubstatus=parse_pubstatus(pubstatus),
        expires=parse_moment(expires, "expires"),
        usageterms=usageterms or None,
        rights=rights or None,
        access=access_group(access or "") or None,
    )


def access_group(name: str) -> str:
    """The one form of an access group's name: letter case and runs of white space do not count.

    Raises:
        InvalidDocument: as `clean` does.
    """
    return clean(_one_line(name).casefold())


def _known_language(language: str | None) -> str | None:
    if language is None or language.strip().lower() in _UNDETERMINED:
        return None
    return primary_language(language)


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
    version: int | None = None
    """The number of the earlier version that it is from; None for what stands now."""

    @property
    def id(self) -> str:
        """Unique while the document stays as it is."""
        earlier = f"@{self.version}" if self.version is not None else ""
        return f"{self.document_id}{earlier}#{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Split:
    """A document and its passages."""

    document: Document
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be stored: its passages and their unit vectors, shape (passages, dim)."""

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that could not become a document, and why."""

    source: str
    reason: str
    too_large: bool = field(default=False, compare=False)
    """Whether its text is longer than a document may be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. Once it is yielded the change is durable."""

    id: str
    status: Literal["added", "updated", "unchanged", "refused"]
    passages: int = 0
    reason: str | None = None
