"""Packed weights (rows of small integers with scales, from training/pack.py) -> float32."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKED = "model.safetensors.gz"
# Suffixes of the tensors that lie beside a matrix: scale of each row, and which dither it has.
SCALE, TURN = ":scale", ":turn"
# Names of the files that are the same for packed weights and for those that transformers reads.
KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def unpack(file: Path) -> dict[str, Any]:
    """Float32 weights of a packed file, by name."""
    stored = read_packed(file)
    names = [name for name in stored if not name.endswith((SCALE, TURN))]
    return {name: dequantised(name, stored) for name in names}


def read_packed(file: Path) -> dict[str, Any]:
    """Tensors of a packed file as they are stored: integers, with their scales and turns."""
    from safetensors.torch import load

    return dict(load(gzip.decompress(file.read_bytes())))


def dequantised(name: str, stored: Mapping[str, Any]) -> Any:
    """The stored tensor of this name in float32."""
    tensor = stored[name].float()
    if name + SCALE not in stored:
        return tensor
    if name + TURN in stored:
        tensor = tensor + offsets(int(stored[name + TURN]), *tensor.shape)
    return tensor * stored[name + SCALE].float()[:, None]


@lru_cache(maxsize=8)  # a model has few shapes, and training asks at each step
def offsets(turn: int, rows: int, columns: int, device: Any = "cpu") -> Any:
    """Offset of each weight's levels, in levels: (rows, columns), from -1/2 up to 1/2.

    Subtractive dither (Schuchman, "Dither signals and their effect on quantization noise", 1964): a
    step of training that is a tenth of a level moves one weight in ten to another level, even from
    weights that lie on the levels of another turn. The sequence is Weyl's, the fractional parts of
    the multiples of turn / 2**32, in integers, so that it is the same everywhere.
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
