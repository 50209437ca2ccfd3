"""Pairs -> batches of pairs of about the same length, which need little padding."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from sentence_transformers.base.sampler import DefaultBatchSampler

# Number of batches that are sorted by length together; sorting all at once would mix them less.
SORTED_RUN = 50


class ByLength(DefaultBatchSampler):  # type: ignore[misc]
    """Yields batches in another order each epoch. Checkpoints pickle it: it is no local class."""

    def __init__(self, dataset: Any, **rest: Any) -> None:
        super().__init__(dataset, **rest)
        pairs = zip(dataset["evidence"], dataset["claim"], strict=True)
        self.lengths = [len(evidence) + len(claim) for evidence, claim in pairs]
        self.epoch = 0

    def __iter__(self) -> Iterator[list[int]]:
        return iter(by_length(self.lengths, self.batch_size, self.seed + self.epoch))

    def __len__(self) -> int:
        return len(by_length(self.lengths, self.batch_size, self.seed))


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
