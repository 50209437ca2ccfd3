"""The same documents in a folder and in a PostgreSQL database -> their figures side by side."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from api.address import Database, Place
from api.opening import corpus_of
from api.settings import Settings
from evaluation.bench.searching import DAYS, FIRST_DAY, K, dated
from evaluation.errors import EvaluationError
from index.corpus import NO_FILTERS, Corpus, Embedder, Filters
from index.documents import Document, Vectors
from index.ingest import ingest, ingest_one
from retrieval.search import MIN_PASSAGES

# Documents that are changed one by one, and that are deleted at once afterwards.
CHANGED, REMOVED = 100, 500
# Searches at the same time.
CLIENTS = 8
# Scores of one pair of vectors differ by less between the two, whose numbers are of 2 or 4 bytes.
TIE = 5e-4


class Recording:
    """An embedder that remembers the vectors of all documents, shape (n, dimension) together."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.identity, self.dimension = embedder.identity, embedder.dimension
        self.vectors: list[Vectors] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.vectors.append(self._embedder.embed(texts))
        return self.vectors[-1]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_queries(texts)


def beside(
    documents: Sequence[Document],
    claims: Sequence[str],
    embedder_of: Callable[[], Embedder],
    database: Database,
    folder: Path,
    settings: Settings,
) -> dict[str, Any]:
    """The figures of the embedded corpus and of PostgreSQL: documents a second that are stored,
    median milliseconds of searches and writes, recall@10 of the vectors against all of them.

    Args:
        embedder_of: makes an embedder, each time one that gives the same vectors.
        database: empty, as it is afterwards.
        folder: for the embedded corpus.

    Raises:
        EvaluationError: there are documents in the database.
    """
    places: dict[str, Place] = {"embedded": folder, "postgresql": database}
    found: dict[str, Any] = {}
    for name, place in places.items():
        chosen = settings.model_copy(update={"data": place, "read_data": None})
        embedder = Recording(embedder_of())
        with closing(corpus_of(chosen, embedder, writable=True)) as corpus:
            if next(corpus.stored_documents(), None) is not None:
                raise EvaluationError(f"{place} holds documents: give a database without")
            try:
                found[name] = _figures(corpus, dated(documents), claims, embedder)
            finally:
                for at in range(0, len(documents) if place is database else 0, REMOVED):
                    corpus.delete([one.id for one in documents[at : at + REMOVED]])
    return found


def _figures(
    corpus: Corpus, documents: Sequence[Document], claims: Sequence[str], embedder: Recording
) -> dict[str, Any]:
    started = time.perf_counter()
    for _ in ingest(documents, corpus, embedder):
        pass
    corpus.sync()
    stored = len(documents) / (time.perf_counter() - started)
    queries = embedder.embed_queries(claims)
    days = np.random.default_rng(4).integers(0, DAYS, len(claims)).tolist()
    filtered = [Filters(as_of=FIRST_DAY + dt.timedelta(day)) for day in days]
    asked = list(zip(claims, queries, [NO_FILTERS] * len(claims), strict=True))
    by_day = list(zip(claims, queries, filtered, strict=True))
    hits = [[hit.score for hit in corpus.search_vector(query, K)] for query in queries]
    every = np.concatenate(embedder.vectors)
    least = [float(np.partition(every @ query, -K)[-K]) - TIE for query in queries]
    right = [sum(score >= low for score in scores) for scores, low in zip(hits, least, strict=True)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda one: _search(corpus, *one), asked))
    together = len(asked) / (time.perf_counter() - started)
    return {
        "passages": corpus.stats().passages,
        "documents_per_second": round(stored, 1),
        "vectors_ms": _median_ms(lambda one: corpus.search_vector(one[1], MIN_PASSAGES), asked),
        "words_ms": _median_ms(lambda one: corpus.search_words(one[0], MIN_PASSAGES), asked),
        "search_ms": _median_ms(lambda one: _search(corpus, *one), asked),
        "search_as_of_ms": _median_ms(lambda one: _search(corpus, *one), by_day),
        f"searches_per_second_{CLIENTS}": round(together, 1),
        "recall_at_10": round(sum(right) / (K * len(claims)), 4),
        "change_ms": _median_ms(
            lambda one: ingest_one(replace(one, text=one.text + " More."), corpus, embedder),
            documents[:CHANGED],
        ),
    }


def _search(corpus: Corpus, claim: str, query: Vectors, filters: Filters) -> None:
    """What a claim asks of the corpus, without its documents."""
    corpus.search_vector(query, MIN_PASSAGES, filters)
    corpus.search_words(claim, MIN_PASSAGES, filters)
    corpus.count_documents(filters)
    corpus.count_undated(filters)


def _median_ms(call: Callable[[Any], object], arguments: Sequence[Any]) -> float:
    spent = []
    for one in arguments:
        started = time.perf_counter()
        call(one)
        spent.append(time.perf_counter() - started)
    return round(1000 * median(spent), 3)
