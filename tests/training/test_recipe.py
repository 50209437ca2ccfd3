"""Recipes: shares and seeds."""

import re
from collections import Counter
from pathlib import Path

import pytest

from evaluation.pairs import Pair
from training.errors import BadRecipe
from training.recipe import UNSEEN, Recipe, Share, mix, read_recipe
from training.sampler import by_length

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


# A table of changes is a plan, not a recipe (tests/training/test_table.py).
@pytest.mark.parametrize(
    "recipe",
    sorted(set(Path("training").glob("*.toml")) - {Path("training/table.toml")}),
    ids=lambda p: p.stem,
)
def test_committed_recipes_are_valid(recipe: Path) -> None:
    assert read_recipe(recipe).epochs >= 1


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


@pytest.mark.parametrize(
    "recipe", sorted(Path("training").glob("mpnet12*.toml")), ids=lambda p: p.stem
)
def test_what_ships_has_not_seen_what_its_temperature_is_fitted_on(recipe: Path) -> None:
    assert read_recipe(recipe).share(UNSEEN).cap == 0


def test_what_ships_is_made_of_recipes_that_exist_with_their_seeds() -> None:
    script = Path("training/ship.sh").read_text()
    learned = re.findall(r"^learn (\S+)", script, re.M)
    assert len(learned) == 4
    packed = dict(re.findall(r'pack "\$runs/(mpnet12\S*)/final" .*--seed (\d+)', script))
    assert packed == {
        name: str(recipe.seed)
        for name in learned
        if (recipe := read_recipe(Path(f"training/{name}.toml"))).as_packed
    }
