"""Inverted lists: what they are learned from, and how many are looked through."""

import numpy as np
import pytest

from index.embedded.lists import coarse_part, inverted_lists, sample


def test_sources_that_take_turns_are_all_learned_from() -> None:
    turns = 16
    rows = np.repeat(np.arange(6_400)[:, None] % turns, 2, axis=1).astype(np.float32)
    taken = sample([(range(3_200), rows[:3_200]), (range(3_200), rows[3_200:])], 6_400, 400)
    assert 300 < len(taken) < 500
    assert set(taken[:, 0].tolist()) == set(range(turns))


def test_few_vectors_are_all_learned_from() -> None:
    rows = np.ones((50, 2), np.float32)
    assert len(sample([(range(50), rows)], 50, 400)) == 50


@pytest.mark.parametrize(("lists", "probed"), [(40, 40), (316, 150), (1_000, 150), (4_000, 600)])
def test_lists_that_are_looked_through(lists: int, probed: int) -> None:
    assert coarse_part(inverted_lists(12, lists)).nprobe == probed
