"""The audit log of a PostgreSQL database: tables that every replica appends to, one at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from api.address import Database
from api.database import Connected, connect, failing, is_made, psycopg
from api.errors import AuditUnavailable

if TYPE_CHECKING:
    from index.postgres.driver import Link

_NAMES = {name: f"claimdesk.audit_{name}" for name in ("entries", "pieces", "notes")}
# Held while entries are linked to the one before.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('claimdesk audit'))"
# Entries that are asked for at once.
FETCHED = 500
# A sample of what is erased would stay in the planner's statistics: none is taken.
# The triggers keep a program that means well from changing what was written; who may drop them may
# change it, and the chain shows it.
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS claimdesk;
CREATE TABLE IF NOT EXISTS claimdesk.audit_entries (
    number bigint PRIMARY KEY, id text NOT NULL UNIQUE, head text NOT NULL, hash text NOT NULL
);
CREATE TABLE IF NOT EXISTS claimdesk.audit_pieces (
    entry bigint NOT NULL REFERENCES claimdesk.audit_entries (number), place integer NOT NULL,
    document text, salt text, content text, PRIMARY KEY (entry, place)
);
ALTER TABLE claimdesk.audit_pieces ALTER document SET STATISTICS 0, ALTER content SET STATISTICS 0;
CREATE INDEX IF NOT EXISTS audit_pieces_by_document ON claimdesk.audit_pieces (document)
    WHERE document IS NOT NULL;
CREATE TABLE IF NOT EXISTS claimdesk.audit_notes (name text PRIMARY KEY);
CREATE OR REPLACE FUNCTION claimdesk.audit_is_appended_to() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$;
CREATE OR REPLACE TRIGGER only_appended BEFORE UPDATE OR DELETE OR TRUNCATE
    ON claimdesk.audit_entries EXECUTE FUNCTION claimdesk.audit_is_appended_to();
CREATE OR REPLACE TRIGGER only_appended BEFORE DELETE OR TRUNCATE
    ON claimdesk.audit_pieces EXECUTE FUNCTION claimdesk.audit_is_appended_to();
CREATE OR REPLACE TRIGGER only_taken_away BEFORE UPDATE ON claimdesk.audit_pieces FOR EACH ROW
    WHEN (NEW.content IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.document IS NOT NULL
          OR (NEW.entry, NEW.place) IS DISTINCT FROM (OLD.entry, OLD.place))
    EXECUTE FUNCTION claimdesk.audit_is_appended_to();
"""


class AuditTable:
    """See `api.audit.log.AuditPlace`."""

    def __init__(self, database: Database, seconds: float) -> None:
        """
        Args:
            seconds: until a connection or a statement is given up.
        """
        self._database, self._seconds = database, seconds
        self.where = str(database)
        self._connected = Connected(database, seconds)
        self._made = False

    def exists(self) -> bool:
        with self.reading() as rows:
            return rows is not None

    @contextlib.contextmanager
    def appending(self) -> Iterator[_Written]:
        self._make()
        with self._errors(), self._connected.transaction(AuditUnavailable) as connection:
            connection.execute(_LOCK)
            yield _Written(connection)

    def _make(self) -> None:
        """In a transaction of its own: what holds one lock must not wait for the other."""
        if self._made:
            return
        self._connected.make(_NAMES["notes"], _SCHEMA, AuditUnavailable)
        self._made = True

    @contextlib.contextmanager
    def reading(self) -> Iterator[_Read | None]:
        """A connection of its own: whoever appends does not wait for an export."""
        with (
            self._errors(),
            failing(self._database, AuditUnavailable),
            contextlib.closing(connect(self._database, self._seconds)) as connection,
        ):
            connection.isolation_level = psycopg().IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            with connection.transaction():
                yield _Read(connection) if is_made(connection, _NAMES["notes"]) else None

    def rewrite(self) -> None:
        """What was taken away is still in the log of PostgreSQL (WAL) while that is kept."""
        with (
            failing(self._database, AuditUnavailable),
            contextlib.closing(connect(self._database, self._seconds)) as connection,
        ):
            connection.execute("SET statement_timeout = 0")
            connection.execute("VACUUM FULL claimdesk.audit_pieces")

    def close(self) -> None:
        self._connected.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except JSONDecodeError as error:
            raise AuditUnavailable(f"{self.where}: {error}") from error


class _Written:
    """See `api.audit.log.Rows`."""

    def __init__(self, connection: Link) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Any] = ()) -> Iterable[tuple[Any, ...]]:
        cursor = self._connection.execute(_translated(statement), values)
        return cursor.fetchall() if cursor.description else []

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), rows)


class _Read(_Written):
    """The same; what is asked comes in parts."""

    def run(self, statement: str, values: Sequence[Any] = ()) -> Iterable[tuple[Any, ...]]:
        with self._connection.cursor(name="audit") as cursor:
            cursor.itersize = FETCHED
            cursor.execute(_translated(statement), values)
            yield from cursor


def _translated(statement: str) -> Any:
    """A statement of `api.audit.log` as psycopg takes it."""
    return statement.format_map(_NAMES).replace("?", "%s")
