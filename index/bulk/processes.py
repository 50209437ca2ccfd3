"""Lists of texts -> their vectors, by processes of this machine; one that dies changes nothing."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from index.bulk.worker import Load, WorkersFailed, begin, embed
from index.documents import Vectors
from index.ingest import NO_VECTORS, VectorsOf

log = logging.getLogger(__name__)
# Lists that are handed out for each worker: one that it embeds, and one that waits for it.
LISTS_PER_WORKER = 2
# Times in a row that the workers may end before one list is done.
MOST_FAILURES = 3


@dataclass
class _Task:
    """texts, and what becomes their vectors; None where there is nothing to embed."""

    texts: list[str]
    future: Future[Vectors] | None


def processes(load: Load, identity: str, workers: int) -> VectorsOf:
    """Embeds by so many processes, each with a model of its own.

    Where one is killed, what none had finished is embedded again by new ones.

    Raises, in the iterator that is made:
        EmbeddingMismatch: the model that `load` gives is another.
        WorkersFailed: they end before they do anything, for lack of memory perhaps.
    """

    def vectors_of(lists: Iterable[list[str]]) -> Iterator[Vectors]:
        with _Pool(load, identity, workers) as pool:
            yield from pool.embedded(lists)

    return vectors_of


class _Pool:
    def __init__(self, load: Load, identity: str, workers: int) -> None:
        self._load, self._identity, self._workers = load, identity, workers
        self._executor = self._start()
        self._waiting: deque[_Task] = deque()
        self._failures = 0

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        # Not fork: threads of this process, and models that run in them, would be copied half.
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=spawn, initializer=begin)

    def embedded(self, lists: Iterable[list[str]]) -> Iterator[Vectors]:
        for texts in lists:
            self._waiting.append(_Task(texts, None))
            self._submit(self._waiting[-1])
            if len(self._waiting) > LISTS_PER_WORKER * self._workers:
                yield self._first()
            while self._waiting and self._is_done(self._waiting[0]):
                yield self._first()
        while self._waiting:
            yield self._first()

    def _submit(self, task: _Task) -> None:
        if task.texts:
            try:
                work = self._load, self._identity, task.texts
                task.future = self._executor.submit(embed, *work)
            except BrokenProcessPool:
                self._start_again()

    @staticmethod
    def _is_done(task: _Task) -> bool:
        return not task.texts or (task.future is not None and task.future.done())

    def _first(self) -> Vectors:
        """The vectors of the list that waits for the longest time."""
        task = self._waiting[0]
        while task.texts:
            try:
                assert task.future is not None
                vectors = task.future.result()
            except BrokenProcessPool:
                self._start_again()
            else:
                self._failures = 0
                self._waiting.popleft()
                return vectors
        self._waiting.popleft()
        return NO_VECTORS

    def _start_again(self) -> None:
        """Replace the workers, of which one was killed; hand out again what none had finished."""
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise WorkersFailed(
                f"workers were killed {self._failures} times before one was done: see whether "
                "there is memory for so many (--workers)"
            )
        log.warning("a worker was killed: what it was at is embedded again")
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._start()
        for task in self._waiting:
            future = task.future
            if future is None or future.cancelled() or future.exception() is not None:
                self._submit(task)
