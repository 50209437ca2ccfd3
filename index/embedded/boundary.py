"""Errors of SQLite, tantivy and FAISS -> ours, where each library is called."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import (
    CorpusBusy,
    CorpusCorrupt,
    CorpusError,
    DiskFull,
    FolderReadOnly,
    IndexUnavailable,
)

# Free space below which a failed write is put down to a full disk.
FULL_BELOW_BYTES = 2**20
FULL = {errno.ENOSPC, errno.EDQUOT}
# Primary result codes: https://www.sqlite.org/rescode.html
SQLITE = {
    sqlite3.SQLITE_BUSY: CorpusBusy,
    sqlite3.SQLITE_LOCKED: CorpusBusy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_CORRUPT: CorpusCorrupt,
    sqlite3.SQLITE_NOTADB: CorpusCorrupt,
    sqlite3.SQLITE_READONLY: FolderReadOnly,
}
# Codes of a file that cannot be opened or written, for whatever reason.
_OF_FILES = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Raise every error of SQLite as the CorpusError that it means."""
    try:
        yield
    except sqlite3.Error as error:
        raise of_sqlite(error, path) from error


def of_sqlite(error: sqlite3.Error, path: Path) -> CorpusError:
    # Errors of the Python module itself, such as a closed connection, carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    kind = SQLITE.get(code, CorpusError)
    if code in _OF_FILES and is_full(path.parent):
        kind = DiskFull
    elif code in _OF_FILES and not os.access(path.parent, os.W_OK):
        kind = FolderReadOnly  # also who only reads writes beside a database
    if kind is FolderReadOnly:
        return not_writable(path.parent)
    if kind is CorpusBusy:
        return CorpusBusy(f"{path} stayed locked by another program")
    if kind is DiskFull:
        return DiskFull("the disk is full")
    if kind is CorpusCorrupt:
        return CorpusCorrupt(
            f"{path} is damaged ({error}): restore it from a copy, or add its documents "
            "to a new folder"
        )
    return kind(f"{path}: {error}")


@contextmanager
def folder_errors(folder: Path) -> Iterator[None]:
    """Raise what the file system says of a folder that cannot be written as FolderReadOnly."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
        raise not_writable(folder) from error


def not_writable(folder: Path) -> FolderReadOnly:
    why = "its file system is read-only" if is_on_read_only(folder) else "no right to write there"
    return FolderReadOnly(f"{folder} cannot be written: {why}")


def is_on_read_only(folder: Path) -> bool:
    """Whether nobody can write to a folder, for its file system is read-only."""
    return folder.exists() and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


@contextmanager
def index_errors(name: str, folder: Path) -> Iterator[None]:
    """Raise every error of FAISS, tantivy and the file system as DiskFull or IndexUnavailable.

    FAISS raises RuntimeError and MemoryError; tantivy raises ValueError, for a full disk too, and
    pyo3's PanicException, which only derives from BaseException, for a panic.
    """
    try:
        yield
    except CorpusError:
        raise
    except (ValueError, RuntimeError, MemoryError, OSError) as error:
        raise _of_index(error, name, folder) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _of_index(error, name, folder) from error


def _of_index(error: BaseException, name: str, folder: Path) -> CorpusError:
    told = isinstance(error, OSError) and error.errno in FULL
    if told or "No space left" in str(error) or is_full(folder):
        return DiskFull("the disk is full")
    return IndexUnavailable(f"the {name} cannot be used: {error}")


def is_full(folder: Path) -> bool:
    """Whether hardly a file can be written: the message of a library may not say that itself."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free < FULL_BELOW_BYTES
