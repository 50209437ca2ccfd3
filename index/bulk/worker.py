"""What a worker does: it loads the model once, then embeds one list of texts after the other."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable
from multiprocessing import parent_process

from index.corpus import Embedder
from index.documents import Vectors
from index.errors import CorpusError, EmbeddingMismatch

Load = Callable[[], Embedder]
"""Loads the embedding model in a worker; it can be pickled."""


class WorkersFailed(CorpusError):
    """Workers end again and again before they have done anything."""


# The model of this process, by what loads it.
_loaded: dict[bytes, Embedder] = {}


def embed(load: Load, identity: str, texts: list[str]) -> Vectors:
    """The vectors of texts.

    Raises:
        EmbeddingMismatch: this worker has another model than that of the corpus.
    """
    name = pickle.dumps(load)
    if name not in _loaded:
        _loaded[name] = load()
    embedder = _loaded[name]
    if embedder.identity != identity:
        raise EmbeddingMismatch(
            f"a worker has the embedding model {embedder.identity}, the corpus that of {identity}: "
            "install the same version of claimdesk and the same model on each machine"
        )
    return embedder.embed(texts)


def begin() -> None:
    """Let this process end when its parent ends, and not by Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
