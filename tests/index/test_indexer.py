"""The background thread: soon, seldom, and it outlives what goes wrong."""

from __future__ import annotations

import threading
import time

import pytest

from index.embedded.indexer import Indexer
from index.errors import CorpusError, DiskFull


class Work:
    """Counts its runs; `failing` is raised by the next one."""

    def __init__(self) -> None:
        self.runs, self.failing = 0, None
        self.ran = threading.Event()

    def __call__(self) -> None:
        self.runs += 1
        failing, self.failing = self.failing, None
        self.ran.set()
        if failing is not None:
            raise failing

    def wait(self) -> None:
        assert self.ran.wait(10)
        self.ran.clear()


def test_many_wakes_share_few_runs() -> None:
    release = threading.Event()
    work = Work()

    def slow() -> None:
        work()
        release.wait(10)

    indexer = Indexer(slow)
    indexer.wake()
    work.wait()
    for _ in range(100):
        indexer.wake()
    release.set()
    work.wait()
    indexer.stop()
    assert work.runs == 2


@pytest.mark.parametrize("error", [DiskFull("the disk is full"), KeyError("a fault of ours")])
def test_the_thread_outlives_an_error(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    work = Work()
    work.failing = error
    indexer = Indexer(work)
    indexer.wake()
    work.wait()
    deadline = time.monotonic() + 10
    while indexer.error is None and time.monotonic() < deadline:
        time.sleep(0.001)
    assert isinstance(indexer.error, CorpusError)
    assert len([one for one in caplog.records if one.levelname in {"WARNING", "ERROR"}]) == 1
    indexer.wake()
    work.wait()
    indexer.stop()
    assert indexer.error is None
    assert work.runs == 2


def test_stop_needs_no_work() -> None:
    work = Work()
    indexer = Indexer(work)
    indexer.stop()
    assert work.runs == 0
    assert indexer.is_stopping
