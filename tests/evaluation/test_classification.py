"""Accuracy, F1, calibration error and coverage, by hand."""

import numpy as np
import pytest

from evaluation.classification import calibration_error, coverage_curve, error_by_chance, scores

LABELS = ("A", "B", "C")


def test_scores_by_hand() -> None:
    gold = ["A", "A", "A", "B", "B", "C"]
    got = ["A", "A", "B", "B", "C", "C"]
    result = scores(gold, got, np.full(6, 0.9), LABELS)
    assert result["accuracy"] == round(4 / 6, 4)
    assert result["per_label"]["A"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "n": 3}
    assert result["per_label"]["B"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    assert result["per_label"]["C"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "n": 1}
    assert result["macro_f1"] == pytest.approx((0.8 + 0.5 + 2 / 3) / 3, abs=1e-4)
    assert result["confusion"]["rows"] == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert result["ece"] == pytest.approx(abs(4 / 6 - 0.9), abs=1e-4)


def test_a_label_that_never_occurs_does_not_count_against_the_mean() -> None:
    result = scores(["A", "B"], ["A", "C"], np.ones(2), LABELS)
    assert result["macro_f1"] == 0.5
    assert result["per_label"]["C"]["n"] == 0


def test_calibration_error_by_hand() -> None:
    confidence = np.array([1.0, 1.0, 0.5, 0.5, 0.5, 0.5])
    correct = np.array([True, False, True, True, True, False])
    assert calibration_error(confidence, correct) == pytest.approx((2 * 0.5 + 4 * 0.25) / 6)
    assert calibration_error(np.array([1.0, 1.0]), np.array([True, True])) == 0


def test_the_error_by_chance_is_what_a_few_honest_answers_show() -> None:
    # All in one bin: the mean distance of a share of n draws from 0.8 is 0.4 * sqrt(2 / pi / n).
    for answers in (50, 5_000):
        expected = 0.4 * (2 / np.pi / answers) ** 0.5
        assert error_by_chance(np.full(answers, 0.8)) == pytest.approx(expected, rel=0.15)
    assert error_by_chance(np.ones(10)) == 0
    assert error_by_chance(np.array([1.0, 1.0, 0.0])) == 0  # no probability was given to the last


def test_a_prediction_without_a_probability_is_left_out_of_calibration() -> None:
    confidence, correct = np.array([0.5, 0.5, 0.0]), np.array([True, True, False])
    assert calibration_error(confidence, correct) == pytest.approx(0.5)
    assert calibration_error(np.zeros(2), np.array([True, False])) == 0


def test_bins_are_open_below_and_closed_above() -> None:
    edge = np.array([3 / 15, 3 / 15 + 1e-9])
    assert calibration_error(edge, np.array([True, False])) == pytest.approx((0.8 + 0.2) / 2)


def test_coverage_by_hand() -> None:
    confidence, correct = np.array([0.9, 0.6, 0.4]), np.array([True, False, True])
    assert coverage_curve(confidence, correct, [0.0, 0.5, 0.95]) == [
        {"threshold": 0.0, "coverage": 1.0, "accuracy": 0.6667},
        {"threshold": 0.5, "coverage": 0.6667, "accuracy": 0.5},
        {"threshold": 0.95, "coverage": 0.0, "accuracy": None},
    ]
