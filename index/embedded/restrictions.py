"""Tables of the store <-> which documents are erased, de-indexed and held.

Each function is part of its caller's transaction.
"""

from __future__ import annotations

import datetime as dt
import sqlite3

from index.documents import Document
from index.erasure import (
    REASONS,
    Decisions,
    Refusal,
    Restricted,
    Restriction,
    Tombstone,
    id_digest,
    text_digest,
)
from index.errors import CorpusIncompatible, DocumentHeld

Connection = sqlite3.Connection


def is_restricted(connection: Connection, document_id: str, kind: Restriction) -> bool:
    found = connection.execute(
        "SELECT 1 FROM restrictions WHERE id = ? AND kind = ?", (document_id, kind)
    ).fetchone()
    return found is not None


def restrict(connection: Connection, document_id: str, kind: Restriction, now: dt.datetime) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO restrictions VALUES (?, ?, ?)",
        (document_id, kind, now.isoformat(timespec="seconds")),
    )


def lift(connection: Connection, document_id: str, kind: Restriction) -> bool:
    """Whether there was such a restriction."""
    gone = connection.execute(
        "DELETE FROM restrictions WHERE id = ? AND kind = ?", (document_id, kind)
    )
    return gone.rowcount > 0


def all_restricted(connection: Connection) -> list[Restricted]:
    rows = connection.execute("SELECT id, kind, since FROM restrictions ORDER BY id, kind")
    return [Restricted(id, kind, dt.datetime.fromisoformat(since)) for id, kind, since in rows]


def check_not_held(connection: Connection, document_id: str) -> None:
    """
    Raises:
        DocumentHeld: it is.
    """
    if is_restricted(connection, document_id, "held"):
        raise DocumentHeld(f"{document_id}: {REASONS['held']}")


def refusal(connection: Connection, document: Document) -> Refusal | None:
    """Why a document may not be stored; None where it may."""
    if is_restricted(connection, document.id, "held"):
        return "held"
    return "erased" if is_erased(connection, document) else None


def is_erased(connection: Connection, document: Document) -> bool:
    """Whether the document's id, or its text, was erased."""
    if connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
        return False
    salt = erasure_salt(connection)
    digests = id_digest(salt, document.id), text_digest(salt, document.text)
    return _is_buried(connection, digests)


def is_erased_id(connection: Connection, document_id: str) -> bool:
    """Whether a document of this id was erased."""
    return _is_buried(connection, (id_digest(erasure_salt(connection), document_id),))


def _is_buried(connection: Connection, digests: tuple[str, ...]) -> bool:
    marks = ",".join("?" * len(digests))
    found = connection.execute(f"SELECT 1 FROM erased WHERE digest IN ({marks})", digests)
    return found.fetchone() is not None


def inherit(connection: Connection, earlier: Connection) -> None:
    """Take over the tombstones of the corpus that this one replaces.

    The salt of the other one is taken over with them, where this one has no tombstones of its own.

    Raises:
        CorpusIncompatible: both have tombstones, of different salts.
    """
    buried = earlier.execute("SELECT digest, document, since FROM erased").fetchall()
    salt = erasure_salt(earlier).hex()
    if not buried:
        return
    if salt != erasure_salt(connection).hex():
        if connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is not None:
            raise CorpusIncompatible(
                "the backup is of another corpus than the one it would replace, and both have "
                "erased documents: restore it into another folder"
            )
        connection.execute("UPDATE meta SET value = ? WHERE name = 'erasure_salt'", (salt,))
    connection.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?, ?)", buried)


def inherit_restrictions(connection: Connection, earlier: Connection) -> set[str]:
    """Take over what is held and de-indexed in the corpus that this one replaces.

    Returns:
        The ids that were not de-indexed here.
    """
    before = {one.document_id for one in all_restricted(connection) if one.kind == "deindexed"}
    rows = earlier.execute("SELECT id, kind, since FROM restrictions").fetchall()
    connection.executemany("INSERT OR IGNORE INTO restrictions VALUES (?, ?, ?)", rows)
    return {id for id, kind, _ in rows if kind == "deindexed"} - before


def erasure_salt(connection: Connection) -> bytes:
    """The secret of this corpus that its tombstones are hashed with."""
    (value,) = connection.execute("SELECT value FROM meta WHERE name = 'erasure_salt'").fetchone()
    return bytes.fromhex(value)


def bury(connection: Connection, document_id: str, texts: list[str], now: dt.datetime) -> str:
    """Leave the tombstones of an erased document; that of its id."""
    salt = erasure_salt(connection)
    tombstone = id_digest(salt, document_id)
    digests = [tombstone, *(text_digest(salt, text) for text in texts)]
    connection.executemany(
        "INSERT OR REPLACE INTO erased VALUES (?, ?, ?)",
        [(digest, tombstone, now.isoformat(timespec="seconds")) for digest in digests],
    )
    return tombstone


def forget(connection: Connection, document_id: str) -> bool:
    """Remove the tombstones of a document; whether there were any."""
    tombstone = id_digest(erasure_salt(connection), document_id)
    return connection.execute("DELETE FROM erased WHERE document = ?", (tombstone,)).rowcount > 0


def all_decisions(connection: Connection) -> Decisions:
    found = connection.execute("SELECT digest, document, since FROM erased ORDER BY digest")
    tombstones = tuple(
        Tombstone(digest, document, dt.datetime.fromisoformat(since))
        for digest, document, since in found
    )
    return Decisions(tuple(all_restricted(connection)), tombstones, erasure_salt(connection))


def replace_decisions(connection: Connection, decisions: Decisions) -> None:
    """Let these take the place of all that there are."""
    connection.execute("DELETE FROM restrictions")
    connection.execute("DELETE FROM erased")
    connection.executemany(
        "INSERT INTO restrictions VALUES (?, ?, ?)",
        [(one.document_id, one.kind, one.since.isoformat()) for one in decisions.restricted],
    )
    connection.executemany(
        "INSERT INTO erased VALUES (?, ?, ?)",
        [(one.digest, one.document, one.since.isoformat()) for one in decisions.tombstones],
    )
    connection.execute(
        "UPDATE meta SET value = ? WHERE name = 'erasure_salt'", (decisions.salt.hex(),)
    )
