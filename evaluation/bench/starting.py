"""Corpus on disk -> seconds from process start to ready, with compiled models cached."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.bench.imports import CLAIMDESK
from evaluation.bench.searching import TOWARDS
from evaluation.errors import EvaluationError
from index.corpus import Embedder
from index.documents import Document, Vectors
from index.embedded import open_corpus
from index.ingest import ingest


class Perturbed:
    """An embedder whose vectors are made of real ones without a model.

    What is measured depends on their number and spread, not on what they mean.
    """

    def __init__(self, embedder: Embedder, real: Vectors) -> None:
        self.identity, self.dimension = embedder.identity, embedder.dimension
        self._real, self._random = real, np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows, others = self._random.integers(0, len(self._real), (2, len(texts)))
        vectors = self._real[rows] + TOWARDS * self._real[others]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    embed_queries = embed


def ready(
    documents: Iterable[Document],
    embedder: Perturbed,
    data: Path,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """The number of passages stored, and the seconds that the service takes to start over them."""
    corpus = open_corpus(
        data, identity=embedder.identity, dimension=embedder.dimension, writable=True
    )
    with closing(corpus):
        stored = sum(outcome.passages for outcome in ingest(documents, corpus, embedder))
        corpus.sync()
    with serving(data, environment) as (_, seconds):
        return {"passages": stored, "start_seconds": round(seconds, 2)}


@contextmanager
def serving(data: Path, environment: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """The URL of the service over `data`, and the seconds until it was ready.

    Raises:
        EvaluationError: the service did not start.
    """
    started = time.perf_counter()
    command = [CLAIMDESK, "serve", "--port", "0", "--data", str(data)]
    with running(command, environment) as server:
        assert server.stdout is not None
        said = server.stdout.readline().split()
        seconds = time.perf_counter() - started
        if not said:
            raise EvaluationError("claimdesk serve did not start")
        yield said[-1], seconds


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended afterwards."""
    with subprocess.Popen(  # noqa: S603 - our own arguments
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield server
        finally:
            server.terminate()
