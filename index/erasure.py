"""What keeps a document from being stored: people's decisions beside its content, a withdrawal.

Erased: it is gone, and neither its id nor its text comes back by an import. De-indexed: it is kept
and is in no answer. Held: it stays as it is. Decision 23 has the reasons. Withdrawn: a newer
version of it is withheld or canceled (`index.versions.is_withdrawn`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from index.errors import CorpusError, DocumentErased, DocumentHeld, DocumentWithdrawn

Restriction = Literal["deindexed", "held"]
Refusal = Literal["erased", "held", "withdrawn"]
REFUSALS: Final[Mapping[Refusal, type[CorpusError]]] = {
    "erased": DocumentErased,
    "held": DocumentHeld,
    "withdrawn": DocumentWithdrawn,
}
REASONS: Final[Mapping[Refusal, str]] = {
    "erased": "this id or this text was erased here: it may come back only after "
    "`claimdesk erase --forget`",
    "held": "the document is held: lift the hold first",
    "withdrawn": "an older version of what was withheld or canceled since",
}
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Restricted:
    """A restriction of a document, which need not be stored any more."""

    document_id: str
    kind: Restriction
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What keeps an id or a text out.

    digest: of the id, or of a text. document: the digest of the id that it belongs to.
    """

    digest: str
    document: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided in a corpus, ordered by id and by digest.

    salt: the secret that the digests are made with.
    """

    restricted: tuple[Restricted, ...]
    tombstones: tuple[Tombstone, ...]
    salt: bytes

    def deindexed(self) -> set[str]:
        return {one.document_id for one in self.restricted if one.kind == "deindexed"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place that held an erased document.

    search: what was looked for there, and how. found: how often it is still there.
    """

    name: str
    search: str
    found: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an erased document.

    versions, passages: how many there were. tombstone: the salted hash of its id that keeps it
    out. copies: ids of other documents that hold its text, or that of one of its versions; they
    were not touched.
    """

    document_id: str
    erased_at: dt.datetime
    versions: int
    passages: int
    tombstone: str
    places: tuple[Place, ...]
    copies: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it was found anywhere."""
        return not any(place.found for place in self.places)

    def with_places(self, places: Iterable[Place]) -> Receipt:
        return replace(self, places=(*self.places, *places))


def id_digest(salt: bytes, document_id: str) -> str:
    """HMAC-SHA-256 of an id, in hexadecimal digits."""
    return _digest(salt, "id", document_id)


def text_digest(salt: bytes, text: str) -> str:
    """The same of a text; letter case and white space do not count."""
    return _digest(salt, "text", " ".join(text.split()).casefold())


def _digest(salt: bytes, kind: str, value: str) -> str:
    return hmac.new(salt, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
