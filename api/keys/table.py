"""A table of a PostgreSQL database <-> API keys, kept as salted hashes alone, for all replicas."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, fields

from api.address import Database
from api.database import Connected, psycopg
from api.errors import KeysUnreadable
from api.keys.key import Key

# Seconds after which a request has the keys read again, in a thread, and seconds after which `read`
# itself reads them again: from then on a key that another replica revoked is refused.
FRESH_SECONDS, LONGEST_SECONDS = 0.5, 0.9
_NAMES = [one.name for one in fields(Key)]
_COLUMNS = ", ".join(_NAMES)
_TABLE = "claimdesk.api_keys"
_MAKE = """
CREATE SCHEMA IF NOT EXISTS claimdesk;
CREATE TABLE IF NOT EXISTS claimdesk.api_keys (
    id text PRIMARY KEY, name text NOT NULL, scopes text[] NOT NULL, groups text[], rate text,
    created timestamptz NOT NULL, expires timestamptz, revoked timestamptz,
    salt text NOT NULL, digest text NOT NULL
)
"""
_READ = f"SELECT {_COLUMNS} FROM claimdesk.api_keys"  # noqa: S608 - names of our own
_PUT = (
    f"INSERT INTO claimdesk.api_keys ({_COLUMNS})"  # noqa: S608
    f" VALUES ({', '.join(f'%({name})s' for name in _NAMES)}) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES)
)


class KeyTable:
    """See `api.keys.key.KeptKeys`."""

    def __init__(self, database: Database, seconds: float) -> None:
        """
        Args:
            seconds: until a connection or a statement is given up.
        """
        self._connected = Connected(database, seconds)
        self._lock = threading.Lock()
        self._keys: Mapping[str, Key] | KeysUnreadable = {}
        self._read_at = float("-inf")

    @property
    def at_hand(self) -> bool:
        return time.monotonic() - self._read_at < FRESH_SECONDS

    def read(self) -> Mapping[str, Key]:
        if time.monotonic() - self._read_at >= LONGEST_SECONDS:
            self.refresh()
        keys = self._keys
        if isinstance(keys, KeysUnreadable):
            raise KeysUnreadable(str(keys)) from keys
        return keys

    def refresh(self) -> None:
        with self._lock:
            if self.at_hand:
                return
            begun = time.monotonic()
            try:
                self._keys = self._asked()
            except KeysUnreadable as error:
                # The keys that were there might let in somebody who was revoked.
                self._keys, begun = error, time.monotonic()
            self._read_at = begun

    def _asked(self) -> Mapping[str, Key]:
        with self._connected.connection(KeysUnreadable) as connection:
            try:
                rows = connection.execute(_READ).fetchall()
            except psycopg().errors.UndefinedTable:  # none was made here
                return {}
        return {key.id: key for key in map(_key, rows)}

    def put(self, key: Key) -> None:
        row = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(key).items()
        }
        self._connected.make(_TABLE, _MAKE, KeysUnreadable)
        with self._connected.connection(KeysUnreadable) as connection:
            connection.execute(_PUT, row)
        with self._lock:
            self._read_at = float("-inf")


def _key(row: tuple[object, ...]) -> Key:
    return Key(*(tuple(value) if isinstance(value, list) else value for value in row))  # type: ignore[arg-type]
