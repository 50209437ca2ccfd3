"""Benchmark -> nDCG@10, recall, MRR and MAP: words, vectors, both fused, and reranked by stance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import ir_measures
import numpy as np
from ir_measures import AP, RR, R, ScoredDoc, nDCG

from evaluation.beir import Benchmark
from evaluation.errors import ClaimRefused
from evaluation.result import Advance, Result
from evaluation.target import Target, fill
from index.documents import Document
from retrieval.types import Mode
from retrieval.verify import READ_DOCUMENTS

MEASURES = {
    "nDCG@10": nDCG @ 10, "recall@10": R @ 10, "recall@20": R @ 20, "recall@100": R @ 100,
    "MRR@10": RR @ 10, "MAP": AP,
}  # fmt: skip
ROWS: dict[str, Mode] = {"BM25": "lexical", "dense": "dense", "hybrid": "hybrid"}
BEST = "hybrid"
RERANKED = "hybrid + stance"
CURVE = (1, 2, 5, 10, 20, 50, 100)  # depths of the recall curve, in documents
DEPTH = 100  # documents in a ranking
WORST = 20  # queries of lowest nDCG@10 that a report shows
SHOWN_CHARS = 400  # characters of the document that was found first instead


def evaluate(benchmark: Benchmark, target: Target, advance: Advance, *, rerank: bool) -> Result:
    """Ranks 100 documents for every judged query, by each way of searching, and scores that.

    The hybrid row's figures are at the top, all rows under "rows". A query for which nothing is
    found counts as zero. With `rerank` one more row has the documents that a verdict is made of in
    the order of /v1/verify, and the others after them; where the target does not verify a query,
    because it is too long for the stance model, they stay in the order of the search.

    A document with the query's own id is the query itself, and is left out, as BEIR does.

    Raises:
        EvaluationError: the target holds other documents, or may not be written to.
    """
    fill(target, benchmark.documents, advance)
    queries = list(benchmark.qrels)
    texts = [benchmark.queries[query] for query in queries]
    rows, curves = {}, {}
    columns: dict[str, np.ndarray[Any, Any]] = {}
    ranked: dict[str, list[list[str]]] = {}
    for name in [*ROWS, RERANKED] if rerank else ROWS:
        if name == RERANKED:
            again = _reranked(texts, ranked[BEST], target)
        else:
            again = target.rank(texts, DEPTH, ROWS[name])
        ranked[name] = []
        for query, found in zip(queries, again, strict=True):
            ranked[name].append([id for id in found if id != query])
            advance()
        run = [
            scored
            for query, found in zip(queries, ranked[name], strict=True)
            for scored in as_run(query, found)
        ]
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
    worst = [at for at in np.argsort(gain, kind="stable")[:WORST] if gain[at] < 1]
    first = {at: next(iter(ranked[BEST][at]), "nothing") for at in worst}
    shown = {
        one.id: one.text[:SHOWN_CHARS]
        for one in benchmark.documents()
        if isinstance(one, Document) and one.id in first.values()
    }
    errors = [
        {
            "claim": texts[at],
            "expected": ", ".join(benchmark.qrels[queries[at]]),
            "got": first[at],
            "value": round(float(gain[at]), 4),
            "evidence": shown.get(first[at], ""),
        }
        for at in worst
    ]
    return Result("retrieval", figures, columns, errors)


def _reranked(
    texts: Sequence[str], ranked: Sequence[list[str]], target: Target
) -> Iterator[list[str]]:
    """Yields each ranking with the documents of the verdict first."""
    for text, found in zip(texts, ranked, strict=True):
        first: list[str] = []
        with suppress(ClaimRefused):
            first += (item.document.id for item in target.verify(text, READ_DOCUMENTS).evidence)
        yield [*first, *(id for id in found if id not in first)]


def as_run(query: str, found: Sequence[str]) -> Iterable[ScoredDoc]:
    """The documents of a ranking with falling scores, as ir-measures takes them."""
    return (ScoredDoc(query, id, float(len(found) - rank)) for rank, id in enumerate(found))


def per_query(
    qrels: dict[str, dict[str, int]], queries: Sequence[str], run: list[ScoredDoc]
) -> dict[str, np.ndarray[Any, Any]]:
    """The values of each measure, shape (queries,); a query absent from the run has zero."""
    rows = {query: at for at, query in enumerate(queries)}
    values = {name: np.zeros(len(queries)) for name in MEASURES}
    names = {str(measure): name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[names[str(metric.measure)]][rows[metric.query_id]] = metric.value
    return values


def recall_curve(qrels: dict[str, dict[str, int]], run: list[ScoredDoc]) -> list[float]:
    """The mean recall at each depth of `CURVE`."""
    means = ir_measures.calc_aggregate([R @ k for k in CURVE], qrels, run)
    return [round(float(means[R @ k]), 4) for k in CURVE]
