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
from index.types import Vectors
from retrieval.models import Device
from retrieval.stance import find_stance, load_stance
from retrieval.types import STANCES

BATCH = 512


def targets(pairs: Sequence[Pair], teachers: Sequence[str], share: float, out: Path) -> Vectors:
    """float32 of shape (n, 3), columns as in `STANCES`; each row sums to 1.

    The teachers' share of a row is the mean of their probabilities, the rest the label (Hinton,
    Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015; the temperature is the one
    a teacher was calibrated with). What they said is kept in `out`, so that a run that goes on does
    not ask again.

    Raises:
        ModelUnavailable: a teacher cannot be loaded.
        ClaimTooLong: for a teacher.
    """
    labels = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    if not teachers:
        return labels
    asked = [(pair.evidence, pair.claim) for pair in pairs]
    said = [
        kept(
            out,
            "teacher",
            json.dumps([find_stance(teacher).identity, asked]),
            partial(_said, teacher, asked, out),
        )
        for teacher in teachers
    ]
    return np.asarray((1 - share) * labels + share * np.mean(said, axis=0), np.float32)


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
