"""Labels that people gave and what teachers say -> the targets of the training pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track

from evaluation.pairs import Pair
from index.documents import Vectors
from retrieval.errors import ClaimTooLong
from retrieval.running.runtime import Device
from retrieval.stance import CompiledCrossEncoder, find_stance, load_stance
from retrieval.types import STANCES

BATCH = 512


def targets(pairs: Sequence[Pair], teachers: Sequence[str], share: float, out: Path) -> Vectors:
    """float32 of shape (n, 3), columns as in `STANCES`; each row sums to 1.

    The teachers' share of a row is the mean of their probabilities, the rest the label (Hinton,
    Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015; the temperature is the one
    a teacher was calibrated with). What they said is kept in `out`, so that a run that goes on does
    not ask again. A claim that is too long for a teacher keeps its label.

    Raises:
        ModelUnavailable: a teacher cannot be loaded.
    """
    labels = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    if not teachers:
        return labels
    asked = [(pair.evidence, pair.claim) for pair in pairs]
    said = np.zeros_like(labels)
    for teacher in teachers:
        about = json.dumps([find_stance(teacher).identity, asked])
        told = kept(out, "teacher", about, partial(_said, teacher, asked, out))
        said += np.where(np.isnan(told), labels, told) / len(teachers)
    return np.asarray((1 - share) * labels + share * said, np.float32)


def kept(out: Path, name: str, about: str, make: Callable[[], Vectors]) -> Vectors:
    """What `make` makes of what `about` says, made once: a run that goes on finds it in `out`."""
    file = out / f"{name}-{hashlib.sha256(about.encode()).hexdigest()[:16]}.npy"
    if not file.is_file():
        draft = file.with_name("draft.npy")
        np.save(draft, make())
        draft.rename(file)  # a run that is cut off leaves no half of it
    return np.asarray(np.load(file))


def _said(teacher: str, asked: Sequence[tuple[str, str]], out: Path) -> Vectors:
    """Probabilities of shape (n, 3); not a number where the claim is too long for the teacher."""
    import torch

    device: Device = "cuda" if torch.cuda.is_available() else "cpu"
    model = load_stance(teacher, out / "teacher", device=device)
    said = np.full((len(asked), len(STANCES)), np.nan, np.float32)
    can = [row for row, (_, claim) in enumerate(asked) if _fits(model, claim)]
    for at in track(range(0, len(can), BATCH), "asking the teacher"):
        rows = can[at : at + BATCH]
        said[rows] = model.predict([asked[row] for row in rows])
    return said


def _fits(model: CompiledCrossEncoder, claim: str) -> bool:
    try:
        model.check(claim)
    except ClaimTooLong:
        return False
    return True
