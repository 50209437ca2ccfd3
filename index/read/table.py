"""CSV and TSV -> documents: each row one, under the names that lines of JSON have, too."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from index.documents import Document, Refused
from index.errors import UnreadableFile
from index.places import Place
from index.read.content import BYTE_ORDER_MARKS, decoded
from index.read.lines import Names, document_of_row
from index.read.origin import Items, Origin
from index.read.pieces import placed

# Bytes by which encoding and delimiter are told, and delimiters.
SNIFFED_BYTES = 2**17
_DELIMITERS = ",;\t|"
# The line by which a spreadsheet names the delimiter.
_SEPARATOR = re.compile(r"\ufeff?sep=(.)\r?\n")
# Most columns.
MAX_COLUMNS = 1_000
# Cells beyond a document's text that one may have before it is refused as never ending.
OTHER_CHARS = 2**16


def read_table(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The document of each row; the first row names the columns, in any case.

    Without a column for the id, the address is it. Cells may hold line ends in quotation marks.
    One row at a time is in memory.

    Raises:
        UnreadableFile: the columns are not named, none is of text, or a cell has no end.
    """
    start = _start(stream)
    encoding = _encoding(start)
    rest = io.BufferedReader(_Joined(start, stream))
    text = io.TextIOWrapper(rest, encoding, newline="")
    begun = start.decode(encoding, "ignore")
    named = _SEPARATOR.match(begun)
    rows = csv.reader(
        _lines(text, 2 * origin.max_chars),
        delimiter=named[1] if named else _delimiter(begun),
        strict=True,
    )
    csv.field_size_limit(origin.max_chars + OTHER_CHARS)
    line = 1
    try:
        if named:
            next(rows)
        header = _header(next(rows, []))
        names = _names(header, origin.names)
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows, None)
            except csv.Error as error:
                if "expected after" not in str(error):
                    raise
                yield Refused(f"{origin.source}:{line}", f"a cell goes on after its end: {error}")
                continue
            if row is None:
                return
            if any(cell.strip() for cell in row):
                yield _document(row, header, names, line, origin)
    except csv.Error as error:
        said = "a cell in quotation marks that has no end, or is longer than a document may be"
        reason = said if "limit" in str(error) or "end" in str(error) else str(error)
        raise UnreadableFile(f"line {line}: {reason}; nothing after it was read") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"line {line} or after: not {encoding.upper()}") from error


def _lines(text: io.TextIOWrapper, most: int) -> Iterator[str]:
    """The lines, of which none is in memory that is longer than any row may be.

    Raises:
        csv.Error: one is.
    """
    while line := text.readline(most + OTHER_CHARS):
        if len(line) > most:
            raise csv.Error("a line beyond the limit")
        yield line


class _Joined(io.RawIOBase):
    """A stream whose start was read already."""

    def __init__(self, start: bytes, rest: io.BufferedIOBase) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._start[: len(buffer)] or self._rest.read(len(buffer))
        self._start = self._start[len(part) :] if self._start else b""
        buffer[: len(part)] = part
        return len(part)


def _start(stream: io.BufferedIOBase) -> bytes:
    return stream.read(SNIFFED_BYTES)


def _encoding(start: bytes) -> str:
    """The encoding of a table: told by its start, as that of a text file.

    Raises:
        UnreadableFile: see `decoded`.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    try:
        # A character may be cut in two at the end.
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        whole = start[: start.rfind(b"\n") + 1] if len(start) == SNIFFED_BYTES else start
        decoded(whole or start)
        return "utf-16" if b"\0" in start[:2] else "windows-1252"
    return "utf-8-sig"


def _delimiter(start: str) -> str:
    """The delimiter that the first row has most of, outside of quotation marks."""
    first = start.lstrip("\ufeff\r\n")
    counted: Counter[str] = Counter()
    quoted = False
    for char in first:
        if char == '"':
            quoted = not quoted
        elif not quoted and char == "\n":
            break
        elif not quoted and char in _DELIMITERS:
            counted[char] += 1
    return counted.most_common(1)[0][0] if counted else ","


def _header(row: list[str]) -> list[str]:
    names = [" ".join(cell.split()) for cell in row]
    if not any(names):
        raise UnreadableFile("no first row that names the columns")
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(f"has more than {MAX_COLUMNS:,} columns")
    for name, times in Counter(name.casefold() for name in names if name).items():
        if times > 1:
            raise UnreadableFile(f"the column {name[:60]!r} comes twice")
    return names


def _names(header: list[str], names: Names) -> Names:
    """The names under which fields are looked for, as the header spells them."""
    spelled = {name.casefold(): name for name in header}
    found = {
        field: tuple(spelled.get(name.casefold(), name) for name in looked_for)
        for field, looked_for in names.items()
    }
    if not set(found["text"]) & set(header):
        wanted = ", ".join(names["text"])
        raise UnreadableFile(f"no column of text ({wanted}): name it with --map text=COLUMN")
    if not set(found["id"]) & set(header):
        found["id"] = found["url"]
    return found


def _document(
    row: list[str], header: list[str], names: Names, line: int, origin: Origin
) -> Document | Refused:
    source = f"{origin.source}:{line}"
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        return Refused(source, f"has {len(row)} cells, the first row names {len(header)}")
    values = {
        name: cell if name in names["text"] else cell.strip()
        for name, cell in zip(header, row, strict=False)
        if name
    }
    found = document_of_row(values, source, origin.max_chars, names, origin.unknown)
    return found if isinstance(found, Refused) else placed(found, Place(0, 0, row=line))
