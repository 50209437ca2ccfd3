"""The training command: a run learns, resumes, and names what is missing."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.pairs import Pair, write_pairs
from retrieval.stance import load_stance
from retrieval.types import STANCES
from tests.retrieval.test_stance import save_tiny
from training import stance

app = typer.Typer()
app.command()(stance.main)
RECIPE = """
learning_rate = 2e-3
dropout = 0
label_smoothing = 0
epochs = {epochs}
datasets = {{ said = {{ cap = 96 }}, conjnli = {{ cap = 0 }} }}
"""
STEPS_PER_EPOCH = 6  # 96 pairs in batches of 16
FIRST_EPOCHS, EPOCHS = 1, 12


@dataclass(frozen=True)
class Run:
    """A run of `FIRST_EPOCHS`, resumed to `EPOCHS`: its folder and its log lines."""

    out: Path
    log: list[dict[str, float]]


def save_pairs(folder: Path, name: str, pairs: int) -> None:
    """Write pairs that one word of the evidence decides; every eighth is of another data set."""
    randomly = random.Random(name)
    words = dict(zip(STANCES, ("confirmed", "denied", "unclear"), strict=True))
    made = [
        Pair(f"claim {n}", f"matter {randomly.randrange(999)} is {words[label]}", label, dataset)
        for n in range(pairs)
        for label, dataset in [(randomly.choice(STANCES), ("said", "conjnli")[n % 8 == 0])]
    ]
    write_pairs(made, folder / name)


def learn(data: Path, out: Path, epochs: int, minutes: int) -> list[dict[str, float]]:
    """The log that the command has written, with `minutes` between two checkpoints."""
    recipe = data / "recipe.toml"
    recipe.write_text(RECIPE.format(epochs=epochs))
    options = ["--recipe", str(recipe), "--base", str(data / "base"), "--out", str(out)]
    options += ["--minutes", str(minutes), "--dev-pairs", "8"]
    result = CliRunner().invoke(app, [str(data), *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    data = tmp_path_factory.mktemp("data")
    save_pairs(data, "stance_train.jsonl", 160)
    save_pairs(data, "stance_dev.jsonl", 40)
    save_tiny(data / "base")
    learn(data, data / "out", FIRST_EPOCHS, minutes=0)
    return Run(data / "out", learn(data, data / "out", EPOCHS, minutes=60))


@pytest.mark.slow
def test_a_run_learns_and_its_weights_can_be_asked(run: Run, tmp_path: Path) -> None:
    losses = [line["loss"] for line in run.log if "loss" in line]
    assert losses[-1] < losses[0] / 2
    model = load_stance(str(run.out / "final"), tmp_path, precision="f32")
    said = model.predict([("matter 7 is confirmed", "claim 3"), ("matter 7 is denied", "claim 3")])
    assert said[:, :3].argmax(axis=1).tolist() == [0, 1]
    assert said.shape == (2, 6)  # stances, then voices


@pytest.mark.slow
def test_a_run_that_was_cut_off_goes_on_where_it_was(run: Run) -> None:
    first = [line["step"] for line in run.log if line["of"] == FIRST_EPOCHS * STEPS_PER_EPOCH]
    resumed = [line["step"] for line in run.log if line["of"] == EPOCHS * STEPS_PER_EPOCH]
    assert max(first) == FIRST_EPOCHS * STEPS_PER_EPOCH < min(resumed)
    assert max(resumed) == EPOCHS * STEPS_PER_EPOCH
    made = json.loads((run.out / "final" / "recipe.json").read_text())
    assert (made["epochs"], made["base"]) == (EPOCHS, "base")


@pytest.mark.slow
def test_the_length_limit_of_training_does_not_stay(run: Run) -> None:
    learned, base = (
        json.loads((folder / "tokenizer.json").read_text())
        for folder in (run.out / "final", run.out.parent / "base")
    )
    for kept in ("truncation", "padding"):
        assert learned[kept] == base[kept]
