"""Labels that people gave and what a teacher says -> the targets of the training pairs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from evaluation.pairs import Pair
from index.types import Vectors
from retrieval.stance import find_stance, load_stance
from retrieval.types import STANCES
from training.recipe import Recipe

BATCH = 64


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
    kept = out / f"teacher-{hashlib.sha256(about.encode()).hexdigest()[:16]}.npy"
    if not kept.is_file():
        model = load_stance(plan.teacher, out / "teacher")
        parts = range(0, len(asked), BATCH)
        said = [model.predict(asked[at : at + BATCH]) for at in track(parts, "asking the teacher")]
        draft = kept.with_name("draft.npy")
        np.save(draft, np.concatenate(said))
        draft.rename(kept)  # a run that is cut off leaves no half of it
    return np.asarray((1 - plan.teacher_share) * labels + plan.teacher_share * np.load(kept))
