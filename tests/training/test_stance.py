"""What the training command says when it cannot begin, and what it leaves."""

from pathlib import Path

import pytest
import typer
from transformers import AutoTokenizer
from typer.testing import CliRunner

from retrieval.stance import find_stance, trace
from tests.retrieval.test_stance import save_tiny
from training import stance

app = typer.Typer()
app.command()(stance.main)


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
