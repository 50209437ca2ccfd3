"""Benchmark -> nDCG@10, recall, MRR and MAP of words alone, vectors alone, and both fused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ir_measures
import numpy as np
from ir_measures import AP, RR, R, ScoredDoc, nDCG

from evaluation.beir import Benchmark
from evaluation.result import Result
from evaluation.target import Target
from index.read import read
from retrieval.types import Mode

MEASURES = {
    "nDCG@10": nDCG @ 10, "recall@10": R @ 10, "recall@20": R @ 20, "recall@100": R @ 100,
    "MRR@10": RR @ 10, "MAP": AP,
}  # fmt: skip
ROWS: dict[str, Mode] = {"BM25": "lexical", "dense": "dense", "hybrid": "hybrid"}
BEST = "hybrid"
CURVE = (1, 2, 5, 10, 20, 50, 100)
DEPTH = 100
Advance = Callable[[], None]


def evaluate(benchmark: Benchmark, target: Target, advance: Advance) -> Result:
    """Index the benchmark's corpus and rank 100 documents for every judged query, in every way.

    The hybrid row's figures are at the top, all rows under "rows". A query for which nothing is
    found counts as zero.
    """
    for _ in target.add(read(benchmark.corpus)):
        advance()
    queries = list(benchmark.qrels)
    texts = [benchmark.queries[query] for query in queries]
    rows, curves = {}, {}
    first: dict[str, str] = {}  # what the last row, the hybrid one, put first
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name, mode in ROWS.items():
        run: list[ScoredDoc] = []
        for query, found in zip(queries, target.rank(texts, DEPTH, mode), strict=True):
            run += as_run(query, found)
            first[query] = found[0] if found else "nothing"
            advance()
        single = per_query(benchmark.qrels, queries, run)
        columns |= {f"{name} {measure}": values for measure, values in single.items()}
        rows[name] = {measure: round(float(v.mean()), 4) for measure, v in single.items()}
        curves[name] = recall_curve(benchmark.qrels, run)
    info = target.info()
    figures = {
        **rows[BEST],
        "rows": rows,
        "recall_curve": {"k": CURVE, **curves},
        "queries": len(queries),
        "documents": info.documents,
        "passages": info.passages,
        "models": info.models.model_dump(),
        "version": info.version,
    }
    gain = columns[f"{BEST} nDCG@10"]
    errors = [
        {
            "claim": texts[at],
            "expected": ", ".join(benchmark.qrels[queries[at]]),
            "got": first[queries[at]],
            "value": round(float(gain[at]), 4),
            "evidence": "",
        }
        for at in np.argsort(gain, kind="stable")[:20]
    ]
    return Result("retrieval", figures, columns, errors)


def as_run(query: str, found: Sequence[str]) -> Iterable[ScoredDoc]:
    """Documents in their order, as ir-measures takes them: by falling score."""
    return (ScoredDoc(query, id, float(len(found) - rank)) for rank, id in enumerate(found))


def per_query(
    qrels: dict[str, dict[str, int]], queries: Sequence[str], run: list[ScoredDoc]
) -> dict[str, np.ndarray[Any, Any]]:
    """Each measure of each query, by ir-measures; a query absent from the run has zero."""
    rows = {query: at for at, query in enumerate(queries)}
    values = {name: np.zeros(len(queries)) for name in MEASURES}
    names = {str(measure): name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[names[str(metric.measure)]][rows[metric.query_id]] = metric.value
    return values


def recall_curve(qrels: dict[str, dict[str, int]], run: list[ScoredDoc]) -> list[float]:
    """Recall at each depth of `CURVE`."""
    means = ir_measures.calc_aggregate([R @ k for k in CURVE], qrels, run)
    return [round(float(means[R @ k]), 4) for k in CURVE]
