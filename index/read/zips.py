"""A ZIP archive -> its members, never more of them than a limit."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import UnreadableFile
from index.read.content import MAX_FILE_BYTES

# Most members of an archive.
MAX_MEMBERS = 20_000
# What reading a damaged archive raises.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Archive:
    """An open archive; all that is read of it counts towards one limit."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._left = MAX_FILE_BYTES
        self.names = frozenset(file.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises:
            UnreadableFile: there is none, it is encrypted, or what was read of the archive comes
                to more than `MAX_FILE_BYTES`, whatever its table of contents says.
        """
        with self.open(name) as stream, _damage_named(name):
            found = stream.read(self._left + 1)
        self._left -= len(found)
        if self._left < 0:
            raise UnreadableFile(f"unpacks to more than {MAX_FILE_BYTES // 2**20} MiB")
        return found

    @contextmanager
    def open(self, name: str) -> Iterator[io.BufferedIOBase]:
        """A member open for reading, of any size; see `read`."""
        try:
            info = self._file.getinfo(name)
        except KeyError:
            raise UnreadableFile(f"{name} is missing in it") from None
        if info.flag_bits & 1:
            raise UnreadableFile("encrypted: it needs a password")
        with _damage_named(name):
            stream = self._file.open(info)
        with stream:
            yield stream  # type: ignore[misc] # a ZipExtFile is a BufferedIOBase


@contextmanager
def archive(stream: io.BufferedIOBase) -> Iterator[Archive]:
    """The archive in a file.

    Raises:
        UnreadableFile: it is none, or has more than `MAX_MEMBERS` members.
    """
    try:
        file = zipfile.ZipFile(stream)
    except (*_DAMAGED, ValueError, OSError) as error:
        raise UnreadableFile(f"not a whole ZIP archive: {error}") from error
    with file:
        if len(file.infolist()) > MAX_MEMBERS:
            raise UnreadableFile(f"holds more than {MAX_MEMBERS:,} files")
        yield Archive(file)


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise UnreadableFile(f"{name} in it is damaged: {error}") from error
