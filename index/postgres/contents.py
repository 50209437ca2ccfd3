"""The tables <-> all that they hold, as it is held: see `index.contents`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from index.contents import StoredDocument, StoredVersion
from index.documents import Vectors
from index.erasure import Decisions
from index.errors import CorpusCorrupt
from index.postgres import restrictions, rows
from index.postgres.copying import Written, put_passages
from index.postgres.driver import Row, fetch, one, run
from index.postgres.rows import COLUMNS, PASSAGE, document_of, passage_of
from index.postgres.state import next_generation, read_state, weigh
from index.postgres.writing import Changing, Writer
from index.versions import Said, standings

if TYPE_CHECKING:
    from index.postgres.driver import Link

# Documents that are read at once.
TOGETHER = 100


class PostgresContents:
    """See `index.contents.Contents`."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self._pool = writer, writer.pool

    def name(self) -> str:
        return str(self._value("corpus"))

    def embedding(self) -> str | None:
        return self._pool.ask(read_state).embedding

    def generation(self) -> int:
        return self._pool.ask(read_state).generation

    def count(self) -> int:
        sql = "SELECT count(*) FROM documents WHERE until IS NULL"
        (number,) = self._pool.ask(lambda link: one(link, sql)) or (0,)
        return int(number)

    def documents(self, after: str | None = None) -> Iterator[StoredDocument]:
        while found := self._pool.ask(lambda link, after=after: _next(link, after or "")):  # type: ignore[misc]
            yield from found
            after = found[-1].id

    def put(self, batch: Sequence[StoredDocument]) -> None:
        if not batch:
            return
        with self._writer.changing() as change:
            ids = {stored.id: None for stored in batch}
            self._writer.model.check(change.state)
            next_generation(change.link, hides=True)
            weigh(change.link, ids, -1)
            rows.remove(change.link, list(ids))
            deindexed = restrictions.deindexed_among(change.link, list(ids))
            last = {stored.id: stored for stored in batch}
            written = [
                version
                for stored in last.values()
                for version in _put(change, stored, stored.id in deindexed)
            ]
            put_passages(change.link, written, change.state.model)
            weigh(change.link, ids, 1)

    def remove(self, document_ids: Sequence[str]) -> int:
        with self._writer.changing() as change:
            known = rows.ids_stored(change.link, document_ids)
            if known:
                next_generation(change.link, hides=True)
                weigh(change.link, known, -1)
                rows.remove(change.link, known)
            return len(known)

    def decisions(self) -> Decisions:
        def read(link: Link) -> Decisions:
            with link.transaction():
                run(link, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                return restrictions.all_decisions(link)

        return self._pool.ask(read)

    def put_decisions(self, decisions: Decisions) -> None:
        with self._writer.changing() as change:
            before = restrictions.all_decisions(change.link)
            restrictions.replace_decisions(change.link, decisions)
            changed = sorted(before.deindexed() ^ decisions.deindexed())
            next_generation(change.link, hides=True)
            weigh(change.link, changed, -1)
            rows.arrange(change.link, changed, change.now)
            weigh(change.link, changed, 1)

    def unfinished(self) -> str | None:
        found = self._value("unfinished")
        return None if found is None else str(found)

    def set_unfinished(self, name: str | None) -> None:
        with self._writer.changing() as change:
            run(change.link, "UPDATE state SET unfinished = %s", [name])

    def _value(self, column: str) -> object:
        (value,) = self._pool.ask(lambda link: one(link, f"SELECT {column} FROM state")) or (None,)
        return value


def _next(link: Link, after: str) -> list[StoredDocument]:
    """The documents behind an id, some of them at once, all of one state."""
    with link.transaction():
        run(link, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ids = fetch(
            link,
            "SELECT id FROM documents WHERE id > %s AND until IS NULL ORDER BY id LIMIT %s",
            [after, TOGETHER],
        )
        wanted = [[id for (id,) in ids]]
        versions = fetch(
            link,
            f"SELECT recipe, {COLUMNS} FROM documents WHERE id = ANY(%s) ORDER BY id, version",
            wanted,
        )
        columns = ", ".join(f"p.{name}" for name in PASSAGE.split(", "))
        passages = fetch(
            link,
            f"SELECT p.document_id, p.version, v.vector, {columns}"
            " FROM passages p LEFT JOIN vectors v USING (document_id, key)"
            " WHERE document_id = ANY(%s) ORDER BY p.document_id, p.version, p.ordinal",
            wanted,
        )
    of_version = {place: [*group] for place, group in groupby(passages, itemgetter(0, 1))}
    made = (_version(recipe, tuple(row), of_version) for recipe, *row in versions)
    return [StoredDocument(tuple(group)) for _, group in groupby(made, lambda one: one.document.id)]


def _version(recipe: str, row: Row, passages: dict[tuple[str, int], list[Row]]) -> StoredVersion:
    document = document_of(row)
    found = passages.get((document.id, document.version), [])
    return StoredVersion(
        document, tuple(passage_of(tuple(row[3:])) for row in found),
        _vectors(document.id, [row[2] for row in found]), recipe,
    )  # fmt: skip


def _vectors(document_id: str, stored: Sequence[Any]) -> Vectors:
    found = [vector.to_numpy() for vector in stored if vector is not None]
    if len(found) < len(stored) or len({len(vector) for vector in found}) > 1:
        raise CorpusCorrupt(
            f"{document_id}: passages without a vector of the common length: "
            "run `claimdesk reindex`"
        )
    return np.stack(found).astype(np.float32) if found else np.empty((0, 0), np.float32)


def _put(change: Changing, stored: StoredDocument, is_deindexed: bool) -> Iterator[Written]:
    """Store the rows of a document's versions, as `rows.arrange` leaves them."""
    found = standings(
        [Said.by(one.document) for one in stored.versions],
        is_deindexed=is_deindexed, now=change.now,
    )  # fmt: skip
    for version, standing in zip(stored.versions, found, strict=True):
        document = replace(version.document, access=standing.access)
        hidden, until = standing.is_hidden, standing.period.until
        rows.insert(
            change.link, document, hidden=hidden, until=until, recipe=version.recipe,
            content_hash=version.document.content_hash(),
        )  # fmt: skip
        told = rows.told_of(document, hidden, until)
        yield Written(document, told, version.passages, version.vectors)
