"""The training mix -> a fine-tuned stance cross-encoder: `python -m training.stance --help`."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from evaluation.errors import EvaluationError
from evaluation.pairs import read_pairs
from training.errors import TrainingError
from training.learn import learn
from training.recipe import Recipe, count, mix, read_recipe


def main(
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl, stance_dev.jsonl")],
    base: Annotated[Path, typer.Option(help="pretrained encoder or earlier stance model")],
    recipe: Annotated[Path, typer.Option(help="recipe, a TOML file")],
    out: Annotated[Path, typer.Option(help="folder for checkpoints, log and weights")],
    extra: Annotated[list[Path] | None, typer.Option(help="more pair files")] = None,
    minutes: Annotated[float, typer.Option(help="between checkpoints")] = 8,
    dev_pairs: Annotated[
        int, typer.Option(min=0, help="dev pairs scored at each checkpoint")
    ] = 800,
) -> None:
    """Fine-tune a cross-encoder; run again with the same folder, it resumes."""
    try:
        plan = read_recipe(recipe)
        fine_tune(plan, data, extra or (), base, out, minutes, dev_pairs)
    except (TrainingError, EvaluationError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error


def fine_tune(
    plan: Recipe,
    data: Path,
    extra: Iterable[Path],
    base: Path,
    out: Path,
    minutes: float,
    dev_pairs: int,
) -> None:
    """Train `base` on the pairs that the recipe selects and write the model to `out/final`.

    Args:
        minutes: time between two checkpoints.
        dev_pairs: number of dev pairs that each checkpoint is scored on.

    Raises:
        TrainingError: the recipe does not fit the data.
        EvaluationError: a file of pairs cannot be read.
    """
    pool = [p for file in [data / "stance_train.jsonl", *extra] for p in read_pairs(file)]
    pairs = mix(pool, plan)
    dev = [p for p in read_pairs(data / "stance_dev.jsonl") if plan.share(p.dataset).cap]
    typer.echo(f"{len(pairs)} pairs: {count(pairs)}")
    out.mkdir(parents=True, exist_ok=True)
    random.Random(plan.seed).shuffle(dev)
    learn(pairs, dev[:dev_pairs], plan, base, out, minutes)
    draft = out / "recipe.json"
    draft.write_text(json.dumps({**plan.model_dump(), "base": base.name}, indent=1) + "\n")
    # Renamed last: training/ship.sh takes a run with this file for a finished one.
    draft.rename(out / "final" / draft.name)


if __name__ == "__main__":
    typer.run(main)
