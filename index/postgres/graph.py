"""The graph (HNSW) over the vectors: made when there are so many that comparing all is slower.

It is over numbers of 16 bits (halfvec): half the memory, and its nearest are compared again by the
whole vectors. PostgreSQL keeps it up to date with each transaction once it is there.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from index.errors import CorpusError
from index.postgres.driver import fetch, one, run
from index.postgres.pool import Pool
from index.postgres.state import State, read_state

if TYPE_CHECKING:
    from index.postgres.driver import Link

log = logging.getLogger(__name__)
# Passages from which on a graph is quicker than to compare every vector.
GRAPH_FROM = 20_000
# Links per row, and rows looked at while one is linked.
LINKS, BUILD_DEPTH = 16, 100
# Seconds until it is tried again, when it could not be made.
PAUSE_SECONDS = 600.0
LOCK = "SELECT pg_try_advisory_lock(hashtext('claimdesk graph'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('claimdesk graph'))"


def is_due(state: State, least: int = GRAPH_FROM) -> bool:
    return not state.graph and state.passages >= least and state.dimension is not None


def create(link: Link, state: State, *, concurrently: bool) -> None:
    """Make the graph of the vectors that are searched. Writes wait, unless concurrently."""
    how = "CONCURRENTLY " if concurrently else ""
    run(
        link,
        f"CREATE INDEX {how}vectors_graph_{state.model} ON vectors USING hnsw"
        f" ((vector::halfvec({state.dimension})) halfvec_ip_ops)"
        f" WITH (m = {LINKS}, ef_construction = {BUILD_DEPTH})"
        f" WHERE model = {state.model} AND shown",
    )


def tidy(link: Link, state: State) -> None:
    """Drop graphs of earlier models, and one whose making was cut off."""
    found = fetch(
        link,
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = 'vectors'::regclass AND c.relname LIKE 'vectors_graph_%%'",
        {},
    )
    for name, is_valid in found:
        if not is_valid or name != f"vectors_graph_{state.model}":
            run(link, f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class GraphBuilder:
    """Makes the graph in the background, one thread at a time. `stop` it."""

    def __init__(self, pool: Pool, least: int = GRAPH_FROM) -> None:
        self._pool, self._least = pool, least
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._not_before, self._stopped = 0.0, False
        self.built = 0

    def is_due(self, state: State) -> bool:
        return is_due(state, self._least)

    def start(self, state: State) -> None:
        """Begin, if it is due and nobody has begun."""
        if not self.is_due(state) or time.monotonic() < self._not_before:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._try, daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Returns when what was begun is done."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def stop(self) -> None:
        """Cut it off; the next who opens the corpus begins anew."""
        self._stopped = True
        link = self._link
        if link is not None:
            link.cancel_safe()
        self.wait()

    def _try(self) -> None:
        try:
            self.build()
        except CorpusError as error:
            self._not_before = time.monotonic() + PAUSE_SECONDS
            log.warning("every vector is compared, because no graph could be made: %s", error)

    def tidy(self) -> None:
        """Drop what an earlier model left behind."""
        with self._pool.connection(patient=True) as link:
            tidy(link, read_state(link))

    def build(self) -> None:
        """Make the graph, unless another process does. Raises: CorpusError."""
        with self._pool.connection(patient=True) as link:
            (is_ours,) = one(link, LOCK) or (False,)
            if not is_ours:
                return
            self._link = link
            try:
                state = read_state(link)
                if is_due(state, self._least) and not self._stopped:
                    tidy(link, state)
                    create(link, state, concurrently=True)
                    self.built += 1
            finally:
                self._link = None
                if not link.broken:
                    run(link, UNLOCK)
