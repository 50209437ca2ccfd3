"""The data folder's keys.json <-> API keys: who may ask for what, kept as salted hashes alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from filelock import FileLock

from api.errors import KeyNotFound, KeyRefused, KeysUnreadable
from index.corpus import Filters
from index.documents import access_group

Scope = Literal["verify", "write", "admin", "metrics"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
FILE = "keys.json"
FORMAT = 1
# Hexadecimal digits of the two halves of a key: the public id, and 256 random bits that no one can
# guess. A slow hash would protect nothing more, and cost its time with every request.
ID_DIGITS, SECRET_DIGITS = 12, 64
SALT_BYTES = 16
_TOKEN = re.compile(rf"cd_([0-9a-f]{{{ID_DIGITS}}})_([0-9a-f]{{{SECRET_DIGITS}}})", re.ASCII)
_SHOWN = re.compile(rf"cd_([0-9a-f]{{{ID_DIGITS}}})_[0-9a-f]+", re.ASCII)
# Seconds to wait for another process that changes the keys.
_LOCK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret.

    groups: the access groups whose documents it sees beside those that everybody sees; None for
    all. rate: its own rate limit, such as 100/minute; None for that of the settings. digest: of
    salt and secret, in hexadecimal digits.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    groups: tuple[str, ...] | None
    rate: str | None
    created: dt.datetime
    expires: dt.datetime | None
    revoked: dt.datetime | None
    salt: str
    digest: str

    def state(self, now: dt.datetime) -> Literal["valid", "expired", "revoked"]:
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"


class KeyStore:
    """The keys of a data folder, read again whenever their file was replaced.

    Several processes may use it at once: the service sees at its next request what the command
    line did.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def all(self) -> list[Key]:
        """Every key, the oldest first.

        Raises:
            KeysUnreadable: the file is damaged, or may not be read.
        """
        self._refresh()
        return sorted(self._keys.values(), key=lambda key: (key.created, key.id))

    def any_valid(self) -> bool:
        """Whether somebody could be let in. Raises: KeysUnreadable."""
        return any(key.state(_now()) == "valid" for key in self.all())

    def identify(self, token: str) -> Key:
        """The key that a token stands for.

        Raises:
            KeyRefused: none has this secret, or it is revoked or expired.
            KeysUnreadable: the file is damaged, or may not be read.
        """
        self._refresh()
        match = _TOKEN.fullmatch(token)
        key = self._keys.get(match[1]) if match else None
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
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._changing():
            self._write({**self._keys, key.id: key})
        return key, f"cd_{key.id}_{secret}"

    def revoke(self, id: str) -> Key:
        """The key, which lets nobody in any more.

        Raises:
            KeyNotFound: there is none of this id.
        """
        if not self.path.exists():
            raise KeyNotFound(f"no key has the id {id!r}")
        with self._changing():
            if (key := self._keys.get(id)) is None:
                raise KeyNotFound(f"no key has the id {id!r}")
            revoked = replace(key, revoked=key.revoked or _now())
            self._write({**self._keys, id: revoked})
        return revoked

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Keeps other processes from changing the keys, and begins with what they left."""
        with FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            self._refresh()
            yield

    def _refresh(self) -> None:
        try:
            found = self.path.stat()
            # Each write makes a new file, so that one of these is another.
            read_at = (found.st_ino, found.st_mtime_ns, found.st_size)
            if read_at != self._read_at:
                self._keys = _parsed(self.path.read_bytes())
                self._read_at = read_at
        except FileNotFoundError:
            self._keys, self._read_at = {}, None
        except (OSError, ValueError, TypeError, KeyError) as error:
            # The keys that were there might let in somebody who was revoked.
            self._keys, self._read_at = {}, None
            raise KeysUnreadable(f"{self.path}: {error}") from error

    def _write(self, keys: dict[str, Key]) -> None:
        """Replace the file, which its owner alone may read; a crash leaves the old or the new."""
        rows = [_row(key) for key in keys.values()]
        text = json.dumps({"format": FORMAT, "keys": rows}, indent=1, ensure_ascii=False)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{FILE}.")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


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


def _row(key: Key) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in asdict(key).items()
    }


def _parsed(text: bytes) -> dict[str, Key]:
    """
    Raises:
        ValueError, TypeError, KeyError: it is not what `_write` writes.
    """
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} is of another version")
    return {row["id"]: _key(row) for row in content["keys"]}


def _key(row: dict[str, Any]) -> Key:
    times = {
        name: dt.datetime.fromisoformat(row[name]) if row[name] else None
        for name in ("created", "expires", "revoked")
    }
    groups = None if row["groups"] is None else tuple(row["groups"])
    return Key(**{**row, **times, "scopes": tuple(row["scopes"]), "groups": groups})
