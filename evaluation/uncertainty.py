"""Outcomes of single items -> confidence intervals, and which differences are more than chance.

Both resample items (claims, queries, pairs), not figures: another test set would hold other items.
Every figure of a call is computed on the same resamples, so that figures stay paired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]
"""Outcomes by name; row i of each column, shape (n, …), is of item i."""
Figure = Callable[[Columns], float]
RESAMPLES = 1_000
BATCH = 100  # resamples whose row numbers are held in memory at once


def intervals(
    columns: Columns, figures: Mapping[str, Figure], resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, list[float]]:
    """The 95 % percentile bootstrap interval [low, high] of each figure.

    (Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13.) A single item gives
    its own value twice.
    """
    from scipy.stats import bootstrap  # 0.5 s, which every command would wait for

    rows = np.arange(_count(columns))

    def interval(figure: Figure) -> tuple[float, float]:
        if len(rows) < 2:
            return figure(columns), figure(columns)
        found = bootstrap(
            (rows,),
            lambda drawn: figure(_rows_of(columns, drawn)),
            vectorized=False, method="percentile", n_resamples=resamples, batch=BATCH, rng=seed,
        )  # fmt: skip
        low, high = found.confidence_interval
        return float(low), float(high)

    return {
        name: [round(float(bound), 4) for bound in interval(figure)]
        for name, figure in figures.items()
    }


def compare(
    one: Columns,
    other: Columns,
    figures: Mapping[str, Figure],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """The difference of each figure, `one` minus `other`, with the p of a paired permutation test.

    If the two systems were the same, swapping their outcomes of any item would change nothing; `p`
    is how often random swaps give a difference as large (Smucker, Allan, Carterette: A Comparison
    of Statistical Significance Tests for Information Retrieval Evaluation, 2007). Of many figures
    some differ by chance: `adjusted_p` counts that in (Benjamini, Hochberg: Controlling the False
    Discovery Rate, 1995).

    Args:
        one, other: the same items in the same order.
    """
    from scipy.stats import false_discovery_control, permutation_test

    count = _count(one)
    both = {name: np.concatenate([one[name], other[name]]) for name in one}
    rows = np.arange(count)

    def p(figure: Figure) -> float:
        if count < 2:
            return 1.0
        found = permutation_test(
            (rows, rows + count),
            lambda left, right: figure(_rows_of(both, left)) - figure(_rows_of(both, right)),
            permutation_type="samples", vectorized=False, n_resamples=resamples, batch=BATCH,
            rng=seed,
        )  # fmt: skip
        return float(found.pvalue)

    chances = np.array([p(figure) for figure in figures.values()])
    adjusted = false_discovery_control(chances) if len(chances) else chances
    return {
        name: {
            "one": round(figure(one), 4),
            "other": round(figure(other), 4),
            "difference": round(figure(one) - figure(other), 4),
            "p": round(float(chance), 4),
            "adjusted_p": round(float(among_many), 4),
        }
        for (name, figure), chance, among_many in zip(
            figures.items(), chances, adjusted, strict=True
        )
    }


def _rows_of(columns: Columns, rows: npt.NDArray[np.int64]) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def _count(columns: Columns) -> int:
    return len(next(iter(columns.values())))
