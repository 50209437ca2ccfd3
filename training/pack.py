"""A fine-tuned cross-encoder -> what ships: packed weights with a manifest.

    python -m training.pack RUN2/final models/stance \\
        --recipe training/mpnet12.toml --recipe training/mpnet12-further.toml
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from retrieval.models import file_sha256
from retrieval.stance import PACKED, SCALE, unpack

KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


# Width of a level, as a share of a row's root mean square. Rows of weights are near Gaussian, so
# small integers of this width compress to under five bits, and 12 layers fit where 6 would in int8.
LEVEL = 0.145
EMBEDDING_LEVEL = 0.33
EMBEDDING = ".word_embeddings."
# Earlier packings had so many levels either side of zero. A matrix that lies on such levels was
# not learned since, and stays what it is: rounded again to others it would only lose.
EARLIER_LEVELS = 25
EARLIER_EMBEDDING_LEVELS = 12
MOST = 127


def main(
    trained: Annotated[Path, typer.Argument(help="folder that training.stance wrote")],
    out: Annotated[Path, typer.Argument(help="folder that ships")],
    recipe: Annotated[list[Path], typer.Option(help="what it was trained with, in order")],
) -> None:
    """Store every weight matrix as rows of small integers with a scale each, compressed."""
    from safetensors.torch import load_file

    out.mkdir(parents=True, exist_ok=True)
    (out / PACKED).write_bytes(pack(load_file(trained / "model.safetensors")))
    for name in KEPT:
        if (trained / name).is_file():
            shutil.copy(trained / name, out / name)
    _read_all_it_can(out / "tokenizer_config.json")
    manifest = {
        "weights": PACKED,
        "sha256": file_sha256(out / PACKED),
        "commands": list(_commands(recipe)),
        "base": "sentence-transformers/all-mpnet-base-v2 (Apache-2.0)",
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(file.stat().st_size for file in out.iterdir())
    typer.echo(f"{out}: {size / 1e6:.1f} MB, sha256 {manifest['sha256']}")


def _commands(recipes: Sequence[Path]) -> Iterator[str]:
    """What was run: each recipe goes on from the weights of the one before."""
    base = "BASE"
    for number, recipe in enumerate(recipes, 1):
        yield f"python -m training.stance DATA --recipe {recipe} --base {base} --out RUN{number}"
        base = f"RUN{number}/final"


def _read_all_it_can(file: Path) -> None:
    """Training cuts pairs short to be fast; what is served reads to the end of its positions."""
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "model_max_length": 512}, indent=1) + "\n")


def unpacked(folder: Path, out: Path) -> Path:
    """The packed model of `folder` as float32 weights in `out`, which transformers can load."""
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (folder / name).is_file():
            shutil.copy(folder / name, out / name)
    save_file(unpack(folder / PACKED), out / "model.safetensors", {"format": "pt"})
    return out


def pack(weights: Mapping[str, Any]) -> bytes:
    """What `retrieval.stance.unpack` reads. The same weights are the same bytes: no time inside."""
    from safetensors.torch import save

    return gzip.compress(save(quantise(weights)), mtime=0)


def quantise(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Symmetric integers, one scale a row: |w - q * scale| is at most half a scale."""
    import torch

    packed: dict[str, Any] = {}
    for name, weight in weights.items():
        if weight.dim() != 2:
            packed[name] = weight.float().contiguous()
            continue
        scale = _scale(name, weight)
        packed[name] = torch.round(weight.float() / scale).to(torch.int8)
        packed[name + SCALE] = scale[:, 0].contiguous()
    return packed


def rounded(name: str, weight: Any) -> Any:
    """A weight matrix (rows x columns) as it will be once packed and unpacked."""
    scale = _scale(name, weight)
    return (weight / scale).round_().mul_(scale)


def _scale(name: str, weight: Any) -> Any:
    """The width of one level, a row (rows x 1)."""
    import torch

    weight = weight.float()
    largest = weight.abs().amax(dim=1, keepdim=True)
    earlier = EARLIER_EMBEDDING_LEVELS if EMBEDDING in name else EARLIER_LEVELS
    kept = (largest / earlier).clamp(min=1e-12)
    on_levels = weight / kept
    if bool(((on_levels - on_levels.round()).abs() < 1e-3).all()):
        return kept
    share = EMBEDDING_LEVEL if EMBEDDING in name else LEVEL
    root_mean_square = weight.pow(2).mean(dim=1, keepdim=True).sqrt()
    return torch.maximum(root_mean_square * share, largest / MOST).clamp(min=1e-12)


if __name__ == "__main__":
    typer.run(main)
