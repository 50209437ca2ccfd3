"""Lines of JSON -> documents."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from index.documents import (
    MAX_DOCUMENT_CHARS,
    MAX_ID_CHARS,
    Document,
    Refused,
    document,
    parse_date,
)
from index.errors import CorpusError, DocumentTooLarge, InvalidDocument, shortened
from index.places import packed, places_of


class Readable(Protocol):
    """What a file open for reading gives: at most `limit` bytes of its next line."""

    def readline(self, limit: int, /) -> bytes: ...


# Bytes of one character that is written as \uXXXX.
ESCAPED_BYTES = 6
# Bytes of a line that are not its text: the other fields.
OTHER_BYTES = 2**16
# Most names of unknown fields that are counted, and the characters kept of each.
MAX_UNKNOWN = 100
MAX_NAME_CHARS = 60

Names = Mapping[str, tuple[str, ...]]
"""The names under which each field of a document is looked for, the first that has a value wins."""
NAMES: Names = MappingProxyType(
    {
        "id": ("id", "_id", "doc_id"),  # the second is BEIR's, the third SciFact's
        "text": ("text", "abstract", "body", "content"),
        "title": ("title", "headline"),
        "url": ("url",),
        "publisher": ("publisher",),
        "published_at": ("published_at", "date"),
        "modified_at": ("modified_at", "updated_at"),
        "language": ("language", "lang"),
        "embargoed_until": ("embargoed_until", "embargoed"),
        "pubstatus": ("pubstatus",),
        "expires": ("expires",),
        "usageterms": ("usageterms",),
        "rights": ("rights", "copyrightnotice"),
        "access": ("access",),
    }
)
# Values that say nothing.
BLANK: tuple[Any, ...] = (None, "", [], ())
# Fields that may be a number such as 20210615.
_DAYS = ("published_at", "modified_at")
# What a field must be, where a string is not all that it may be.
WANTED = {
    "id": f"a string or an integer of at most {MAX_ID_CHARS} digits",
    "text": "a string or a list of strings",
    "published_at": "a day such as 2021-06-15",
    "modified_at": "a day such as 2021-06-15",
}


def named(mapping: str) -> Names:
    """`NAMES` with other names for some fields: text=body,title=headline.

    A field that is mapped is looked for under that name alone.

    Raises:
        ValueError: a part is not field=name, its field is unknown or comes twice.
    """
    mapped: dict[str, tuple[str, ...]] = {}
    for part in mapping.split(","):
        field, equals, name = (piece.strip() for piece in part.partition("="))
        if not (field and equals and name):
            raise ValueError(f"{part.strip()!r} is not field=name")
        if field not in NAMES:
            raise ValueError(f"{field!r} is no field; there are {', '.join(NAMES)}")
        if field in mapped:
            raise ValueError(f"{field!r} is mapped twice")
        mapped[field] = (name,)
    return {**NAMES, **mapped}


def read_lines(
    lines: Readable,
    source: str,
    max_chars: int = MAX_DOCUMENT_CHARS,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Iterator[Document | Refused]:
    """The document of each line, or why it is none; blank lines are passed over."""
    for number, line in bounded_lines(lines, max_chars):
        at = f"{source}:{number}"
        yield too_long(at) if line is None else parse_line(line, at, max_chars, names, unknown)


def bounded_lines(lines: Readable, max_chars: int) -> Iterator[tuple[int, bytes | None]]:
    """The number of each line that is not blank, and the line.

    It is None where the line is longer than any document of `max_chars`: such a line is read in
    pieces and never in memory whole.
    """
    limit = ESCAPED_BYTES * max_chars + OTHER_BYTES
    number = 0
    while line := lines.readline(limit):
        number += 1
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := lines.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def too_long(source: str) -> Refused:
    """The refusal of a line that `bounded_lines` gives as None."""
    return Refused(source, "the line is longer than a document may be")


def parse_line(
    line: bytes,
    source: str,
    max_chars: int,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Document | Refused:
    """The document of a line, or the reason why it is none.

    A text may be a list of strings, as SciFact's abstracts are. A document without text has its
    title as text, as some of BEIR's are.

    Args:
        source: how a refusal names the line.
        unknown: counts the fields that have a value and are not kept; at most `MAX_UNKNOWN` names.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=tuple, parse_int=_integer)
    except UnicodeDecodeError as error:
        return Refused(source, f"not UTF-8 (byte {error.start})")
    except RecursionError:
        return Refused(source, "nested too deeply to be read")
    except json.JSONDecodeError as error:
        return Refused(source, f"not JSON: {error.msg} (character {error.pos + 1})")
    if not isinstance(row, tuple):  # the hook makes one of each object
        return Refused(source, f"not a JSON object but {_kind(row)}")
    values = dict(row)
    if len(values) < len(row):
        ((twice, _),) = Counter(key for key, _ in row).most_common(1)
        return Refused(source, f"the key {shortened(twice, MAX_NAME_CHARS)!r} comes twice")
    places = values.pop("places", None)
    found = document_of_row(values, source, max_chars, names, unknown)
    return found if isinstance(found, Refused) or not places else _placed(found, places, source)


def _placed(found: Document, places: object, source: str) -> Document | Refused:
    """The document with the places of its text, which another claimdesk read from a file."""
    try:
        given = places_of(places)
        if given[-1].end > len(found.text):
            raise InvalidDocument("a place lies beyond the end of the text")
        return replace(found, places=packed(given))
    except InvalidDocument as error:
        return Refused(source, str(error))
    except (TypeError, ValueError):
        return Refused(source, "places are not understood: a list of objects")


def document_of_row(
    values: Mapping[str, Any],
    source: str,
    max_chars: int,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Document | Refused:
    """The document of the fields of a line or a row, or the reason why it is none.

    See `parse_line`.
    """
    used = {field: _name(values, names[field]) for field in names}
    kept: dict[str, Any] = {field: values.get(name) for field, name in used.items()}
    if isinstance(kept["text"], list) and all(isinstance(part, str) for part in kept["text"]):
        kept["text"] = " ".join(part.strip() for part in kept["text"])
    if kept["text"] == "" and kept["title"]:
        kept["text"] = kept["title"]
    if isinstance(kept["id"], int) and not isinstance(kept["id"], bool):
        kept["id"] = str(kept["id"])
    if reason := _missing(kept, names) or _mistyped(kept, used):
        return Refused(source, reason)
    try:
        for field in _DAYS:  # a refusal names the field as the row does
            kept[field] = parse_date(kept[field], used[field])
        found = document(kept.pop("id"), kept.pop("text"), **kept, max_chars=max_chars)
    except CorpusError as error:
        return Refused(source, str(error), isinstance(error, DocumentTooLarge))
    if unknown is not None:
        _count_unknown(values, set(used.values()), unknown)
    return found


def _integer(digits: str) -> int | float:
    """An integer; one too long for any id becomes infinite, for reading it takes quadratic time."""
    return int(digits) if len(digits) <= MAX_ID_CHARS else math.inf


def _name(values: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the names that has a value, else the first that is there at all."""
    there = [name for name in names if values.get(name) is not None]
    return next((name for name in there if not _is_blank(values[name])), (there or names)[0])


def _is_blank(value: Any) -> bool:
    return value in BLANK or (isinstance(value, str) and not value.strip())


def _missing(kept: Mapping[str, Any], names: Names) -> str | None:
    for field, missing in (("id", kept["id"] in BLANK), ("text", kept["text"] is None)):
        if missing:
            others = [name for name in names[field] if name != field]
            return f"needs {field}" + (f" ({others[0]})" if others else "")
    return None


def _mistyped(kept: Mapping[str, Any], used: Mapping[str, str]) -> str | None:
    for field, value in kept.items():
        dated = field in _DAYS and isinstance(value, int) and not isinstance(value, bool)
        if not (value is None or isinstance(value, str) or dated):
            wanted = WANTED.get(field, "a string")
            return f"{used[field]} must be {wanted}, not {_kind(value)}"
    return None


def _kind(value: Any) -> str:
    """What JSON calls a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, tuple) else "a number"


def _count_unknown(values: Mapping[str, Any], used: set[str], unknown: Counter[str]) -> None:
    for key, value in values.items():
        name = shortened(key, MAX_NAME_CHARS)
        has_room = name in unknown or len(unknown) < MAX_UNKNOWN
        if key not in used and value not in BLANK and has_room:
            unknown[name] += 1
