"""Names of the two models -> the folder that a bench runs in, with float32 models in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.bench.plain import EMBEDDING_FOLDER, STANCE_FOLDER
from index.embedded.corpus import DATABASE
from index.embedded.snapshot import BEFORE_ALL
from index.embedded.store import Store
from index.split import embedding_text
from retrieval.running.files import find_model
from retrieval.running.packed import PACKED, unpacked
from retrieval.stance import find_stance


@dataclass(frozen=True, slots=True)
class Workplace:
    """Folders of a bench.

    folder: holds all others but the last. embedding, stance: the models as the plain libraries load
    them. served: the stance model as it is served.
    """

    folder: Path
    embedding: Path
    stance: Path
    served: Path


def prepare(folder: Path, embedding: str, stance: str) -> Workplace:
    """The workplace in a folder, with both models where the plain side finds them."""
    source = find_stance(stance).folder
    weights = folder / STANCE_FOLDER
    if (source / PACKED).is_file():
        unpacked(source, weights)
    else:
        weights.symlink_to(source)
    (folder / EMBEDDING_FOLDER).symlink_to(find_model(embedding).folder)
    return Workplace(folder, folder / EMBEDDING_FOLDER, weights, source)


def index_for_plain(work: Workplace, data: Path) -> None:
    """Writes the passages and vectors that claimdesk stored, for `evaluation.bench.plain`."""
    store = Store(data / DATABASE, writable=False)
    with store.snapshot() as snapshot:
        rows = list(snapshot.texts_since(BEFORE_ALL))
    vectors = store.vectors([row.key for row in rows])
    store.close()
    passages = [embedding_text(row.title, row.text) for row in rows]
    (work.folder / "passages.json").write_text(json.dumps(passages))
    np.save(work.folder / "vectors.npy", np.stack([vectors[row.key] for row in rows]))
