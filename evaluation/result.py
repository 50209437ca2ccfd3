"""The result of an evaluation <-> results.json, with what repeats it and compares it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import figures
from evaluation.errors import EvaluationError
from evaluation.uncertainty import Columns, compare, intervals

FILE = "results.json"
PREDICTIONS = "predictions.jsonl"
Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one task, the outcomes of single items behind them, and its worst errors."""

    task: str
    figures: Mapping[str, Any]
    columns: Columns
    errors: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    predictions: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """What was answered to each claim; empty for a task that keeps no answers."""

    def public(self) -> dict[str, Any]:
        """The figures with their intervals, which `--json` prints."""
        return {
            **self.figures,
            "intervals": intervals(self.columns, figures.of(self.task, self.columns)),
        }


def data_hash(files: Iterable[Path]) -> str:
    """The SHA-256, in hexadecimal, over the contents of files in their order."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def save(folder: Path, result: Result, **about: Any) -> dict[str, Any]:
    """Writes results.json, and predictions.jsonl if there are any; returns what the first holds.

    Args:
        about: what else repeats the evaluation: data, its hash, settings, command.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if result.predictions:
        write_predictions(folder / PREDICTIONS, result.predictions)
    content = {
        "task": result.task,
        **about,
        **result.public(),
        "worst_errors": list(result.errors),
        "items": {name: values.tolist() for name, values in result.columns.items()},
    }
    (folder / FILE).write_text(json.dumps(content) + "\n")
    return content


def write_predictions(file: Path, predictions: Iterable[Mapping[str, Any]]) -> None:
    """Writes what was answered to each claim, as JSON lines."""
    with file.open("w", encoding="utf-8") as lines:
        for one in predictions:
            lines.write(json.dumps(one, ensure_ascii=False) + "\n")


def read(file: Path) -> dict[str, Any]:
    """The content of a results.json, given by its path or its folder.

    Raises:
        EvaluationError: not a results.json that claimdesk wrote.
    """
    file = file / FILE if file.is_dir() else file
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{file}: {error}") from error
    if not isinstance(content, dict) or not {"task", "items", "data_sha256"} <= set(content):
        raise EvaluationError(f"{file} is no results.json of `evaluate … --report`")
    return content


def compared(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The headline figures of two results, with their differences and how likely chance alone is.

    Raises:
        EvaluationError: they are not of the same task over the same data.
    """
    for name in ("task", "data_sha256"):
        if one[name] != other[name]:
            raise EvaluationError(f"the two are of another {name}: {one[name]}, {other[name]}")
    if ("oracle" in one) != ("oracle" in other):
        raise EvaluationError("one is given the gold abstracts, the other searches for them")
    first, second = _columns(one), _columns(other)
    sizes = [len(next(iter(columns.values()), ())) for columns in (first, second)]
    if sizes[0] != sizes[1] or not sizes[0]:
        raise EvaluationError(f"the two are of {sizes[0]:,} and {sizes[1]:,} items")
    shared = [name for name in first if name in second]
    left = {name: first[name] for name in shared}
    right = {name: second[name] for name in shared}
    return compare(left, right, figures.of(one["task"], left))


def _columns(content: Mapping[str, Any]) -> Columns:
    return {name: np.asarray(values) for name, values in content["items"].items()}
