"""Tables <-> which documents are erased, de-indexed and held.

Each function is part of its caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

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
from index.errors import DocumentHeld
from index.postgres.driver import fetch, one, run

if TYPE_CHECKING:
    from index.postgres.driver import Link


# Of a row of documents.
NOT_DEINDEXED = (
    "NOT EXISTS (SELECT 1 FROM restrictions r WHERE r.id = documents.id AND kind = 'deindexed')"
)


class Decided:
    """What was decided about the documents of a batch, and about their texts."""

    def __init__(self, link: Link, documents: Sequence[Document]) -> None:
        ids = [document.id for document in documents]
        held = "SELECT id FROM restrictions WHERE kind = 'held' AND id = ANY(%s)"
        self._held = {id for (id,) in fetch(link, held, [ids])}
        self._erased: set[str] = set()
        self._salt = b""
        if one(link, "SELECT 1 FROM erased LIMIT 1") is not None:
            self._salt = erasure_salt(link)
            digests = [digest for document in documents for digest in self._digests(document)]
            found = fetch(link, "SELECT digest FROM erased WHERE digest = ANY(%s)", [digests])
            self._erased = {digest for (digest,) in found}

    def _digests(self, document: Document) -> tuple[str, str]:
        return id_digest(self._salt, document.id), text_digest(self._salt, document.text)

    def refusal(self, document: Document) -> Refusal | None:
        """Why a document may not be stored; None where it may."""
        if document.id in self._held:
            return "held"
        is_erased = self._erased and not self._erased.isdisjoint(self._digests(document))
        return "erased" if is_erased else None


def restrict(link: Link, document_id: str, kind: Restriction, now: dt.datetime) -> None:
    run(
        link,
        "INSERT INTO restrictions VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [document_id, kind, now],
    )


def lift(link: Link, document_id: str, kind: Restriction) -> bool:
    """Whether there was such a restriction."""
    where = "WHERE id = %s AND kind = %s"
    return run(link, f"DELETE FROM restrictions {where}", [document_id, kind]) > 0


def all_restricted(link: Link) -> list[Restricted]:
    rows = fetch(link, "SELECT id, kind, since FROM restrictions ORDER BY id, kind")
    return [Restricted(id, kind, since.astimezone(dt.UTC)) for id, kind, since in rows]


def deindexed_among(link: Link, ids: Sequence[str]) -> set[str]:
    where = "WHERE kind = 'deindexed' AND id = ANY(%s)"
    return {id for (id,) in fetch(link, f"SELECT id FROM restrictions {where}", [list(ids)])}


def check_not_held(link: Link, ids: Sequence[str]) -> None:
    """
    Raises:
        DocumentHeld: one of them is.
    """
    where = "WHERE kind = 'held' AND id = ANY(%s)"
    held = one(link, f"SELECT id FROM restrictions {where}", [list(ids)])
    if held is not None:
        raise DocumentHeld(f"{held[0]}: {REASONS['held']}")


def all_decisions(link: Link) -> Decisions:
    """All that was decided. Part of a transaction of one state."""
    tombstones = fetch(link, "SELECT digest, document, since FROM erased ORDER BY digest, document")
    return Decisions(
        tuple(all_restricted(link)),
        tuple(Tombstone(row[0], row[1], row[2].astimezone(dt.UTC)) for row in tombstones),
        erasure_salt(link),
    )


def replace_decisions(link: Link, decisions: Decisions) -> None:
    """Let these take the place of all that were decided here; documents stay as they are."""
    run(link, "DELETE FROM restrictions")
    run(link, "DELETE FROM erased")
    run(link, "UPDATE state SET erasure_salt = %s", [decisions.salt])
    for kept in decisions.restricted:
        restrict(link, kept.document_id, kept.kind, kept.since)
    for left in decisions.tombstones:
        run(
            link,
            "INSERT INTO erased (digest, document, since) VALUES (%s, %s, %s)",
            [left.digest, left.document, left.since],
        )


def erasure_salt(link: Link) -> bytes:
    """The secret of this corpus that its tombstones are hashed with."""
    (salt,) = one(link, "SELECT erasure_salt FROM state") or (b"",)
    return bytes(salt)


def bury(link: Link, document_id: str, texts: Sequence[str], now: dt.datetime) -> str:
    """Leave the tombstones of an erased document; that of its id."""
    salt = erasure_salt(link)
    tombstone = id_digest(salt, document_id)
    digests = {tombstone, *(text_digest(salt, text) for text in texts)}
    run(
        link,
        "INSERT INTO erased (digest, document, since)"
        " SELECT digest, %s, %s FROM unnest(%s::text[]) digest ON CONFLICT DO NOTHING",
        [tombstone, now, sorted(digests)],
    )
    return tombstone


def forget(link: Link, document_id: str) -> bool:
    """Remove the tombstones of a document; whether there were any."""
    tombstone = id_digest(erasure_salt(link), document_id)
    return run(link, "DELETE FROM erased WHERE document = %s", [tombstone]) > 0
