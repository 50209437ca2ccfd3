"""Targets: the label, and as much of the teachers' probabilities as the recipe says."""

from pathlib import Path

import numpy as np
import pytest

from evaluation.pairs import Pair
from retrieval.errors import ModelUnavailable
from retrieval.stance import CompiledCrossEncoder, load_stance
from retrieval.types import STANCES
from tests.retrieval.test_stance import PAIRS, save_tiny
from training.teach import targets

GIVEN = [
    Pair(claim, evidence, stance, "a")
    for (evidence, claim), stance in zip(PAIRS, STANCES, strict=False)
]


def test_labels_alone_follow_the_order_of_the_outputs(tmp_path: Path) -> None:
    assert targets(GIVEN, (), 0.7, tmp_path).tolist() == np.eye(3).tolist()


def test_a_share_is_the_teachers(tmp_path: Path) -> None:
    teacher = str(save_tiny(tmp_path / "model"))
    said = load_stance(teacher, tmp_path / "cache").predict([(p.evidence, p.claim) for p in GIVEN])
    made = targets(GIVEN, [teacher], 0.75, tmp_path)
    np.testing.assert_allclose(made, 0.25 * np.eye(3) + 0.75 * said, atol=1e-5)


def test_of_several_teachers_the_mean_is_learned(tmp_path: Path) -> None:
    teachers = [str(save_tiny(tmp_path / name, seed=seed)) for seed, name in enumerate("ab")]
    first, second = (targets(GIVEN, [teacher], 1, tmp_path) for teacher in teachers)
    assert np.abs(first - second).max() > 0.01
    np.testing.assert_allclose(targets(GIVEN, teachers, 1, tmp_path), (first + second) / 2)


def test_a_claim_too_long_for_the_teacher_keeps_its_label(tmp_path: Path) -> None:
    teacher = str(save_tiny(tmp_path / "model"))
    long = Pair("word " * 60, "evidence", "REFUTES", "a")
    made = targets([GIVEN[0], long], [teacher], 1, tmp_path)
    assert made[1].tolist() == [float(stance == "REFUTES") for stance in STANCES]
    assert 0 < made[0].max() < 1


def test_a_run_that_goes_on_asks_only_for_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teachers = [str(save_tiny(tmp_path / "model"))]
    asked: list[int] = []
    predict = CompiledCrossEncoder.predict

    def counting(self: CompiledCrossEncoder, pairs: list[tuple[str, str]]) -> np.ndarray:
        asked.append(len(pairs))
        return predict(self, pairs)

    monkeypatch.setattr(CompiledCrossEncoder, "predict", counting)
    first = targets(GIVEN, teachers, 1, tmp_path)
    assert targets(GIVEN, teachers, 1, tmp_path).tolist() == first.tolist()
    assert asked == [3]
    assert len(targets(GIVEN[:2], teachers, 1, tmp_path)) == 2
    assert asked == [3, 2]


def test_a_teacher_that_is_not_there(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelUnavailable, match="holds no sentence-transformers model"):
        targets(GIVEN, [str(empty)], 1, tmp_path)
