"""Vectors by the thousand and the million -> search latency, and recall against exact; the cost
of a filter."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from index.corpus import NO_FILTERS, Embedder, Filters
from index.documents import Document, Vectors
from index.embedded import open_corpus
from index.embedded.vectors import Kind, build
from index.ingest import ingest
from retrieval.search import MIN_PASSAGES

K = 10
BLOCK = 20_000
# A copy of a real vector is moved towards another one, by this share of its length: it stays where
# language is, at a cosine of about 0.9 to its original. Noise in all directions would make copies
# that differ by nothing that a query could ask for.
TOWARDS = 0.5
# Claims that are searched for.
QUERIES = 300
# Vectors that are real; more of them are moved copies.
REAL = 10_000
# The number of days over which dated documents are spread.
DAYS = 4_000
FIRST_DAY = dt.date(2010, 1, 1)

Blocks = Iterator[tuple[list[int], Vectors]]


def at_size(real: Vectors, queries: Vectors, size: int, kind: Kind = "auto") -> dict[str, Any]:
    """p50 in ms of one search after another, and recall@10 against scores of everything.

    Args:
        real: unit vectors of passages, shape (n, dim); past n they are perturbed.
        queries: unit vectors of claims, shape (q, dim).
    """
    started = time.perf_counter()
    index = build(lambda: blocks(real, size), size, real.shape[1], kind)
    built = time.perf_counter() - started
    found, spent = [], []
    for query in queries:
        started = time.perf_counter()
        hits = index.search(query, K)
        spent.append(time.perf_counter() - started)
        found.append({hit.key for hit in hits})
    truth = exact(blocks(real, size), queries)
    right = [len(one & set(best)) / K for one, best in zip(found, truth.tolist(), strict=True)]
    return {
        "passages": size,
        "p50_ms": round(1000 * float(np.median(spent)), 3),
        "recall_at_10": round(float(np.mean(right)), 4),
        "build_seconds": round(built, 1),  # what it takes to perturb them included
    }


def blocks(real: Vectors, size: int) -> Blocks:
    """`size` unit vectors with their keys; the same ones each time."""
    for start in range(0, size, BLOCK):
        keys = np.arange(start, min(size, start + BLOCK))
        vectors = real[keys % len(real)]
        copies = keys >= len(real)
        if copies.any():
            others = real[np.random.default_rng(start).integers(0, len(real), len(keys))]
            vectors = vectors + TOWARDS * others * copies[:, None]
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        yield keys.tolist(), np.ascontiguousarray(vectors, np.float32)


def exact(every: Blocks, queries: Vectors) -> npt.NDArray[np.int64]:
    """Keys of the best `K` of all, shape (q, K)."""
    best = np.full((len(queries), K), -np.inf, np.float32)
    keys = np.full((len(queries), K), -1, np.int64)
    for block_keys, vectors in every:
        scores = np.hstack([best, queries @ vectors.T])
        names = np.hstack([keys, np.broadcast_to(block_keys, (len(queries), len(block_keys)))])
        order = np.argpartition(-scores, K - 1, axis=1)[:, :K]
        best = np.take_along_axis(scores, order, axis=1)
        keys = np.take_along_axis(names, order, axis=1)
    return keys


def dated(documents: Sequence[Document], seed: int = 3) -> list[Document]:
    """The documents, each published on a day that chance picks; one in ten has no date."""
    randomly = random.Random(seed)  # noqa: S311 - a workload, not a secret
    return [
        replace(
            one,
            published_at=FIRST_DAY + dt.timedelta(randomly.randrange(DAYS))
            if randomly.random() > 0.1
            else None,
        )
        for one in documents
    ]


def with_new_days(
    documents: Sequence[Document], embedder: Embedder, claims: Sequence[str], folder: Path
) -> dict[str, Any]:
    """Median milliseconds of one search, with an `as_of` day that is new each time and without.

    A search is what a claim asks of the corpus: the nearest vectors, the best by words, and how
    many documents were searched and how many left out for want of a date. Both kinds take turns.
    """
    corpus = open_corpus(
        folder, identity=embedder.identity, dimension=embedder.dimension, writable=True
    )
    with closing(corpus):
        for _ in ingest(documents, corpus, embedder):
            pass
        corpus.sync()
        queries = embedder.embed_queries(claims)
        days = random.Random(4).sample(range(DAYS), len(claims))  # noqa: S311
        spent: dict[str, list[float]] = {"without_ms": [], "with_as_of_ms": []}
        for claim, query, day in zip(claims, queries, days, strict=True):
            filtered = Filters(as_of=FIRST_DAY + dt.timedelta(day))
            for name, filters in zip(spent, (NO_FILTERS, filtered), strict=True):
                started = time.perf_counter()
                corpus.search_vector(query, MIN_PASSAGES, filters)
                corpus.search_words(claim, MIN_PASSAGES, filters)
                corpus.count_documents(filters)
                corpus.count_undated(filters)
                spent[name].append(time.perf_counter() - started)
        medians = {name: round(1000 * median(times), 3) for name, times in spent.items()}
        return {"passages": corpus.stats().passages, **medians}
