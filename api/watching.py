"""A folder as it is now, and as it was -> what has to be stored and removed.

What came from a folder is on record in a file, by which only that is ever removed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from api.targets import Target
from index.documents import Document, Refused
from index.erasure import REASONS
from index.errors import CorpusError, DocumentHeld
from index.read import NAMES, Found, Names, find, read_file

# Seconds for which a file is left alone after its last change, for it may not be written whole yet.
SETTLE_SECONDS = 2.0
# A folder that loses so many files while nobody looks is one that is not mounted, most likely.
TOO_MANY_GONE = 10


Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a document, or of a file that could not be read."""

    event: Literal["added", "updated", "deleted", "refused", "unchanged"]
    id: str
    file: str
    reason: str | None = None


@dataclass
class Kept:
    """What is known of a file: when it was read, and which documents came from it.

    stamp: times of the last change of its content and of its name in ns, and its size in bytes;
        None where not all of it could be read.
    """

    stamp: Stamp | None
    ids: list[str] = field(default_factory=list)


class Record:
    """The files of a folder that were read, in a file of JSON."""

    def __init__(self, file: Path) -> None:
        """
        Raises:
            CorpusError: the file is damaged.
        """
        self._file = file
        self.files: dict[str, Kept] = {}
        try:
            for name, (stamp, ids) in json.loads(file.read_text())["files"].items():
                self.files[name] = Kept(tuple(stamp) if stamp else None, ids)
        except FileNotFoundError:
            return
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorpusError(
                f"{file} is damaged, the record of a watched folder: remove it, and delete by hand "
                "the documents whose files are gone since"
            ) from error

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        rows = {name: [kept.stamp, kept.ids] for name, kept in self.files.items()}
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps({"files": rows}))
        draft.replace(self._file)


def record_of(where: Path, folder: Path, url: str | None) -> Record:
    """The record of a folder that goes to one target.

    Args:
        where: the folder of all records.
    """
    name = hashlib.sha256(f"{folder.resolve()}\n{url or ''}".encode()).hexdigest()[:16]
    return Record(where / f"{name}.json")


class Watched:
    """A folder whose documents a target holds.

    settle_seconds: for how long a file is left alone after its last change.
    """

    def __init__(
        self,
        folder: Path,
        to: Target,
        record: Record,
        names: Names = NAMES,
        settle_seconds: float = 0,
    ) -> None:
        self._folder, self._to, self._record, self._names = folder, to, record, names
        self._settle_seconds = settle_seconds
        self._begun = False
        self.is_behind = True
        """Whether there is more to do than `sync` has done: another one is due soon."""
        # The stamps of files that could not be read, and the refusals that were reported: neither
        # is tried or reported again while it stays the same.
        self._tried: dict[str, Stamp | None] = {}
        self._told: set[tuple[str, str]] = set()

    def begin_again(self) -> None:
        """Take the folder as at the start: another may stand in its place, such as an empty mount
        point."""
        self._begun = False

    def sync(self) -> Iterator[Event]:
        """Bring the target to what the folder holds now; a file that did not change is not read."""
        self.is_behind = True
        there: dict[str, Found] = {}
        unreadable: dict[str, str] = {}
        for item in find(self._folder):
            if isinstance(item, Refused):
                unreadable[item.source] = item.reason
            else:
                there[str(item.file)] = item
        for source, reason in unreadable.items():
            if (source, reason) not in self._told:
                yield Event("refused", source, source, reason)
        self._told = set(unreadable.items())
        changed = [found for name, found in there.items() if self._has_changed(name)]
        settled = [found for found in changed if self._is_settled(found.file)]
        before = {name: kept.ids for name, kept in self._record.files.items()}
        yield from self._read(settled)
        gone = [name for name in self._record.files if name not in there]
        gone = [name for name in gone if not _is_below(name, unreadable)]
        if not self._begun and not there and len(gone) >= TOO_MANY_GONE:
            reason = f"all {len(gone):,} files are gone: nothing is deleted; is it mounted?"
            yield Event("refused", str(self._folder), str(self._folder), reason)
            gone = []
        self._begun = True
        for name in gone:
            del self._record.files[name]
        yield from self._remove(before)
        self._record.save()
        self._to.sync()
        self.is_behind = len(settled) < len(changed)

    def _is_settled(self, file: Path) -> bool:
        """Whether a file's last change is some time ago; one with a time in the future is."""
        if not self._settle_seconds:
            return True
        with suppress(OSError):
            return not 0 <= time.time() - file.stat().st_mtime < self._settle_seconds
        return True

    def _has_changed(self, name: str) -> bool:
        kept = self._record.files.get(name)
        if kept is None:
            return True
        known = self._tried.get(name) if kept.stamp is None else kept.stamp
        return known is None or known != _stamp(Path(name))

    def _read(self, changed: list[Found]) -> Iterator[Event]:
        """Store what is in files. One that cannot be read whole keeps what came from it before."""
        sources: deque[str] = deque()
        refused: Counter[str] = Counter()
        ids: dict[str, list[str]] = {}
        stamps: dict[str, Stamp | None] = {}

        def items() -> Iterator[Document | Refused]:
            for found in changed:
                name = str(found.file)
                stamps[name], ids[name] = _stamp(found.file), []
                for item in read_file(found, max_chars=self._to.max_chars, names=self._names):
                    sources.append(name)
                    yield item

        for outcome in self._to.add(items()):
            name = sources.popleft()
            if outcome.status == "refused":
                refused[name] += 1
            else:
                ids[name].append(outcome.id)
            yield Event(outcome.status, outcome.id, name, outcome.reason)
        for name, found_ids in ids.items():
            earlier = self._record.files.get(name, Kept(None)).ids
            if refused[name]:
                kept = list(dict.fromkeys([*earlier, *found_ids]))
                # While it does not change, it is tried again only at the next start.
                self._tried[name] = stamps[name]
                self._record.files[name] = Kept(None, kept)
            else:
                self._record.files[name] = Kept(stamps[name], list(dict.fromkeys(found_ids)))

    def _remove(self, before: dict[str, list[str]]) -> Iterator[Event]:
        """Delete the documents that came from this folder and are in none of its files any more."""
        still = {id for kept in self._record.files.values() for id in kept.ids}
        for name, ids in before.items():
            lost = [id for id in ids if id not in still]
            for id in lost:
                try:
                    if self._to.delete([id]):
                        yield Event("deleted", id, name)
                except DocumentHeld:
                    yield Event("refused", id, name, REASONS["held"])


def _stamp(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    # Another file that takes its place may have the same size and an old time.
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def _is_below(name: str, folders: Iterable[str]) -> bool:
    return any(name == folder or Path(folder) in Path(name).parents for folder in folders)
