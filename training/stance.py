"""The training mix -> a fine-tuned stance cross-encoder: `python -m training.stance --help`."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from index.documents import Vectors
from retrieval.types import STANCES
from training.claim_only import claim_only
from training.errors import TrainingError
from training.learn import Lesson, learn
from training.omit import omissions
from training.recipe import Recipe, count, mix, read_recipe
from training.surround import shortened, surrounded
from training.swaps import number_swaps
from training.voices import spoken


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
    pairs = learned_pairs(pool, plan)
    dev = [p for p in read_pairs(data / "stance_dev.jsonl") if plan.share(p.dataset).cap]
    typer.echo(f"{len(pairs)} pairs: {count(pairs)}")
    out.mkdir(parents=True, exist_ok=True)
    targets = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    bias = _claim_only(pairs, pool, plan.seed, out) if plan.without_claim_only else 0 * targets
    random.Random(plan.seed).shuffle(dev)
    lesson = Lesson(pairs, targets, bias, [spoken(pair) for pair in pairs])
    learn(lesson, dev[:dev_pairs], plan, base, out, minutes)
    draft = out / "recipe.json"
    draft.write_text(json.dumps({**plan.model_dump(), "base": base.name}, indent=1) + "\n")
    # Renamed last: training/ship.sh takes a run with this file for a finished one.
    draft.rename(out / "final" / draft.name)


def learned_pairs(pool: Sequence[Pair], plan: Recipe) -> list[Pair]:
    """Select the recipe's pairs, add the pairs that are made from them, shuffle with its seed.

    Raises:
        BadRecipe: see `training.recipe.mix`.
    """
    pairs = mix(pool, plan)
    given = list(dict.fromkeys(pairs))
    pairs += number_swaps(given, plan.number_swaps, plan.seed)
    pairs += omissions(given, plan.omissions, plan.seed)
    pairs += surrounded(given, plan.surrounded, plan.seed)
    pairs += shortened(given, plan.shortened, plan.seed)
    random.Random(plan.seed).shuffle(pairs)
    return pairs


def _claim_only(pairs: Sequence[Pair], pool: Sequence[Pair], seed: int, out: Path) -> Vectors:
    """`claim_only(…)`, saved in `out` so that a resumed run does not compute it again."""
    about = json.dumps([seed, [astuple(pair) for pair in [*pairs, *pool]]])
    file = out / f"claim-only-{hashlib.sha256(about.encode()).hexdigest()[:16]}.npy"
    if not file.is_file():
        draft = file.with_name("draft.npy")
        np.save(draft, claim_only(pairs, pool, seed))
        draft.rename(file)
    return np.asarray(np.load(file))


if __name__ == "__main__":
    typer.run(main)
