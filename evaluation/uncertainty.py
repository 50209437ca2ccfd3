"""Outcomes of single items -> how sure a figure is, and whether two results really differ.

Both ways draw items, not figures: a claim is the unit that another test set would have others of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]
"""Outcomes by name, each with one row an item."""
Figure = Callable[[Columns], float]
ROUNDS = 1_000


def intervals(
    columns: Columns, figures: Mapping[str, Figure], rounds: int = ROUNDS, seed: int = 0
) -> dict[str, list[float]]:
    """95 % percentile bootstrap interval of each figure (Efron, Tibshirani: An Introduction to the
    Bootstrap, 1993, chapter 13)."""
    generator = np.random.default_rng(seed)
    size = _size(columns)
    drawn: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(rounds):
        rows = generator.integers(0, size, size)
        again = {name: values[rows] for name, values in columns.items()}
        for name, figure in figures.items():
            drawn[name].append(figure(again))
    return {
        name: [round(float(bound), 4) for bound in np.percentile(values, [2.5, 97.5])]
        for name, values in drawn.items()
    }


def compare(
    one: Columns,
    other: Columns,
    figures: Mapping[str, Figure],
    rounds: int = ROUNDS,
    seed: int = 0,
) -> dict[str, dict[str, float]]:
    """Paired randomisation test of each figure's difference, `one` minus `other`.

    If the two systems were the same, swapping their outcomes of any item would change nothing; `p`
    is how often random swaps give a difference as large (Smucker, Allan, Carterette: A Comparison
    of Statistical Significance Tests for Information Retrieval Evaluation, 2007). Of many figures
    some differ by chance: `adjusted_p` counts that in (Benjamini, Hochberg: Controlling the False
    Discovery Rate, 1995).

    Args:
        one, other: the same items in the same order.
    """
    from scipy.stats import false_discovery_control  # every command would wait for it

    generator = np.random.default_rng(seed)
    found = {name: figure(one) - figure(other) for name, figure in figures.items()}
    as_large = dict.fromkeys(figures, 1)
    for _ in range(rounds):
        swap = generator.random(_size(one)) < 0.5
        left = {name: np.where(swap, other[name], one[name]) for name in one}
        right = {name: np.where(swap, one[name], other[name]) for name in one}
        for name, figure in figures.items():
            # Sums in another order differ in their last digit: that is no smaller difference.
            as_large[name] += abs(figure(left) - figure(right)) >= abs(found[name]) - 1e-12
    chances = np.array([as_large[name] / (rounds + 1) for name in figures])
    adjusted = false_discovery_control(chances) if len(chances) else chances
    return {
        name: {
            "one": round(figure(one), 4),
            "other": round(figure(other), 4),
            "difference": round(found[name], 4),
            "p": round(float(chance), 4),
            "adjusted_p": round(float(among_many), 4),
        }
        for (name, figure), chance, among_many in zip(
            figures.items(), chances, adjusted, strict=True
        )
    }


def _size(columns: Columns) -> int:
    return len(next(iter(columns.values())))
