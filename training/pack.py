"""A fine-tuned cross-encoder -> what ships: int8 weights with a manifest.

python -m training.pack RUN/final models/stance --recipe training/mpnet6.toml
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from retrieval.models import file_sha256
from retrieval.stance import QUANTISED, SCALE

KEPT = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def main(
    trained: Annotated[Path, typer.Argument(help="folder that training.stance wrote")],
    out: Annotated[Path, typer.Argument(help="folder that ships")],
    recipe: Annotated[Path, typer.Option(help="what it was trained with, for the manifest")],
) -> None:
    """Store every weight matrix as int8 rows with a scale each; the rest stays float32."""
    from safetensors.torch import load_file, save_file

    out.mkdir(parents=True, exist_ok=True)
    weights = load_file(trained / "model.safetensors")
    save_file(quantise(weights), out / QUANTISED)
    for name in KEPT:
        if (trained / name).is_file():
            shutil.copy(trained / name, out / name)
    manifest = {
        "weights": QUANTISED,
        "sha256": file_sha256(out / QUANTISED),
        "command": f"python -m training.stance DATA --recipe {recipe} --base BASE --out RUN",
        "base": "sentence-transformers/all-mpnet-base-v2 (Apache-2.0)",
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    size = sum(file.stat().st_size for file in out.iterdir())
    typer.echo(f"{out}: {size / 1e6:.1f} MB, sha256 {manifest['sha256']}")


def quantise(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Symmetric int8, one scale a row: |w - q * scale| is at most half a scale."""
    import torch

    packed: dict[str, Any] = {}
    for name, weight in weights.items():
        if weight.dim() != 2:
            packed[name] = weight.float().contiguous()
            continue
        scale = (weight.float().abs().amax(dim=1) / 127).clamp(min=1e-12)
        packed[name] = torch.round(weight.float() / scale[:, None]).to(torch.int8)
        packed[name + SCALE] = scale
    return packed


if __name__ == "__main__":
    typer.run(main)
