"""Targets: the label, and as much of the teacher's probabilities as the recipe says."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.pairs import Pair
from retrieval.errors import ModelUnavailable
from retrieval.stance import load_stance
from retrieval.types import STANCES
from tests.retrieval.test_stance import PAIRS, save_tiny
from training.teach import targets

GIVEN = [
    Pair(claim, evidence, stance, "a")
    for (evidence, claim), stance in zip(PAIRS * 2, STANCES, strict=False)
]


def test_labels_alone_follow_the_order_of_the_outputs(tmp_path: Path) -> None:
    assert targets(GIVEN, 0, None, tmp_path).tolist() == np.eye(3).tolist()


def test_a_share_is_the_teachers(tmp_path: Path) -> None:
    teacher = save_tiny(tmp_path / "model")
    said = load_stance(str(teacher), tmp_path / "cache").predict(
        [(pair.evidence, pair.claim) for pair in GIVEN]
    )
    made = targets(GIVEN, 0.75, teacher, tmp_path)
    np.testing.assert_allclose(made, 0.25 * np.eye(3) + 0.75 * said, atol=1e-5)


def test_a_run_that_goes_on_does_not_ask_again(tmp_path: Path) -> None:
    teacher = save_tiny(tmp_path / "model")
    first = targets(GIVEN, 1, teacher, tmp_path)
    assert targets(GIVEN, 1, tmp_path / "gone", tmp_path).tolist() == first.tolist()
    with pytest.raises(ModelUnavailable, match="gone"):
        targets(GIVEN, 1, tmp_path / "gone", tmp_path / "elsewhere")
