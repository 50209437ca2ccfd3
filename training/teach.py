"""Labels that people gave and what a teacher says -> the targets of the training pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track

from evaluation.pairs import Pair
from index.types import Vectors
from retrieval.models import Device
from retrieval.stance import find_stance, load_stance
from retrieval.types import STANCES
from training.recipe import Recipe

BATCH = 512


def targets(pairs: Sequence[Pair], plan: Recipe, out: Path) -> Vectors:
    """float32 of shape (n, 3), columns as in `STANCES`; each row sums to 1.

    A teacher's share of a row is its probabilities, the rest the label (Hinton, Vinyals and Dean,
    Distilling the Knowledge in a Neural Network, 2015; the temperature is the one the teacher was
    calibrated with). What it said is kept in `out`, so that a run that goes on does not ask again.

    Raises:
        ModelUnavailable: the teacher cannot be loaded.
        ClaimTooLong: for the teacher.
    """
    labels = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    if plan.teacher is None:
        return labels
    asked = [(pair.evidence, pair.claim) for pair in pairs]
    about = json.dumps([find_stance(plan.teacher).identity, asked])
    said = kept(out, "teacher", about, partial(_said, plan.teacher, asked, out))
    return np.asarray((1 - plan.teacher_share) * labels + plan.teacher_share * said)


def kept(out: Path, name: str, about: str, make: Callable[[], Vectors]) -> Vectors:
    """What `make` makes of what `about` says, made once: a run that goes on finds it in `out`."""
    file = out / f"{name}-{hashlib.sha256(about.encode()).hexdigest()[:16]}.npy"
    if not file.is_file():
        draft = file.with_name("draft.npy")
        np.save(draft, make())
        draft.rename(file)  # a run that is cut off leaves no half of it
    return np.asarray(np.load(file))


def _said(teacher: str, asked: Sequence[tuple[str, str]], out: Path) -> Vectors:
    import torch

    device: Device = "cuda" if torch.cuda.is_available() else "cpu"
    model = load_stance(teacher, out / "teacher", device=device)
    parts = range(0, len(asked), BATCH)
    said = [model.predict(asked[at : at + BATCH]) for at in track(parts, "asking the teacher")]
    return np.concatenate(said)
