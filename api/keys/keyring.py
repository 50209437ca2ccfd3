"""A request's token -> its API key; keys made and revoked; who asks, and what he sees."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

from api.address import Database, Place
from api.database import SECONDS
from api.errors import KeyNotFound, KeyRefused
from api.keys.file import KeyFile
from api.keys.key import SCOPES, KeptKeys, Key, Scope
from api.keys.table import KeyTable
from api.settings import Settings
from index.corpus import Filters
from index.documents import access_group

# Hexadecimal digits of the two halves of a key: the public id, and 256 random bits that no one can
# guess. A slow hash would protect nothing more, and cost its time with every request.
ID_DIGITS, SECRET_DIGITS = 12, 64
SALT_BYTES = 16
_TOKEN = re.compile(rf"cd_([0-9a-f]{{{ID_DIGITS}}})_([0-9a-f]{{{SECRET_DIGITS}}})", re.ASCII)
_SHOWN = re.compile(rf"cd_([0-9a-f]{{{ID_DIGITS}}})_[0-9a-f]+", re.ASCII)


class KeyStore:
    """The keys of a corpus, in its folder or its database.

    Several processes may use it at once: a service sees what the command line did, in a folder at
    its next request, in a database within a second.
    """

    def __init__(self, place: Place, seconds: float = SECONDS) -> None:
        self.kept: KeptKeys
        if isinstance(place, Database):
            self.kept = KeyTable(place, seconds)
        else:
            self.kept = KeyFile(place)

    def all(self) -> list[Key]:
        """Every key, the oldest first.

        Raises:
            KeysUnreadable: they are damaged, or cannot be read.
        """
        return sorted(self.kept.read().values(), key=lambda key: (key.created, key.id))

    def any_valid(self) -> bool:
        """Whether somebody could be let in. Raises: KeysUnreadable."""
        return any(key.state(_now()) == "valid" for key in self.all())

    def identify(self, token: str) -> Key:
        """The key that a token stands for.

        Raises:
            KeyRefused: none has this secret, or it is revoked or expired.
            KeysUnreadable: they are damaged, or cannot be read.
        """
        keys, match = self.kept.read(), _TOKEN.fullmatch(token)
        key = keys.get(match[1]) if match else None
        # Without a key there is something to compare all the same: it takes as long.
        salt, expected = (key.salt, key.digest) if key else ("00" * SALT_BYTES, "")
        right = hmac.compare_digest(_digest(salt, match[2] if match else ""), expected)
        if key is None or not right:
            raise KeyRefused("this API key is not known here")
        if (state := key.state(_now())) != "valid":
            raise KeyRefused(f"the API key {key.id} is {state}")
        return key

    def create(
        self,
        name: str,
        scopes: Iterable[Scope],
        *,
        groups: Iterable[str] | None = (),
        expires: dt.datetime | None = None,
        rate: str | None = None,
    ) -> tuple[Key, str]:
        """A new key, and its token, which is never to be had again."""
        secret, salt = secrets.token_hex(SECRET_DIGITS // 2), secrets.token_hex(SALT_BYTES)
        key = Key(
            id=secrets.token_hex(ID_DIGITS // 2),
            name=name,
            scopes=tuple(scope for scope in SCOPES if scope in set(scopes)),
            groups=None if groups is None else tuple(sorted(set(map(access_group, groups)))),
            rate=rate,
            created=_now(),
            expires=expires,
            revoked=None,
            salt=salt,
            digest=_digest(salt, secret),
        )
        self.kept.put(key)
        return key, f"cd_{key.id}_{secret}"

    def revoke(self, id: str) -> Key:
        """The key, which lets nobody in any more.

        Raises:
            KeyNotFound: there is none of this id.
        """
        if (key := self.kept.read().get(id)) is None:
            raise KeyNotFound(f"no key has the id {id!r}")
        revoked = replace(key, revoked=key.revoked or _now())
        self.kept.put(revoked)
        return revoked


def keys_of(settings: Settings) -> KeyStore:
    """The keys of the corpus that the settings name."""
    return KeyStore(settings.data, settings.database_timeout)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: the bearer of a key, or anybody where keys are not in force."""

    key: Key | None = None

    @property
    def access(self) -> tuple[str, ...] | None:
        """The access groups whose documents it sees beside those of none; None for all there is.

        An admin's work, such as an erasure, is about every document.
        """
        return None if self.key is None or "admin" in self.key.scopes else self.key.groups


ANYBODY: Final = Caller()
asking: Final[ContextVar[Caller]] = ContextVar("asking", default=ANYBODY)
"""Who sends the request that is being answered, in its task and in its worker threads."""


def visible() -> Filters:
    """The filters that let through what whoever is asking may see."""
    return Filters(access=asking.get().access)


def redacted(text: str) -> str:
    """The text, each API key in it, whole or cut off, reduced to its public id."""
    return _SHOWN.sub(r"cd_\1_(secret)", text) if "cd_" in text else text


def _digest(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
