"""The truth: one SQLite file (WAL) with documents, passages, vectors, a generation counter."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index.corpus import Change, Page, Stats
from index.documents import Document, Passage, Prepared, Span, Vectors
from index.embedded.boundary import sqlite_errors
from index.embedded.snapshot import Snapshot
from index.errors import CorpusCorrupt, CorpusError, CorpusIncompatible, CorpusReadOnly
from index.recipe import RECIPE

# One entry per schema version. A folder of version n gets entries n, n + 1, …, each of them in one
# transaction with the record of its version.
MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('generation', '0'), ('tombstones_since', '0');
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
        text TEXT NOT NULL, title TEXT NOT NULL, url TEXT, publisher TEXT,
        published_at TEXT, language TEXT
    );
    CREATE TABLE passages (
        -- AUTOINCREMENT: a key is never used again, so a stale index cannot point at new text.
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, sentences TEXT NOT NULL, generation INTEGER NOT NULL
    );
    CREATE INDEX passages_by_document ON passages (document);
    CREATE INDEX passages_by_generation ON passages (generation);
    CREATE TABLE vectors (
        key INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
        vector BLOB NOT NULL
    );
    CREATE TABLE tombstones (key INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
    CREATE INDEX tombstones_by_generation ON tombstones (generation);
    CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
        INSERT INTO tombstones VALUES (
            old.key, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation')
        );
    END;
    """,
    # Names this corpus, so that an index derived from another one is known for what it is.
    "INSERT INTO meta VALUES ('corpus', lower(hex(randomblob(16))));",
    # What the filter columns are read from, without the texts that lie between; and what made the
    # passages of each document (index/recipe.py), which until now was version 1 of each step.
    """
    ALTER TABLE documents ADD COLUMN recipe TEXT NOT NULL DEFAULT '1.1';
    CREATE INDEX documents_by_recipe_and_filter
        ON documents (recipe, published_at, publisher, language);
    DROP INDEX passages_by_generation;
    CREATE INDEX passages_by_generation ON passages (generation, document);
    """,
)
# How a SQLite file begins: https://www.sqlite.org/fileformat.html
SQLITE_MAGIC = b"SQLite format 3\0"
VARIABLES_PER_QUERY = 500  # below SQLite's limit
# Bytes that the write-ahead log is cut to once it is folded back. It grows past that while an index
# is built anew, because what is written meanwhile has to wait for the snapshot to end.
LOG_BYTES = 64 * 2**20
# Seconds that a write waits for another program that holds the database's write lock.
BUSY_SECONDS = 20.0


class Store:
    """Documents, passages and vectors in one SQLite file.

    Each caller has a connection of its own, which the next one uses again; one writes at a time.
    """

    def __init__(self, path: Path, *, writable: bool, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path, self._writable, self._busy_seconds = path, writable, busy_seconds
        self._idle: deque[sqlite3.Connection] = deque()
        self._write_lock = threading.Lock()
        self._closed = False
        if writable:
            self._migrate()
        elif not path.exists():
            raise CorpusError(f"no corpus in {path.parent}: add documents first")
        else:
            self._check_version()

    # -- connections ------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
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
                self._idle.append(connection)
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
    def _writing(self, *, change: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction, which makes the next generation if it is a `change`."""
        if not self._writable:
            raise CorpusReadOnly("this corpus was opened for reading")
        with self._write_lock, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                if change:
                    connection.execute(
                        "UPDATE meta SET value = value + 1 WHERE name = 'generation'"
                    )
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while connection := self._pop_idle():
            connection.close()

    def _pop_idle(self) -> sqlite3.Connection | None:
        try:  # asking first whether there is one would leave another thread time to take it
            return self._idle.pop()
        except IndexError:
            return None

    # -- schema -----------------------------------------------------------------------------

    def _check_version(self) -> int:
        try:
            with self._connection() as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
        except CorpusCorrupt as error:
            if _is_sqlite(self._path):
                raise
            raise CorpusIncompatible(f"{self._path} is not a claimdesk corpus") from error
        if version > len(MIGRATIONS):
            raise CorpusIncompatible(
                f"{self._path} has schema version {version}, this claimdesk knows "
                f"{len(MIGRATIONS)}: upgrade claimdesk; the data was left as it is"
            )
        if version < len(MIGRATIONS) and not self._writable:
            raise CorpusIncompatible(
                f"{self._path} has the older schema version {version}: "
                "open it once for writing (claimdesk add or serve) to upgrade it"
            )
        return int(version)

    def _migrate(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        version = self._check_version()
        for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
            # executescript would commit before it starts; this keeps the step and its record one.
            script = f"BEGIN IMMEDIATE;{migration};PRAGMA user_version = {number};COMMIT;"
            with self._connection() as connection:
                connection.executescript(script)

    def meta(self, name: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # -- writing ----------------------------------------------------------------------------

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        with self._writing() as connection:
            return self._put(connection, batch)

    @contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """An `upsert` for a whole re-index: one transaction, which records the model."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('embedding', ?)", (identity,))
            yield lambda batch: self._put(connection, batch)

    def _put(self, connection: sqlite3.Connection, batch: Sequence[Prepared]) -> list[Change]:
        changes: list[Change] = []
        (generation,) = connection.execute(
            "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'"
        ).fetchone()
        for prepared in batch:
            document = prepared.document
            gone = connection.execute("DELETE FROM documents WHERE id = ?", (document.id,))
            changes.append("updated" if gone.rowcount else "added")
            number = connection.execute(
                "INSERT INTO documents (id, hash, text, title, url, publisher, published_at,"
                " language, recipe) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.id, document.content_hash(), document.text, document.title,
                    document.url, document.publisher,
                    document.published_at and document.published_at.isoformat(),
                    document.language, RECIPE.of_passages,
                ),
            ).lastrowid  # fmt: skip
            for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
                bounds = json.dumps([(s.start, s.end) for s in passage.sentences])
                key = connection.execute(
                    'INSERT INTO passages (document, ordinal, text, start, "end", sentences,'
                    " generation) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        number, passage.ordinal, passage.text, passage.start, passage.end,
                        bounds, generation,
                    ),
                ).lastrowid  # fmt: skip
                blob = np.asarray(vector, np.float32).tobytes()
                connection.execute("INSERT INTO vectors VALUES (?, ?)", (key, blob))
        return changes

    def delete(self, document_ids: Sequence[str]) -> int:
        known = self.content_hashes(document_ids)
        with self._writing(change=bool(known)) as connection:
            return sum(
                connection.execute("DELETE FROM documents WHERE id = ?", (id,)).rowcount
                for id in known
            )

    def forget_tombstones(self, generation: int) -> None:
        """Remove the record of deletions up to `generation`: each saved index applied them."""
        if not self._one("SELECT 1 FROM tombstones WHERE generation <= ? LIMIT 1", generation):
            return
        with self._writing(change=False) as connection:
            connection.execute("DELETE FROM tombstones WHERE generation <= ?", (generation,))
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = 'tombstones_since'", (generation,)
            )

    # -- reading ----------------------------------------------------------------------------

    def identity(self) -> str:
        """A random name, given when the corpus was made."""
        return self.meta("corpus") or ""

    def generation(self) -> int:
        return int(self.meta("generation") or 0)

    def get(self, document_id: str) -> Document | None:
        row = self._one(f"SELECT {_COLUMNS} FROM documents WHERE id = ?", document_id)
        return None if row is None else document_of(row)

    def documents(self, cursor: str | None, limit: int) -> Page:
        return self._page(_LISTED, cursor, limit)

    def all_documents(self, together: int = 200) -> Iterator[Document]:
        """Every document by id, `together` of them per query, so that one may write meanwhile."""
        cursor: str | None = None
        while True:
            page = self._page(_COLUMNS, cursor, together)
            yield from page.documents
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    def _page(self, columns: str, cursor: str | None, limit: int) -> Page:
        rows = self._all(
            f"SELECT {columns} FROM documents WHERE id > ? ORDER BY id LIMIT ?",
            cursor or "", limit + 1,
        )  # fmt: skip
        page = [document_of(row) for row in rows[:limit]]
        return Page(page, page[-1].id if len(rows) > limit else None)

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Hash of each of these documents that is stored, with passages of today's recipe.

        A document whose passages were made by another recipe has another hash: it is no longer
        what would be stored for the same content.
        """
        ids = list(dict.fromkeys(document_ids))
        rows = self._in("SELECT id, hash, recipe FROM documents WHERE id IN", ids)
        return {
            id: content if recipe == RECIPE.of_passages else f"{content} by recipe {recipe}"
            for id, content, recipe in rows
        }

    def recipes(self) -> dict[str, int]:
        """Number of documents by the recipe that made their passages."""
        return dict(self._all("SELECT recipe, COUNT(*) FROM documents GROUP BY recipe"))

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        rows = self._in(
            'SELECT p.key, d.id, p.ordinal, p.text, p.start, p."end", p.sentences'
            " FROM passages p JOIN documents d ON d.number = p.document WHERE p.key IN",
            keys,
        )
        return {
            key: Passage(id, ordinal, text, start, end, tuple(Span(*s) for s in json.loads(bounds)))
            for key, id, ordinal, text, start, end, bounds in rows
        }

    def vectors(self, keys: Sequence[int]) -> dict[int, Vectors]:
        rows = self._in("SELECT key, vector FROM vectors WHERE key IN", keys)
        return {key: np.frombuffer(blob, np.float32) for key, blob in rows}

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One state of the store, whatever is written meanwhile: indexes are derived from it."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            yield Snapshot(connection)

    def stats(self) -> Stats:
        row = self._one(
            "SELECT (SELECT COUNT(*) FROM documents), (SELECT COUNT(*) FROM passages),"
            " (SELECT value FROM meta WHERE name = 'generation')"
        )
        assert row is not None
        return Stats(int(row[0]), int(row[1]), int(row[2]))

    def _one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        with self._connection() as connection:
            row: tuple[Any, ...] | None = connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    def _in(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        for at in range(0, len(values), VARIABLES_PER_QUERY):
            chunk = values[at : at + VARIABLES_PER_QUERY]
            marks = ",".join("?" * len(chunk))
            yield from self._all(f"{sql} ({marks})", *chunk)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


_METADATA = "title, url, publisher, published_at, language"
_COLUMNS = f"id, text, {_METADATA}"
_LISTED = f"id, '', {_METADATA}"


def document_of(row: Sequence[Any]) -> Document:
    id, text, title, url, publisher, published_at, language = row
    date = dt.date.fromisoformat(published_at) if published_at else None
    return Document(id, text, title, url, publisher, date, language)
