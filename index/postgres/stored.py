"""Tables -> stored documents. Only `get`, `document_of` and `versions` leave out hidden ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Passage
from index.erasure import Restricted
from index.postgres import restrictions
from index.postgres.driver import Row, fetch
from index.postgres.reading import Reader
from index.postgres.restrictions import NOT_DEINDEXED
from index.postgres.rows import COLUMNS, document_of
from index.recipe import RECIPE
from index.rights import Clock
from index.versions import Period, Version, versions_of

# Rows that are read at a time.
TOGETHER = 200


class Stored:
    """Reads documents. What a write depends on is asked of the primary."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader, self._clock = reader, clock

    def _all(self, sql: str, *values: object, primary: bool = False) -> list[Row]:
        return self._reader.ask(lambda link: fetch(link, sql, values), primary=primary)

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
        found = self._all(
            f"SELECT since, until, {COLUMNS} FROM documents WHERE id = %s"
            f" AND (until IS NULL OR version = %s) AND {NOT_DEINDEXED} ORDER BY version DESC",
            document_id, version,
        )  # fmt: skip
        now = self._clock()
        shown = [
            (document, Period(since, until))
            for since, until, *row in found
            if (document := document_of(tuple(row))).is_shown(now)
        ]
        return shown if len(shown) == (1 if version is None else 2) else []

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        found = self._all(
            f"SELECT {COLUMNS} FROM documents WHERE id = %s AND {NOT_DEINDEXED} ORDER BY version",
            document_id,
        )
        now, documents = self._clock(), [document_of(row) for row in found]
        return versions_of(documents, lambda one: one.is_shown(now) and filters.sees(one.access))

    def texts(self, document_id: str) -> list[str]:
        sql = "SELECT text FROM documents WHERE id = %s ORDER BY version"
        return [text for (text,) in self._all(sql, document_id, primary=True)]

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        sql = "SELECT id, access FROM documents WHERE id = ANY(%s) AND until IS NULL"
        return dict(self._all(sql, list(document_ids), primary=True))

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Hash of each of these documents that is stored, with passages of today's recipe.

        A document whose passages were made by another recipe has another hash: it is no longer
        what would be stored for the same content.
        """
        sql = "SELECT id, hash, recipe FROM documents WHERE id = ANY(%s) AND until IS NULL"
        return {
            id: content if recipe == RECIPE.of_passages else f"{content} by recipe {recipe}"
            for id, content, recipe in self._all(sql, list(document_ids), primary=True)
        }

    def stored_documents(self) -> Iterator[Document]:
        id, version = "", 0
        while found := self._all(
            f"SELECT {COLUMNS} FROM documents WHERE (id, version) > (%s, %s)"
            " ORDER BY id, version LIMIT %s",
            id, version, TOGETHER, primary=True,
        ):  # fmt: skip
            for row in found:
                document = document_of(row)
                yield document
            id, version = document.id, document.version

    def restricted(self) -> list[Restricted]:
        return self._reader.ask(restrictions.all_restricted, primary=True)

    def other_recipes(self) -> dict[str, int]:
        """Number of versions of documents by the recipe that made their passages, if it is not
        today's."""
        sql = "SELECT recipe, count(*) FROM documents WHERE recipe < %s OR recipe > %s GROUP BY 1"
        return dict(self._all(sql, RECIPE.of_passages, RECIPE.of_passages, primary=True))
