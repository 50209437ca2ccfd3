"""One state of the store -> what an index needs to be caught up or built."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from index.embedded.rows import day
from index.errors import CorpusCorrupt
from index.versions import Period

BEFORE_ALL = -1
"""A generation before the first: what is asked for since then is all that is to be indexed.

Passages of a hidden document, or of a version that stood on no day, are of an earlier one still."""
# Deleted rows that an index may keep, as a share of the living: it is built anew above that.
DEAD_SHARE = 0.1


def needs_rebuild(dead: int, alive: int) -> bool:
    """Whether an index that only marks deleted rows holds too many of them."""
    return dead > DEAD_SHARE * alive


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as the word index stores it."""

    key: int
    title: str
    text: str
    publisher: str | None
    published_at: dt.date | None
    language: str | None
    access: str | None
    period: Period


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Keys of passages, ascending, and the number of the document of each; both int64 (n,)."""

    keys: npt.NDArray[np.int64]
    documents: npt.NDArray[np.int64]


class DocumentRow(NamedTuple):
    """What is asked of a document's row by filters; days in ISO 8601."""

    number: int
    published_at: str | None
    publisher: str | None
    language: str | None
    since: str | None
    until: str | None
    access: str | None


class Snapshot:
    """Reads in one transaction. Rows come in the order of their keys.

    Keys grow with the generation, and inside one with the document's number, so the order of the
    index passages_by_generation is theirs, and nothing has to be sorted.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.generation = int(self._meta("generation") or 0)
        self._tombstones_since = int(self._meta("tombstones_since") or 0)
        self.embedding = self._meta("embedding")
        self.passages = int(
            connection.execute(
                "SELECT COUNT(*) FROM passages WHERE generation > ?", (BEFORE_ALL,)
            ).fetchone()[0]
        )

    def _meta(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def deleted_since(self, generation: int) -> list[int] | None:
        """Keys deleted after that generation; None when they are no longer on record."""
        if not self._tombstones_since <= generation <= self.generation:
            return None
        rows = self._connection.execute(
            "SELECT key FROM tombstones WHERE generation > ?", (generation,)
        )
        return [key for (key,) in rows]

    def vectors_since(
        self, generation: int, dimension: int, size: int
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Keys and vectors, float32 (size, dimension), added after that generation, in blocks.

        Raises:
            CorpusCorrupt: a vector has another length.
        """
        cursor = self._connection.execute(
            "SELECT p.key, v.vector FROM passages p CROSS JOIN vectors v ON v.key = p.key"
            " WHERE p.generation > ? ORDER BY p.generation, p.document, p.key",
            (generation,),
        )
        while rows := cursor.fetchmany(size):
            if wrong := [key for key, blob in rows if len(blob) != 4 * dimension]:
                raise CorpusCorrupt(
                    f"the vector of passage {wrong[0]} has not {dimension} dimensions: "
                    "run `claimdesk reindex`"
                )
            block = np.frombuffer(b"".join(blob for _, blob in rows), np.float32)
            yield [key for key, _ in rows], block.reshape(len(rows), dimension)

    def texts_since(self, generation: int) -> Iterator[Text]:
        """Passages added after that generation."""
        rows = self._connection.execute(
            "SELECT p.key, d.title, p.text, d.publisher, d.language, d.published_at, d.access,"
            " COALESCE(d.since, d.published_at), d.until"
            " FROM passages p CROSS JOIN documents d ON d.number = p.document"
            " WHERE p.generation > ? ORDER BY p.generation, p.document, p.key",
            (generation,),
        )
        for key, title, text, publisher, language, published, access, since, until in rows:
            period = Period(day(since), day(until))
            yield Text(key, title, text, publisher, day(published), language, access, period)

    def passage_rows_since(self, generation: int) -> PassageRows:
        """Passages added after that generation, without their texts."""
        rows = self._connection.execute(
            "SELECT key, document FROM passages"
            " WHERE generation > ? ORDER BY generation, document, key",
            (generation,),
        ).fetchall()
        table = np.array(rows, np.int64).reshape(len(rows), 2)
        return PassageRows(table[:, 0], table[:, 1])

    def document_rows_since(self, generation: int) -> Iterator[DocumentRow]:
        """The documents and versions with passages that were added since."""
        columns = (
            "number, published_at, publisher, language, COALESCE(since, published_at), until,"
            " access"
        )
        if generation < 0:
            rows = self._connection.execute(f"SELECT {columns} FROM documents WHERE NOT hidden")
        else:
            rows = self._connection.execute(
                f"SELECT {columns} FROM documents"
                " WHERE number IN (SELECT document FROM passages WHERE generation > ?)",
                (generation,),
            )
        return (DocumentRow(*row) for row in rows)
