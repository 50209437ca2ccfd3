"""Labels that people gave and what a teacher says -> the targets of the training pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from evaluation.pairs import Pair
from index.types import Vectors
from retrieval.stance import load_stance
from retrieval.types import STANCES

BATCH = 64


def targets(pairs: Sequence[Pair], share: float, teacher: Path | None, out: Path) -> Vectors:
    """float32 of shape (n, 3), columns as in `STANCES`; each row sums to 1.

    `share` of a row is the teacher's probabilities, the rest the label (Hinton, Vinyals and Dean,
    Distilling the Knowledge in a Neural Network, 2015; the temperature is the one the teacher was
    calibrated with). What it said is kept in `out`, so that a run that goes on does not ask again.

    Raises:
        ModelUnavailable: the teacher cannot be loaded.
    """
    labels = np.eye(len(STANCES), dtype=np.float32)[[STANCES.index(p.label) for p in pairs]]
    if teacher is None:
        return labels
    kept = out / "teacher.npy"
    if not kept.is_file():
        model = load_stance(str(teacher), out / "teacher")
        parts = [pairs[at : at + BATCH] for at in range(0, len(pairs), BATCH)]
        said = [
            model.predict([(pair.evidence, pair.claim) for pair in part])
            for part in track(parts, "asking the teacher")
        ]
        np.save(kept, np.concatenate(said))
    return np.asarray((1 - share) * labels + share * np.load(kept), np.float32)
