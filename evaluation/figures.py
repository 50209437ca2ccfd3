"""Task -> its headline figures, each a function of the outcomes of single items."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from evaluation.classification import calibration_error
from evaluation.uncertainty import Columns, Figure


def of(task: str, columns: Columns) -> Mapping[str, Figure]:
    """The headline figures of a result by name.

    Raises:
        KeyError: no such task.
    """
    if task == "retrieval":
        return {name: partial(mean, name=name) for name in columns}
    if task == "articles":
        return ARTICLES
    if task in ("stance", "verdict"):
        extra = {name: partial(mean, name=name) for name in ("strict_score",) if name in columns}
        return {**CLASSIFICATION, **extra}
    if task == "scifact":
        return SCIFACT
    raise KeyError(task)


def mean(columns: Columns, name: str) -> float:
    """The mean of one column."""
    return float(columns[name].mean())


def accuracy(columns: Columns) -> float:
    """The share of items whose prediction is the gold label."""
    return float((columns["gold"] == columns["predicted"]).mean())


def macro_f1(columns: Columns) -> float:
    """The mean F1 over the labels that occur in gold; labels are small whole numbers."""
    gold, predicted = columns["gold"], columns["predicted"]
    size = int(max(gold.max(), predicted.max())) + 1
    right = np.bincount(gold[gold == predicted], minlength=size)
    asked, given = np.bincount(gold, minlength=size), np.bincount(predicted, minlength=size)
    f1 = 2 * right / np.maximum(asked + given, 1)
    return float(f1[asked > 0].mean())


def ece(columns: Columns) -> float:
    """The expected calibration error."""
    return calibration_error(columns["confidence"], columns["gold"] == columns["predicted"])


def micro_f1(columns: Columns, measure: str) -> float:
    """The F1 over all items, from each item's counts of right, predicted and gold."""
    kind = measure.split("_")[0]
    right = columns[measure].sum()
    total = columns[f"{kind}_predicted"].sum() + columns[f"{kind}_gold"].sum()
    return float(2 * right / total) if total else 0.0


def right_where_decided(columns: Columns) -> float:
    """The share of right verdicts among those that decide; 0 where none does."""
    decided = columns["decided"].sum()
    return float(columns["right"].sum() / decided) if decided else 0.0


ARTICLES: Mapping[str, Figure] = {
    "decided": partial(mean, name="decided"),
    "right_where_decided": right_where_decided,
}
CLASSIFICATION: Mapping[str, Figure] = {"accuracy": accuracy, "macro_f1": macro_f1, "ece": ece}
MEASURES = ("abstract_label", "abstract_rationale", "sentence_selection", "sentence_label")
SCIFACT: Mapping[str, Figure] = {name: partial(micro_f1, measure=name) for name in MEASURES}
