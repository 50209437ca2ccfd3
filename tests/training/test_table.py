"""A plan's rows are its recipe with one change each, and the table says what each gave."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.retrieval.test_stance import save_tiny
from tests.training.test_stance import save_pairs
from training.errors import BadRecipe, TrainingError
from training.table import _key, _part, as_table, main, read_plan

PLAN = """
[recipe]
learning_rate = 1e-5
datasets = { fm2 = { cap = 5 }, conjnli = { cap = 0 } }
[[rows]]
name = "nothing changed"
[[rows]]
name = "ConjNLI"
change = { datasets = { conjnli = { cap = 7 } }, epochs = 2 }
"""


def test_a_row_changes_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(PLAN)
    plan = read_plan(file)
    as_it_is, changed = (plan.of(row) for row in plan.rows)
    assert (as_it_is.epochs, as_it_is.share("conjnli").cap) == (1, 0)
    assert (changed.epochs, changed.share("conjnli").cap) == (2, 7)
    assert changed.share("fm2").cap == as_it_is.share("fm2").cap == 5
    assert changed.learning_rate == as_it_is.learning_rate == 1e-5


def test_the_plan_that_is_kept_can_be_read() -> None:
    root = Path(__file__).parent.parent.parent
    assert len(read_plan(root / "training" / "table.toml").rows) > 10


def test_a_change_of_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(PLAN + "[[rows]]\nname = 'x'\nchange = { lerning_rate = 1 }\n")
    with pytest.raises(BadRecipe, match="lerning_rate"):
        read_plan(file)


def test_the_best_comes_first() -> None:
    worse = {"name": "a", "accuracy": 0.6, "loss": 0.9, "unseen": 0.5}
    better = {"name": "b", "accuracy": 0.71, "loss": 0.8, "unseen": 0.4}
    assert as_table([worse, better]).splitlines()[2:] == [
        "| b | 0.710 | 0.800 | 0.400 |",
        "| a | 0.600 | 0.900 | 0.500 |",
    ]


@pytest.mark.parametrize("part", ["x", "1", "1/0", "0/3", "4/3", "1/-1"])
def test_a_part_that_is_none_is_refused(part: str) -> None:
    with pytest.raises(TrainingError, match="second of three"):
        _part(part)


def test_a_score_belongs_to_its_recipe(tmp_path: Path) -> None:
    assert _part("2/3") == (2, 3)
    file = tmp_path / "plan.toml"
    file.write_text(PLAN)
    before = read_plan(file)
    file.write_text(PLAN.replace("1e-5", "2e-5"))
    after = read_plan(file)
    assert len({_key(plan.of(row), []) for plan in (before, after) for row in plan.rows}) == 4


def test_a_taught_row_is_another(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(PLAN)
    recipe = read_plan(file).of(read_plan(file).rows[0])
    assert len({_key(recipe, by) for by in ([], ["a"], ["b"], ["a", "b"])}) == 4


def test_a_taught_row_wants_a_teacher(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(PLAN + "[[rows]]\nname = 'x'\ntaught = true\n")
    app = typer.Typer()
    app.command()(main)
    given = [str(tmp_path), "--base", "b", "--plan", str(file), "--out", "o"]
    run = CliRunner().invoke(app, given)
    assert run.exit_code == 1
    assert "name a --teacher" in run.stderr


def test_every_row_is_learned_once(tmp_path: Path) -> None:
    for name in ("stance_train.jsonl", "stance_dev.jsonl"):
        save_pairs(tmp_path, name, 64)
    file = tmp_path / "plan.toml"
    file.write_text(
        "[recipe]\nlearning_rate = 1e-3\ndatasets = { conjnli = { cap = 0 } }\n"
        "[[rows]]\nname = 'labels alone'\n[[rows]]\nname = 'taught'\ntaught = true\n"
    )
    app = typer.Typer()
    app.command()(main)
    out = tmp_path / "out"
    given = [str(tmp_path), "--base", str(save_tiny(tmp_path / "base")), "--plan", str(file)]
    given += ["--teacher", str(save_tiny(tmp_path / "teacher", seed=1)), "--out", str(out)]
    halves = [CliRunner().invoke(app, [*given, "--part", part]) for part in ("1/2", "2/2")]
    assert [half.exit_code for half in halves] == [0, 0], halves[0].output + halves[1].output
    assert "taught" not in halves[0].output
    scored = {made: made.stat().st_mtime_ns for made in out.glob("*.json")}
    assert len(scored) == 2
    whole = CliRunner().invoke(app, given)
    assert {made: made.stat().st_mtime_ns for made in out.glob("*.json")} == scored
    for name in ("labels alone", "taught"):
        assert f"| {name} | 0." in whole.output
