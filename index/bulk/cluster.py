"""Lists of texts -> their vectors, by the machines of a Ray cluster; a lost one changes nothing."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import numpy as np

from index.bulk.worker import Load, WorkersFailed, embed
from index.documents import Vectors
from index.errors import DriverMissing
from index.ingest import NO_VECTORS, VectorsOf

# A round is one data set of Ray: it ends with the list that reaches either limit, texts or lists.
# Its texts, and the vectors that come back out of turn, are in memory here: about 1 GB.
ROUND_TEXTS, ROUND_LISTS = 200_000, 4_000
# Address that means: a cluster of this machine alone, which ends with this process.
LOCAL = "local"
# Seconds until it is known that nobody listens at an address.
CONNECT_SECONDS = 10.0


@contextmanager
def connected(address: str) -> Iterator[float]:
    """A connection to the cluster there, or to one that begins here; yields its processors.

    Args:
        address: such as ray://head:10001 or 10.0.0.5:6379; auto: of this machine; or `LOCAL`.

    Raises:
        DriverMissing: Ray is not installed.
        WorkersFailed: nobody answers there.
    """
    ray = _ray()
    _check_answers(address)
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    if address == LOCAL:
        options["include_dashboard"] = False
    try:
        ray.init(address=address, **options)
    except (ConnectionError, RuntimeError, ValueError) as error:
        said = str(error).strip().splitlines()
        raise WorkersFailed(f"no Ray cluster at {address}: {said[0] if said else error}") from error
    try:
        yield float(ray.cluster_resources().get("CPU", 1.0))
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Ask whether anybody listens there: Ray itself gives up after minutes only.

    Raises:
        WorkersFailed: nobody does.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not host or not port.isdigit():
        return  # a name that Ray knows
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        said = error.strerror or error
        raise WorkersFailed(f"no Ray cluster at {address}: {said}") from error


def clustered(
    load: Load,
    identity: str,
    workers: int,
    *,
    processors: float = 1,
    gpus: float = 0,
    round_texts: int = ROUND_TEXTS,
) -> VectorsOf:
    """Embeds by so many workers at most, anywhere in the cluster that is connected.

    Each has claimdesk, the model and its own processors. What was at work on a machine that is
    lost is embedded again on others.

    Raises, in the iterator that is made:
        WorkersFailed: a worker cannot load the model, or has another one.
    """

    def vectors_of(lists: Iterable[list[str]]) -> Iterator[Vectors]:
        for together in _rounds(lists, round_texts):
            rows = [{"at": at, "texts": texts} for at, texts in enumerate(together) if texts]
            found = _embedded(rows, (load, identity), workers, processors, gpus)
            yield from _in_order(together, found)

    return vectors_of


def _rounds(lists: Iterable[list[str]], most_texts: int) -> Iterator[list[list[str]]]:
    together: list[list[str]] = []
    texts = 0
    for one in lists:
        together.append(one)
        texts += len(one)
        if texts >= most_texts or len(together) >= ROUND_LISTS:
            yield together
            together, texts = [], 0
    if together:
        yield together


def _in_order(
    lists: Sequence[list[str]], found: Iterator[tuple[int, Vectors]]
) -> Iterator[Vectors]:
    """The vectors of each list in the order of the lists, however they come."""
    early: dict[int, Vectors] = {}
    for at in count():
        if at == len(lists):
            return
        while lists[at] and at not in early:
            number, vectors = next(found)
            early[number] = vectors
        yield early.pop(at, NO_VECTORS)


def _embedded(
    rows: list[dict[str, Any]], work: tuple[Load, str], workers: int, processors: float, gpus: float
) -> Iterator[tuple[int, Vectors]]:
    """Number and vectors of each row, as they are ready."""
    if not rows:
        return
    ray = _ray()
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    most = max(1, min(workers, len(rows)))
    data = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        Worker,
        fn_constructor_args=work,
        batch_size=1,
        # Fewer than were asked for do as well: a machine may be lost for good.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=most, initial_size=most),
        num_cpus=processors,
        num_gpus=gpus,
    )
    try:
        for row in data.iter_rows():
            if row["failure"]:
                raise WorkersFailed(f"a worker failed: {row['failure']}")
            yield row["at"], np.frombuffer(row["vectors"], np.float32).reshape(row["shape"])
    except ray.exceptions.RayError as error:
        raise WorkersFailed(f"Ray failed: {str(error).strip().splitlines()[-1]}") from error


class Worker:
    """What Ray runs: it embeds a batch of one row."""

    def __init__(self, load: Load, identity: str) -> None:
        self._load, self._identity = load, identity

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        failure, vectors = "", NO_VECTORS
        try:
            texts = [str(text) for text in batch["texts"][0]]
            vectors = embed(self._load, self._identity, texts)
        except Exception as error:  # noqa: BLE001 - Ray would lose what it says
            failure = str(error) or type(error).__name__
        return {
            "at": batch["at"], "failure": [failure], "shape": [list(vectors.shape)],
            "vectors": [vectors.astype(np.float32).tobytes()],
        }  # fmt: skip


def _ray() -> Any:
    """The library, which tells nobody that it is used, and prints nothing beside our progress.

    Raises:
        DriverMissing: it is not installed; the message names the extra.
    """
    # Its documented switches: it asks for them when it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise DriverMissing("--ray needs Ray: pip install 'claimdesk[ray]'") from error
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return ray
