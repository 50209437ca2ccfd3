"""How much work is under way at once: requests in flight, long-running ones, unfinished bodies."""

from __future__ import annotations

from collections import Counter

from api.errors import Overloaded
from api.metrics import Metrics

IMPORT_PATH = "/v1/documents:import"
BATCH_PATH = "/v1/verify/batch"
CHECK_PATH = "/v1/check"
# Number of requests that may run at once on a long-running endpoint; one client may hold at most
# half of them. Imports take their slot before the body, which is spooled to disk as it arrives.
LONG_RUNNING_SLOTS = {IMPORT_PATH: 4, BATCH_PATH: 16, CHECK_PATH: 16}
# Cap on the buffered bytes of bodies that are not complete yet, as a multiple of the largest body;
# one client may hold at most half of it.
MAX_UNFINISHED_BODIES = 64


class Slots:
    """Counts what all requests of one application hold.

    Args:
        max_in_flight: requests that may be worked on at once.
        max_body_bytes: largest body of a request that is not an import.
    """

    def __init__(self, max_in_flight: int, max_body_bytes: int, metrics: Metrics) -> None:
        self._max_in_flight, self._metrics = max_in_flight, metrics
        self.max_unfinished_bytes = MAX_UNFINISHED_BODIES * max_body_bytes
        self.in_flight = 0
        self.unfinished_bytes: Counter[str] = Counter()
        """Buffered bytes of incomplete bodies, by client."""
        self.long_running: dict[str, Counter[str]] = {
            path: Counter() for path in LONG_RUNNING_SLOTS
        }
        """Requests on each long-running endpoint, by client."""

    def enter(self) -> None:
        self.in_flight += 1
        self._metrics.in_flight.inc()

    def leave(self) -> None:
        self.in_flight -= 1
        self._metrics.in_flight.dec()

    def check_free(self) -> None:
        """Raises: Overloaded, if every slot in flight is taken."""
        if self.in_flight >= self._max_in_flight:
            raise Overloaded(f"{self._max_in_flight} requests are in flight: try again")


class RequestSlots:
    """Holds what one request has acquired: a slot in flight, a long-running slot, buffered bytes.

    Each is acquired at most once and released exactly once, by `release` at the latest.
    """

    def __init__(self, slots: Slots, method: str, path: str, client: str) -> None:
        self._slots, self._path, self._client = slots, path, client
        self._siblings = slots.long_running.get(path) if method == "POST" else None
        self._in_flight = self._long_running = False
        self._buffered_bytes = 0

    def take_long_running(self) -> None:
        """Take a long-running slot, if this endpoint has such slots.

        Raises:
            Overloaded: all of them, or this client's half, are taken.
        """
        if self._siblings is None or self._long_running:
            return
        total, most = self._siblings.total(), LONG_RUNNING_SLOTS[self._path]
        if total >= most or self._siblings[self._client] >= most // 2:
            raise Overloaded(f"{total} requests for {self._path} are under way: try again")
        self._long_running = True
        self._siblings[self._client] += 1

    def take_in_flight(self) -> None:
        """Take a slot in flight; the body is complete, or there is none.

        Raises:
            Overloaded: see `take_long_running`.
        """
        self._release_buffered()
        if not self._in_flight:
            self.take_long_running()
            self._in_flight = True
            self._slots.enter()

    def check_free(self) -> None:
        """Raises: Overloaded, if this request has no slot in flight and none is free."""
        if not self._in_flight:
            self._slots.check_free()

    def buffer(self, size: int) -> None:
        """Count `size` bytes of a body that is not complete.

        Raises:
            Overloaded: too many bytes of incomplete bodies are buffered.
        """
        if self._path == IMPORT_PATH:  # on the disk, and bounded by the number of imports
            return
        buffered, most = self._slots.unfinished_bytes, self._slots.max_unfinished_bytes
        buffered[self._client] += size
        self._buffered_bytes += size
        if buffered.total() > most or buffered[self._client] > most // 2:
            raise Overloaded("too many requests are only half sent: try again")

    def release(self) -> None:
        """Give back everything that is still held."""
        self._release_buffered()
        if self._in_flight:
            self._slots.leave()
            self._in_flight = False
        if self._long_running and self._siblings is not None:
            _subtract(self._siblings, self._client, 1)
            self._long_running = False

    def _release_buffered(self) -> None:
        if self._buffered_bytes:
            _subtract(self._slots.unfinished_bytes, self._client, self._buffered_bytes)
            self._buffered_bytes = 0


def _subtract(counts: Counter[str], client: str, number: int) -> None:
    """Subtract, and forget a client whose count is zero."""
    counts[client] -= number
    if not counts[client]:
        del counts[client]
