"""Recipes: shares and seeds."""

import re
from collections import Counter
from pathlib import Path

import pytest

from evaluation.pairs import Pair
from training.errors import BadRecipe
from training.recipe import UNSEEN, Recipe, Share, mix, read_recipe
from training.sampler import by_length

ROOT = Path(__file__).parent.parent.parent
SCRIPT = (ROOT / "training" / "ship.sh").read_text()
RECIPES = sorted((ROOT / "training").glob("*.toml"))
# Recipes that training/ship.sh runs, in its order or not.
SHIPPED = set(re.findall(r"^learn (\S+)", SCRIPT, re.M))
PAIRS = [Pair(f"claim {n}", f"evidence {n}", "SUPPORTS", "a" if n < 8 else "b") for n in range(10)]


def test_shares_are_kept() -> None:
    recipe = Recipe(datasets={"a": Share(cap=3), "b": Share(repeat=2)})
    mixed = mix(PAIRS, recipe)
    assert Counter(pair.dataset for pair in mixed) == {"a": 3, "b": 4}
    assert set(mixed) <= set(PAIRS)


def test_the_seed_decides_the_mix() -> None:
    assert mix(PAIRS, Recipe(seed=1)) == mix(PAIRS, Recipe(seed=1)) != mix(PAIRS, Recipe(seed=2))


def test_a_share_of_nothing_is_an_error() -> None:
    with pytest.raises(BadRecipe, match="no pair of c in the data"):
        mix(PAIRS, Recipe(datasets={"c": Share()}))


def test_every_recipe_of_the_folder_can_be_read() -> None:
    names = {file.stem for file in RECIPES}
    assert names >= SHIPPED
    seeds = [read_recipe(file).seed for file in RECIPES]
    assert len(set(seeds)) == len(seeds), "two runs with one seed draw the same pairs"


@pytest.mark.parametrize("text", ["learning_rat = 1", "seed =", "[datasets]\na = { cap = -1 }"])
def test_a_bad_recipe_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "recipe.toml").write_text(text)
    with pytest.raises(BadRecipe, match=r"recipe\.toml"):
        read_recipe(tmp_path / "recipe.toml")


def test_batches_hold_every_row_once_and_like_lengths_together() -> None:
    lengths = [(7 * n) % 101 for n in range(101)]
    batches = by_length(lengths, 8, seed=3)
    assert sorted(row for batch in batches for row in batch) == list(range(101))
    spread = [max(lengths[r] for r in b) - min(lengths[r] for r in b) for b in batches]
    assert max(spread) <= 8
    assert batches == by_length(lengths, 8, seed=3) != by_length(lengths, 8, seed=4)


@pytest.mark.parametrize("file", RECIPES, ids=lambda file: file.stem)
def test_no_recipe_learns_from_what_the_temperature_is_fitted_on(file: Path) -> None:
    assert read_recipe(file).share(UNSEEN).cap == 0


def test_weights_learned_as_packed_are_packed_with_the_seed_of_their_recipe() -> None:
    packed = dict(re.findall(r'pack "\$runs/(mpnet12\S*)/final" .*--seed (\d+)', SCRIPT))
    recipes = {name: read_recipe(ROOT / "training" / f"{name}.toml") for name in SHIPPED}
    assert packed
    for name, seed in packed.items():  # a mean of rounds is packed with a seed of its own
        assert recipes[name].as_packed
        assert seed == str(recipes[name].seed)
