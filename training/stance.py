"""The training mix -> a fine-tuned stance cross-encoder: `python -m training.stance --help`."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import astuple
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from index.documents import Vectors
from retrieval.running.packed import PACKED, unpacked
from retrieval.types import STANCES
from training.claim_only import claim_only
from training.errors import TrainingError
from training.omit import omissions
from training.recipe import Recipe, count, mix, read_recipe
from training.surround import shortened, surrounded
from training.swaps import number_swaps


def main(
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl, stance_dev.jsonl")],
    base: Annotated[Path, typer.Option(help="pretrained encoder or earlier stance model")],
    recipe: Annotated[Path, typer.Option(help="recipe, a TOML file")],
    out: Annotated[Path, typer.Option(help="folder for checkpoints, log and weights")],
    extra: Annotated[list[Path] | None, typer.Option(help="more pair files")] = None,
    minutes: Annotated[float, typer.Option(help="between checkpoints")] = 8,
    dev_pairs: Annotated[
        int, typer.Option(min=0, help="dev pairs scored at each checkpoint")
    ] = 800,
) -> None:
    """Fine-tune a cross-encoder; run again with the same folder, it resumes."""
    try:
        plan = read_recipe(recipe)
        fine_tune(plan, data, extra or (), base, out, minutes, dev_pairs)
    except (TrainingError, EvaluationError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error


def fine_tune(
    plan: Recipe,
    data: Path,
    extra: Iterable[Path],
    base: Path,
    out: Path,
    minutes: float,
    dev_pairs: int,
) -> None:
    """Train `base` on the pairs that the recipe selects and write the model to `out/final`.

    Args:
        minutes: time between two checkpoints.
        dev_pairs: number of dev pairs that each checkpoint is scored on.

    Raises:
        TrainingError: packages are missing, or the recipe does not fit the data.
        EvaluationError: a file of pairs cannot be read.
    """
    if not (find_spec("datasets") and find_spec("accelerate")):
        raise TrainingError("packages are missing: pip install -e '.[train]'")
    pool = [p for file in [data / "stance_train.jsonl", *extra] for p in read_pairs(file)]
    pairs = learned_pairs(pool, plan)
    dev = [p for p in read_pairs(data / "stance_dev.jsonl") if plan.share(p.dataset).cap]
    typer.echo(f"{len(pairs)} pairs: {count(pairs)}")
    out.mkdir(parents=True, exist_ok=True)
    targets = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    bias = _claim_only(pairs, pool, plan.seed, out) if plan.without_claim_only else 0 * targets
    random.Random(plan.seed).shuffle(dev)
    train(pairs, targets, bias, dev[:dev_pairs], plan, base, out, minutes)
    draft = out / "recipe.json"
    draft.write_text(json.dumps({**plan.model_dump(), "base": base.name}, indent=1) + "\n")
    # Renamed last: training/ship.sh takes a run with this file for a finished one.
    draft.rename(out / "final" / draft.name)


def learned_pairs(pool: Sequence[Pair], plan: Recipe) -> list[Pair]:
    """Select the recipe's pairs, add the pairs that are made from them, shuffle with its seed.

    Raises:
        BadRecipe: see `training.recipe.mix`.
    """
    pairs = mix(pool, plan)
    given = list(dict.fromkeys(pairs))
    pairs += number_swaps(given, plan.number_swaps, plan.seed)
    pairs += omissions(given, plan.omissions, plan.seed)
    pairs += surrounded(given, plan.surrounded, plan.seed)
    pairs += shortened(given, plan.shortened, plan.seed)
    random.Random(plan.seed).shuffle(pairs)
    return pairs


def _claim_only(pairs: Sequence[Pair], pool: Sequence[Pair], seed: int, out: Path) -> Vectors:
    """`claim_only(…)`, saved in `out` so that a resumed run does not compute it again."""
    about = json.dumps([seed, [astuple(pair) for pair in [*pairs, *pool]]])
    file = out / f"claim-only-{hashlib.sha256(about.encode()).hexdigest()[:16]}.npy"
    if not file.is_file():
        draft = file.with_name("draft.npy")
        np.save(draft, claim_only(pairs, pool, seed))
        draft.rename(file)
    return np.asarray(np.load(file))


def train(
    pairs: Sequence[Pair],
    targets: Vectors,
    bias: Vectors,
    dev: Sequence[Pair],
    plan: Recipe,
    base: Path,
    out: Path,
    minutes: float,
) -> None:
    """Fine-tune `base` on `pairs`; write weights to `out/final`, a log to `out/log.jsonl`.

    Args:
        targets: the probabilities to learn, shape (n, 3), rows sum to 1.
        bias: log-probabilities that the claim alone explains, shape (n, 3), added to the logits
            while training (see `training.claim_only`).
    """
    import torch
    from datasets import Dataset
    from sentence_transformers.cross_encoder import (
        CrossEncoder,
        CrossEncoderTrainer,
        CrossEncoderTrainingArguments,
    )
    from sentence_transformers.cross_encoder.evaluation import CrossEncoderClassificationEvaluator
    from transformers import TrainerCallback

    from training.loss import SoftCrossEntropy
    from training.rounding import AsPacked
    from training.sampler import ByLength

    labels = dict(enumerate(STANCES))
    model = CrossEncoder(
        str(_loadable(base, out)),
        num_labels=len(STANCES),
        max_length=plan.max_tokens,
        local_files_only=True,
        # On a CPU, fused attention without dropout takes 2.3 times as long a step.
        model_kwargs={} if torch.cuda.is_available() else {"attn_implementation": "eager"},
        config_kwargs={
            "id2label": labels,
            "label2id": {v: k for k, v in labels.items()},
            "hidden_dropout_prob": plan.dropout,
            "attention_probs_dropout_prob": plan.dropout,
        },
    )
    _freeze(model, plan)

    class SaveByClock(TrainerCallback):  # type: ignore[misc]
        last = time.monotonic()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if time.monotonic() - self.last > 60 * minutes:
                self.last = time.monotonic()
                control.should_save, control.should_evaluate = True, bool(dev)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            line = {"step": state.global_step, "of": state.max_steps, **(logs or {})}
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")

    data = Dataset.from_dict(
        {
            "evidence": [pair.evidence for pair in pairs],
            "claim": [pair.claim for pair in pairs],
            "label": np.hstack([targets, bias]).tolist(),
        }
    )
    if torch.cuda.is_available():
        bf16 = torch.cuda.is_bf16_supported()
    else:  # bfloat16 halves a step where the CPU multiplies it, and is far slower elsewhere
        bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    arguments = CrossEncoderTrainingArguments(
        output_dir=str(out),
        num_train_epochs=plan.epochs,
        max_steps=plan.steps or -1,
        per_device_train_batch_size=plan.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=plan.learning_rate,
        warmup_steps=plan.warmup,  # below 1 a share of all steps
        weight_decay=0.01,
        seed=plan.seed,
        bf16=bf16,
        use_cpu=not torch.cuda.is_available(),
        batch_sampler=ByLength,
        logging_steps=25,
        save_strategy="no",
        eval_strategy="no",
        save_total_limit=1,
        report_to="none",
        disable_tqdm=True,
    )
    evaluator = CrossEncoderClassificationEvaluator(
        [[pair.evidence, pair.claim] for pair in dev],
        [STANCES.index(pair.label) for pair in dev],
        name="dev",
        batch_size=64,
        write_csv=False,
        show_progress_bar=False,
    )
    packed = AsPacked(model, plan.seed) if plan.as_packed else None
    trainer = CrossEncoderTrainer(
        model=model,
        args=arguments,
        train_dataset=data,
        loss=SoftCrossEntropy(model, plan.label_smoothing),
        evaluator=evaluator,
        callbacks=[SaveByClock(), *([packed] if packed else [])],
    )
    trainer.train(resume_from_checkpoint=any(out.glob("checkpoint-*")))
    if dev:
        with packed.seen() if packed else nullcontext():
            trainer.evaluate()
    model.save_pretrained(str(out / "final"))
    restore_full_window(out / "final")


def _loadable(base: Path, out: Path) -> Path:
    """A folder that transformers can load: packed weights are first unpacked into `out/base`."""
    return unpacked(base, out / "base") if (base / PACKED).is_file() else base


def restore_full_window(folder: Path) -> None:
    """Set the tokenizer's length limit back to the model's own; training lowers it for speed."""
    config = json.loads((folder / "config.json").read_text())
    most = config["max_position_embeddings"] - 2  # some models keep two for themselves
    file = folder / "tokenizer_config.json"
    tokenizer = {**json.loads(file.read_text()), "model_max_length": most}
    file.write_text(json.dumps(tokenizer, indent=1) + "\n")


def _freeze(model: Any, plan: Recipe) -> None:
    """Freeze the lowest layers and the word embeddings where the recipe says so."""
    import torch

    encoder = next(
        m for m in model.modules() if isinstance(getattr(m, "layer", None), torch.nn.ModuleList)
    )
    for layer in encoder.layer[: plan.freeze_layers]:
        layer.requires_grad_(False)
    if plan.freeze_embeddings:
        for name, parameter in model.named_parameters():
            if ".word_embeddings." in name:
                parameter.requires_grad_(False)


if __name__ == "__main__":
    typer.run(main)
