"""Connections to the store's file: one a caller, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.embedded.boundary import sqlite_errors
from index.errors import CorpusError, CorpusReadOnly

# Bytes that the write-ahead log is cut to once it is folded back. It grows past that while an index
# is built anew, because what is written meanwhile has to wait for the snapshot to end.
LOG_BYTES = 64 * 2**20
# Seconds that a write waits for another program that holds the database's write lock.
BUSY_SECONDS = 20.0


class Connections:
    """Each caller has a connection of its own, which the next one uses again."""

    def __init__(self, path: Path, *, writable: bool, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path, self._writable, self._busy_seconds = path, writable, busy_seconds
        self.idle: deque[sqlite3.Connection] = deque()
        self._write_lock = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for one caller; there are as many as there are callers at the same time.

        Raises:
            CorpusError: SQLite failed; its subclass says how (index/embedded/boundary.py).
        """
        if self._closed:
            raise CorpusError("the corpus is closed")
        with sqlite_errors(self._path):
            connection = self._pop_idle() or self._connect()
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.rollback()  # what failed half-way must not reach the next caller
                self.idle.append(connection)
                if self._closed:
                    self._close_idle()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        if self._writable:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # acknowledged = survives a crash
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        else:
            connection.execute("PRAGMA query_only = ON")
        return connection

    @contextmanager
    def exclusive(self) -> Iterator[sqlite3.Connection]:
        """A connection while nobody writes."""
        with self._write_lock, self.reading() as connection:
            yield connection

    @contextmanager
    def writing(self, *, change: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction, which makes the next generation if it is a `change`."""
        if not self._writable:
            raise CorpusReadOnly("this corpus was opened for reading")
        with self.exclusive() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if change:
                connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")
            yield connection  # what raises is rolled back by `reading`
            connection.commit()

    def close(self) -> None:
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while connection := self._pop_idle():
            connection.close()

    def _pop_idle(self) -> sqlite3.Connection | None:
        try:  # asking first whether there is one would leave another thread time to take it
            return self.idle.pop()
        except IndexError:
            return None
