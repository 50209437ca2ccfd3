"""Weights of several rounds -> their mean, as a model to go on from or to pack.

    python -m training.mean RUN3/final RUN4/final --out MEAN

A round of one kind of pairs gains on that kind and loses a little elsewhere. The mean of weights
that started from the same ones keeps most of each one's gain (Wortsman et al., "Model soups", ICML
2022).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from retrieval.running.packed import KEPT, PACKED, unpack
from training.errors import TrainingError

WEIGHTS = "model.safetensors"


def main(
    models: Annotated[list[Path], typer.Argument(help="folders of the weights, packed or not")],
    out: Annotated[Path, typer.Option(help="folder for the mean")],
) -> None:
    """Write the mean of the weights, each counting the same."""
    try:
        mean(models, out)
    except (TrainingError, OSError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{out}: the mean of {len(models)}")


def mean(models: list[Path], out: Path) -> None:
    """
    Raises:
        TrainingError: the weights are not of one shape.
    """
    from safetensors.torch import save_file

    total: dict[str, Any] = {}
    for model in models:
        weights = _weights(model)
        shapes = {name: weight.shape for name, weight in weights.items()}
        if total and shapes != {name: weight.shape for name, weight in total.items()}:
            raise TrainingError(f"{model} and {models[0]} are not of one shape")
        for name, weight in weights.items():
            total[name] = total.get(name, 0) + weight.float() / len(models)
    out.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (models[-1] / name).is_file():
            shutil.copy(models[-1] / name, out / name)
    save_file(total, out / WEIGHTS, {"format": "pt"})


def _weights(model: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    packed = model / PACKED
    return unpack(packed) if packed.is_file() else dict(load_file(model / WEIGHTS))


if __name__ == "__main__":
    typer.run(main)
