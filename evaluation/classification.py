"""Gold labels and predicted probabilities -> accuracy, F1, calibration error, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 15  # of equal width, for the calibration error
DRAWS = 200  # of answers that are right by chance, for the calibration error that is left then
# Least probabilities for which coverage and accuracy are given.
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
Floats = npt.NDArray[np.floating[Any]]


def scores(
    gold: Sequence[str], predicted: Sequence[str], confidence: Floats, labels: Sequence[str]
) -> dict[str, Any]:
    """The headline figures of a classifier.

    Args:
        confidence: the probability given to each predicted label, shape (n,); 0 where none was
            given, which calibration leaves out.
        labels: every label there is, in the order of the confusion matrix (rows are gold).

    macro_f1 is the mean over the labels that occur in `gold`; ece is that of `calibration_error`,
    ece_by_chance that of `error_by_chance`.
    """
    # Takes 0.5 s to load, and evaluations without labels need none of it.
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    correct = np.array([a == b for a, b in zip(gold, predicted, strict=True)])
    precision, recall, f1, support = precision_recall_fscore_support(
        gold, predicted, labels=list(labels), zero_division=0.0
    )
    occur = support > 0
    return {
        "reliability": reliability(confidence, correct),
        "coverage": coverage_curve(confidence, correct, THRESHOLDS),
        "accuracy": round(float(correct.mean()), 4),
        "macro_f1": round(float(f1[occur].mean()), 4),
        "ece": round(calibration_error(confidence, correct), 4),
        "ece_by_chance": round(error_by_chance(confidence), 4),
        "n": len(gold),
        "per_label": {
            label: {
                "precision": round(float(precision[at]), 4),
                "recall": round(float(recall[at]), 4),
                "f1": round(float(f1[at]), 4),
                "n": int(support[at]),
            }
            for at, label in enumerate(labels)
        },
        "confusion": {
            "labels": list(labels),
            "rows": confusion_matrix(gold, predicted, labels=list(labels)).tolist(),
        },
    }


def calibration_error(confidence: Floats, correct: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error with 15 equal bins (Guo et al. 2017, equation 3).

    It is the mean over the predictions of |accuracy - confidence| of their bin; a bin is (a, b],
    so that a confidence of 0 is in none.
    """
    bins = _bins(confidence)
    gaps = [
        abs(float(correct[bins == at].sum()) - float(confidence[bins == at].sum()))
        for at in range(BINS)
    ]
    return sum(gaps) / max(1, int((bins >= 0).sum()))


def error_by_chance(confidence: Floats) -> float:
    """The mean calibration error of as many answers whose probabilities are perfectly honest.

    Each answer is drawn as right with its own probability. The fewer answers there are, the further
    their share in a bin is from that probability, so a small set never has an error near 0 (Roelofs
    et al., Mitigating Bias in Calibration Error Estimation, 2022).
    """
    randomly = np.random.default_rng(0)
    draws = (randomly.random(len(confidence)) < confidence for _ in range(DRAWS))
    return float(np.mean([calibration_error(confidence, right) for right in draws]))


def _bins(confidence: Floats) -> npt.NDArray[np.int64]:
    """The bin of each confidence, from 0; -1 for a confidence of 0."""
    return np.ceil(confidence * BINS).astype(np.int64).clip(0, BINS) - 1


def reliability(confidence: Floats, correct: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """Mean confidence, accuracy and number of the predictions in each bin that is not empty."""
    bins = _bins(confidence)
    return [
        {
            "confidence": round(float(confidence[bins == at].mean()), 4),
            "accuracy": round(float(correct[bins == at].mean()), 4),
            "n": int((bins == at).sum()),
        }
        for at in range(BINS)
        if (bins == at).any()
    ]


def worst_errors(wrong: npt.NDArray[np.bool_], confidence: Floats, most: int = 20) -> list[int]:
    """The rows of at most `most` errors, those of highest confidence first."""
    rows = np.flatnonzero(wrong)
    return [int(row) for row in rows[np.argsort(-confidence[rows], kind="stable")][:most]]


def coverage_curve(
    confidence: Floats, correct: npt.NDArray[np.bool_], thresholds: Sequence[float]
) -> list[dict[str, float | None]]:
    """The share of answers at least as sure as each threshold, and the accuracy of those."""
    points: list[dict[str, float | None]] = []
    for threshold in thresholds:
        sure = confidence >= threshold
        right = round(float(correct[sure].mean()), 4) if sure.any() else None
        points.append(
            {"threshold": threshold, "coverage": round(float(sure.mean()), 4), "accuracy": right}
        )
    return points
