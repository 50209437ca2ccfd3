"""The truth: one SQLite file (WAL) with documents, passages, vectors, a generation counter."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from index.corpus import NO_FILTERS, Change, Filters, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors
from index.embedded import erase, moments, restrictions, rows
from index.embedded.connections import BUSY_SECONDS, Connections
from index.embedded.erase import Gone
from index.embedded.rows import (
    ALL_VERSIONS,
    COLUMNS,
    LISTED,
    SINCE,
    day,
    document_of,
    key_of,
    keys_of,
    passage_of,
)
from index.embedded.schema import MIGRATIONS
from index.embedded.snapshot import Snapshot
from index.embedded.wordsearch import WordSearcher
from index.erasure import Place, Restricted, Restriction
from index.errors import CorpusCorrupt, CorpusError, CorpusIncompatible
from index.recipe import RECIPE
from index.rights import Clock, utc_now
from index.versions import MOST_VERSIONS, Period, Version, versions_of

# How a SQLite file begins: https://www.sqlite.org/fileformat.html
SQLITE_MAGIC = b"SQLite format 3\0"
VARIABLES_PER_QUERY = 500  # below SQLite's limit


class Writing(NamedTuple):
    """A transaction that writes, with its generation and its moment."""

    connection: sqlite3.Connection
    generation: int
    now: dt.datetime


class Store:
    """Documents, passages and vectors in one SQLite file."""

    def __init__(
        self,
        path: Path,
        *,
        writable: bool,
        busy_seconds: float = BUSY_SECONDS,
        clock: Clock = utc_now,
        most_versions: int = MOST_VERSIONS,
    ) -> None:
        self._path, self._writable = path, writable
        self._clock, self._most_versions = clock, most_versions
        self.connections = Connections(path, writable=writable, busy_seconds=busy_seconds)
        self._connection, self._writing = self.connections.reading, self.connections.writing
        if writable:
            self._migrate()
        elif not path.exists():
            raise CorpusError(f"no corpus in {path.parent}: add documents first")
        else:
            self._check_version()

    def close(self) -> None:
        self.connections.close()

    # -- schema -----------------------------------------------------------------------------

    def _check_version(self) -> int:
        try:
            with self._connection() as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        except CorpusCorrupt as error:
            if is_sqlite(self._path):
                raise
            raise CorpusIncompatible(f"{self._path} is not a claimdesk corpus") from error
        if (version or tables) and not {"meta", "documents"} <= tables:  # of another program
            raise CorpusIncompatible(f"{self._path} is not a claimdesk corpus")
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
        with self.changing() as to:
            return [
                rows.put(to.connection, prepared, to.generation, to.now, self._most_versions)
                for prepared in batch
            ]

    @contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """New passages for a whole re-index: one transaction, which records the model."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('embedding', ?)", (identity,))
            generation = moments.generation_of(connection)

            def replace(batch: Sequence[Prepared]) -> list[Change]:
                found = [rows.split_again(connection, one, generation) for one in batch]
                return ["updated" for is_stored in found if is_stored]

            yield replace

    def delete(self, document_ids: Sequence[str]) -> int:
        # Looked up first, because a transaction with nothing to delete would make a generation.
        known = self.content_hashes(document_ids)
        removed = 0
        with self._writing(change=bool(known)) as connection:
            for id in known:
                restrictions.check_not_held(connection, id)
                removed += rows.remove(connection, id)
        return removed

    def texts(self, document_id: str) -> list[str]:
        with self._connection() as connection:
            return rows.texts_of(connection, document_id)

    def erase(self, document_id: str, *, deleted: bool = False) -> Gone | None:
        """See `index.embedded.erase.erase`; `scrub` finishes it."""
        with self._writing() as connection:
            return erase.erase(connection, document_id, self._clock(), deleted=deleted)

    def has_unfinished_erasure(self) -> bool:
        """Whether files may still hold what was erased."""
        return self.meta(erase.UNFINISHED) is not None

    def scrub(self) -> None:
        """Leave nothing in the file that was deleted. Raises: CorpusBusy, DiskFull."""
        with self.connections.exclusive() as connection:
            erase.scrub(connection)
        with self._writing(change=False) as connection:
            connection.execute("DELETE FROM meta WHERE name = ?", (erase.UNFINISHED,))

    def places_of(
        self, gone: Gone, indexed_keys: Iterable[int], words: WordSearcher | None
    ) -> list[Place]:
        with self._connection() as connection:
            return erase.places_of(connection, gone, indexed_keys, words, self._path.parent)

    def forget_erasure(self, document_id: str) -> bool:
        with self._writing(change=False) as connection:
            return restrictions.forget(connection, document_id)

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool) -> bool:
        """See `index.corpus.Corpus.restrict`."""
        changes = kind == "deindexed"
        with self._writing(change=changes) as connection:
            if changes:
                restrictions.check_not_held(connection, document_id)
            now = self._clock()
            known = rows.is_stored(connection, document_id)
            if lift:
                known = restrictions.lift(connection, document_id, kind) or known
            elif known:
                restrictions.restrict(connection, document_id, kind, now)
            if changes:
                rows.arrange(connection, document_id, moments.generation_of(connection), now)
        return known

    def restricted(self) -> list[Restricted]:
        with self._connection() as connection:
            return restrictions.all_restricted(connection)

    @contextmanager
    def changing(self) -> Iterator[Writing]:
        """A transaction that makes the next generation, in which every moment has taken effect."""
        with self._writing() as connection:
            now = self._clock()
            moments.settle(connection, now)
            yield Writing(connection, moments.generation_of(connection), now)

    def settle(self) -> bool:
        """Let the moments that have passed take effect; whether there were any."""
        with self._writing(change=False) as connection:
            return moments.settle(connection, self._clock())

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

    def settled(self) -> dt.datetime | None:
        """The moment that the store was brought to last."""
        return rows.moment(self.meta("settled"))

    def next_moment(self) -> dt.datetime:
        """The first moment after that which shows or hides something; `NEVER` where none does."""
        with self._connection() as connection:
            return moments.next_moment(connection)

    def get(self, document_id: str) -> Document | None:
        found = self._shown(document_id)
        return found[0][0] if found else None

    def document_of(self, passage: Passage, filters: Filters = NO_FILTERS) -> Document | None:
        """See `index.corpus.Corpus.document_of`."""
        found = self._shown(passage.document_id, passage.version)
        return found[-1][0] if found and filters.admits(*found[-1]) else None

    def _shown(self, document_id: str, version: int | None = None) -> list[tuple[Document, Period]]:
        """A document as it stands now, then that earlier version of it, each with its period.

        Empty if one of them is not stored, or not shown at this moment by its own rights.
        """
        keys = [document_id] if version is None else [document_id, key_of(document_id, version)]
        found = self._all(
            f"SELECT {SINCE}, until, {COLUMNS} FROM documents"
            f" WHERE id IN ({','.join('?' * len(keys))}) AND NOT {_IS_DEINDEXED} ORDER BY id",
            *keys, document_id,
        )  # fmt: skip
        now = self._clock()
        shown = [
            (document, Period(day(since), day(until)))
            for since, until, *row in found
            if (document := document_of(row)).is_shown(now)
        ]
        return shown if len(shown) == len(keys) else []

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        found = self._all(
            f"SELECT {COLUMNS} FROM documents WHERE {ALL_VERSIONS} AND NOT {_IS_DEINDEXED}"
            " ORDER BY version",
            *keys_of(document_id), document_id,
        )  # fmt: skip
        now, documents = self._clock(), [document_of(row) for row in found]
        return versions_of(documents, lambda one: one.is_shown(now) and filters.sees(one.access))

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        ids = list(dict.fromkeys(document_ids))
        return dict(self._in("SELECT id, access FROM documents WHERE id IN", ids))

    def documents(self, cursor: str | None, limit: int, filters: Filters = NO_FILTERS) -> Page:
        found = self._page(LISTED, _STANDS_NOW, cursor, limit + 1, filters.access)
        page = [document_of(row) for row in found[:limit]]
        now = self._clock()
        shown = [one for one in page if one.is_shown(now)]
        return Page(shown, page[-1].id if len(found) > limit else None)

    def all_documents(self) -> Iterator[Document]:
        for row in self._every(COLUMNS, _STANDS_NOW):
            if (document := document_of(row)).is_shown(self._clock()):
                yield document

    def stored_documents(self) -> Iterator[Document]:
        return map(document_of, self._every(COLUMNS, "1"))

    def withheld(self) -> list[Document]:
        """The documents that their rights hid when the store was brought to a moment, without
        texts; not those that are de-indexed."""
        found = self._all(
            f"SELECT {LISTED} FROM documents WHERE hidden AND until IS NULL AND id NOT IN"
            " (SELECT id FROM restrictions WHERE kind = 'deindexed')"
        )
        return [document_of(row) for row in found]

    def _every(self, columns: str, which: str, together: int = 200) -> Iterator[tuple[Any, ...]]:
        """Every row by id, `together` of them per query, so that one may write meanwhile."""
        cursor: str | None = None
        while page := self._page(columns, which, cursor, together):
            yield from page
            cursor = page[-1][0]

    def _page(
        self,
        columns: str,
        which: str,
        cursor: str | None,
        limit: int,
        access: tuple[str, ...] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Rows by id; of those access groups alone, and of none."""
        if access is not None:
            which += f" AND (access IS NULL OR access IN ({','.join('?' * len(access))}))"
        return self._all(
            f"SELECT {columns} FROM documents WHERE id > ? AND {which} ORDER BY id LIMIT ?",
            cursor or "", *(access or ()), limit,
        )  # fmt: skip

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
        found = self._in(
            'SELECT p.key, d.id, p.ordinal, p.text, p.start, p."end", p.sentences'
            " FROM passages p JOIN documents d ON d.number = p.document"
            " WHERE NOT d.hidden AND p.key IN",
            keys,
        )
        return {row[0]: passage_of(row[1:]) for row in found}

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
            "SELECT (SELECT COUNT(*) FROM documents)"
            " - (SELECT COUNT(*) FROM documents WHERE hidden AND until IS NULL)"
            " - (SELECT COUNT(*) FROM documents WHERE until IS NOT NULL),"
            " (SELECT COUNT(*) FROM passages WHERE generation >= 0)"
            " - (SELECT COUNT(*) FROM documents JOIN passages ON document = number"
            "    WHERE until IS NOT NULL AND generation >= 0),"
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


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as one of SQLite does."""
    with path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


# Of a row: the document as it stands now, which nothing hid when the store was brought to a moment.
_STANDS_NOW = "NOT hidden AND until IS NULL"
# Whether a document is de-indexed; its parameter is the document's id.
_IS_DEINDEXED = "EXISTS (SELECT 1 FROM restrictions WHERE id = ? AND kind = 'deindexed')"
