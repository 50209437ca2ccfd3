"""Vectors from a Ray cluster of two nodes, one of which is killed.

Ray is 500 MB and no part of `make setup`: pip install 'claimdesk[ray]', then
    python -m pytest tests/index/test_bulk_ray.py
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index.bulk import WorkersFailed
from index.bulk.cluster import LOCAL, clustered, connected
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_by
from tests.fakes import FakeEmbedder
from tests.index.test_bulk import LoggedEmbedder, items
from tests.move_contract import everything

ray = pytest.importorskip("ray", reason="Ray is not installed: claimdesk[ray]")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]
MODEL = FakeEmbedder()
# Texts of one round: the 301 of `items` make three.
ROUND_TEXTS = 128


class PlacedEmbedder(LoggedEmbedder):
    """Writes down on which node it embeds, too."""

    def embed(self, texts):
        node = ray.get_runtime_context().get_node_id()
        with self._log.with_suffix(".nodes").open("a") as log:
            log.write(f"{node}\n")
        return super().embed(texts)


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    yield cluster
    cluster.shutdown()


def wanted() -> dict[str, bytes]:
    corpus = ExactCorpus(identity=MODEL.identity)
    list(ingest(items(), corpus, MODEL))
    return everything(corpus)


def test_a_node_that_is_killed_changes_nothing(cluster: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    nodes = log.with_suffix(".nodes")
    second = cluster.add_node(num_cpus=1)
    corpus = ExactCorpus(identity=MODEL.identity)

    def kill_second() -> bool:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if nodes.exists() and second.node_id in nodes.read_text().split():
                cluster.remove_node(second, allow_graceful=False)
                return True
            time.sleep(0.05)
        return False

    with connected(cluster.address) as processors, ThreadPoolExecutor(1) as beside:
        assert processors == 2
        killed = beside.submit(kill_second)
        load = partial(PlacedEmbedder, log, delay=0.5)
        vectors_of = clustered(load, MODEL.identity, 2, round_texts=ROUND_TEXTS)
        outcomes = list(ingest_by(items(), corpus, vectors_of))
        assert killed.result()
    assert len(outcomes) == len(items())
    assert everything(corpus) == wanted()
    assert len(set(nodes.read_text().split())) == 2


def test_again_embeds_nothing(tmp_path: Path) -> None:
    corpus = ExactCorpus(identity=MODEL.identity)
    list(ingest(items(), corpus, MODEL))
    load = partial(LoggedEmbedder, tmp_path / "log")
    with connected(LOCAL):
        once = ingest_by(items()[:-1], corpus, clustered(load, MODEL.identity, 2))
        assert [one.id for one in once if one.status == "updated"] == ["d7"]
        last = ingest_by(items()[-1:] * 2, corpus, clustered(load, MODEL.identity, 2))
        assert [one.status for one in last] == ["updated", "unchanged"]
        assert len((tmp_path / "log").read_text().splitlines()) == 2
        with pytest.raises(WorkersFailed, match=r"fake@1.*other@1"):
            list(ingest_by(items()[:1] * 2, ExactCorpus(), clustered(load, "other@1", 1)))


def test_no_cluster_there() -> None:
    with pytest.raises(WorkersFailed, match="no Ray cluster"), connected("127.0.0.1:1"):
        pass
