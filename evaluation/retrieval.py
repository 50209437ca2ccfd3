"""Benchmark -> nDCG@10, recall, MRR and MAP of words alone, vectors alone, and both fused."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import AP, RR, R, ScoredDoc, nDCG

from api.service import VERSION, Service
from api.settings import Settings
from evaluation.beir import Benchmark
from evaluation.errors import EvaluationError
from index.read import read
from retrieval.search import Fusion, search
from retrieval.types import Claim, Mode

MEASURES = {
    "nDCG@10": nDCG @ 10, "recall@10": R @ 10, "recall@20": R @ 20, "recall@100": R @ 100,
    "MRR@10": RR @ 10, "MAP": AP,
}  # fmt: skip
ROWS: dict[str, Mode] = {"BM25": "lexical", "dense": "dense", "hybrid": "hybrid"}
DEPTH = 100
Advance = Callable[[], None]


def evaluate(
    benchmark: Benchmark, settings: Settings, work: Path | None, advance: Advance
) -> dict[str, Any]:
    """Index the benchmark's corpus and rank 100 documents for every judged query, three times.

    Args:
        work: where the index is kept for another run; None makes one for this run alone.

    Returns:
        The hybrid row's figures at the top, all three under "rows". A query for which nothing is
        found counts as zero.
    """
    with tempfile.TemporaryDirectory() as scratch:
        chosen = settings.model_copy(update={"data": work or Path(scratch)})
        with Service.open(chosen, writable=True, stances=False) as service:
            for outcome in service.ingest(read(benchmark.corpus)):
                if outcome.status == "refused":
                    raise EvaluationError(f"{outcome.id}: {outcome.reason}")
                advance()
            rows = {
                name: measure(benchmark, list(_run(service, benchmark, mode, advance)))
                for name, mode in ROWS.items()
            }
            stats = service.corpus.stats()
    return {
        **rows["hybrid"],
        "rows": rows,
        "queries": len(benchmark.qrels),
        "documents": stats.documents,
        "passages": stats.passages,
        "models": service.names.model_dump(),
        "dense_weight": settings.dense_weight,
        "version": VERSION,
    }


def _run(
    service: Service, benchmark: Benchmark, mode: Mode, advance: Advance
) -> Iterator[ScoredDoc]:
    fusion = Fusion(service.settings.dense_weight)
    queries = list(benchmark.qrels)
    vectors = service.embedder.embed([benchmark.queries[query] for query in queries])
    for query, vector in zip(queries, vectors, strict=True):
        claim = Claim(benchmark.queries[query], DEPTH, mode=mode)
        for candidate in search(claim, vector, service.corpus, fusion):
            yield ScoredDoc(query, candidate.document.id, candidate.scores.fused)
        advance()


def measure(benchmark: Benchmark, run: list[ScoredDoc]) -> dict[str, float]:
    """Means over the judged queries, by ir-measures."""
    means = ir_measures.calc_aggregate(MEASURES.values(), benchmark.qrels, run)
    return {name: round(float(means[measure]), 4) for name, measure in MEASURES.items()}
