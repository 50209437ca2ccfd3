"""Vectors -> FAISS index: derived from the store, caught up or rebuilt, never trusted."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt

from index.embedded.store import Store
from index.types import Hit, Vectors

log = logging.getLogger(__name__)
Blocks = Iterable[tuple[Sequence[int], Vectors]]
Kind = Literal["auto", "flat", "hnsw", "ivf"]
FLAT_UP_TO = 100_000
BLOCK = 20_000
EF_SEARCH = 128
EXACT_AMONG = 50_000


class VectorIndex:
    """Inner products over unit vectors. Exact up to `FLAT_UP_TO` passages, inverted lists above.

    The file's name carries its corpus and generation, so a rename is all it takes to save them
    at once.
    """

    def __init__(self, folder: Path, corpus: str, dimension: int, kind: Kind = "auto") -> None:
        self._folder, self._corpus = folder, corpus
        self._dimension, self._kind = dimension, kind
        self.generation = self._saved = 0
        self._index: Any = None
        self._gone: set[int] = set()
        self._load()

    def _load(self) -> None:
        named = re.compile(rf"{self._corpus}-(\d+)\.faiss")
        found = [named.fullmatch(file.name) for file in self._folder.glob("*.faiss")]
        generation = max((int(match[1]) for match in found if match), default=None)
        if generation is None:
            return
        try:
            index = faiss.read_index(str(self._file(generation)))
            if index.d != self._dimension:
                raise RuntimeError(f"it holds {index.d} dimensions, not {self._dimension}")
        except RuntimeError as error:
            log.warning("vector index is unreadable and will be rebuilt: %s", error)
            return
        self._index = index
        self.generation = self._saved = generation

    def _file(self, generation: int) -> Path:
        return self._folder / f"{self._corpus}-{generation}.faiss"

    def save(self, store: Store) -> None:
        """Write the index beside its predecessor, then drop that one."""
        if self._index is None or self.generation == self._saved:
            return
        self._compact(store)
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._file(self.generation)
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
        changes = None
        if self._index is not None and generation >= self.generation:
            changes = store.changes_since(self.generation, generation)
        stats = store.stats()
        if changes is None or not self._fits(stats.passages):
            self._rebuild(store, stats.passages, generation)
        else:
            _, gone = changes
            self._gone.update(gone)
            self._append(store, self.generation, generation)
            self.generation = generation
            if len(self._gone) > max(1_000, stats.passages // 10):
                self._compact(store)
        self.generation = generation
        held = self._index.ntotal - len(self._gone)
        if stats.generation == generation and held != stats.passages:
            log.warning("vector index holds %d of %d passages: rebuilt", held, stats.passages)
            self._rebuild(store, stats.passages, generation)

    def _choice(self, total: int) -> str:
        if self._kind != "auto":
            return self._kind
        return "flat" if total <= FLAT_UP_TO else "ivf"

    def _inner(self) -> Any:
        mapped = isinstance(self._index, faiss.IndexIDMap)
        return faiss.downcast_index(self._index.index if mapped else self._index)

    def _fits(self, total: int) -> bool:
        """Whether the index that is there is still the one its size asks for."""
        inner = self._inner()
        choice = self._choice(total)
        if choice != _kind_of(inner):
            return False
        return choice != "ivf" or inner.nlist * 8 >= _lists(total)

    def _rebuild(self, store: Store, total: int, generation: int) -> None:
        self._gone = set()
        self.fill(lambda: store.vectors_since(-1, generation, BLOCK), total)

    def fill(self, blocks: Callable[[], Blocks], total: int) -> None:
        """Put `total` vectors in the place of all that is there.

        Args:
            blocks: called for the keys and vectors, in blocks; once more where lists are learned.
        """
        choice = self._choice(total)
        metric = faiss.METRIC_INNER_PRODUCT
        if choice == "hnsw":
            inner = faiss.IndexHNSWFlat(self._dimension, 32, metric)
            inner.hnsw.efConstruction = 80
        elif choice == "ivf" and total:
            inner = faiss.index_factory(self._dimension, f"IVF{_lists(total)},SQfp16", metric)
            inner.nprobe = max(8, inner.nlist // 16)
            inner.train(_sample(blocks(), total, 64 * inner.nlist))
        else:
            inner = faiss.IndexFlatIP(self._dimension)
        # Inverted lists keep keys of their own, which a map around them would contradict once
        # something is removed.
        self._index = inner if _kind_of(inner) == "ivf" else faiss.IndexIDMap2(inner)
        self._add(blocks())

    def _append(self, store: Store, generation: int, until: int) -> None:
        self._add(store.vectors_since(generation, until, BLOCK))

    def _add(self, blocks: Blocks) -> None:
        for keys, block in blocks:
            self._index.add_with_ids(block, np.asarray(keys, np.int64))

    def _compact(self, store: Store) -> None:
        """Take deleted keys out for good; until then a selector keeps them from every answer."""
        if not self._gone:
            return
        if _kind_of(self._inner()) == "hnsw":
            # A graph cannot lose nodes.
            self._rebuild(store, store.stats().passages, self.generation)
        else:
            self._index.remove_ids(np.fromiter(self._gone, np.int64, len(self._gone)))
            self._gone = set()

    def search(self, vector: Vectors, k: int, among: npt.NDArray[np.int64] | None) -> list[Hit]:
        """Best k, of the keys in `among` when it is given."""
        k = min(k, self._index.ntotal, len(among) if among is not None else k)
        if k < 1:
            return []
        selector = None
        kind = _kind_of(self._inner())
        if among is not None and kind == "hnsw" and len(among) <= EXACT_AMONG:
            return self._exactly(vector, k, among)
        if among is not None:
            selector = faiss.IDSelectorBatch(among)
        elif self._gone:
            keys = np.fromiter(self._gone, np.int64, len(self._gone))
            # Kept in a name: the negation holds no reference to what it negates.
            dead = faiss.IDSelectorBatch(keys)
            selector = faiss.IDSelectorNot(dead)
        scores, keys = self._index.search(
            np.ascontiguousarray(vector, np.float32)[None],
            k,
            params=self._parameters(selector, k, everywhere=among is not None),
        )
        found = zip(keys[0].tolist(), scores[0].tolist(), strict=True)
        # FAISS fills what it did not find with key -1.
        return [Hit(key, score) for key, score in found if key >= 0 and key not in self._gone]

    def _exactly(self, vector: Vectors, k: int, among: npt.NDArray[np.int64]) -> list[Hit]:
        """A graph walked for a few admitted nodes misses them: score those few instead."""
        alive = [key for key in among.tolist() if key not in self._gone]
        if not alive:
            return []
        rows = self._index.reconstruct_batch(np.asarray(alive, np.int64)) @ vector
        best = np.argsort(-rows, kind="stable")[:k]
        return [Hit(alive[at], float(rows[at])) for at in best]

    def _parameters(self, selector: Any, k: int, *, everywhere: bool) -> Any:
        """`everywhere`: few are admitted, so every list has to be looked through for them."""
        inner = self._inner()
        kind = _kind_of(inner)
        if kind == "hnsw":
            return faiss.SearchParametersHNSW(sel=selector, efSearch=max(2 * k, EF_SEARCH))
        if kind == "ivf":
            lists = inner.nlist if everywhere else inner.nprobe
            return faiss.SearchParametersIVF(sel=selector, nprobe=lists)
        return faiss.SearchParameters(sel=selector)


def _kind_of(inner: Any) -> str:
    if isinstance(inner, faiss.IndexIVF):
        return "ivf"
    return "hnsw" if isinstance(inner, faiss.IndexHNSW) else "flat"


def _sample(blocks: Blocks, total: int, size: int) -> Vectors:
    """Evenly spread over the corpus, so that a folder of one subject does not own the lists."""
    step = max(1, total // size)
    return np.concatenate([block[::step] for _, block in blocks])


def _lists(total: int) -> int:
    """Inverted lists: about 4 * sqrt(n), the rule of thumb of FAISS's own guidelines."""
    return max(1, min(4 * round(math.sqrt(total)), total // 40 or 1))


def scores(vectors: dict[int, Vectors], query: Vectors, keys: Sequence[int]) -> dict[int, float]:
    """Exact inner products from the stored vectors."""
    return {key: float(np.dot(vectors[key], query)) for key in keys if key in vectors}
