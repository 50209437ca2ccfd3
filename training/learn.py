"""Pairs with targets, and a base model -> a fine-tuned cross-encoder with its tokenizer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from evaluation.pairs import Pair
from index.documents import Vectors
from retrieval.running.packed import PACKED, unpacked
from retrieval.types import STANCES, VOICES
from training.recipe import Recipe
from training.rounding import as_packed
from training.sampler import by_length
from training.voices import UNTOLD, spoken

# Weight of the voice's loss, beside 1 for that of the stance.
VOICE_WEIGHT = 0.3
# Number of steps between two lines of the log.
LOG_STEPS = 25
# Share of a weight that a step takes back, in units of the learning rate.
WEIGHT_DECAY = 0.01
# Largest norm of a step's gradient.
LARGEST_GRADIENT = 1.0
CHECKPOINT = "checkpoint.pt"


def learn(
    pairs: Sequence[Pair], dev: Sequence[Pair], plan: Recipe, base: Path, out: Path, minutes: float
) -> None:
    """Fine-tune `base` on the pairs; write model and tokenizer to `out/final`, and `out/log.jsonl`.

    A run that was cut off goes on from its last checkpoint.

    Args:
        dev: pairs that each checkpoint is scored on.
        minutes: time between two checkpoints.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(plan.seed)
    model, tokenizer = _loaded(base, plan, out)
    # Before it is used: it would keep the limit of training, and pad.
    tokenizer.save_pretrained(str(out / "final"))
    model.to(device)
    _freeze(model, plan)
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        learned, lr=plan.learning_rate, weight_decay=WEIGHT_DECAY, fused=device == "cuda"
    )
    lengths = [len(pair.evidence) + len(pair.claim) for pair in pairs]
    stances = [STANCES.index(pair.label) for pair in pairs]
    voices = [spoken(pair) for pair in pairs]
    batches = cache(lambda epoch: by_length(lengths, plan.batch_size, plan.seed + epoch))
    per_epoch = len(batches(0))
    total = plan.steps or per_epoch * plan.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _share_of_rate(plan.warmup, total))
    state = _State(model, optimizer, schedule, out / CHECKPOINT)
    done = state.resume(device)
    torch.manual_seed(plan.seed + done)  # dropout of its own after each resumption
    rounding = as_packed(model, plan.seed) if plan.as_packed else nullcontext

    def prepared(step: int) -> tuple[list[int], Any]:
        epoch, at = divmod(step, per_epoch)
        rows = batches(epoch)[at]
        return rows, _columns(tokenizer, [pairs[row] for row in rows], plan.max_tokens)

    model.train()
    losses, saved = [], time.monotonic()
    for step, (rows, columns) in _prefetched(prepared, done, total):
        targets = torch.tensor([[stances[row], voices[row]] for row in rows], device=device)
        with rounding():
            with _autocast(device):
                logits = model(**columns.to(device)).logits.float()
            loss = loss_of(logits, targets[:, 0], targets[:, 1], plan.label_smoothing)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.detach())
        if step % LOG_STEPS == 0 or step == total:
            mean = float(torch.stack(losses).mean())
            losses.clear()
            _log(out, step, total, loss=mean, rate=float(schedule.get_last_lr()[0]))
        if time.monotonic() - saved > 60 * minutes:
            saved = time.monotonic()
            state.save(step)
            _log_scores(out, step, total, model, tokenizer, dev, plan, rounding)
    state.save(total)
    _log_scores(out, total, total, model, tokenizer, dev, plan, rounding)
    model.save_pretrained(str(out / "final"))


def loss_of(logits: Any, stances: Any, voices: Any, smoothing: float) -> Any:
    """Cross entropy of the stance, and `VOICE_WEIGHT` times that of the voice where it is told.

    Args:
        logits: shape (n, 6): stances, then voices.
        stances: index in `STANCES`, shape (n,).
        voices: index in `VOICES`, or `UNTOLD`, shape (n,).
        smoothing: share of each stance's target that is spread over all.
    """
    width = len(STANCES)
    stance = cross_entropy(logits[:, :width], stances, label_smoothing=smoothing)
    if (voices == UNTOLD).all():  # a mean over none is no number
        return stance
    return stance + VOICE_WEIGHT * cross_entropy(logits[:, width:], voices, ignore_index=UNTOLD)


def stance_logits(
    model: Any, tokenizer: Any, pairs: Sequence[Pair], max_tokens: int, batch: int = 128
) -> Vectors:
    """Logits of stances and voices: float32, shape (n, 6)."""
    device = next(model.parameters()).device
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row].evidence))
    found = np.zeros((len(pairs), len(STANCES) + len(VOICES)), np.float32)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        columns = _columns(tokenizer, [pairs[row] for row in rows], max_tokens).to(device)
        with torch.inference_mode(), _autocast(device.type):
            found[rows] = model(**columns).logits.float().cpu().numpy()
    return found


def _loaded(base: Path, plan: Recipe, out: Path) -> tuple[Any, Any]:
    """The base with outputs for stances and voices. Outputs that it has are kept, in its order."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = unpacked(base, out / "base") if (base / PACKED).is_file() else base
    labels = dict(enumerate((*STANCES, *VOICES)))
    chosen: dict[str, Any] = {"hidden_dropout_prob": plan.dropout}
    chosen["attention_probs_dropout_prob"] = plan.dropout
    if not torch.cuda.is_available():
        # On a CPU, fused attention without dropout takes 2.3 times as long a step.
        chosen["attn_implementation"] = "eager"
    model = AutoModelForSequenceClassification.from_pretrained(
        str(folder),
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,
        ignore_mismatched_sizes=True,
        id2label=labels,
        label2id={label: at for at, label in labels.items()},
        **chosen,
    )
    _keep_outputs(model, folder)
    return model, AutoTokenizer.from_pretrained(str(folder), local_files_only=True)


def _keep_outputs(model: Any, folder: Path) -> None:
    """Put the rows of the base's narrower output layer back, which loading made anew."""
    from safetensors.torch import load_file

    stored = load_file(folder / "model.safetensors")
    for name, parameter in model.named_parameters():
        before = stored.get(name)
        if before is not None and before.shape != parameter.shape:
            parameter.data[: len(before)] = before


def _freeze(model: Any, plan: Recipe) -> None:
    """Freeze the lowest layers and the word embeddings where the recipe says so."""
    encoder = next(
        m for m in model.modules() if isinstance(getattr(m, "layer", None), torch.nn.ModuleList)
    )
    for layer in encoder.layer[: plan.freeze_layers]:
        layer.requires_grad_(False)
    if plan.freeze_embeddings:
        for name, parameter in model.named_parameters():
            if ".word_embeddings." in name:
                parameter.requires_grad_(False)


def _columns(tokenizer: Any, pairs: Sequence[Pair], max_tokens: int) -> Any:
    """The model's inputs, shape (n, tokens); evidence is cut at its end where both are too long."""
    return tokenizer(
        [pair.evidence for pair in pairs],
        [pair.claim for pair in pairs],
        truncation="longest_first",
        max_length=max_tokens,
        padding=True,
        pad_to_multiple_of=8,
        return_tensors="pt",
    )


def _prefetched(
    prepared: Callable[[int], Any], done: int, total: int
) -> Iterator[tuple[int, tuple[list[int], Any]]]:
    """Yields the number of each step and its batch; the next batch is prepared meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        coming: Future[Any] | None = beside.submit(prepared, done) if done < total else None
        for step in range(done, total):
            assert coming
            batch = coming.result()
            coming = beside.submit(prepared, step + 1) if step + 1 < total else None
            yield step + 1, batch


def _share_of_rate(warmup: float, total: int) -> Callable[[int], float]:
    """Share of the learning rate at a step: it rises to 1, then falls to 0 in a line."""
    rising = max(1, round(warmup * total))
    return lambda step: min((step + 1) / rising, (total - step) / max(1, total - rising))


def _autocast(device: str) -> AbstractContextManager[Any]:
    """bfloat16 where the machine multiplies it: elsewhere it is far slower."""
    if device == "cuda":
        able = torch.cuda.is_bf16_supported()
    else:
        able = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device, torch.bfloat16) if able else nullcontext()


@dataclass(frozen=True)
class _State:
    """All that a resumed run needs, and the file that keeps it."""

    model: Any
    optimizer: Any
    schedule: Any
    file: Path

    def save(self, step: int) -> None:
        draft = self.file.with_suffix(".new")
        optimizer = self.optimizer.state_dict()
        torch.save({"step": step, "model": self.model.state_dict(), "optimizer": optimizer}, draft)
        draft.rename(self.file)

    def resume(self, device: str) -> int:
        """Load what was saved; return the number of steps that are done."""
        if not self.file.is_file():
            return 0
        kept: Mapping[str, Any] = torch.load(self.file, map_location=device, weights_only=True)
        self.model.load_state_dict(kept["model"])
        self.optimizer.load_state_dict(kept["optimizer"])
        done = int(kept["step"])
        self.schedule.last_epoch = done
        for group, rate in zip(self.optimizer.param_groups, self.schedule.base_lrs, strict=True):
            group["lr"] = rate * self.schedule.lr_lambdas[0](done)
        return done


def _log(out: Path, step: int, total: int, **figures: float) -> None:
    with (out / "log.jsonl").open("a") as log:
        log.write(json.dumps({"step": step, "of": total, **figures}) + "\n")


def _log_scores(
    out: Path,
    step: int,
    total: int,
    model: Any,
    tokenizer: Any,
    dev: Sequence[Pair],
    plan: Recipe,
    rounding: Callable[[], AbstractContextManager[None]],
) -> None:
    """Log the share of dev pairs that are right, with the weights as they would be packed."""
    if not dev:
        return
    model.eval()
    with rounding():
        logits = stance_logits(model, tokenizer, dev, plan.max_tokens)
    model.train()
    said = logits[:, : len(STANCES)].argmax(axis=1)
    right = [STANCES[at] == pair.label for at, pair in zip(said, dev, strict=True)]
    _log(out, step, total, dev_accuracy=float(np.mean(right)))
