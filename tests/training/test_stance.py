"""What the training command says when it cannot begin."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

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
