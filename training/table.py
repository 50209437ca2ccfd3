"""A recipe and one change at a time -> what each change gives on dev pairs, as a table.

    python -m training.table DATA --base BASE --plan training/table.toml --extra … --out RUNS

A row that was scored before is not run again, so a run that was cut off goes on, and several
processes share the rows: `--part 1/3`, `--part 2/3`, `--part 3/3`.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from index.documents import Vectors
from retrieval.errors import RetrievalError
from retrieval.stance import find_stance, softmax
from retrieval.types import STANCES
from training.errors import BadRecipe, TrainingError
from training.recipe import UNSEEN, Recipe
from training.stance import fine_tune


class Row(BaseModel):
    """One change of the plan's recipe; of `datasets` the shares of those named are replaced."""

    model_config = ConfigDict(extra="forbid")
    name: str
    change: dict[str, Any] = {}
    taught: bool = False  # by the teachers that the command names


class Plan(BaseModel):
    """A recipe, and what is changed in it, one row at a time."""

    model_config = ConfigDict(extra="forbid")
    recipe: dict[str, Any]
    rows: list[Row]

    def of(self, row: Row) -> Recipe:
        datasets = self.recipe.get("datasets", {}) | row.change.get("datasets", {})
        return Recipe.model_validate(self.recipe | row.change | {"datasets": datasets})


def main(
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl, stance_dev.jsonl")],
    base: Annotated[Path, typer.Option(help="pretrained encoder")],
    plan: Annotated[Path, typer.Option(help="a recipe and its changes, as TOML")],
    out: Annotated[Path, typer.Option(help="folder for the scores, a file a row")],
    extra: Annotated[list[Path] | None, typer.Option(help="more pair files")] = None,
    teacher: Annotated[
        list[str] | None, typer.Option(help="stance model that rows are taught by")
    ] = None,
    part: Annotated[
        str, typer.Option(help="which rows: 2/3 is every third from the second")
    ] = "1/1",
) -> None:
    """Train each row of the plan that has no score yet, and print the table."""
    try:
        rows = read_plan(plan)
        first, step = _part(part)
        if not teacher and any(row.taught for row in rows.rows):
            raise TrainingError(f"{plan} has a row that is taught: name a --teacher")
        dev = list(read_pairs(data / "stance_dev.jsonl"))
        known = [find_stance(name).sha256 for name in teacher or ()]
        files = [
            out / f"{_key(rows.of(row), known if row.taught else ())}.json" for row in rows.rows
        ]
        for row, file in list(zip(rows.rows, files, strict=True))[first - 1 :: step]:
            if not file.is_file():
                by = teacher or () if row.taught else ()
                model = fine_tune(rows.of(row), data, extra or (), base, out / file.stem, by)
                draft = file.with_suffix(".new")
                draft.write_text(json.dumps({"name": row.name, **score(model, dev)}) + "\n")
                draft.rename(file)
    except (TrainingError, EvaluationError, RetrievalError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(as_table([json.loads(file.read_text()) for file in files if file.is_file()]))


def _part(part: str) -> tuple[int, int]:
    first, _, step = part.partition("/")
    if not (first.isdecimal() and step.isdecimal() and 1 <= int(first) <= int(step)):
        raise TrainingError(f"--part {part}: 2/3, say, is the second of three")
    return int(first), int(step)


def _key(recipe: Recipe, teachers: Sequence[str]) -> str:
    """What was learned, so that a score is never shown beside another recipe's name."""
    about = json.dumps([recipe.model_dump_json(), *teachers])
    return hashlib.sha256(about.encode()).hexdigest()[:16]


def read_plan(file: Path) -> Plan:
    """
    Raises:
        BadRecipe: not readable, not TOML, or a setting that does not exist.
    """
    try:
        plan = Plan.model_validate(tomllib.loads(file.read_text()))
        for row in plan.rows:
            plan.of(row)
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadRecipe(f"{file}: {error}") from error
    return plan


def score(model: Any, dev: Sequence[Pair]) -> dict[str, float]:
    """Accuracy and loss on the dev pairs, and accuracy on those of the set that is not learned."""
    logits: Vectors = np.asarray(
        model.predict([(p.evidence, p.claim) for p in dev], batch_size=256), np.float32
    )
    labels = np.array([STANCES.index(pair.label) for pair in dev])
    right = logits.argmax(axis=1) == labels
    said = -np.log(np.maximum(softmax(logits)[np.arange(len(dev)), labels], 1e-9))
    unseen = np.array([pair.dataset == UNSEEN for pair in dev])
    return {
        "accuracy": float(right[~unseen].mean()),
        "loss": float(said[~unseen].mean()),
        "unseen": float(right[unseen].mean()),
    }


def as_table(scores: Sequence[Mapping[str, Any]]) -> str:
    """Markdown, the best accuracy first."""
    head = "| change | accuracy on dev | loss | accuracy on ConjNLI |\n| --- | --- | --- | --- |"
    rows = [
        f"| {s['name']} | {s['accuracy']:.3f} | {s['loss']:.3f} | {s['unseen']:.3f} |"
        for s in sorted(scores, key=lambda s: -s["accuracy"])
    ]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    typer.run(main)
