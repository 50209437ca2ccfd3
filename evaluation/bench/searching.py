"""Vectors by the thousand and the million -> search latency, and recall against exact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from index.embedded.vectors import Kind, build

K = 10
BLOCK = 20_000
# A real vector is perturbed towards another one, by this share of its length: the copy stays where
# language is, at a cosine of about 0.9 to its original. Noise in all directions would make copies
# that differ by nothing that a query could ask for.
TOWARDS = 0.5
QUERIES = 300
# So many vectors are real; more are perturbed copies of them.
REAL = 10_000

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
