"""The driver psycopg: imported when a database is opened, its errors made ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.errors import (
    CorpusBusy,
    CorpusCorrupt,
    CorpusError,
    CorpusIncompatible,
    CorpusUnavailable,
    DiskFull,
    DriverMissing,
)

if TYPE_CHECKING:
    from psycopg import Connection

    Link = Connection[tuple[Any, ...]]

Row = tuple[Any, ...]
# SQLSTATE, or the first letters of a class of them -> the error and what it says, the longest match
# first: https://www.postgresql.org/docs/current/errcodes-appendix.html
STATES: tuple[tuple[str, type[CorpusError]], ...] = (
    ("53100", DiskFull),
    ("53200", CorpusBusy),  # out of memory
    ("53", CorpusUnavailable),  # too many connections
    ("57014", CorpusBusy),  # statement_timeout
    ("57", CorpusUnavailable),  # shut down, starting up
    ("08", CorpusUnavailable),
    ("25006", CorpusUnavailable),  # it is a replica that was not promoted
    (
        "40001",
        CorpusUnavailable,
    ),  # a replica follows a change that a question was in the way of
    ("40", CorpusBusy),
    ("55P03", CorpusBusy),  # lock_timeout
    ("XX001", CorpusCorrupt),
    ("XX002", CorpusCorrupt),
    ("42P01", CorpusIncompatible),
    ("42703", CorpusIncompatible),
    ("3F000", CorpusIncompatible),
)


def driver() -> Any:
    """The module psycopg, with the types of pgvector installed beside it.

    Raises:
        DriverMissing: one of them is not there; the message names the extra.
    """
    try:
        import pgvector.psycopg
        import psycopg
    except ImportError as error:
        raise DriverMissing(
            "a postgresql:// address needs PostgreSQL's driver: pip install 'claimdesk[postgres]'"
        ) from error
    assert pgvector.psycopg
    # It warns of what it could not end beside an error that it raises: the error says it.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    return psycopg


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise every error of the driver as the CorpusError that it means. No message of theirs holds
    a password."""
    psycopg = driver()
    try:
        yield
    except psycopg.Error as error:
        raise meant(error) from error


def meant(error: Exception) -> CorpusError:
    """The error of ours that one of the driver stands for."""
    state, said = getattr(error, "sqlstate", None), first_line(error)
    if state is None:  # raised by the driver itself: the connection was lost, or none was made
        if isinstance(error, driver().OperationalError):
            return CorpusUnavailable(f"the database cannot be reached: {said}")
        return CorpusError(f"the database: {said}")
    kind = next((kind for prefix, kind in STATES if state.startswith(prefix)), CorpusError)
    if kind is DiskFull:
        return DiskFull("the disk of the database server is full")
    return kind(f"the database: {said}")


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def fetch(link: Link, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
    """The rows of a statement."""
    return link.execute(sql.encode(), values, binary=True).fetchall()


def one(link: Link, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
    """The first row of a statement; None where it has none."""
    return link.execute(sql.encode(), values, binary=True).fetchone()


def run(link: Link, sql: str, values: Sequence[Any] | dict[str, Any] | None = None) -> int:
    """The number of rows that a statement changed."""
    return link.execute(sql.encode(), values).rowcount
