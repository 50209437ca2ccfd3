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
    """How much of one data set goes into the mix: at most `cap` pairs, each `repeat` times."""

    model_config = ConfigDict(extra="forbid")
    cap: int = Field(default=10**9, ge=0)
    repeat: int = Field(default=1, ge=1)


# Their labels are for sentence pairs out of any context: their claims ask nothing of a corpus.
WITHOUT_CONTEXT = {"lingnli", "conjnli", "cad_nli"}
# No recipe that ships learns from it: what it says of a model holds for data it has not seen.
UNSEEN = "conjnli"


class Recipe(BaseModel):
    """Everything that decides what is learned but the base and the teachers, which the command
    names, so that a run can be repeated from its file."""

    model_config = ConfigDict(extra="forbid")
    seed: int = 1
    layers: list[int] | None = None  # of the base model; none given = all
    freeze_embeddings: bool = False
    freeze_layers: int = Field(default=0, ge=0)  # the lowest, which hold what all text shares
    max_tokens: int = Field(default=192, ge=16)
    batch_size: int = Field(default=16, ge=1)
    learning_rate: float = Field(default=4e-5, gt=0)
    warmup: float = Field(default=0.06, ge=0, lt=1)
    epochs: int = Field(default=1, ge=1)
    label_smoothing: float = Field(default=0.05, ge=0, lt=1)
    teacher_share: float = Field(default=0.7, ge=0, le=1)  # of a target, where a teacher is asked
    without_claim_only: bool = False  # what a claim alone gives away is not learned
    dropout: float = Field(default=0.1, ge=0, lt=1)  # 0 is a quarter faster on a CPU
    number_swaps: int = Field(default=0, ge=0)
    counterparts: int = Field(default=0, ge=0)
    omissions: int = Field(default=0, ge=0)
    surrounded: int = Field(default=0, ge=0)
    shortened: int = Field(default=0, ge=0)
    as_packed: bool = False  # learned as rounded to what training/pack.py stores
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
    """Pairs in the shares the recipe names, shuffled with its seed.

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
    """Pairs by data set, most first, for the log."""
    return ", ".join(f"{k} {n}" for k, n in Counter(p.dataset for p in pairs).most_common())
