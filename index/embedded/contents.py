"""The store <-> all that it holds, as it is held: see `index.contents`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import numpy as np

from index.contents import StoredDocument, StoredVersion
from index.embedded import restrictions, rows
from index.embedded.rows import (
    ALL_VERSIONS,
    COLUMNS,
    IN_NO_INDEX,
    document_of,
    key_of,
    keys_of,
    passage_of,
)
from index.embedded.store import Store, Writing
from index.erasure import Decisions
from index.errors import CorpusCorrupt
from index.versions import Said, standings

UNFINISHED = "becoming_a_copy_of"
"""Name in the table meta of the note which corpus this one is becoming a copy of."""
# Ids that are asked for at once.
IDS_TOGETHER = 500


class EmbeddedContents:
    """See `index.contents.Contents`.

    Args:
        written: called after each change.
    """

    def __init__(self, store: Store, written: Callable[[], object] = lambda: None) -> None:
        self._store, self._written = store, written

    def name(self) -> str:
        return self._store.identity()

    def embedding(self) -> str | None:
        return self._store.meta("embedding")

    def generation(self) -> int:
        return self._store.generation()

    def count(self) -> int:
        with self._store.connections.reading() as connection:
            (documents,) = connection.execute(
                "SELECT (SELECT COUNT(*) FROM documents)"
                " - (SELECT COUNT(*) FROM documents WHERE until IS NOT NULL)"
            ).fetchone()
        return int(documents)

    def documents(self, after: str | None = None) -> Iterator[StoredDocument]:
        while ids := self._ids(after):
            for after in ids:
                with self._store.connections.reading() as connection:
                    connection.execute("BEGIN")
                    found = stored_document(connection, after)
                if found is not None:  # it may have been removed since its id was read
                    yield found

    def _ids(self, after: str | None) -> list[str]:
        with self._store.connections.reading() as connection:
            found = connection.execute(
                "SELECT id FROM documents WHERE id > ? AND until IS NULL ORDER BY id LIMIT ?",
                (after or "", IDS_TOGETHER),
            )
            return [id for (id,) in found]

    def put(self, batch: Sequence[StoredDocument]) -> None:
        if not batch:
            return
        with self._store.changing() as to:
            for stored in batch:
                _put(to, stored)
        self._written()

    def remove(self, document_ids: Sequence[str]) -> int:
        known = self._store.content_hashes(document_ids)
        if not known:
            return 0
        with self._store.changing() as to:
            for id in known:
                rows.remove(to.connection, id)
        self._written()
        return len(known)

    def decisions(self) -> Decisions:
        with self._store.connections.reading() as connection:
            connection.execute("BEGIN")
            return restrictions.all_decisions(connection)

    def put_decisions(self, decisions: Decisions) -> None:
        with self._store.changing() as to:
            before = restrictions.all_decisions(to.connection)
            restrictions.replace_decisions(to.connection, decisions)
            for id in before.deindexed() ^ decisions.deindexed():
                rows.arrange(to.connection, id, to.generation, to.now)
        self._written()

    def unfinished(self) -> str | None:
        return self._store.meta(UNFINISHED)

    def set_unfinished(self, name: str | None) -> None:
        with self._store.connections.writing(change=False) as connection:
            if name is None:
                connection.execute("DELETE FROM meta WHERE name = ?", (UNFINISHED,))
            else:
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (UNFINISHED, name))


def stored_document(connection: sqlite3.Connection, document_id: str) -> StoredDocument | None:
    """A document with its versions; None where there is none. Part of a transaction.

    Raises:
        CorpusCorrupt: a passage has no vector.
    """
    versions = connection.execute(
        f"SELECT number, recipe, {COLUMNS} FROM documents WHERE {ALL_VERSIONS} ORDER BY version",
        keys_of(document_id),
    ).fetchall()
    if not versions:
        return None
    passages = connection.execute(
        'SELECT d.number, v.vector, d.id, p.ordinal, p.text, p.start, p."end", p.sentences'
        " FROM documents d JOIN passages p ON p.document = d.number"
        " LEFT JOIN vectors v ON v.key = p.key"
        f" WHERE {ALL_VERSIONS.replace('id', 'd.id')} ORDER BY d.number, p.ordinal",
        keys_of(document_id),
    ).fetchall()
    by_number = {number: [*group] for number, group in groupby(passages, itemgetter(0))}
    return StoredDocument(
        tuple(_version(row, recipe, by_number.get(number, [])) for number, recipe, *row in versions)
    )


def _version(
    row: Sequence[object], recipe: str, passages: Sequence[tuple[int, bytes | None, object]]
) -> StoredVersion:
    document = document_of(row)
    blobs = [blob for _, blob, *_ in passages if blob is not None]
    if len(blobs) < len(passages) or len({len(blob) for blob in blobs}) > 1:
        raise CorpusCorrupt(
            f"{document.id}: passages without a vector of the common length: "
            "run `claimdesk reindex`"
        )
    vectors = np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), -1 if blobs else 0)
    made = tuple(replace(passage_of(row), version=None) for _, _, *row in passages)
    return StoredVersion(document, made, vectors, recipe)


def _put(to: Writing, stored: StoredDocument) -> None:
    """Store a document's rows in place of those that are there; as `rows.arrange` leaves them."""
    rows.remove(to.connection, stored.id)
    deindexed = restrictions.is_restricted(to.connection, stored.id, "deindexed")
    found = standings(
        [Said.by(one.document) for one in stored.versions], is_deindexed=deindexed, now=to.now
    )
    for one, standing in zip(stored.versions, found, strict=True):
        document = replace(one.document, access=standing.access)
        is_current = one is stored.versions[-1]
        number = rows.insert(
            to.connection, document, recipe=one.recipe, **rows.standing_columns(standing),
            id=stored.id if is_current else key_of(stored.id, document.version),
        )  # fmt: skip
        generation = to.generation if standing.is_indexed else IN_NO_INDEX
        rows.insert_passages(to.connection, number, one, generation)
