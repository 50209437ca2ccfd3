"""The check for large files, over repositories that it has to accept or refuse."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / ".ci" / "large_files.py"
WEIGHTS = "models/stance/model.safetensors.gz"
LARGE = 1_000_001
pytestmark = pytest.mark.slow


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "files")


def weights(filling: bytes) -> dict[str, bytes]:
    """Large weights and a manifest with their hash."""
    content = filling * LARGE
    manifest = json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode()
    return {WEIGHTS: content, "models/stance/manifest.json": manifest}


def problems(folder: Path) -> list[str]:
    """What the check prints; its exit status says whether it prints anything."""
    done = subprocess.run([sys.executable, SCRIPT], cwd=folder, capture_output=True, text=True)
    assert done.returncode == (1 if done.stderr else 0)
    return done.stderr.splitlines()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A release with weights, and a small file after it."""
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, weights(b"a"))
    git(tmp_path, "tag", "v1")
    commit(tmp_path, {"small.txt": b"x"})
    return tmp_path


def test_weights_that_match_their_manifest_are_accepted(repository: Path) -> None:
    assert problems(repository) == []
    commit(repository, weights(b"b"))
    assert problems(repository) == []


def test_weights_are_replaced_once_a_release(repository: Path) -> None:
    commit(repository, weights(b"b"))
    commit(repository, weights(b"c"))
    (line,) = problems(repository)
    assert "has 2 versions" in line
    git(repository, "tag", "v2")
    assert problems(repository) == []


def test_weights_that_differ_from_their_manifest_are_refused(repository: Path) -> None:
    (repository / WEIGHTS).write_bytes(b"z" * LARGE)
    (line,) = problems(repository)
    assert "is not the file that models/stance/manifest.json names" in line


def test_another_large_file_is_refused_also_after_it_was_deleted(repository: Path) -> None:
    commit(repository, {"docs/film.mp4": b"m" * LARGE})
    assert len(problems(repository)) == 2
    git(repository, "rm", "--quiet", "docs/film.mp4")
    git(repository, "commit", "--quiet", "--message", "gone")
    (line,) = problems(repository)
    assert line.startswith("large files: docs/film.mp4 was committed since")
