"""Sentences labelled check-worthy or not -> the weights of models/checkworthy.

python -m training.checkworthy SENTENCES.jsonl models/checkworthy
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from pydantic import BaseModel

from evaluation.lines import read_lines
from retrieval.checkworthy import CheckWorthiness, features
from training.errors import TrainingError

SEED, FOLDS = 1, 5
# Inverse of the regularisation: values that are tried.
STRENGTHS = (0.5, 1.0, 2.0, 4.0)
# Sentences that a word must be in to get a weight: values that are tried.
FEWEST_SENTENCES = (2, 3, 5)
# Share of the check-worthy sentences that the threshold keeps, in cross-validation. High, for the
# sentences are of debates: articles are written otherwise, and what is left out is never checked.
KEPT = 0.99
# Decimals of a weight.
DECIMALS = 3


class _Line(BaseModel):
    text: str
    label: int
    split: str


def main(
    sentences: Annotated[Path, typer.Argument(help="lines with text, label 0 or 1, split")],
    out: Annotated[Path, typer.Argument(help="folder that ships")],
) -> None:
    """Choose by cross-validation on `kfold`, fit on all of it, measure once on `test`."""
    try:
        lines = list(read_lines(sentences, _Line, TrainingError))
    except TrainingError as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    parts = {split: [line for line in lines if line.split == split] for split in ("kfold", "test")}
    fitted, report = fit(
        [line.text for line in parts["kfold"]], [line.label for line in parts["kfold"]]
    )
    if parts["test"]:
        report["test"] = measured(
            fitted, [line.text for line in parts["test"]], [line.label for line in parts["test"]]
        )
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        "bias": fitted.bias,
        "threshold": fitted.threshold,
        "shape": dict(fitted.shape),
        "words": dict(sorted(fitted.words.items())),
    }
    (out / "weights.json").write_text(
        json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    typer.echo(json.dumps(report, indent=2))


def fit(texts: Sequence[str], labels: Sequence[int]) -> tuple[CheckWorthiness, dict[str, Any]]:
    """The model of the settings that rank best in cross-validation, and what that gave."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    y = np.array(labels)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, y))
    best, chosen, chances = 0.0, (FEWEST_SENTENCES[0], STRENGTHS[0]), np.zeros(len(y))
    tried = []
    for fewest in FEWEST_SENTENCES:
        matrix = _matrix(texts, _columns(texts, fewest))
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, max_iter=500)
            found = cross_val_predict(model, matrix, y, cv=folds, method="predict_proba")[:, 1]
            precision = float(average_precision_score(y, found))
            tried.append(
                {"fewest": fewest, "C": strength, "average_precision": round(precision, 4)}
            )
            if precision > best:
                best, chosen, chances = precision, (fewest, strength), found
    columns = _columns(texts, chosen[0])
    final = LogisticRegression(C=chosen[1], max_iter=500).fit(_matrix(texts, columns), y)
    weights = {
        name: round(float(value), DECIMALS)
        for name, value in zip(columns, final.coef_[0], strict=True)
    }
    threshold = round(float(np.quantile(chances[y == 1], 1 - KEPT)), DECIMALS)
    fitted = CheckWorthiness(
        bias=round(float(final.intercept_[0]), DECIMALS),
        words={name[1]: value for name, value in weights.items() if name[0] == "word"},
        shape={name[1]: value for name, value in weights.items() if name[0] == "shape"},
        threshold=threshold,
    )
    report = {
        "tried": tried,
        "chosen": {"fewest": chosen[0], "C": chosen[1]},
        "cross_validation": {"average_precision": round(best, 4), "threshold": threshold},
    }
    return fitted, report


def measured(
    model: CheckWorthiness, texts: Sequence[str], labels: Sequence[int]
) -> dict[str, float]:
    """Average precision, and precision and recall at the threshold, of the model as it ships."""
    from sklearn.metrics import average_precision_score

    scores, y = np.array([model.score(text) for text in texts]), np.array(labels)
    kept = scores >= model.threshold
    return {
        "n": len(y),
        "average_precision": round(float(average_precision_score(y, scores)), 4),
        "precision": round(float(y[kept].mean()), 4) if kept.any() else 0.0,
        "recall": round(float(kept[y == 1].mean()), 4),
    }


def _columns(texts: Sequence[str], fewest: int) -> dict[tuple[str, str], int]:
    counts = Counter(word for text in texts for word in features(text)[0])
    words = sorted(word for word, number in counts.items() if number >= fewest)
    names = [("word", word) for word in words]
    names += [("shape", name) for name in features("")[1]]
    return {name: column for column, name in enumerate(names)}


def _matrix(texts: Sequence[str], columns: dict[tuple[str, str], int]) -> Any:
    """Rows as `CheckWorthiness.score` sums them: sparse, shape (n, columns)."""
    from scipy.sparse import csr_matrix

    rows, places, values = [], [], []
    for row, text in enumerate(texts):
        words, shape = features(text)
        share = 1 / (len(words) ** 0.5 or 1.0)
        found = [(("word", word), share) for word in words]
        found += [(("shape", name), value) for name, value in shape.items()]
        for name, value in found:
            if name in columns:
                rows.append(row)
                places.append(columns[name])
                values.append(value)
    return csr_matrix((values, (rows, places)), shape=(len(texts), len(columns)))


if __name__ == "__main__":
    typer.run(main)
