"""A data folder, open or not -> one file with everything that cannot be made again; and back.

The file is a zip archive: a copy of each database at one moment, the files of keys, and a manifest
with the SHA-256 of each. The indexes are not in it: they are built from the database when the
restored folder is opened first.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from index.embedded import moments, restrictions
from index.embedded.boundary import is_on_read_only, sqlite_errors
from index.embedded.corpus import DATABASE
from index.embedded.erase import scrub
from index.embedded.opening import locked
from index.embedded.rows import COLUMNS, arrange, document_of, remove, texts_of
from index.embedded.schema import MIGRATIONS
from index.embedded.store import Store, is_sqlite
from index.errors import CorpusCorrupt, CorpusError, CorpusIncompatible
from index.progress import Tell, untold

FORMAT = "claimdesk-backup/1"
MANIFEST = "manifest.json"
# Pages of SQLite copied between two reports of progress: 4 MB.
PAGES_AT_ONCE = 1_000
READ_BYTES = 2**20
# Most bytes of a manifest, which names a handful of files.
MOST_MANIFEST_BYTES = 2**20
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. erased: documents that were left out, for they had been erased since."""

    folder: Path
    documents: int
    erased: int
    replaced: Path | None
    """Where the folder is that was there before."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """A restore that is about to replace a corpus.

    erased: the documents that were left out, for they had been erased since; each with its texts.
    is_erased: whether a document of an id was erased, ever.
    """

    restored: Path
    replaced: Path
    erased: Mapping[str, Sequence[str]]
    is_erased: Callable[[str], bool]


CarryOn = Callable[[Replacing], None]


def write_backup(
    folder: Path, target: Path, *, beside: Sequence[str], made_by: str, tell: Tell = untold
) -> dict[str, Any]:
    """Copy a data folder into one file, while it may be written to; returns the manifest.

    Args:
        beside: names of further files of the folder, databases or not; those that exist are copied.

    Raises:
        CorpusError: there is no corpus, or it cannot be read.
        OSError: the file cannot be written; what was there under its name is still there.
    """
    if not (folder / DATABASE).is_file():
        raise CorpusError(f"no corpus in {folder}")
    target = target.absolute()
    if target.parent.resolve().is_relative_to(folder.resolve()):
        raise CorpusError(f"{target} is inside the folder that is to be backed up")
    names = [DATABASE, *(name for name in beside if (folder / name).is_file())]
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".claimdesk-backup-") as draft:
        for name in names:
            copy(folder / name, Path(draft) / name, tell)
        manifest = {
            "format": FORMAT,
            "made_by": made_by,
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            **_described(Path(draft) / DATABASE),
            "files": {name: _of_file(Path(draft) / name) for name in names},
        }
        packed = Path(draft) / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
            for number, name in enumerate(names):
                tell("packing", number, len(names))
                archive.write(Path(draft) / name, name)
        tell("packing", len(names), len(names))
        packed.chmod(0o600)  # it holds texts, and hashes of keys
        with packed.open("rb") as written:
            os.fsync(written.fileno())
        packed.replace(target)
    _sync_folder(target.parent)
    return manifest


def copy(source: Path, target: Path, tell: Tell = untold) -> None:
    """Copy a file; a database in one state, whatever is written to it meanwhile.

    Raises:
        CorpusError: SQLite failed.
        OSError: a file cannot be read or written.
    """
    if not is_sqlite(source):
        shutil.copyfile(source, target)
        return
    if is_on_read_only(source.parent):  # no database is opened there, and nobody changes it
        log = source.with_name(f"{source.name}-wal")
        for file in filter(Path.is_file, (source, log)):
            shutil.copyfile(file, target.with_name(file.name))
        with sqlite_errors(target), contextlib.closing(sqlite3.connect(target)) as writer:
            writer.execute("PRAGMA journal_mode = DELETE")
        return
    with (
        sqlite_errors(source),
        contextlib.closing(sqlite3.connect(source)) as reader,
        contextlib.closing(sqlite3.connect(target)) as writer,
    ):
        # One state, whatever is written meanwhile: without it the copy would begin anew each time.
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        reader.backup(
            writer,
            pages=PAGES_AT_ONCE,
            progress=lambda _, left, total: tell(f"copying {source.name}", total - left, total),
        )
        # A copy that needs no write-ahead log beside it.
        writer.execute("PRAGMA journal_mode = DELETE")


def _described(database: Path) -> dict[str, Any]:
    with sqlite_errors(database), contextlib.closing(sqlite3.connect(database)) as connection:
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        (documents,) = connection.execute("SELECT COUNT(*) FROM documents").fetchone()
        meta = dict(connection.execute("SELECT name, value FROM meta"))
    return {
        "schema": schema,
        "corpus": meta.get("corpus"),
        "generation": int(meta["generation"]),
        "embedding": meta.get("embedding"),
        "rows_of_documents": documents,
    }


def _of_file(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        return {"bytes": file.stat().st_size, "sha256": _sha256(opened)}


def _sha256(opened: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := opened.read(READ_BYTES):
        digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def unpacked(
    file: Path, beside: Path | None = None, tell: Tell = untold
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder with the files of a backup, each of them as it was packed, and the manifest.

    Args:
        beside: the folder in which that one is made; by default the system's for such files.

    Raises:
        CorpusCorrupt: it is no backup, or not what was written.
    """
    with tempfile.TemporaryDirectory(dir=beside, prefix=".claimdesk-restore-") as draft:
        inside = Path(draft) / "data"
        inside.mkdir()
        try:
            with zipfile.ZipFile(file) as archive:
                manifest = _manifest(archive)
                for number, (name, expected) in enumerate(manifest["files"].items()):
                    tell("unpacking", number, len(manifest["files"]))
                    _unpack(archive, name, inside / name, expected)
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
            raise CorpusCorrupt(f"{file} is no whole backup: {error}") from error
        except RuntimeError as error:  # a bit that says it is encrypted, or of a later format
            raise CorpusCorrupt(f"{file} is damaged: {error}") from error
        except OSError as error:
            if error.errno != errno.EINVAL:  # of a file's place before its beginning
                raise
            raise CorpusCorrupt(f"{file} is damaged: {error.strerror}") from error
        except zlib.error as error:
            raise CorpusCorrupt(f"{file} is damaged: {error}") from error
        yield inside, manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if any(one.compress_type not in _PACKED for one in archive.infolist()):
        raise ValueError("a file in it is packed in another way")
    entry = archive.getinfo(MANIFEST)
    if entry.file_size > MOST_MANIFEST_BYTES:
        raise ValueError("its manifest is too long")
    manifest: dict[str, Any] = json.loads(archive.read(entry))
    if manifest["format"] != FORMAT:
        raise ValueError(f"its format is {manifest['format']!r}, not {FORMAT!r}")
    if not isinstance(manifest["files"], dict) or type(manifest["schema"]) is not int:
        raise ValueError("its manifest is not of that format")
    names = set(manifest["files"])
    if names | {MANIFEST} != set(archive.namelist()) or DATABASE not in names:
        raise ValueError("its files are not those of its manifest")
    if any(Path(name).name != name or name.startswith(".") for name in names):
        raise ValueError("a file would not lie in the folder")
    return manifest


def _unpack(archive: zipfile.ZipFile, name: str, target: Path, expected: dict[str, Any]) -> None:
    entry = archive.getinfo(name)
    if entry.file_size != expected["bytes"]:
        raise ValueError(f"{name} is not of its length")
    with archive.open(entry) as packed, target.open("wb") as written:
        shutil.copyfileobj(packed, written, READ_BYTES)
    target.chmod(0o600)
    with target.open("rb") as opened:
        if _sha256(opened) != expected["sha256"]:
            raise ValueError(f"{name} is not what was packed")


def restore(
    file: Path,
    folder: Path,
    *,
    replace: bool = False,
    carry_on: CarryOn | None = None,
    tell: Tell = untold,
) -> Restored:
    """Make a data folder of a backup; one of an older schema gets the steps that it lacks.

    What the folder held before is moved aside, not removed. What was erased from it since the
    backup was made is erased from what is restored; what is held or de-indexed in it, stays so.

    Args:
        replace: whether there may be a corpus in the folder.
        carry_on: called before a corpus is replaced, for what lies beside it.

    Raises:
        CorpusCorrupt: the backup is damaged; the folder is as it was.
        CorpusIncompatible: it was made by a newer claimdesk, or there is a corpus already.
        CorpusLocked: a process has the folder open for writing.
    """
    folder = folder.absolute()
    held = folder.exists() and any(folder.iterdir())
    if held and not replace:
        raise CorpusIncompatible(f"{folder} is not empty: restore elsewhere, or say --replace")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        inside, manifest = stack.enter_context(unpacked(file, folder.parent, tell))
        if manifest["schema"] > len(MIGRATIONS):
            raise CorpusIncompatible(
                f"{file} has schema version {manifest['schema']}, this claimdesk knows "
                f"{len(MIGRATIONS)}: upgrade claimdesk"
            )
        tell("checking", 0, 1)
        _check(inside / DATABASE)
        tell("upgrading", 0, 1)
        Store(inside / DATABASE, writable=True).close()
        if held:
            stack.enter_context(locked(folder))
            shutil.copymode(folder, inside)
        erased = _decided_again(inside / DATABASE, folder / DATABASE)
        if held and carry_on is not None:
            with sqlite_errors(inside), contextlib.closing(sqlite3.connect(inside / DATABASE)) as c:
                carry_on(Replacing(inside, folder, erased, partial(restrictions.is_erased_id, c)))
        documents = _described(inside / DATABASE)["rows_of_documents"]
        _sync_files(inside)
        aside = _move_aside(folder) if held else None
        if aside is None and folder.exists():
            folder.rmdir()
        inside.replace(folder)
    _sync_folder(folder.parent)
    return Restored(folder, documents, len(erased), aside)


def _check(database: Path) -> None:
    with sqlite_errors(database), contextlib.closing(sqlite3.connect(database)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise CorpusCorrupt(f"the database in the backup is damaged: {said}")


def _decided_again(database: Path, replaced: Path) -> dict[str, list[str]]:
    """Apply what was decided in the corpus that is replaced.

    Returns:
        The texts of each document that is erased by it.
    """
    if not replaced.is_file():
        return {}
    with (
        sqlite_errors(replaced),
        contextlib.closing(sqlite3.connect(replaced)) as earlier,
        contextlib.closing(sqlite3.connect(database)) as connection,
    ):
        known = earlier.execute("SELECT 1 FROM sqlite_master WHERE name = 'erased'").fetchone()
        if known is None:
            return {}
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        restrictions.inherit(connection, earlier)
        rows = connection.execute(f"SELECT {COLUMNS} FROM documents")
        gone = {one.id for one in map(document_of, rows) if restrictions.is_erased(connection, one)}
        texts = {id: texts_of(connection, id) for id in gone}
        for id in gone:
            remove(connection, id)
        connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")
        generation, now = moments.generation_of(connection), dt.datetime.now(dt.UTC)
        for id in restrictions.inherit_restrictions(connection, earlier):
            arrange(connection, id, generation, now)
        connection.commit()
        if gone:
            scrub(connection)
        return texts


def _move_aside(folder: Path) -> Path:
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = folder.with_name(f"{folder.name}-before-restore-{stamp}")
    folder.replace(aside)
    return aside


def _sync_files(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, where the file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
