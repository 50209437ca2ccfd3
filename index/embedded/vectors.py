"""Vectors -> FAISS index: derived from the store, caught up or rebuilt, never trusted."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt

from index.embedded.store import Store
from index.types import Hit, Vectors

log = logging.getLogger(__name__)
Kind = Literal["auto", "flat", "hnsw", "ivf"]
FLAT_UP_TO = 100_000
BLOCK = 20_000


class VectorIndex:
    """Inner products over unit vectors. Exact up to `FLAT_UP_TO` passages, inverted lists above.

    The file's name carries its generation, so a rename is all it takes to save both at once.
    """

    def __init__(self, folder: Path, dimension: int, kind: Kind = "auto") -> None:
        self._folder, self._dimension, self._kind = folder, dimension, kind
        self.generation = self._saved = 0
        self._index: Any = None
        self._gone: set[int] = set()
        self._load()

    def _load(self) -> None:
        files = sorted(self._folder.glob("*.faiss"), key=lambda file: int(file.stem))
        if not files:
            return
        try:
            index = faiss.read_index(str(files[-1]))
            if index.d != self._dimension:
                raise RuntimeError(f"it holds {index.d} dimensions, not {self._dimension}")
        except RuntimeError as error:
            log.warning("vector index is unreadable and will be rebuilt: %s", error)
            return
        self._index = index
        self.generation = self._saved = int(files[-1].stem)

    def save(self) -> None:
        """Write the index beside its predecessor, then drop that one."""
        if self._index is None or self.generation == self._saved:
            return
        self._compact()
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{self.generation}.faiss"
        draft = target.with_suffix(".new")
        faiss.write_index(self._index, str(draft))
        draft.replace(target)
        for old in self._folder.glob("*.faiss"):
            if old != target:
                old.unlink(missing_ok=True)
        self._saved = self.generation

    def sync(self, store: Store, generation: int) -> None:
        """Bring the index to the store's `generation`."""
        if generation == self.generation and self._index is not None:
            return
        changes = store.changes_since(self.generation) if self._index is not None else None
        total = store.stats().passages
        if changes is None or generation < self.generation or not self._fits(total):
            self._rebuild(store, total)
        else:
            _, gone = changes
            self._gone.update(gone)
            self._append(store, self.generation)
            if len(self._gone) > max(1_000, total // 10):
                self._compact()
        self.generation = generation

    def _choice(self, total: int) -> str:
        if self._kind != "auto":
            return self._kind
        return "flat" if total <= FLAT_UP_TO else "ivf"

    def _fits(self, total: int) -> bool:
        """Whether the index that is there is still the one its size asks for."""
        inner = faiss.downcast_index(self._index.index)
        choice = self._choice(total)
        if choice != _kind_of(inner):
            return False
        return choice != "ivf" or inner.nlist * 8 >= _lists(total)

    def _rebuild(self, store: Store, total: int) -> None:
        choice = self._choice(total)
        self._gone = set()
        metric = faiss.METRIC_INNER_PRODUCT
        if choice == "hnsw":
            inner = faiss.IndexHNSWFlat(self._dimension, 32, metric)
            inner.hnsw.efConstruction, inner.hnsw.efSearch = 80, 128
        elif choice == "ivf" and total:
            inner = faiss.index_factory(self._dimension, f"IVF{_lists(total)},SQfp16", metric)
            inner.nprobe = max(8, inner.nlist // 16)
            inner.train(self._sample(store, total, 64 * inner.nlist))
        else:
            inner = faiss.IndexFlatIP(self._dimension)
        self._index = faiss.IndexIDMap2(inner)
        self._append(store, -1)

    def _sample(self, store: Store, total: int, size: int) -> Vectors:
        """Evenly spread over the corpus, so that a folder of one subject does not own the lists."""
        step = max(1, total // size)
        return np.concatenate([block[::step] for _, block in store.vectors_since(-1, BLOCK)])

    def _append(self, store: Store, generation: int) -> None:
        for keys, block in store.vectors_since(generation, BLOCK):
            self._index.add_with_ids(block, np.asarray(keys, np.int64))

    def _compact(self) -> None:
        """Take deleted keys out for good; until then a selector keeps them from every answer."""
        if self._gone and _kind_of(faiss.downcast_index(self._index.index)) != "hnsw":
            self._index.remove_ids(np.fromiter(self._gone, np.int64, len(self._gone)))
            self._gone = set()

    def search(self, vector: Vectors, k: int, among: npt.NDArray[np.int64] | None) -> list[Hit]:
        """Best k, of the keys in `among` when it is given."""
        k = min(k, self._index.ntotal, len(among) if among is not None else k)
        if k < 1:
            return []
        selector = None
        if among is not None:
            selector = faiss.IDSelectorBatch(among)
        elif self._gone:
            keys = np.fromiter(self._gone, np.int64, len(self._gone))
            # Kept in a name: the negation holds no reference to what it negates.
            dead = faiss.IDSelectorBatch(keys)
            selector = faiss.IDSelectorNot(dead)
        scores, keys = self._index.search(
            np.ascontiguousarray(vector, np.float32)[None], k, params=self._parameters(selector)
        )
        found = zip(keys[0].tolist(), scores[0].tolist(), strict=True)
        # FAISS fills what it did not find with key -1.
        return [Hit(key, score) for key, score in found if key >= 0 and key not in self._gone]

    def _parameters(self, selector: Any) -> Any:
        inner = faiss.downcast_index(self._index.index)
        kind = _kind_of(inner)
        if kind == "hnsw":
            return faiss.SearchParametersHNSW(sel=selector, efSearch=inner.hnsw.efSearch)
        if kind == "ivf":
            return faiss.SearchParametersIVF(sel=selector, nprobe=inner.nprobe)
        return faiss.SearchParameters(sel=selector)


def _kind_of(inner: Any) -> str:
    if isinstance(inner, faiss.IndexIVF):
        return "ivf"
    return "hnsw" if isinstance(inner, faiss.IndexHNSW) else "flat"


def _lists(total: int) -> int:
    """Inverted lists: about 4 * sqrt(n), the rule of thumb of FAISS's own guidelines."""
    return max(1, min(4 * round(math.sqrt(total)), total // 40 or 1))


def scores(vectors: dict[int, Vectors], query: Vectors, keys: Sequence[int]) -> dict[int, float]:
    """Exact inner products from the stored vectors."""
    return {key: float(np.dot(vectors[key], query)) for key in keys if key in vectors}
