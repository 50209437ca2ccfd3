"""Stance model and training pairs -> scales for rounding its activations to integers.

    python -m training.ranges RUNS/shipped DATA

Integer products need to know beforehand how large activations get. This command measures that on
pairs of every data set and stores the scales beside the weights; the pairs do not ship.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.progress import track

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from retrieval.errors import RetrievalError
from retrieval.running.integers import RANGE, SCALES
from retrieval.running.runtime import quiet_libraries
from retrieval.stance import find_stance, trace
from training.errors import TrainingError
from training.recipe import UNSEEN

# Layers whose input is rounded. Not the second half of the feed-forward part: a few tokens are so
# large there that the steps are too wide for the others (docs/decisions/0012).
LAYERS = re.compile(r"\.layer\.\d+\.(attention\.attn\.[qkvo]|intermediate\.dense)$")
# Exponent by which large activations are moved into the weights (SmoothQuant's migration strength).
ALPHA = 0.8
SEED = 1
TINY = 1e-5  # least absolute value, avoids division by zero
Column = npt.NDArray[Any]


def main(
    model: Annotated[Path, typer.Argument(help="folder of a stance model; the scales go there")],
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl")],
    pairs: Annotated[int, typer.Option(min=1, help="of each data set")] = 30,
) -> None:
    """Write the scales of a model's activations beside its weights."""
    from safetensors.numpy import save

    try:
        chosen = sample(read_pairs(data / "stance_train.jsonl"), pairs)
        found = measured(model, chosen)
    except (TrainingError, EvaluationError, RetrievalError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error
    (model / SCALES).write_bytes(save(found))
    typer.echo(f"{model / SCALES}: {len(found) // 2} layers, {len(chosen)} pairs")


def sample(pairs: Iterable[Pair], each: int) -> list[Pair]:
    """At most `each` random pairs of each data set but `UNSEEN`."""
    of: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.dataset != UNSEEN:
            of[pair.dataset].append(pair)
    randomly = random.Random(SEED)
    return [pair for all_ in of.values() for pair in randomly.sample(all_, min(each, len(all_)))]


def measured(model: Path, pairs: Sequence[Pair]) -> dict[str, Column]:
    """Measure the scales of each layer, by the names that `running.integers.read_scales` reads.

    A pair whose claim fills more than half of the model's window is skipped, as serving refuses it.

    Raises:
        ModelUnavailable: the model cannot be loaded.
        TrainingError: it is not built as the one that ships.
    """
    import torch

    with quiet_libraries():
        made = trace(find_stance(str(model)))
    network = made.module.eval()
    layers = {name: layer for name, layer in network.named_modules() if LAYERS.search(name)}
    if not any(name.endswith(".attn.q") for name in layers):
        raise TrainingError(f"{model} has no layers named as those of all-mpnet-base-v2")
    least: dict[str, Any] = {}
    most: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def hook(_: Any, given: tuple[Any, ...]) -> None:
            rows = given[0].reshape(-1, given[0].shape[-1])
            low, high = rows.amin(0), rows.amax(0)
            least[name] = torch.minimum(least.get(name, low), low)
            most[name] = torch.maximum(most.get(name, high), high)

        return hook

    for name, layer in layers.items():
        layer.register_forward_pre_hook(watch(name))
    made.tokenizer.no_padding()
    window = int(made.meta["max_tokens"])
    made.tokenizer.enable_truncation(window, strategy="only_first")
    with torch.inference_mode():
        for pair in track(pairs, "reading pairs"):
            if len(made.tokenizer.encode(pair.claim, add_special_tokens=False).ids) > window // 2:
                continue
            encoding = made.tokenizer.encode(pair.evidence, pair.claim)
            columns = {
                "input_ids": encoding.ids,
                "attention_mask": encoding.attention_mask,
                "token_type_ids": encoding.type_ids,
            }
            network(*(torch.tensor([columns[name]]) for name in made.inputs))
    return scales(
        {name: (least[name].numpy(), most[name].numpy()) for name in layers},
        {name: layer.weight.detach().abs().amax(0).numpy() for name, layer in layers.items()},
    )


def scales(
    seen: Mapping[str, tuple[Column, Column]], weights: Mapping[str, Column]
) -> dict[str, Column]:
    """Spread and range of each layer (SmoothQuant's equation 4).

    Args:
        seen: of each layer the least and the most that went into each column.
        weights: of each layer the largest absolute weight of each column.
    """
    together: dict[str, Column] = {}  # layers with one input (q, k, v) share their scales
    for name, largest in weights.items():
        key = _reads(name)
        together[key] = np.maximum(together.get(key, 0), largest)
    made: dict[str, Column] = {}
    for name, (least, most) in seen.items():
        peak = np.maximum(np.maximum(-least, most), TINY)
        spread = peak**ALPHA / np.maximum(together[_reads(name)], TINY) ** (1 - ALPHA)
        made[name] = spread.astype(np.float16)
        spread = made[name].astype(np.float32)
        ends = min(0, (least / spread).min()), max(0, (most / spread).max())
        made[name + RANGE] = np.array(ends, np.float32)
    return made


def _reads(layer: str) -> str:
    return re.sub(r"\.[qkv]$", "", layer)


if __name__ == "__main__":
    typer.run(main)
