"""The folder a bench runs in: float32 models for the plain side, an index for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.bench.plain import EMBEDDING_FOLDER, STANCE_FOLDER
from index.types import Vectors
from retrieval.models import find_model
from retrieval.stance import PACKED, SHIPPED, SHIPPED_FOLDER
from training.pack import unpacked


@dataclass(frozen=True, slots=True)
class Workplace:
    """Folders: of all, and of the two models as the plain libraries load them."""

    folder: Path
    embedding: Path
    stance: Path


def prepare(folder: Path, embedding: str, stance: str) -> Workplace:
    """Put both models where the plain side finds them."""
    source = SHIPPED_FOLDER if stance == SHIPPED else find_model(stance).folder
    weights = folder / STANCE_FOLDER
    if (source / PACKED).is_file():
        unpacked(source, weights)
    else:
        weights.symlink_to(source)
    (folder / EMBEDDING_FOLDER).symlink_to(find_model(embedding).folder)
    return Workplace(folder, folder / EMBEDDING_FOLDER, weights)


def index_for_plain(work: Workplace, passages: Sequence[str], vectors: Vectors) -> None:
    """What `evaluation.bench.plain` serves."""
    (work.folder / "passages.json").write_text(json.dumps(list(passages)))
    np.save(work.folder / "vectors.npy", vectors)
