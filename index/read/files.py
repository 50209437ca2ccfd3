"""Paths -> documents: each file by the reader of its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from index.documents import MAX_DOCUMENT_CHARS, Document, Refused, document
from index.errors import CorpusError
from index.read.content import DAMAGED, contents, decoded, kind, opened
from index.read.html import read_html
from index.read.lines import NAMES, Names, read_lines
from index.read.markdown import read_markdown
from index.read.paths import Found, find

LINES = (".jsonl", ".ndjson")
# Bytes that are read at once to count lines.
COUNTED_BYTES = 2**20


def read_text(content: bytes, id: str, max_chars: int) -> Document:
    """A document of plain text."""
    return document(id, decoded(content), max_chars=max_chars)


READERS: dict[str, Callable[[bytes, str, int], Document]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}


def read(
    *paths: Path,
    max_chars: int = MAX_DOCUMENT_CHARS,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Iterator[Document | Refused]:
    """Every document of files or, recursively, of folders; what cannot be read is `Refused`.

    A document's id is the one that the file states, else its path (see `index.read.paths.find`).

    Args:
        max_chars: most code points of a document's text.
        names: what the fields are called in lines of JSON.
        unknown: counts the fields of such lines that are not kept (see `parse_line`).
    """
    by_id: dict[str, str] = {}
    for path in paths:
        for found in find(path):
            if isinstance(found, Refused):
                yield found
                continue
            if kind(found.file) in LINES:  # each line states its own id
                yield from _lines(found.file, max_chars, names, unknown)
                continue
            file = str(found.file)
            # One path alone has no file twice: then no ids are kept in memory.
            first = by_id.setdefault(found.id, file) if len(paths) > 1 else file
            if first == file:
                yield _document(found, max_chars)
            else:
                reason = f"has the same id as {first}: add the folder above both"
                yield Refused(file, reason)


def count(path: Path) -> int:
    """About how many documents and refusals `read` yields for a path, for a progress bar."""
    return sum(_count(item.file) if isinstance(item, Found) else 1 for item in find(path))


def _count(file: Path) -> int:
    if kind(file) not in LINES:
        return 1
    lines, last = 0, b"\n"
    try:
        with opened(file) as stream:
            while part := stream.read(COUNTED_BYTES):
                lines += part.count(b"\n")
                last = part[-1:]
    except (OSError, *DAMAGED):
        lines += 1
    return lines + (last != b"\n")


def _lines(
    file: Path, max_chars: int, names: Names, unknown: Counter[str] | None
) -> Iterator[Document | Refused]:
    try:
        with opened(file) as stream:
            yield from read_lines(stream, str(file), max_chars, names, unknown)
    except DAMAGED as error:
        yield Refused(str(file), f"the compressed file is damaged: {error}")
    except OSError as error:
        yield Refused(str(file), error.strerror or str(error))


def _document(found: Found, max_chars: int) -> Document | Refused:
    source = str(found.file)
    suffix = kind(found.file)
    if suffix not in READERS:
        return Refused(source, f"unknown kind of file: {suffix or 'its name has no ending'}")
    try:
        return READERS[suffix](contents(found.file), found.id, max_chars)
    except DAMAGED as error:
        return Refused(source, f"the compressed file is damaged: {error}")
    except OSError as error:
        return Refused(source, error.strerror or str(error))
    except CorpusError as error:
        return Refused(source, str(error))
    except RecursionError:
        return Refused(source, "nested too deeply")
    except Exception as error:  # noqa: BLE001 - a parser that fails on one file must not end the run
        return Refused(source, f"cannot be parsed: {type(error).__name__}: {error}")
