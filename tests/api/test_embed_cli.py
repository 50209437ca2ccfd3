"""claimdesk embed: what `add` would have stored, by processes of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from api.cli import main
from index.embedded.opening import open_contents
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.slow


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return stopped.value.code


@pytest.fixture
def articles(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLAIMDESK_CACHE", str(cache))
    folder = tmp_path / "articles"
    folder.mkdir()
    for file in sorted(EXAMPLES.glob("*.*"))[:8]:
        shutil.copy(file, folder)
    (folder / "empty.txt").write_text(" ")
    return folder


def test_embedded_as_added(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert run("add", articles, "--data", one, "--json") == 1  # one is refused
    added = json.loads(capsys.readouterr().out)
    assert run("embed", articles, "--data", other, "--workers", 1, "--json") == 1
    assert json.loads(capsys.readouterr().out) == added
    assert (added["refused"], added["reasons"][0]["reason"]) == (1, "text is empty")
    with open_contents(one) as first, open_contents(other) as second:
        for left, right in zip(first.documents(), second.documents(), strict=True):
            (given,), (held,) = left.versions, right.versions
            assert (given.document, given.passages) == (held.document, held.passages)
            # Another number of threads may round otherwise.
            assert np.sum(given.vectors * held.vectors, axis=1) == pytest.approx(1, abs=1e-3)
    (articles / "empty.txt").unlink()
    assert run("embed", articles, "--data", other) == 0
    told = f"0 added, 0 updated, {added['added']} unchanged, 0 refused"
    assert told in capsys.readouterr().out


def test_without_ray_the_error_names_the_extra(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    assert run("embed", articles, "--data", tmp_path / "data", "--ray", "auto") == 1
    assert "claimdesk[ray]" in capsys.readouterr().err
