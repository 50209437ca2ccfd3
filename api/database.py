"""The address of a database -> a connection for the tables beside the corpus: keys, audit log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from api.address import Database
from api.errors import ApiError

if TYPE_CHECKING:
    from psycopg import Connection

    Link = Connection[Any]

# Held while the schema and its tables are made: two who do so at once fail.
LOCK_SCHEMA = "SELECT pg_advisory_xact_lock(hashtext('claimdesk schema'))"
# Seconds between two looks at a connection on which nothing comes, and how many may be in vain.
KEEPALIVE_SECONDS, KEEPALIVES = 5, 3
# Milliseconds for which nothing that was sent is acknowledged: the other machine is gone then.
UNHEARD_MS = 1000 * KEEPALIVE_SECONDS * (1 + KEEPALIVES)


class Connected:
    """One connection to a database: opened when it is first asked for, and anew after it was lost.

    Safe to use from several threads, of which one has it at a time.
    """

    def __init__(self, database: Database, seconds: float) -> None:
        """
        Args:
            seconds: until a connection or a statement is given up.
        """
        self._database, self._seconds = database, seconds
        self._connection: Link | None = None
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self, failure: type[ApiError]) -> Iterator[Link]:
        """A transaction, which is durable when the block has ended well.

        Raises:
            DriverMissing: psycopg is not installed.
            failure: the database cannot be reached, or refuses. Its message holds no password.
        """
        with self.connection(failure) as connection, connection.transaction():
            yield connection

    @contextmanager
    def connection(self, failure: type[ApiError]) -> Iterator[Link]:
        """The connection, each of whose statements is durable by itself. Raises: as above."""
        with failing(self._database, failure), self._lock:
            connection = self._alive()
            try:
                yield connection
            except psycopg().errors.ReadOnlySqlTransaction:
                self.close()  # after a failover: the address leads to the one that is written now
                raise
            finally:
                if connection.broken:
                    self.close()

    def _alive(self) -> Link:
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
            except psycopg().OperationalError:  # it was lost since
                self.close()
            else:
                return self._connection
        self._connection = connect(self._database, self._seconds)
        return self._connection

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()


@contextmanager
def failing(database: Database, failure: type[ApiError]) -> Iterator[None]:
    """Makes an error of the driver one of ours. Raises: DriverMissing, failure."""
    driver = psycopg()
    try:
        yield
    except driver.Error as error:
        raise failure(f"{database}: {said(error)}") from error


def connect(database: Database, seconds: float) -> Link:
    """A connection that waits for nothing longer than so many seconds.

    Raises:
        DriverMissing, psycopg.Error
    """
    connection: Link = psycopg().connect(
        database.secret,
        autocommit=True,
        connect_timeout=max(2, round(seconds)),
        application_name="claimdesk",
        keepalives_idle=KEEPALIVE_SECONDS,
        keepalives_interval=KEEPALIVE_SECONDS,
        keepalives_count=KEEPALIVES,
        tcp_user_timeout=UNHEARD_MS,
    )
    try:
        connection.execute(
            "SELECT set_config('timezone', 'UTC', false),"
            " set_config('statement_timeout', %s, false)",
            [f"{round(seconds * 1000)}ms"],
        )
    except BaseException:
        connection.close()
        raise
    return connection


def psycopg() -> Any:  # the module: without the extra there is no type of it
    """The driver. Raises: DriverMissing, which says how to install it."""
    from index.postgres.driver import driver  # of an extra, which most do without

    return driver()


def said(error: Exception) -> str:
    """The first line of what a database says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
