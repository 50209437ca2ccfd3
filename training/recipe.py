"""Pairs and a recipe -> the training mix."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluation.pairs import Pair
from training.errors import BadRecipe


class Share(BaseModel):
    """At most `cap` pairs of one data set, each `repeat` times."""

    model_config = ConfigDict(extra="forbid")
    cap: int = Field(default=10**9, ge=0)
    repeat: int = Field(default=1, ge=1)


# The data set that no recipe trains on; the stance temperature is fitted on it.
UNSEEN = "conjnli"


class Recipe(BaseModel):
    """All settings of a training run except the base model, which the command names."""

    model_config = ConfigDict(extra="forbid")
    seed: int = 1
    freeze_embeddings: bool = False
    freeze_layers: int = Field(default=0, ge=0)  # number of layers, from the lowest
    max_tokens: int = Field(default=192, ge=16)
    batch_size: int = Field(default=16, ge=1)
    learning_rate: float = Field(default=4e-5, gt=0)
    warmup: float = Field(default=0.06, ge=0, lt=1)
    epochs: int = Field(default=1, ge=1)
    steps: int = Field(default=0, ge=0)  # most steps, over which the learning rate falls; 0: all
    label_smoothing: float = Field(default=0.05, ge=0, lt=1)
    dropout: float = Field(default=0.1, ge=0, lt=1)  # 0: a step is a quarter faster on a CPU
    as_packed: bool = False  # round weights in training as training/pack.py does
    datasets: dict[str, Share] = Field(default_factory=dict)
    default: Share = Share()

    def share(self, dataset: str) -> Share:
        return self.datasets.get(dataset, self.default)


def read_recipe(file: Path) -> Recipe:
    """
    Raises:
        BadRecipe: not readable, not TOML, or a setting that does not exist.
    """
    try:
        return Recipe.model_validate(tomllib.loads(file.read_text()))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadRecipe(f"{file}: {error}") from error


def mix(pairs: Iterable[Pair], recipe: Recipe) -> list[Pair]:
    """Select pairs in the recipe's shares and shuffle them with its seed.

    Raises:
        BadRecipe: a share is asked of a data set that has no pair.
    """
    pool = list(pairs)
    missing = set(recipe.datasets) - {pair.dataset for pair in pool}
    if missing:
        raise BadRecipe(f"no pair of {', '.join(sorted(missing))} in the data")
    randomly = random.Random(recipe.seed)
    randomly.shuffle(pool)
    taken: Counter[str] = Counter()
    mixed: list[Pair] = []
    for pair in pool:
        share = recipe.share(pair.dataset)
        if taken[pair.dataset] < share.cap:
            taken[pair.dataset] += 1
            mixed.extend([pair] * share.repeat)
    randomly.shuffle(mixed)
    return mixed


def count(pairs: Sequence[Pair]) -> str:
    """Number of pairs of each data set, most first, as a line for the log."""
    return ", ".join(f"{k} {n}" for k, n in Counter(p.dataset for p in pairs).most_common())
