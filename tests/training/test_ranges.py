"""Scales: nothing that was seen is cut off, and layers that read the same are told the same."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.pairs import Pair
from retrieval.running.integers import RANGE
from tests.retrieval.test_stance import save_tiny
from training.errors import TrainingError
from training.ranges import ALPHA, measured, sample, scales

Q, K, OUT = "a.attention.attn.q", "a.attention.attn.k", "a.attention.attn.o"


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_spread_by_hand() -> None:
    made = scales({OUT: (column(-8, 0), column(2, 1))}, {OUT: column(0.5, 2)})
    spread = [8**ALPHA / 0.5 ** (1 - ALPHA), 1 / 2 ** (1 - ALPHA)]
    assert made[OUT].tolist() == pytest.approx(spread, rel=1e-3)
    assert made[OUT + RANGE].tolist() == pytest.approx([-8 / spread[0], 1 / spread[1]], rel=1e-3)


def test_all_that_was_seen_is_within_the_range() -> None:
    random = np.random.default_rng(1)
    least, most = np.sort(random.normal(0, 9, (2, 40)).astype(np.float32), axis=0)
    made = scales({OUT: (least, most)}, {OUT: np.abs(random.normal(0, 1, 40))})
    low, high = made[OUT + RANGE]
    spread = made[OUT].astype(np.float32)
    assert (least / spread).min() >= low
    assert (most / spread).max() <= high
    assert low <= 0 <= high


def test_layers_that_read_the_same_are_told_the_same() -> None:
    seen = (column(-1, -2), column(3, 4))
    made = scales({Q: seen, K: seen}, {Q: column(1, 5), K: column(2, 3)})
    assert made[Q].tolist() == made[K].tolist()
    assert made[Q + RANGE].tolist() == made[K + RANGE].tolist()


def test_a_column_that_is_always_zero_is_no_division_by_zero() -> None:
    made = scales({OUT: (column(0, -1), column(0, 1))}, {OUT: column(0, 1)})
    assert np.isfinite(1 / made[OUT].astype(np.float32)).all()


def test_a_model_that_is_built_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="all-mpnet-base-v2"):
        measured(save_tiny(tmp_path / "bert"), [])


def test_pairs_of_each_data_set_and_none_of_the_unseen() -> None:
    given = [
        Pair(f"claim {n}", "evidence", "SUPPORTS", dataset)
        for dataset in ("fm2", "conjnli", "scifact")
        for n in range(5 if dataset != "scifact" else 2)
    ]
    taken = sample(given, 3)
    assert sorted(pair.dataset for pair in taken) == ["fm2"] * 3 + ["scifact"] * 2
    assert taken == sample(given, 3)
