"""Pairs -> batches of pairs of about the same length, which need little padding."""

from __future__ import annotations

import random
from collections.abc import Sequence

# Number of batches that are sorted by length together; sorting all at once would mix them less.
SORTED_RUN = 50


def by_length(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """Row numbers in batches of like length, in an order that `seed` decides."""
    randomly = random.Random(seed)
    order = list(range(len(lengths)))
    randomly.shuffle(order)
    batches: list[list[int]] = []
    for start in range(0, len(order), size * SORTED_RUN):
        run = sorted(order[start : start + size * SORTED_RUN], key=lengths.__getitem__)
        cut = [run[at : at + size] for at in range(0, len(run), size)]
        randomly.shuffle(cut)
        batches += cut
    return batches
