"""The training mix -> a fine-tuned stance cross-encoder: `python -m training.stance --help`."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import astuple
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from index.documents import Vectors
from retrieval.errors import RetrievalError
from retrieval.running.packed import PACKED, unpacked
from retrieval.stance import find_stance
from retrieval.types import STANCES
from training.claim_only import claim_only
from training.counterparts import counterparts
from training.errors import TrainingError
from training.omit import omissions
from training.recipe import Recipe, count, mix, read_recipe
from training.surround import shortened, surrounded
from training.swaps import number_swaps
from training.teach import kept, targets


def main(
    data: Annotated[Path, typer.Argument(help="folder with stance_train.jsonl, stance_dev.jsonl")],
    base: Annotated[Path, typer.Option(help="pretrained encoder or a model to go on from")],
    recipe: Annotated[Path, typer.Option(help="what is learned, as TOML")],
    out: Annotated[Path, typer.Option(help="folder for checkpoints, log and weights")],
    extra: Annotated[list[Path] | None, typer.Option(help="more pair files")] = None,
    teacher: Annotated[
        list[str] | None, typer.Option(help="stance model to learn from; of several the mean")
    ] = None,
    minutes: Annotated[float, typer.Option(help="between checkpoints")] = 8,
    dev_pairs: Annotated[
        int, typer.Option(min=0, help="dev pairs scored at each checkpoint")
    ] = 800,
) -> None:
    """Fine-tune a cross-encoder; started again with the same folder, it goes on where it was."""
    try:
        plan = read_recipe(recipe)
        fine_tune(plan, data, extra or (), base, out, teacher or (), minutes, dev_pairs)
    except (TrainingError, EvaluationError, RetrievalError) as error:
        typer.echo(f"training: {error}", err=True)
        raise typer.Exit(1) from error


def fine_tune(
    plan: Recipe,
    data: Path,
    extra: Iterable[Path],
    base: Path,
    out: Path,
    teachers: Sequence[str] = (),
    minutes: float = inf,
    dev_pairs: int = 0,
) -> Any:
    """The pairs that a recipe names, and a cross-encoder that has learned them.

    Raises:
        TrainingError: packages are missing, or the recipe does not fit the data.
        EvaluationError: a file of pairs cannot be read.
        RetrievalError: a teacher cannot be asked.
    """
    if not (find_spec("datasets") and find_spec("accelerate")):
        raise TrainingError("packages are missing: pip install -e '.[train]'")
    pool = [p for file in [data / "stance_train.jsonl", *extra] for p in read_pairs(file)]
    pairs = learned_pairs(pool, plan)
    dev = [p for p in read_pairs(data / "stance_dev.jsonl") if plan.share(p.dataset).cap]
    typer.echo(f"{len(pairs)} pairs: {count(pairs)}")
    out.mkdir(parents=True, exist_ok=True)
    learned = targets(pairs, teachers, plan.teacher_share, out)
    known = _known(pairs, pool, plan.seed, out) if plan.without_claim_only else 0 * learned
    random.Random(plan.seed).shuffle(dev)
    model = train(pairs, learned, known, dev[:dev_pairs], plan, base, out, minutes)
    taught_by = [find_stance(teacher).identity for teacher in teachers]
    made = {**plan.model_dump(), "base": base.name, "teachers": taught_by}
    draft = out / "recipe.json"
    draft.write_text(json.dumps(made, indent=1) + "\n")
    draft.rename(out / "final" / draft.name)  # the last that a run writes, and whole
    return model


def learned_pairs(pool: Sequence[Pair], plan: Recipe) -> list[Pair]:
    """The mix of a recipe and what is made of its pairs, in an order that its seed decides.

    Raises:
        BadRecipe: see `training.recipe.mix`.
    """
    pairs = mix(pool, plan)
    given = list(dict.fromkeys(pairs))
    pairs += number_swaps(given, plan.number_swaps, plan.seed)
    pairs += counterparts(given, plan.counterparts, plan.seed)
    pairs += omissions(given, plan.omissions, plan.seed)
    pairs += surrounded(given, plan.surrounded, plan.seed)
    pairs += shortened(given, plan.shortened, plan.seed)
    random.Random(plan.seed).shuffle(pairs)
    return pairs


def _known(pairs: Sequence[Pair], pool: Sequence[Pair], seed: int, out: Path) -> Vectors:
    about = json.dumps([seed, [astuple(pair) for pair in [*pairs, *pool]]])
    return kept(out, "claim-only", about, lambda: claim_only(pairs, pool, seed))


def train(
    pairs: Sequence[Pair],
    learned: Vectors,
    known: Vectors,
    dev: Sequence[Pair],
    plan: Recipe,
    base: Path,
    out: Path,
    minutes: float,
) -> Any:
    """Fine-tune `base` on `pairs`; the weights land in `out/final`, its log in `out/log.jsonl`.
    Returns the model.

    Args:
        learned: what is to be said of each pair, as `training.teach.targets` gives it.
        known: what need not be learned, as `training.claim_only.claim_only` gives it;
            both of shape (n, 3).
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
        # Without dropout the fused one took 2.3 times as long a step on a CPU.
        model_kwargs={} if torch.cuda.is_available() else {"attn_implementation": "eager"},
        config_kwargs={
            "id2label": labels,
            "label2id": {v: k for k, v in labels.items()},
            "hidden_dropout_prob": plan.dropout,
            "attention_probs_dropout_prob": plan.dropout,
        },
    )
    _shape(model, plan)

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
            "label": np.hstack([learned, known]).tolist(),
        }
    )
    if torch.cuda.is_available():
        bf16 = torch.cuda.is_bf16_supported()
    else:  # twice as fast where the CPU multiplies bfloat16; much slower where it does not
        bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    arguments = CrossEncoderTrainingArguments(
        output_dir=str(out),
        num_train_epochs=plan.epochs,
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
    read_all_it_can(out / "final")
    return model


def _loadable(base: Path, out: Path) -> Path:
    """A folder the trainer reads: packed weights (`training/pack.py`) are unpacked into `out`."""
    return unpacked(base, out / "base") if (base / PACKED).is_file() else base


def read_all_it_can(folder: Path) -> None:
    """Training cuts pairs short to be fast; what is asked later reads all that it can."""
    config = json.loads((folder / "config.json").read_text())
    most = config["max_position_embeddings"] - 2  # some models keep two for themselves
    file = folder / "tokenizer_config.json"
    tokenizer = {**json.loads(file.read_text()), "model_max_length": most}
    file.write_text(json.dumps(tokenizer, indent=1) + "\n")


def _shape(model: Any, plan: Recipe) -> None:
    """Keep the layers the recipe names, and freeze the lowest where it says so."""
    import torch

    encoder = next(
        m for m in model.modules() if isinstance(getattr(m, "layer", None), torch.nn.ModuleList)
    )
    if plan.layers and len(plan.layers) < len(encoder.layer):
        encoder.layer = torch.nn.ModuleList(encoder.layer[at] for at in plan.layers)
        model.config.num_hidden_layers = len(plan.layers)
    for layer in encoder.layer[: plan.freeze_layers]:
        layer.requires_grad_(False)
    if plan.freeze_embeddings:
        for name, parameter in model.named_parameters():
            if ".word_embeddings." in name:
                parameter.requires_grad_(False)


if __name__ == "__main__":
    typer.run(main)
