"""A moment that passes -> a change of the store, as a write is one."""

from __future__ import annotations

import datetime as dt
import sqlite3

from index.embedded.rows import EARLIER, arrange, moment, written
from index.rights import NEVER


def settle(connection: sqlite3.Connection, now: dt.datetime) -> bool:
    """Show and hide what the moments since the last call say; whether there were any.

    Part of a transaction. A clock that was set back takes back what has not happened yet.
    """
    at, since = written(now) or "", settled(connection)
    first, last = sorted((since, at))
    due = connection.execute(
        "SELECT id FROM documents WHERE embargoed_until > ?1 AND embargoed_until <= ?2"
        " UNION SELECT id FROM documents WHERE expires > ?1 AND expires <= ?2",
        (first, last),
    ).fetchall()
    if due:
        connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'generation'")
    generation = generation_of(connection)
    for id in dict.fromkeys(key.partition(EARLIER)[0] for (key,) in due):
        arrange(connection, id, generation, now)
    connection.execute("UPDATE meta SET value = ? WHERE name = 'settled'", (at,))
    return bool(due)


def settled(connection: sqlite3.Connection) -> str:
    """The moment that the store was brought to last; empty before the first."""
    (value,) = connection.execute("SELECT value FROM meta WHERE name = 'settled'").fetchone()
    return str(value)


def next_moment(connection: sqlite3.Connection) -> dt.datetime:
    """The first moment, after that which the store was brought to, that says something."""
    found = [
        connection.execute(
            f"SELECT MIN({name}) FROM documents WHERE {name} > ?", (settled(connection),)
        ).fetchone()[0]
        for name in ("embargoed_until", "expires")
    ]
    return min((moment(one) or NEVER for one in found), default=NEVER)


def generation_of(connection: sqlite3.Connection) -> int:
    (value,) = connection.execute(
        "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'"
    ).fetchone()
    return int(value)
