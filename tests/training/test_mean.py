"""The mean of weights, by hand; packed ones are weights like any other."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from retrieval.running.packed import PACKED
from training.errors import TrainingError
from training.mean import mean
from training.pack import pack


def model(folder: Path, *rows: list[float]) -> Path:
    folder.mkdir()
    save_file({"a": torch.tensor(rows)}, folder / "model.safetensors")
    (folder / "config.json").write_text(f'"{folder.name}"')
    return folder


def test_each_counts_the_same(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", [1.0, 2.0]), model(tmp_path / "two", [3.0, -2.0])
    mean([one, two], tmp_path / "out")
    found = load_file(tmp_path / "out" / "model.safetensors")
    assert found["a"].tolist() == [[2.0, 0.0]]
    assert (tmp_path / "out" / "config.json").read_text() == '"two"'


def test_packed_weights_are_read(tmp_path: Path) -> None:
    one = model(tmp_path / "one", [1.0, 0.5])
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / PACKED).write_bytes(pack({"a": torch.tensor([[1.0, 0.5]])}, seed=1))
    mean([one, packed], tmp_path / "out")
    found = load_file(tmp_path / "out" / "model.safetensors")["a"]
    assert found.tolist() == [pytest.approx([1.0, 0.5], abs=0.06)]


def test_other_shapes_are_refused(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", [1.0, 2.0]), model(tmp_path / "two", [3.0])
    with pytest.raises(TrainingError, match="one shape"):
        mean([one, two], tmp_path / "out")
    assert not (tmp_path / "out").exists()
