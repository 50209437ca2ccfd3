"""An address -> connections to its database: a limited number, made anew when they are lost.

psycopg_pool makes its connections in the background, and who asks while the database is away waits
for its whole timeout. Here who finds none idle makes one, and so learns at once that it is away.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from index.errors import CorpusBusy, CorpusError, CorpusUnavailable
from index.postgres.driver import database_errors, driver, one
from index.postgres.extension import schema_of_pgvector, types_with_vectors

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap

    from index.postgres.driver import Link

T = TypeVar("T")
SCHEMA = "claimdesk"
# Connections of one process at the most, and seconds that it waits for one, or for a statement.
CONNECTIONS, SECONDS = 10, 10.0
# Seconds after which a connection is made anew: its name may lead to another server by then.
LIFETIME = 3600.0
# Seconds between two looks at a connection on which nothing comes, and how many may be in vain.
KEEPALIVE_SECONDS, KEEPALIVES = 5, 3
# Milliseconds for which nothing that was sent is acknowledged: the other machine is gone then.
UNHEARD_MS = 1000 * KEEPALIVE_SECONDS * (1 + KEEPALIVES)
# Rows of the graph of vectors that a search looks at at once, and at the most (pgvector's
# hnsw.ef_search and hnsw.max_scan_tuples).
SEARCH_DEPTH, MOST_LOOKED_AT = 200, 200_000
# SQLSTATE of a write to a server that only reads: after a failover, to the one that was written.
READ_ONLY = "25006"


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
        self._address, self._seconds = address, seconds
        self._most = max(2, connections)  # a re-index reads while it writes
        self._slots = threading.Semaphore(self._most)
        self._lock = threading.Lock()
        self._idle: deque[Link] = deque()
        self._made: dict[Link, float] = {}
        self._waiting, self._closed = 0, False
        self._adapters: AdaptersMap | None = None
        with database_errors(), self._lent():
            pass

    def ask(self, question: Callable[[Link], T]) -> T:
        """The result of a question, which must change nothing: where its connection turns out to
        be lost, it is asked once more on a new one.

        Raises:
            CorpusError: see `index.postgres.driver.meant`.
        """
        with database_errors():
            with self._lent() as link:
                try:
                    return question(link)
                except driver().OperationalError:
                    if not link.broken:
                        raise
            self._drop_idle()  # one that was lost is rarely the only one
            with self._lent() as link:
                return question(link)

    @contextmanager
    def connection(self, *, patient: bool = False) -> Iterator[Link]:
        """A connection that is there, each of whose statements is durable by itself.

        Args:
            patient: whether its statements may take as long as they do.
        """
        with database_errors():
            with contextlib.ExitStack() as stack:
                link = stack.enter_context(self._lent())
                with contextlib.suppress(driver().OperationalError):
                    link.execute("")
                if not link.broken:
                    yield from _with_limits(link, patient)
                    return
            self._drop_idle()
            with self._lent() as link:
                yield from _with_limits(link, patient)

    def connections(self) -> dict[str, int]:
        """How many there may be at most, are open, are in use, and how many wait for one."""
        with self._lock:
            opened, idle = len(self._made), len(self._idle)
            waiting = self._waiting
        return {"most": self._most, "open": opened, "in_use": opened - idle, "waiting": waiting}

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    # -- lending ----------------------------------------------------------------------------

    @contextmanager
    def _lent(self) -> Iterator[Link]:
        """A connection for one caller.

        Raises:
            CorpusBusy: as many as there may be are in use for too long.
            psycopg.Error: none can be made, or the block raised it.
        """
        if self._closed:
            raise CorpusError("the corpus is closed")
        self._wait_for_slot()
        try:
            link = self._pop_idle() or self._connect()
            try:
                yield link
            except driver().Error as error:
                if error.sqlstate == READ_ONLY:
                    self._forget(link)
                    self._drop_idle()
                raise
            finally:
                self._give_back(link)
        finally:
            self._slots.release()

    def _wait_for_slot(self) -> None:
        if self._slots.acquire(blocking=False):
            return
        with self._lock:
            self._waiting += 1
        try:
            if not self._slots.acquire(timeout=self._seconds):
                raise CorpusBusy(f"all {self._most} connections to the database are in use")
        finally:
            with self._lock:
                self._waiting -= 1

    def _pop_idle(self) -> Link | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, link: Link) -> None:
        """Let the next caller have it, if it is whole and not too old."""
        is_old = time.monotonic() - self._made.get(link, 0.0) > LIFETIME
        if link.closed or is_old or self._closed:
            self._forget(link)
            return
        with self._lock:
            self._idle.append(link)

    def _forget(self, link: Link) -> None:
        with self._lock:
            self._made.pop(link, None)
        with contextlib.suppress(driver().Error):
            link.close()

    def _drop_idle(self) -> None:
        while link := self._pop_idle():
            self._forget(link)

    def _connect(self) -> Link:
        link = opened(self._address, self._seconds, self._adapters)
        try:
            self._configure(link)
        except BaseException:
            link.close()
            raise
        with self._lock:
            self._made[link] = time.monotonic()
        return link

    def _configure(self, link: Link) -> None:
        if self._adapters is None:
            self._where = schema_of_pgvector(link)
            self._adapters = types_with_vectors(link)
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


def opened(address: str, seconds: float, adapters: AdaptersMap | None = None) -> Link:
    """A new connection, each of whose statements is durable by itself.

    Args:
        seconds: until it is given up.

    Raises:
        DriverMissing, psycopg.OperationalError, CorpusError: no message holds a part of the
            password.
    """
    psycopg = driver()
    arguments = {
        "autocommit": True,
        "connect_timeout": max(2, round(seconds)),
        "keepalives_idle": KEEPALIVE_SECONDS,
        "keepalives_interval": KEEPALIVE_SECONDS,
        "keepalives_count": KEEPALIVES,
        "tcp_user_timeout": UNHEARD_MS,
        "application_name": "claimdesk",
        "context": adapters,
    }
    try:
        link: Link = psycopg.connect(address, **arguments)
    except psycopg.OperationalError as error:
        if any(part in str(error) for part in _secrets(address)):
            raise CorpusUnavailable("the database cannot be reached at its address") from None
        raise
    except psycopg.Error:  # libpq repeats what it does not understand
        raise CorpusError("the address of the database is not understood") from None
    return link


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


def _secrets(address: str) -> list[str]:
    """The parts of an address that may be of its password: after a colon, up to the last @."""
    user, _, _ = address.partition("//")[2].rpartition("@")
    given = re.findall("password=([^&]+)", address)
    return [part for part in (*re.split("[:@/]", user)[1:], *given) if part]
