"""Writes -> indexes, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from index.errors import CorpusError

log = logging.getLogger(__name__)
# After a run the thread rests for this multiple of the run's time, but at most this number of
# seconds: an import of many batches is indexed in few runs.
REST_PER_RUN, MAX_REST_SECONDS = 3.0, 5.0
# Seconds until a run that failed is tried again: the disk may have space by then.
RETRY_SECONDS = 10.0
# Most seconds between two looks at what is due: a clock may be set.
LONGEST_WAIT = 3600.0


class Indexer:
    """Calls `catch_up` after each `wake`, in its thread; several wakes may share one call.

    Args:
        due_in: seconds until it is to be called without one.
    """

    def __init__(
        self, catch_up: Callable[[], object], due_in: Callable[[], float] = lambda: LONGEST_WAIT
    ) -> None:
        self._catch_up, self._due_in = catch_up, due_in
        self._wanted, self._stopping = threading.Event(), threading.Event()
        self.error: CorpusError | None = None
        """What the last run failed with; None after one that ended well."""
        self._thread = threading.Thread(target=self._run, name="claimdesk-indexer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        """End the thread, before its next block of work if it is at work."""
        self._stopping.set()
        self._wanted.set()
        self._thread.join()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def _run(self) -> None:
        while True:
            self._wanted.wait(RETRY_SECONDS if self.error else min(self._due_in(), LONGEST_WAIT))
            if self.is_stopping:
                return
            self._wanted.clear()
            started = time.monotonic()
            self._run_once()
            took = time.monotonic() - started
            self._stopping.wait(min(REST_PER_RUN * took, MAX_REST_SECONDS))

    def _run_once(self) -> None:
        try:
            self._catch_up()
        except CorpusError as error:
            if not self.is_stopping and str(error) != str(self.error):
                log.warning("the indexes stay as they are: %s", error)
            self.error = error
        except Exception as error:
            log.exception("the indexes stay as they are")
            self.error = CorpusError(f"indexing failed: {error}")
        else:
            self.error = None
