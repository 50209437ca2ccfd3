"""Weights as they ship: rows of small integers with a scale each, made by training/pack.py."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKED = "model.safetensors.gz"
SCALE, TURN = ":scale", ":turn"
# Beside the weights, and the same for packed ones and those that transformers reads.
KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def unpack(file: Path) -> dict[str, Any]:
    """Rows of integers and their scales -> float32 weights, by name."""
    stored = read_packed(file)
    names = [name for name in stored if not name.endswith((SCALE, TURN))]
    return {name: dequantised(name, stored) for name in names}


def read_packed(file: Path) -> dict[str, Any]:
    """Tensors as they are stored: integers by name, beside them scales and turns."""
    from safetensors.torch import load

    return dict(load(gzip.decompress(file.read_bytes())))


def dequantised(name: str, stored: Mapping[str, Any]) -> Any:
    """One of the stored tensors in float32."""
    tensor = stored[name].float()
    if name + SCALE not in stored:
        return tensor
    if name + TURN in stored:
        tensor = tensor + offsets(int(stored[name + TURN]), *tensor.shape)
    return tensor * stored[name + SCALE].float()[:, None]


@lru_cache(maxsize=8)  # a model has few shapes, and training asks at each step
def offsets(turn: int, rows: int, columns: int, device: Any = "cpu") -> Any:
    """By what each weight's levels are moved, in levels: rows x columns, from -1/2 up to 1/2.

    Subtractive dither (Schuchman, "Dither signals and their effect on quantization noise", 1964):
    what was learned moves a weight to another level as often as it is large, even from weights that
    lie on the levels of another turn. The sequence is Weyl's, the fractional parts of the multiples
    of turn / 2**32, in integers, so that it is the same everywhere.
    """
    import torch

    turned = torch.arange(rows * columns, dtype=torch.int64) * turn
    return ((turned & 0xFFFFFFFF).double() / 2**32 - 0.5).float().reshape(rows, columns).to(device)


def unpacked(folder: Path, out: Path) -> Path:
    """The packed model of `folder` as float32 weights in `out`, which transformers can load."""
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (folder / name).is_file():
            shutil.copy(folder / name, out / name)
    save_file(unpack(folder / PACKED), out / "model.safetensors", {"format": "pt"})
    return out
