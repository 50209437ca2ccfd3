"""Vectors from many processes: the same as from one, whichever of them is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from index.bulk import WorkersFailed, processes
from index.bulk.cluster import _in_order, _rounds
from index.documents import Document, Refused, document
from index.errors import EmbeddingMismatch
from index.exact import ExactCorpus
from index.ingest import NO_VECTORS, ingest, ingest_by
from tests.corpus_contract import sample
from tests.fakes import FakeEmbedder
from tests.move_contract import everything

MODEL = FakeEmbedder()


class DyingEmbedder(FakeEmbedder):
    """Ends its process with every text, as one that finds no memory does."""

    def embed(self, texts):
        os.kill(os.getpid(), signal.SIGKILL)


class LoggedEmbedder(FakeEmbedder):
    """Writes its process, and what it embeds, down."""

    def __init__(self, log: Path, delay: float = 0.0) -> None:
        super().__init__(delay=delay)
        self._log = log

    def embed(self, texts):
        with self._log.open("a") as log:
            log.writelines(f"{os.getpid()} {text}\n" for text in texts)
        return super().embed(texts)


def items() -> list[Document | Refused]:
    """Documents, one of them twice, and what is refused."""
    return [
        *sample(300),
        Refused("bad.pdf", "damaged"),
        document("d7", "Number seven is another text now."),
    ]


@pytest.fixture
def reference() -> dict[str, bytes]:
    corpus = ExactCorpus(identity=MODEL.identity)
    list(ingest(items(), corpus, MODEL))
    return everything(corpus)


def test_as_by_one_process_and_nothing_twice(reference: dict[str, bytes], tmp_path: Path) -> None:
    corpus = ExactCorpus(identity=MODEL.identity)
    vectors_of = processes(partial(LoggedEmbedder, tmp_path / "log"), MODEL.identity, 2)
    outcomes = list(ingest_by(items(), corpus, vectors_of))
    assert [one.id for one in outcomes] == [getattr(one, "id", "bad.pdf") for one in items()]
    assert everything(corpus) == reference
    logged = [line.split(" ", 1) for line in (tmp_path / "log").read_text().splitlines()]
    assert str(os.getpid()) not in {process for process, _ in logged}
    assert len({text for _, text in logged}) == len(logged) == 301
    again = list(ingest_by(items()[:200], corpus, vectors_of))
    statuses = {one.id: one.status for one in again}
    assert statuses.pop("d7") == "updated"  # to what it was before
    assert set(statuses.values()) == {"unchanged"}
    assert len((tmp_path / "log").read_text().splitlines()) == 302


def test_a_worker_that_is_killed_changes_nothing(
    reference: dict[str, bytes], tmp_path: Path
) -> None:
    log, killed = tmp_path / "log", []

    def kill_one() -> None:
        while not killed:
            time.sleep(0.01)
            if log.exists() and (lines := log.read_text().split()):
                killed.append(int(lines[0]))
                os.kill(killed[0], signal.SIGKILL)

    corpus = ExactCorpus(identity=MODEL.identity)
    killer = threading.Thread(target=kill_one)
    killer.start()
    load = partial(LoggedEmbedder, log, delay=0.2)
    outcomes = list(ingest_by(items(), corpus, processes(load, MODEL.identity, 2)))
    killer.join()
    assert len(outcomes) == len(items())
    assert everything(corpus) == reference
    workers = {line.split()[0] for line in log.read_text().splitlines()}
    assert len(workers - {str(killed[0])}) >= 1
    assert not psutil.Process().children(recursive=True) or not any(
        str(child.pid) in workers for child in psutil.Process().children(recursive=True)
    )


def test_workers_that_always_die_are_told_of() -> None:
    corpus = ExactCorpus()
    with pytest.raises(WorkersFailed, match="--workers"):
        list(ingest_by(sample(3), corpus, processes(DyingEmbedder, MODEL.identity, 1)))
    assert everything(corpus) == {}


def test_another_model_in_a_worker_is_refused() -> None:
    corpus = ExactCorpus()
    with pytest.raises(EmbeddingMismatch, match=r"fake@1.*other@1"):
        list(ingest_by(sample(3), corpus, processes(FakeEmbedder, "other@1", 1)))
    assert everything(corpus) == {}


def test_rounds_and_their_order() -> None:
    lists = [["a"], [], ["b", "c"], ["d"], [], []]
    rounds = list(_rounds(iter(lists), 3))
    assert rounds == [lists[:3], lists[3:]]
    one, two = np.ones((1, 2), np.float32), np.ones((2, 2), np.float32)

    def found() -> Iterator[tuple[int, np.ndarray]]:
        yield 2, two
        yield 0, one

    ordered = list(_in_order(lists[:3], found()))
    assert [given is wanted for given, wanted in zip(ordered, (one, NO_VECTORS, two), strict=True)]
    assert ordered[1].size == 0
