"""An address -> connections to its database: a limited number, made anew when they are lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from index.errors import CorpusIncompatible
from index.postgres.driver import database_errors, driver, first_line, one

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap
    from psycopg_pool import ConnectionPool

    from index.postgres.driver import Link

T = TypeVar("T")
SCHEMA = "claimdesk"
# Held by whoever makes something that all share: the extension, the schema, its tables.
LOCK_SCHEMA = "SELECT pg_advisory_lock(hashtext('claimdesk schema'))"
# Connections of one process at the most, and seconds that it waits for one, or for a statement.
CONNECTIONS, SECONDS = 10, 10.0
# Seconds between two looks at a connection on which nothing comes, and how many may be in vain.
KEEPALIVE_SECONDS, KEEPALIVES = 5, 3
# Rows of the graph of vectors that a search looks at at once, and at the most (pgvector's
# hnsw.ef_search and hnsw.max_scan_tuples).
SEARCH_DEPTH, MOST_LOOKED_AT = 200, 200_000


class Pool:
    """Connections to one database. Safe to use from several threads. `close` it."""

    def __init__(
        self, address: str, *, connections: int = CONNECTIONS, seconds: float = SECONDS
    ) -> None:
        """
        Args:
            connections: how many there are at most.
            seconds: until a connection, a lock or a statement is given up.

        Raises:
            DriverMissing, CorpusUnavailable
            CorpusIncompatible: the database has no pgvector, and none can be made.
        """
        psycopg = driver()
        from psycopg_pool import ConnectionPool

        self._seconds = seconds
        arguments = {
            "autocommit": True,
            "connect_timeout": max(2, round(seconds)),
            "keepalives_idle": KEEPALIVE_SECONDS,
            "keepalives_interval": KEEPALIVE_SECONDS,
            "keepalives_count": KEEPALIVES,
            "application_name": "claimdesk",
        }
        with database_errors(), psycopg.connect(address, **arguments) as first:
            self._where = _schema_of_pgvector(first)
            adapters = _with_vectors(first)
        self._pool: ConnectionPool[Any] = ConnectionPool(
            address,
            kwargs={**arguments, "context": adapters},
            min_size=1,
            max_size=max(2, connections),
            configure=self._configure,
            timeout=seconds,
            # Given up soon, it is tried anew by the next who asks, not after a growing pause.
            reconnect_timeout=seconds,
            open=True,
        )

    def _configure(self, link: Link) -> None:
        limit = f"{round(self._seconds * 1_000)}ms"
        settings = {
            "search_path": f"{SCHEMA}, {self._where}",
            "statement_timeout": limit,
            "lock_timeout": limit,
            "timezone": "UTC",
            "hnsw.ef_search": str(SEARCH_DEPTH),
            "hnsw.iterative_scan": "relaxed_order",
            "hnsw.max_scan_tuples": str(MOST_LOOKED_AT),
            "jit": "off",
        }
        calls = ", ".join("set_config(%s, %s, false)" for _ in settings)
        values = [part for setting in settings.items() for part in setting]
        link.execute(f"SELECT {calls}".encode(), values)

    def ask(self, question: Callable[[Link], T]) -> T:
        """What the question returns, which changes nothing: where its connection turns out to be
        lost, it is asked once more on another.

        Raises:
            CorpusError: see `index.postgres.driver.meant`.
        """
        psycopg = driver()
        with database_errors():
            link: Link | None = None
            try:
                with self._pool.connection() as link:
                    return question(link)
            except psycopg.OperationalError:
                if link is None or not link.broken:
                    raise
            self._pool.check()  # one that was lost is rarely the only one
            with self._pool.connection() as link:
                return question(link)

    @contextmanager
    def connection(self, *, patient: bool = False) -> Iterator[Link]:
        """A connection that is there, each of whose statements is durable by itself.

        Args:
            patient: whether its statements may take as long as they do.
        """
        with database_errors():
            psycopg = driver()
            with self._pool.connection() as link:
                try:
                    link.execute("")
                    is_there = True
                except psycopg.OperationalError:
                    is_there = False
                if is_there:
                    yield from _with_limits(link, patient)
            if not is_there:
                self._pool.check()
                with self._pool.connection() as link:
                    yield from _with_limits(link, patient)

    def connections(self) -> dict[str, int]:
        """How many there may be at most, are open, are in use, and how many wait for one."""
        stats = self._pool.get_stats()
        open_now = stats.get("pool_size", 0)
        return {
            "most": stats.get("pool_max", 0),
            "open": open_now,
            "in_use": open_now - stats.get("pool_available", 0),
            "waiting": stats.get("requests_waiting", 0),
        }

    def close(self) -> None:
        self._pool.close()


def _with_limits(link: Link, patient: bool) -> Iterator[Link]:
    if not patient:
        yield link
        return
    (before,) = one(link, "SELECT current_setting('statement_timeout')") or ("0",)
    link.execute("SET statement_timeout = 0")
    try:
        yield link
    finally:
        if not link.broken:
            link.rollback()
            link.execute("SELECT set_config('statement_timeout', %s, false)", [before])


def _schema_of_pgvector(link: Link) -> str:
    """The quoted name of the schema that pgvector is in; it is made where it is missing."""
    psycopg = driver()
    found = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid ="
    found += " extnamespace WHERE extname = 'vector'"
    row = one(link, found)
    if row is None:
        try:
            link.execute(LOCK_SCHEMA)  # until the connection is closed: two at once would fail
            link.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except psycopg.Error as error:
            raise CorpusIncompatible(
                "the database has no pgvector: let its owner run CREATE EXTENSION vector "
                f"({first_line(error)})"
            ) from error
        row = one(link, found)
    assert row is not None
    return str(row[0])


def _with_vectors(link: Link) -> AdaptersMap:
    """The driver's types with those of pgvector, looked up once for all connections."""
    import pgvector.psycopg
    from psycopg.adapt import AdaptersMap

    pgvector.psycopg.register_vector(link)
    return AdaptersMap(link.adapters)
