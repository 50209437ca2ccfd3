"""What the training command says when it cannot begin, and what it leaves."""

import json
import random
from pathlib import Path

import pytest
import typer
from transformers import AutoTokenizer
from typer.testing import CliRunner

from evaluation.pairs import Pair, write_pairs
from retrieval.stance import find_stance, load_stance, trace
from retrieval.types import STANCES
from tests.retrieval.test_stance import save_tiny
from training import stance

app = typer.Typer()
app.command()(stance.main)
RECIPE = """
learning_rate = 1e-3
dropout = 0
label_smoothing = 0
epochs = {epochs}
datasets = {{ said = {{ cap = 96 }} }}
"""


def save_pairs(folder: Path, name: str, pairs: int) -> None:
    """Evidence that a word decides, in data sets of which one is learned and one is not."""
    randomly = random.Random(name)
    words = dict(zip(STANCES, ("confirmed", "denied", "unclear"), strict=True))
    made = [
        Pair(f"claim {n}", f"matter {randomly.randrange(999)} is {words[label]}", label, dataset)
        for n in range(pairs)
        for label, dataset in [(randomly.choice(STANCES), ("said", "conjnli")[n % 8 == 0])]
    ]
    write_pairs(made, folder / name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    save_pairs(folder, "stance_train.jsonl", 160)
    save_pairs(folder, "stance_dev.jsonl", 40)
    return folder


def learn(data: Path, out: Path, epochs: int, *more: str) -> list[dict[str, float]]:
    """What the command logs: a line every 25 steps, a score at each checkpoint."""
    recipe = data / "recipe.toml"
    recipe.write_text(RECIPE.format(epochs=epochs))
    base = save_tiny(data / "base")
    options = ["--recipe", str(recipe), "--base", str(base), "--out", str(out), *more]
    result = CliRunner().invoke(app, [str(data), *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def test_a_run_learns_and_its_weights_can_be_asked(tmp_path: Path, data: Path) -> None:
    log = learn(data, tmp_path / "out", 12)
    losses = [line["loss"] for line in log if "loss" in line]
    assert losses[-1] < losses[0] / 2
    model = load_stance(str(tmp_path / "out" / "final"), tmp_path / "cache", precision="f32")
    said = model.predict([("matter 7 is confirmed", "claim 3"), ("matter 7 is denied", "claim 3")])
    assert said.argmax(axis=1).tolist() == [0, 1]


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path, data: Path) -> None:
    teacher = save_tiny(tmp_path / "teacher", seed=1)
    named = ["--minutes", "0", "--teacher", str(teacher)]
    steps = learn(data, tmp_path / "out", 2, *named)[-1]["step"]
    log = learn(data, tmp_path / "out", 3, *named)
    assert min(line["step"] for line in log if line["of"] > steps) > steps
    assert log[-1]["step"] == steps * 3 / 2
    made = json.loads((tmp_path / "out" / "final" / "recipe.json").read_text())
    assert made["teachers"] == [find_stance(str(teacher)).identity]
    assert (made["epochs"], made["base"]) == (3, "base")


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stance, "find_spec", lambda name: None)
    (tmp_path / "recipe.toml").write_text("seed = 1")
    given = ["--recipe", str(tmp_path / "recipe.toml"), "--base", "x"]
    given += ["--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [str(tmp_path), *given])
    assert result.exit_code == 1
    assert result.stderr == "training: packages are missing: pip install -e '.[train]'\n"
    assert not (tmp_path / "out").exists()


def test_what_training_cut_short_reads_all_it_can_again(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(folder, model_max_length=20)
    tokenizer.save_pretrained(folder)
    assert trace(find_stance(str(folder))).meta["max_tokens"] == 20
    stance.read_all_it_can(folder)
    assert trace(find_stance(str(folder))).meta["max_tokens"] == 64
