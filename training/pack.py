"""A fine-tuned cross-encoder -> what ships: packed weights with a manifest.

python -m training.pack RUNS/mpnet12-lacking/final models/stance --seed 6 --base RUNS/rounded
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

# Width of a level, as a share of a row's root mean square. Rows of weights are near Gaussian, so
# small integers of this width compress to under five bits, and 12 layers fit where 6 would in int8.
LEVEL = 0.15
EMBEDDING_LEVEL = 0.33
EMBEDDING = ".word_embeddings."
MOST = 126
COMMAND = "sh training/ship.sh DATA CORPUS BASE SCIFACT RUNS"
GOLDEN = 0x9E3779B9  # 2**32 divided by the golden ratio


def main(
    trained: Annotated[Path, typer.Argument(help="folder that training.stance wrote")],
    out: Annotated[Path, typer.Argument(help="folder that ships")],
    seed: Annotated[int, typer.Option(help="where levels lie: the seed of the last recipe")],
    base: Annotated[
        Path | None, typer.Option(help="packed weights that the last round went on from")
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
    """JSON without its blanks: of a tokenizer they are a third."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def pack(weights: Mapping[str, Any], seed: int, before: Mapping[str, Any] | None = None) -> bytes:
    """What `running.packed.unpack` reads. The same weights are the same bytes: no time inside.

    `before` holds tensors as `retrieval.running.packed.read_packed` gives them.
    """
    from safetensors.torch import save

    return gzip.compress(save(quantise(weights, seed, before or {})), mtime=0)


def quantise(weights: Mapping[str, Any], seed: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """Integers, one scale a row: |w - (q + offset) * scale| is at most half a scale."""
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
    """A weight matrix (rows x columns) as it will be once packed and unpacked."""
    scale, moved = _scale(name, weight), offsets(_turn(seed), *weight.shape, weight.device)
    return (weight / scale - moved).round_().add_(moved).mul_(scale)


def _turn(seed: int) -> int:
    """Where levels lie: elsewhere in each round, or rounding would undo what it learned."""
    return GOLDEN * (2 * seed + 1) & 0xFFFFFFFF


def _scale(name: str, weight: Any) -> Any:
    """The width of one level, a row (rows x 1)."""
    import torch

    weight = weight.float()
    share = EMBEDDING_LEVEL if EMBEDDING in name else LEVEL
    root_mean_square = weight.pow(2).mean(dim=1, keepdim=True).sqrt()
    largest = weight.abs().amax(dim=1, keepdim=True)
    return torch.maximum(root_mean_square * share, largest / MOST).clamp(min=1e-12)


if __name__ == "__main__":
    typer.run(main)
