"""A fine-tuned cross-encoder -> what ships: packed weights with a manifest.

python -m training.pack RUNS/mpnet12-settled/final models/stance --seed 24 --base BASE
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from retrieval.running.files import file_sha256
from retrieval.running.packed import KEPT, PACKED, SCALE, TURN, dequantised, offsets, read_packed

# Width of a level of a weight matrix, and of the word embeddings, as a share of a row's root mean
# square. Weights are near Gaussian: levels of this width compress to under five bits a weight.
LEVEL = 0.15
EMBEDDING_LEVEL = 0.33
# Part of a parameter's name that marks the word embeddings.
EMBEDDING = ".word_embeddings."
# Largest absolute level number.
MOST = 126
COMMAND = "sh training/ship.sh DATA BASE SCIFACT RUNS"
GOLDEN = 0x9E3779B9  # 2**32 divided by the golden ratio


def main(
    trained: Annotated[Path, typer.Argument(help="folder that training.stance wrote")],
    out: Annotated[Path, typer.Argument(help="folder that ships")],
    seed: Annotated[int, typer.Option(help="seed of the levels' offsets: that of the last recipe")],
    base: Annotated[
        Path | None, typer.Option(help="packed weights that the last round started from")
    ] = None,
) -> None:
    """Store every weight matrix as rows of small integers with a scale each, compressed.

    A matrix that the last round did not change stays as `base` has it.
    """
    from safetensors.torch import load_file

    try:
        before = read_packed(base / PACKED) if base else {}
        weights = load_file(trained / "model.safetensors")
    except OSError as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    out.mkdir(parents=True, exist_ok=True)
    (out / PACKED).write_bytes(pack(weights, seed, before))
    for name in KEPT:
        if (trained / name).is_file():
            (out / name).write_bytes(dense((trained / name).read_bytes()))
    manifest = {
        "weights": PACKED,
        "sha256": file_sha256(out / PACKED),
        "command": COMMAND,
        "base": "sentence-transformers/all-mpnet-base-v2 (Apache-2.0)",
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(file.stat().st_size for file in out.iterdir())
    typer.echo(f"{out}: {size / 1e6:.1f} MB, sha256 {manifest['sha256']}")


def dense(text: bytes) -> bytes:
    """JSON without white space, which is a third of a tokenizer."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def pack(weights: Mapping[str, Any], seed: int, before: Mapping[str, Any] | None = None) -> bytes:
    """The file that `running.packed.unpack` reads; the same weights give the same bytes.

    Args:
        weights: parameters by name.
        seed: decides the offset of each weight's levels.
        before: tensors as `running.packed.read_packed` returns them; a matrix that equals its
            earlier version keeps its levels.
    """
    from safetensors.torch import save

    return gzip.compress(save(quantise(weights, seed, before or {})), mtime=0)


def quantise(weights: Mapping[str, Any], seed: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """Round matrices to int8 levels q with a scale for each row.

    |w - (q + offset) * scale| is at most scale / 2.
    """
    import torch

    packed: dict[str, Any] = {}
    for name, weight in weights.items():
        if weight.dim() != 2:
            packed[name] = weight.float().contiguous()
        elif name in before and torch.equal(dequantised(name, before), weight.float()):
            keys = (name, name + SCALE, name + TURN)
            packed |= {key: before[key] for key in keys if key in before}
        else:
            scale, turn = _scale(name, weight), _turn(seed)
            levels = weight.float() / scale - offsets(turn, *weight.shape)
            packed[name] = torch.round(levels).to(torch.int8)
            packed[name + SCALE] = scale[:, 0].contiguous()
            packed[name + TURN] = torch.tensor(turn)
    return packed


def rounded(name: str, weight: Any, seed: int) -> Any:
    """A weight matrix, shape (rows, columns), as packing and unpacking would return it."""
    scale, moved = _scale(name, weight), offsets(_turn(seed), *weight.shape, weight.device)
    return (weight / scale - moved).round_().add_(moved).mul_(scale)


def _turn(seed: int) -> int:
    """The seed as the 32-bit number that `running.packed.offsets` takes.

    Each round has other offsets: on the same ones, rounding takes a round's small steps back.
    """
    return GOLDEN * (2 * seed + 1) & 0xFFFFFFFF


def _scale(name: str, weight: Any) -> Any:
    """Width of a level for each row, shape (rows, 1)."""
    import torch

    weight = weight.float()
    share = EMBEDDING_LEVEL if EMBEDDING in name else LEVEL
    root_mean_square = weight.pow(2).mean(dim=1, keepdim=True).sqrt()
    largest = weight.abs().amax(dim=1, keepdim=True)
    return torch.maximum(root_mean_square * share, largest / MOST).clamp(min=1e-12)


if __name__ == "__main__":
    typer.run(main)
