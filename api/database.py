"""The address of a database -> a connection for the tables beside the corpus: keys, audit log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from api.address import Database
from api.errors import ApiError
from index.errors import CorpusError

if TYPE_CHECKING:
    from index.postgres.driver import Link

# Seconds until a database that does not answer is given up, where no setting says so.
SECONDS = 10.0


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

    def make(self, table: str, statements: str, failure: type[ApiError]) -> None:
        """Run the statements that make a table, where it is not there. Raises: as above."""
        from index.postgres.extension import making

        with (
            self.connection(failure) as connection,
            making(connection),
            connection.transaction(),
        ):
            if not is_made(connection, table):
                connection.execute(statements.encode())

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


def is_made(connection: Link, table: str) -> bool:
    """Whether there is a table of this name, schema included."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(row and row[0])


@contextmanager
def failing(database: Database, failure: type[ApiError]) -> Iterator[None]:
    """Makes an error of the driver one of ours. Raises: DriverMissing, failure."""
    driver = psycopg()
    from index.postgres.driver import first_line

    try:
        yield
    except (driver.Error, CorpusError) as error:
        raise failure(f"{database}: {first_line(error)}") from error


def connect(database: Database, seconds: float) -> Link:
    """A connection that waits for nothing longer than so many seconds.

    Raises:
        DriverMissing, psycopg.Error, CorpusError: no message holds a part of the password.
    """
    from index.postgres.pool import opened

    connection = opened(database.secret, seconds)
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
