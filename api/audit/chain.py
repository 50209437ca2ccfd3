"""Entries of the audit log -> a hash chain, and what is wrong with it.

An entry has a head, which no one changes, and pieces: the claim and each item of evidence. The head
holds a salted hash of each piece, and the chain runs over the heads. So a piece can be taken away,
because its document was erased, and the chain still holds; that it was is an entry of its own.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

FORMAT = "claimdesk-audit/1"
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an entry that may be taken away.

    document: the id of the document that it is of, if any. content: None where it was not kept, or
    taken away; salt is None then as well.
    """

    document: str | None
    content: str | None
    salt: str | None = field(default_factory=lambda: secrets.token_hex(SALT_BYTES))

    @property
    def commitment(self) -> str:
        """The salted hash of the content, which the head holds. The salt is kept only with the
        content, so that without it the hash tells nothing of the content."""
        return sha256(f"{self.salt}{self.content}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is kept. number: its place in the chain, from 1."""

    number: int
    id: str
    head: dict[str, Any]
    pieces: tuple[Piece, ...]
    hash: str


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value that hashes are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def linked(link: str, head: str) -> str:
    """The hash of an entry: of that of the one before, and of its head."""
    return sha256(f"{link}{head}")


BEGINNING: Final = sha256(FORMAT)
"""What the first entry is linked to."""


def problems(entries: Iterator[Entry]) -> Iterator[tuple[int, list[str]]]:
    """Of each entry its number and what is wrong with it: links, hashes, pieces that are gone.

    A piece may be gone where its entry says that it never was kept, or a later one that its
    document was erased.
    """
    link, expected = BEGINNING, 0
    gone: dict[tuple[int, int], str] = {}
    for entry in entries:
        expected += 1
        wrong = []
        if entry.number != expected or entry.head.get("number") != entry.number:
            wrong.append(f"entry {expected} is missing, or not in its place")
            expected = entry.number
        if linked(link, canonical(entry.head)) != entry.hash:
            wrong.append(f"entry {entry.number}: its head is not what was written")
        if entry.head.get("id") != entry.id:
            wrong.append(f"entry {entry.number}: it has another id")
        wrong += _wrong_pieces(entry)
        not_kept = set(entry.head.get("not_kept", ()))
        for place, piece in enumerate(entry.pieces):
            if piece.content is None and place not in not_kept:
                gone[entry.number, place] = f"entry {entry.number}: piece {place} is missing"
        if entry.head.get("kind") == "erasure":
            for number, place in entry.head.get("pieces", ()):
                gone.pop((number, place), None)
        link = entry.hash
        yield entry.number, wrong
    if gone:
        yield expected, list(gone.values())


def _wrong_pieces(entry: Entry) -> Iterator[str]:
    """What is wrong with the pieces that are there."""
    commitments = entry.head.get("commitments", [])
    if len(commitments) != len(entry.pieces):
        yield f"entry {entry.number}: pieces are missing, or too many"
    for place, (piece, commitment) in enumerate(zip(entry.pieces, commitments, strict=False)):
        if piece.content is None:
            continue
        if piece.commitment != commitment:
            yield f"entry {entry.number}: piece {place} is not what was written"
        elif piece.document != _document_of(place, piece.content):  # an erasure would miss it
            yield f"entry {entry.number}: piece {place} is filed under another document"


def _document_of(place: int, content: str) -> Any:
    """The id of the document that a piece is of; the first of an entry is its claim.

    Of what is no evidence it is one that no document has.
    """
    try:
        return json.loads(content)["document"]["id"] if place else None
    except (ValueError, LookupError, TypeError):
        return ""
