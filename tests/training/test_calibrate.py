"""What calibration fits, on cases whose answer is known."""

import numpy as np
import pytest

from index.types import Passage, document
from retrieval.stance import softmax
from retrieval.types import Calibration, Candidate, Scores
from training.calibrate import ENOUGH, Case, fit_temperature, hardest_temperature, loss, rank


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(true: float) -> None:
    generator = np.random.default_rng(1)
    logits = generator.normal(0, 3, (20_000, 3)).astype(np.float32)
    chances = softmax(logits / true)
    labels = (generator.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    assert fit_temperature(logits, labels) == pytest.approx(true, rel=0.1)


def test_the_hardest_data_set_decides_unless_it_is_too_small() -> None:
    right, wrong = np.array([8, 0, 0], np.float32), np.array([0, 8, 0], np.float32)
    sure = np.tile(right, (ENOUGH, 1))
    half = np.tile(np.stack([right, wrong]), (ENOUGH // 2, 1))
    few = np.tile(wrong, (ENOUGH - 1, 1))
    logits = np.concatenate([sure, half, few])
    labels = np.zeros(len(logits), int)
    names = np.repeat(["sure", "half", "few"], [len(sure), len(half), len(few)])
    assert hardest_temperature(logits, labels, names) == fit_temperature(half, labels[: len(half)])
    assert hardest_temperature(few, labels[: len(few)], np.repeat("few", len(few))) > 7


def candidate(id: str, fused: float) -> Candidate:
    text = f"The text of {id} and nothing else of {id}."
    passage = Passage(id, 0, text, 0, len(text), ())
    return Candidate(document(id, text), passage, Scores(0, 0, fused))


def case(verdict, evidence: str | None) -> Case:
    logits = np.array([[0, 0, 4], [6, 0, 0]], np.float32)
    return Case([candidate("near", 0.6), candidate("deciding", 0.5)], logits, evidence, verdict)


def test_rank_by_hand() -> None:
    cases = [case("SUPPORTED", "deciding"), case("NOT_ENOUGH_EVIDENCE", None)]
    assert rank(cases, Calibration(), relevance=0.0) == 0.5
    assert rank(cases, Calibration(), relevance=0.5) == 1
    assert rank([case("SUPPORTED", "absent")], Calibration(), 0.5) == 0


def test_loss_is_lower_for_what_is_right() -> None:
    right, wrong = [case("SUPPORTED", "deciding")], [case("REFUTED", "deciding")]
    assert loss(right, Calibration(), 1, 1) < 0.1 < 2 < loss(wrong, Calibration(), 1, 1)
    assert loss(wrong, Calibration(), 1, 3) < loss(wrong, Calibration(), 1, 1)
