"""Where a file comes from, and how it is to be read: what every reader of a format is given."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from index.documents import MAX_DOCUMENT_CHARS, Document, Refused
from index.errors import CorpusError, DocumentTooLarge
from index.read.content import limited
from index.read.lines import NAMES, Names


@dataclass(frozen=True, slots=True)
class Origin:
    """A file's id and name, and the wishes of whoever has it read."""

    id: str
    """Of its document, where it states none."""
    source: str
    """How a refusal names it."""
    max_chars: int = MAX_DOCUMENT_CHARS
    """Most code points of a document's text."""
    names: Names = field(default_factory=lambda: NAMES)
    """What the fields are called in lines of JSON and tables."""
    unknown: Counter[str] | None = None
    """Counts the fields that are not kept (see `parse_line`)."""


Made = TypeVar("Made", Document, Document | None)
Items = Iterator[Document | Refused]
Reader = Callable[[io.BufferedIOBase, Origin], Items]
"""Yields what is in a file that is open for reading; it may raise what `CorpusError` is the base
of, which is the refusal of all the rest."""


def whole(reader: Callable[[bytes, str, int], Document]) -> Reader:
    """The reader of a file that is one document, from one of its bytes, id and most code points."""

    def read(stream: io.BufferedIOBase, origin: Origin) -> Items:
        yield reader(limited(stream), origin.id, origin.max_chars)

    return read


def kept_or_refused(make: Callable[[], Made], source: str) -> Made | Refused:
    """What is made, or why it is none; the source names the part of the file."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - a part that fails must not end the rest
        return refused(source, error)


def refused(source: str, error: Exception) -> Refused:
    """The refusal of what a reader, or a library that it calls, failed at."""
    if isinstance(error, CorpusError):
        return Refused(source, str(error), isinstance(error, DocumentTooLarge))
    if isinstance(error, RecursionError):
        return Refused(source, "nested too deeply")
    return Refused(source, f"cannot be parsed: {type(error).__name__}: {error}")
