"""Documents and passages <-> rows: what is written for a document, its versions, its rights.

A document and each earlier version of it have a row of their own. That of an earlier version has a
key that no document's id can be. A row whose passages come or go without a new text is put again,
under a number and keys that are new: so an index only ever meets rows that came and rows that went.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from index.contents import StoredVersion
from index.corpus import Change
from index.documents import Document, Passage, Prepared, Span
from index.embedded import restrictions
from index.errors import CorpusCorrupt, shortened
from index.recipe import RECIPE
from index.versions import (
    Period,
    Said,
    Standing,
    begins,
    is_new_version,
    is_withdrawn,
    standings,
)

# Between id and number in the key of an earlier version: no id holds a control character.
EARLIER = "\x1f"
# The generation of passages that are in no index: before all that an index asks for.
IN_NO_INDEX = -2
_METADATA = (
    "title, url, publisher, published_at, language, modified_at, embargoed_until, pubstatus,"
    " expires, usageterms, rights, access, version"
)
COLUMNS = f"id, text, {_METADATA}, places"
LISTED = f"id, '', {_METADATA}, NULL"
SINCE = "COALESCE(since, published_at)"
# The rows of a document and of its earlier versions; its parameters are `keys_of`.
ALL_VERSIONS = "(id = ? OR id > ? AND id < ?)"


def document_of(row: Sequence[Any]) -> Document:
    """The document of a row of `COLUMNS` or `LISTED`; an earlier version has its document's id."""
    id, text, title, url, publisher, published, language, modified = row[:8]
    embargo, pubstatus, expires, usageterms, rights, access, version, places = row[8:]
    return Document(
        id.partition(EARLIER)[0], text, title, url, publisher, day(published), language,
        day(modified), places, moment(embargo), pubstatus, moment(expires), usageterms, rights,
        access, version,
    )  # fmt: skip


def passage_of(row: Sequence[Any]) -> Passage:
    """The passage of a row: key of its document, ordinal, text, start, end, bounds."""
    key, ordinal, text, start, end, bounds = row
    id, _, number = key.partition(EARLIER)
    try:
        sentences = tuple(Span(*span) for span in json.loads(bounds))
    except (TypeError, ValueError) as error:
        raise _damaged(bounds) from error
    return Passage(id, ordinal, text, start, end, sentences, int(number) if number else None)


def day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise _damaged(value) from error


def moment(value: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise _damaged(value) from error


def _damaged(value: object) -> CorpusCorrupt:
    """The error for a value that SQLite gives and that was never written."""
    return CorpusCorrupt(
        f"the database is damaged, it holds {shortened(repr(value), 60)}: `claimdesk doctor` says "
        "where; restore it from a copy"
    )


def written(value: dt.datetime | None) -> str | None:
    """A moment in the one form in which moments sort as their texts do."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds") if value else None


def key_of(document_id: str, version: int) -> str:
    """The key of the row of an earlier version."""
    return f"{document_id}{EARLIER}{version:09}"


def earlier_keys(document_id: str) -> tuple[str, str]:
    """The bounds, both exclusive, of the keys of a document's earlier versions."""
    return f"{document_id}{EARLIER}", f"{document_id}{chr(ord(EARLIER) + 1)}"


def keys_of(document_id: str) -> tuple[str, str, str]:
    """The parameters of `ALL_VERSIONS`."""
    return document_id, *earlier_keys(document_id)


def standing_columns(standing: Standing) -> dict[str, Any]:
    """The values of the columns that say what holds of a version."""
    until = standing.period.until
    return {
        "until": until and until.isoformat(), "hidden": standing.is_hidden,
        "access": standing.access,
    }  # fmt: skip


def is_indexed(since: str | None, until: str | None, hidden: bool) -> bool:
    """Whether the passages of such a row are in the indexes."""
    return not hidden and not Period(day(since), day(until)).is_empty


def put(
    connection: sqlite3.Connection,
    prepared: Prepared,
    generation: int,
    now: dt.datetime,
    most_versions: int,
) -> Change:
    """Store a document under its id; a text that it replaces becomes an earlier version.

    Not where it is held, was erased, or is older than what withdrew it.
    """
    document, version = prepared.document, 1
    if (refused := restrictions.refusal(connection, document)) is not None:
        return refused
    known = connection.execute(
        f"SELECT number, {COLUMNS} FROM documents WHERE id = ?", (document.id,)
    ).fetchone()
    if known is not None:
        number, stored = known[0], document_of(known[1:])
        if is_withdrawn(document, stored):
            return "withdrawn"
        version = stored.version
        if is_new_version(stored, document):
            # `arrange` says until when it stood.
            connection.execute(
                "UPDATE documents SET id = ?, until = '' WHERE number = ?",
                (key_of(document.id, version), number),
            )
            version += 1
        else:
            connection.execute("DELETE FROM documents WHERE number = ?", (number,))
    deindexed = restrictions.is_restricted(connection, document.id, "deindexed")
    hidden = deindexed or not document.is_shown(now)
    number = insert(connection, replace(document, version=version), hidden)
    insert_passages(connection, number, prepared, IN_NO_INDEX if hidden else generation)
    if known is None:
        return "added"
    _forget_oldest(connection, document.id, most_versions)
    arrange(connection, document.id, generation, now, left=stored.access)
    return "updated"


def split_again(connection: sqlite3.Connection, prepared: Prepared, generation: int) -> bool:
    """Replace the passages of a stored version of a document; whether it is stored."""
    document = prepared.document
    keys = document.id, key_of(document.id, document.version)
    known = connection.execute(
        f"SELECT number, {SINCE}, until, hidden FROM documents WHERE id IN (?, ?) AND version = ?",
        (*keys, document.version),
    ).fetchone()
    if known is None:
        return False
    number, *state = known
    new = _copied(connection, number, {"recipe": RECIPE.of_passages})
    insert_passages(connection, new, prepared, generation if is_indexed(*state) else IN_NO_INDEX)
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))
    return True


def arrange(
    connection: sqlite3.Connection,
    document_id: str,
    generation: int,
    now: dt.datetime,
    *,
    left: str | None = None,
) -> None:
    """Bring every version of a document to what its dates and its rights say at that moment.

    Args:
        left: the access group that it was of before a new version came.
    """
    deindexed = restrictions.is_restricted(connection, document_id, "deindexed")
    rows = connection.execute(
        f"SELECT number, {SINCE}, until, hidden, access, pubstatus, embargoed_until, expires"
        f" FROM documents WHERE {ALL_VERSIONS} ORDER BY version",
        keys_of(document_id),
    ).fetchall()
    said = [
        Said(day(since), status, moment(embargo), moment(expires), access)
        for _, since, _, _, access, status, embargo, expires in rows
    ]
    found = standings(said, is_deindexed=deindexed, now=now, left=left)
    for (number, _, until, hidden, access, *_), one in zip(rows, found, strict=True):
        wanted = standing_columns(one)
        if wanted == {"until": until, "hidden": bool(hidden), "access": access}:
            continue
        new = _copied(connection, number, wanted)
        _copy_passages(connection, number, new, generation if one.is_indexed else IN_NO_INDEX)
        connection.execute("DELETE FROM documents WHERE number = ?", (number,))
        if wanted["access"] != access:  # which is content
            _hash_again(connection, new)


def texts_of(connection: sqlite3.Connection, document_id: str) -> list[str]:
    """The texts of a document, of its earliest version first."""
    found = connection.execute(
        f"SELECT text FROM documents WHERE {ALL_VERSIONS} ORDER BY version", keys_of(document_id)
    )
    return [text for (text,) in found]


def is_stored(connection: sqlite3.Connection, document_id: str) -> bool:
    found = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
    return found is not None


def remove(connection: sqlite3.Connection, document_id: str) -> bool:
    """Remove a document with its versions; whether there was one."""
    sql = f"DELETE FROM documents WHERE {ALL_VERSIONS}"
    return connection.execute(sql, keys_of(document_id)).rowcount > 0


def _forget_oldest(connection: sqlite3.Connection, document_id: str, most_versions: int) -> None:
    kept = connection.execute(
        "SELECT number FROM documents WHERE id > ? AND id < ? ORDER BY id DESC",
        earlier_keys(document_id),
    ).fetchall()
    for oldest in kept[most_versions:]:
        connection.execute("DELETE FROM documents WHERE number = ?", oldest)


def insert(
    connection: sqlite3.Connection, document: Document, hidden: bool, **others: str | None
) -> int:
    """Store a document's row; its number.

    Args:
        others: values of columns that are not those of a document as it stands now.
    """
    begun = begins(document)
    values = {
        "id": document.id, "hash": document.content_hash(), "text": document.text,
        "title": document.title, "url": document.url, "publisher": document.publisher,
        "published_at": document.published_at and document.published_at.isoformat(),
        "language": document.language, "recipe": RECIPE.of_passages,
        "modified_at": document.modified_at and document.modified_at.isoformat(),
        "places": document.places, "embargoed_until": written(document.embargoed_until),
        "pubstatus": document.pubstatus, "expires": written(document.expires),
        "usageterms": document.usageterms, "rights": document.rights, "hidden": hidden,
        "access": document.access,
        "version": document.version, "since": begun and begun.isoformat(), **others,
    }  # fmt: skip
    marks = ", ".join("?" * len(values))
    return _number(
        connection.execute(
            f"INSERT INTO documents ({', '.join(values)}) VALUES ({marks})", [*values.values()]
        )
    )


def insert_passages(
    connection: sqlite3.Connection,
    number: int,
    prepared: Prepared | StoredVersion,
    generation: int,
) -> None:
    for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
        bounds = json.dumps([(span.start, span.end) for span in passage.sentences])
        key = connection.execute(
            'INSERT INTO passages (document, ordinal, text, start, "end", sentences, generation)'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, passage.ordinal, passage.text, passage.start, passage.end, bounds, generation),
        ).lastrowid
        blob = np.asarray(vector, np.float32).tobytes()
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (key, blob))


def _copied(connection: sqlite3.Connection, number: int, changes: dict[str, Any]) -> int:
    """A copy of a row with other values in some columns; its number. The original loses its id."""
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(documents)")]
    columns.remove("number")
    (id,) = connection.execute("SELECT id FROM documents WHERE number = ?", (number,)).fetchone()
    connection.execute(
        "UPDATE documents SET id = ? WHERE number = ?", (f"{EARLIER}{number}", number)
    )
    changed = {"id": id, **changes}
    values = ", ".join("?" if name in changed else name for name in columns)
    given = [changed[name] for name in columns if name in changed]
    return _number(
        connection.execute(
            f"INSERT INTO documents ({', '.join(columns)})"
            f" SELECT {values} FROM documents WHERE number = ?",
            [*given, number],
        )
    )


def _hash_again(connection: sqlite3.Connection, number: int) -> None:
    row = connection.execute(
        f"SELECT {COLUMNS} FROM documents WHERE number = ?", (number,)
    ).fetchone()
    connection.execute(
        "UPDATE documents SET hash = ? WHERE number = ?",
        (document_of(row).content_hash(), number),
    )


def _copy_passages(connection: sqlite3.Connection, number: int, new: int, generation: int) -> None:
    keys = connection.execute(
        "SELECT key FROM passages WHERE document = ? ORDER BY key", (number,)
    ).fetchall()
    for (key,) in keys:
        copy = connection.execute(
            'INSERT INTO passages (document, ordinal, text, start, "end", sentences, generation)'
            ' SELECT ?, ordinal, text, start, "end", sentences, ? FROM passages WHERE key = ?',
            (new, generation, key),
        ).lastrowid
        connection.execute(
            "INSERT INTO vectors SELECT ?, vector FROM vectors WHERE key = ?", (copy, key)
        )


def _number(inserted: sqlite3.Cursor) -> int:
    assert inserted.lastrowid is not None
    return inserted.lastrowid
