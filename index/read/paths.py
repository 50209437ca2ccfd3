"""A path -> the files at it, each with the id that its document gets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.documents import Refused

# Files and folders beside a BEIR or SciFact corpus that hold claims and judgements, no documents.
CORPUS = "corpus.jsonl"
BESIDE_CORPUS = (
    "queries.jsonl",
    "claims_train.jsonl",
    "claims_dev.jsonl",
    "claims_test.jsonl",
    "qrels",
)
# Files that an operating system leaves in folders; those of others begin with a dot.
SYSTEM_FILES = ("thumbs.db", "desktop.ini")
# How names of hidden files begin, and those that Word leaves beside a file that is open.
HIDDEN = (".", "~$")
# A folder with this file holds a corpus of ours, perhaps the one that is written to.
OWN_DATABASE = "claimdesk.sqlite"


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and the id of its document."""

    file: Path
    id: str


def find(path: Path) -> Iterator[Found | Refused]:
    """The files at a path, in order of their names; what is neither file nor folder is refused.

    An id is the path that was given (`examples/a.md`, whether `examples` was given or the file),
    without what leads up to it where that is absolute or climbs. Hidden files, files of the
    operating system, our own data folders and the claims and judgements beside a BEIR corpus are
    left out.
    """
    outside = path.is_absolute() or ".." in path.parts
    refused = _refused(path)
    if refused is not None:
        yield refused
    elif path.is_dir():
        prefix = Path(path.resolve().name) if outside or path == Path() else path
        for item in _walk(path):
            if isinstance(item, Refused):
                yield item
            else:
                yield Found(item, (prefix / item.relative_to(path)).as_posix())
    else:
        yield Found(path, path.name if outside else path.as_posix())


def _walk(top: Path) -> Iterator[Path | Refused]:
    """The files of a folder and below, one folder's names in memory at a time."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            yield Refused(str(folder), error.strerror or str(error))
            continue
        if OWN_DATABASE in names:
            continue
        below = []
        for name in names:
            path = folder / name
            if name.startswith(HIDDEN) or name.lower() in SYSTEM_FILES:
                continue
            if name in BESIDE_CORPUS and CORPUS in names:
                continue
            if (refused := _refused(path)) is not None:
                yield refused
            elif not path.is_dir():
                yield path
            elif path.is_symlink():  # it may lead anywhere, and in circles
                yield Refused(str(path), "a link to a folder: add that folder itself")
            else:
                below.append(path)
        folders.extend(reversed(below))


def _refused(path: Path) -> Refused | None:
    """Why there is nothing to read at a path, if so."""
    try:
        if path.is_dir() or path.is_file():
            return None
        if path.exists():
            return Refused(str(path), "neither a file nor a folder")
    except OSError as error:
        return Refused(str(path), error.strerror or str(error))
    return Refused(str(path), "broken link" if path.is_symlink() else "no such file or folder")
