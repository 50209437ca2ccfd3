"""Paths -> documents: each file by the reader of its kind."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from index.documents import MAX_DOCUMENT_CHARS, Refused
from index.read.content import DAMAGED, kind, opened
from index.read.formats import BY_ENDING, Format, read_stream, unknown_kind
from index.read.lines import NAMES, Names
from index.read.origin import Items, Origin
from index.read.paths import Found, find

# Bytes that are read at once to count lines.
COUNTED_BYTES = 2**20


def read(
    *paths: Path,
    max_chars: int = MAX_DOCUMENT_CHARS,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Items:
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
            file, form = str(found.file), BY_ENDING.get(kind(found.file))
            # One path alone has no file twice: then no ids are kept in memory.
            alone = len(paths) == 1 or form is None or form.states_ids
            first = file if alone else by_id.setdefault(found.id, file)
            if first == file:
                yield from read_file(found, max_chars=max_chars, names=names, unknown=unknown)
            else:
                reason = f"has the same id as {first}: add the folder above both"
                yield Refused(file, reason)


def read_file(
    found: Found,
    *,
    max_chars: int = MAX_DOCUMENT_CHARS,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Items:
    """Every document of one file; see `read`."""
    form = BY_ENDING.get(kind(found.file))
    if form is None:
        said = kind(found.file) or "its name has no ending"
        yield Refused(str(found.file), unknown_kind(said))
        return
    yield from _items(
        found.file, form, Origin(found.id, str(found.file), max_chars, names, unknown)
    )


def count(path: Path) -> int:
    """About how many documents and refusals `read` yields for a path, for a progress bar."""
    return sum(_count(item.file) if isinstance(item, Found) else 1 for item in find(path))


def _count(file: Path) -> int:
    form = BY_ENDING.get(kind(file))
    if form is None or not form.has_lines:
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


def _items(file: Path, form: Format, origin: Origin) -> Items:
    try:
        stream = opened(file)
    except OSError as error:
        yield Refused(origin.source, error.strerror or str(error))
        return
    with stream:
        yield from read_stream(stream, form, origin)
