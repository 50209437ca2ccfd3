"""The audit log of a data folder: one SQLite file."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from api.errors import AuditUnavailable

FILE = "audit.sqlite"
# Seconds that a write waits for another process that appends.
BUSY_SECONDS = 20.0
# Seconds to wait for readers of an earlier state, after an erasure.
CHECKPOINT_SECONDS = 30.0
_NAMES = {"entries": "entries", "pieces": "pieces", "notes": "notes"}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, head TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pieces (
    entry INTEGER NOT NULL REFERENCES entries (number), place INTEGER NOT NULL,
    document TEXT, salt TEXT, content TEXT, PRIMARY KEY (entry, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pieces_by_document ON pieces (document) WHERE document IS NOT NULL;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class AuditFile:
    """See `api.audit.log.AuditPlace`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.where = str(self.path)

    def exists(self) -> bool:
        return self.path.exists()

    @contextlib.contextmanager
    def appending(self) -> Iterator[_Rows]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield _Rows(connection)
            connection.commit()

    @contextlib.contextmanager
    def reading(self) -> Iterator[_Rows | None]:
        if not self.path.is_file():
            yield None
            return
        with (
            self._errors(),
            contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection,
        ):
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield _Rows(connection) if _is_made(connection) else None

    def rewrite(self) -> None:
        with self._connection() as connection:
            connection.execute("VACUUM")
            until = time.monotonic() + CHECKPOINT_SECONDS
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > until:
                    raise AuditUnavailable(f"{self.path} is being read for too long")
                time.sleep(0.05)

    def close(self) -> None:
        """Nothing is open between two uses."""

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that writes; of this thread, and closed afterwards."""
        with self._errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(
                sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            ) as connection:
                if not _is_made(connection):
                    self.path.chmod(0o600)
                    connection.executescript(_SCHEMA)
                # Nobody who reads holds a verdict up. A file out of a backup is not in this mode.
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                yield connection

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, JSONDecodeError) as error:
            raise AuditUnavailable(f"{self.path}: {error}") from error


class _Rows:
    """See `api.audit.log.Rows`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Any] = ()) -> Iterable[tuple[Any, ...]]:
        return self._connection.execute(statement.format_map(_NAMES), values)

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.executemany(statement.format_map(_NAMES), rows)


def _is_made(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notes'").fetchone()
    return found is not None
