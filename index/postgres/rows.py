"""Documents and passages <-> rows: what is written for a document, its versions, its rights.

Each function is part of its caller's transaction, between the two calls of `weigh` on the
documents that it changes (index/postgres/state.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.corpus import Change
from index.documents import Document, Passage, Prepared, Span
from index.postgres import restrictions
from index.postgres.copying import TOLD, Told, Written, put_passages
from index.postgres.driver import Row, fetch, one, run
from index.postgres.filters import column_key, language_column, publisher_column
from index.postgres.state import State
from index.recipe import RECIPE
from index.versions import Period, Said, begins, is_new_version, is_withdrawn, standings

if TYPE_CHECKING:
    from index.postgres.driver import Link

_METADATA = (
    "title, url, publisher, published_at, language, modified_at, embargoed_until, pubstatus,"
    " expires, usageterms, rights, access, version"
)
COLUMNS = f"id, text, {_METADATA}, places"
LISTED = f"id, '', {_METADATA}, NULL::bytea"
PASSAGE = 'document_id, ordinal, text, start, "end", sentences'


def document_of(row: Row) -> Document:
    """The document of a row of `COLUMNS` or `LISTED`."""
    id, text, title, url, publisher, published, language, modified = row[:8]
    embargo, pubstatus, expires, usageterms, rights, access, version, places = row[8:16]
    return Document(
        id, text, title, url, publisher, published, language, modified, places, utc(embargo),
        pubstatus, utc(expires), usageterms, rights, access, version,
    )  # fmt: skip


def passage_of(row: Row, version: int | None = None) -> Passage:
    """The passage of a row of `PASSAGE`."""
    id, ordinal, text, start, end, bounds = row
    spans = tuple(Span(*span) for span in zip(bounds[::2], bounds[1::2], strict=True))
    return Passage(id, ordinal, text, start, end, spans, version)


def utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.astimezone(dt.UTC) if moment is not None else None


def put(
    link: Link, batch: Sequence[Prepared], state: State, now: dt.datetime, most_versions: int
) -> list[Change]:
    """Store documents, each under its id; a text that it replaces becomes an earlier version.

    Not one that is held, was erased, or is older than what withdrew it.
    """
    decided = restrictions.Decided(link, [one.document for one in batch])
    known = _stored(link, [one.document.id for one in batch])
    changes: list[Change] = []
    deindexed = restrictions.deindexed_among(link, [one.document.id for one in batch])
    waiting: list[Written] = []  # what is copied together
    updated: dict[str, None] = {}
    for prepared in batch:
        given, version = prepared.document, 1
        if (refused := decided.refusal(given)) is not None:
            changes.append(refused)
            continue
        if (stored := known.get(given.id)) is not None:
            if is_withdrawn(given, stored):
                changes.append("withdrawn")
                continue
            put_passages(link, waiting, state.model)
            waiting.clear()
            version = stored.version
            if is_new_version(stored, given):
                version += 1
            else:
                run(link, "DELETE FROM documents WHERE id = %s AND version = %s",
                    [given.id, version])  # fmt: skip
            if given.access is not None:  # see `index.versions.group_after`
                run(link, "UPDATE documents SET access = %s, access_key = %s"
                    " WHERE id = %s AND (access IS NULL OR access = %s)",
                    [given.access, column_key(given.access), given.id, stored.access])  # fmt: skip
            updated[given.id] = None
        new = known[given.id] = replace(given, version=version)
        hidden = given.id in deindexed or not given.is_shown(now)
        insert(link, new, hidden=hidden, content_hash=given.content_hash())
        waiting.append(
            Written(new, told_of(new, hidden, None), prepared.passages, prepared.vectors)
        )
        changes.append("added" if stored is None else "updated")
    put_passages(link, waiting, state.model)
    for id in updated:
        forget_oldest(link, id, most_versions)
    arrange(link, list(updated), now)
    return changes


def split_again(link: Link, prepared: Prepared, model: int) -> bool:
    """Replace the passages of a stored version of a document; whether it is stored."""
    document = prepared.document
    place = [document.id, document.version]
    found = one(
        link,
        "UPDATE documents SET recipe = %s WHERE id = %s AND version = %s RETURNING hidden, until",
        [RECIPE.of_passages, *place],
    )
    if found is None:
        return False
    run(link, "DELETE FROM passages WHERE document_id = %s AND version = %s", place)
    told = told_of(document, *found)
    put_passages(link, [Written(document, told, prepared.passages, prepared.vectors)], model)
    return True


def told_of(document: Document, hidden: bool, until: dt.date | None) -> Told:
    """What filters ask for of a version that stood until that day."""
    since = begins(document)
    return Told(
        not hidden and not Period(since, until).is_empty,
        publisher_column(document.publisher), language_column(document.language),
        column_key(document.access), document.published_at, since, until,
    )  # fmt: skip


def arrange(link: Link, ids: Sequence[str], now: dt.datetime) -> None:
    """Bring every version of documents to what its dates and its rights say at that moment."""
    if not ids:
        return
    rows = fetch(
        link,
        "SELECT id, version, since, until, hidden, access, pubstatus, embargoed_until, expires"
        " FROM documents WHERE id = ANY(%s) ORDER BY id, version",
        [list(ids)],
    )
    deindexed = restrictions.deindexed_among(link, ids)
    of_id: dict[str, list[Row]] = {}
    for row in rows:
        of_id.setdefault(row[0], []).append(row)
    changed: list[tuple[Any, ...]] = []
    for id, versions in of_id.items():
        said = [
            Said(since, status, utc(embargo), utc(expires), access)
            for _, _, since, _, _, access, status, embargo, expires in versions
        ]
        found = standings(said, is_deindexed=id in deindexed, now=now)
        for row, standing in zip(versions, found, strict=True):
            wanted = standing.period.until, standing.is_hidden, standing.access
            if wanted != row[3:6]:
                changed.append((id, row[1], *wanted))
    for id, version, until, hidden, access in changed:
        run(
            link,
            "UPDATE documents SET until = %s, hidden = %s, access = %s, access_key = %s"
            " WHERE id = %s AND version = %s",
            [until, hidden, access, column_key(access), id, version],
        )
    _tell_passages(link, ids)


def _tell_passages(link: Link, ids: Sequence[str]) -> None:
    """Bring what filters ask for, of passages and vectors, to what their documents say."""
    shown = "NOT hidden AND (until IS NULL OR until > coalesce(since, '0001-01-01'))"
    said = f"{shown}, publisher_key, language_key, access_key, published_at, since, until"
    values = {"ids": list(ids)}
    run(
        link,
        f"UPDATE passages SET ({TOLD}) = ({_of('told')}) FROM (SELECT id, version AS number,"
        f" {said} FROM documents WHERE id = ANY(%(ids)s)) told (id, number, {TOLD})"
        " WHERE document_id = told.id AND version = told.number"
        f" AND ({_of('passages')}) IS DISTINCT FROM ({_of('told')})",
        values,
    )
    run(
        link,
        f"UPDATE vectors SET ({TOLD}) = ({_of('passages')}) FROM passages"
        " WHERE passages.document_id = ANY(%(ids)s) AND passages.key = vectors.key"
        " AND passages.document_id = vectors.document_id"
        f" AND ({_of('vectors')}) IS DISTINCT FROM ({_of('passages')})",
        values,
    )


def _of(table: str) -> str:
    """The columns of a table that filters ask for."""
    return ", ".join(f"{table}.{name}" for name in TOLD.split(", "))


def _stored(link: Link, ids: Sequence[str]) -> dict[str, Document]:
    """The newest version that is stored of each of these documents."""
    rows = fetch(
        link,
        f"SELECT DISTINCT ON (id) {COLUMNS} FROM documents WHERE id = ANY(%s)"
        " ORDER BY id, version DESC",
        [list(ids)],
    )
    return {row[0]: document_of(row) for row in rows}


def remove(link: Link, ids: Sequence[str]) -> int:
    """Remove documents with their versions; how many there were."""
    gone = fetch(link, "DELETE FROM documents WHERE id = ANY(%s) RETURNING id", [list(ids)])
    return len({id for (id,) in gone})


def forget_oldest(link: Link, id: str, most_versions: int) -> None:
    """Remove the versions before those that are kept."""
    run(
        link,
        "DELETE FROM documents WHERE id = %(id)s AND version IN (SELECT version FROM documents"
        " WHERE id = %(id)s ORDER BY version DESC OFFSET %(kept)s)",
        {"id": id, "kept": most_versions + 1},
    )


def insert(
    link: Link,
    document: Document,
    *,
    hidden: bool,
    content_hash: str,
    until: dt.date | None = None,
    recipe: str = RECIPE.of_passages,
) -> None:
    """Store the row of a version of a document."""
    values = {
        "id": document.id, "version": document.version, "hash": content_hash,
        "text": document.text, "title": document.title, "url": document.url,
        "publisher": document.publisher, "published_at": document.published_at,
        "language": document.language, "modified_at": document.modified_at,
        "places": document.places, "embargoed_until": document.embargoed_until,
        "pubstatus": document.pubstatus, "expires": document.expires,
        "usageterms": document.usageterms, "rights": document.rights, "access": document.access,
        "recipe": recipe, "since": begins(document), "until": until, "hidden": hidden,
        "publisher_key": publisher_column(document.publisher),
        "language_key": language_column(document.language),
        "access_key": column_key(document.access),
    }  # fmt: skip
    marks = ", ".join(f"%({name})s" for name in values)
    run(link, f"INSERT INTO documents ({', '.join(values)}) VALUES ({marks})", values)


def is_stored(link: Link, id: str) -> bool:
    return one(link, "SELECT 1 FROM documents WHERE id = %s LIMIT 1", [id]) is not None


def ids_stored(link: Link, ids: Iterable[str]) -> list[str]:
    """Those of the ids that a document is stored under."""
    found = fetch(link, "SELECT DISTINCT id FROM documents WHERE id = ANY(%s)", [list(ids)])
    return [id for (id,) in found]
