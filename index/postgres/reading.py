"""Questions to a replica where there is one that answers, else to the database that is written."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from index.errors import CorpusError, CorpusIncompatible, CorpusUnavailable
from index.postgres.pool import Pool

if TYPE_CHECKING:
    from index.postgres.driver import Link

T = TypeVar("T")
log = logging.getLogger(__name__)
# Seconds for which a replica that did not answer is asked no more.
AWAY_SECONDS = 5.0


class Reader:
    """Asks the replica, or the primary while that one is away."""

    def __init__(self, primary: Pool, replica: Callable[[], Pool] | None) -> None:
        """
        Args:
            replica: connects to it; called when it is asked first, and again where that failed.
        """
        self._primary, self._connect = primary, replica
        self._replica: Pool | None = None
        self._away_until = 0.0
        self._connecting = threading.Lock()

    @property
    def has_replica(self) -> bool:
        return self._connect is not None

    def ask(self, question: Callable[[Link], T], *, primary: bool = False) -> T:
        """What the question returns. Raises: as `Pool.ask`.

        Args:
            primary: do not ask the replica.
        """
        if not primary and self._connect is not None and time.monotonic() >= self._away_until:
            try:
                return self._connected(self._connect).ask(question)
            # One that follows from far behind may not have the tables yet.
            except (CorpusUnavailable, CorpusIncompatible) as error:
                log.warning("the replica is away, the primary answers: %s", error)
                self._away_until = time.monotonic() + AWAY_SECONDS
        return self._primary.ask(question)

    def _connected(self, connect: Callable[[], Pool]) -> Pool:
        with self._connecting:
            if self._replica is None:
                self._replica = connect()
            return self._replica

    def close(self) -> None:
        if self._replica is not None:
            with contextlib.suppress(CorpusError):
                self._replica.close()
