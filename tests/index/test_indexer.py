"""The background thread: soon, seldom, and it outlives what goes wrong."""

from __future__ import annotations

import datetime as dt
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.corpus import Filters, Hit
from index.documents import document
from index.embedded.corpus import DATABASE, EmbeddedCorpus, EmbeddingModel
from index.embedded.indexer import Indexer
from index.embedded.snapshot import Snapshot
from index.embedded.store import Store
from index.errors import CorpusError, DiskFull
from index.ingest import ingest
from tests.fakes import FakeClock, FakeEmbedder


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


class SlowWords:
    """A word index whose every `sync` after the first waits until it may go on."""

    def __init__(self) -> None:
        self.searcher: Any = None
        self.at_work, self.may_go_on = threading.Event(), threading.Event()

    def sync(self, snapshot: Snapshot, *, damaged: bool = False) -> None:
        if self.searcher is not None:
            self.at_work.set()
            assert self.may_go_on.wait(20)
        self.searcher = NoHits(snapshot.generation)


@dataclass(frozen=True)
class NoHits:
    generation: int

    def search(self, *_: object) -> list[Hit]:
        return []


def test_a_claim_does_not_wait_for_an_index_in_the_making(tmp_path: Path) -> None:
    words: Any = SlowWords()
    model = FakeEmbedder()
    store = Store(tmp_path / DATABASE, writable=True)
    indexed = EmbeddingModel(model.identity, model.dimension, "auto")
    corpus = EmbeddedCorpus(store, words, tmp_path / "vectors", indexed, writable=True)
    corpus.start_indexing(ExitStack())
    before = corpus.index_generation()
    list(ingest([document("late", "Brand new words.", language="en")], corpus, model))
    assert words.at_work.wait(20)
    vector = model.embed(["brand new words"])[0]
    assert corpus.search_vector(vector, 5) == corpus.search_words("brand", 5) == []
    assert corpus.count_documents(Filters()) == 0
    assert corpus.index_generation() == before < corpus.generation()
    assert not corpus.wait_until_indexed(corpus.generation(), seconds=0.01)
    words.may_go_on.set()
    assert corpus.wait_until_indexed(corpus.generation(), seconds=20)
    assert [hit.score for hit in corpus.search_vector(vector, 5)] == [pytest.approx(1, abs=1e-3)]
    assert corpus.count_documents(Filters()) == 1
    corpus.close()
    store.close()


class SlowStore(Store):
    """A store that tells a thread named "slow" the next moment of before the next write."""

    def __init__(self, path: Path, clock: FakeClock) -> None:
        super().__init__(path, writable=True, clock=clock)
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def next_moment(self) -> dt.datetime:
        found = super().next_moment()
        if threading.current_thread().name == "slow":
            self.asked.set()
            self.may_answer.wait(0.5)
        return found


def test_a_moment_that_comes_with_another_write_is_not_missed(tmp_path: Path) -> None:
    clock, model = FakeClock(dt.datetime(2026, 11, 1, tzinfo=dt.UTC)), FakeEmbedder()
    words: Any = SlowWords()
    words.may_go_on.set()
    store = SlowStore(tmp_path / DATABASE, clock)
    indexed = EmbeddingModel(model.identity, model.dimension, "auto")
    corpus = EmbeddedCorpus(store, words, tmp_path / "vectors", indexed, True, clock)
    corpus.start_indexing(ExitStack())

    def store_one(id: str, **rights: str) -> None:
        list(ingest([document(id, "A river.", language="en", **rights)], corpus, model))

    slow = threading.Thread(target=store_one, args=["lasting"], name="slow")
    slow.start()
    assert store.asked.wait(20)
    store_one("expiring", expires="2026-11-02T00:00:00Z")
    store.may_answer.set()
    slow.join()
    assert corpus.wait_until_indexed(corpus.generation(), seconds=20)
    assert corpus.is_settled()
    clock.now = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
    assert not corpus.is_settled()
    assert corpus.count_documents(Filters()) == 1
    corpus.close()
    store.close()
