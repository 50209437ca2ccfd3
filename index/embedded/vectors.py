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

from index.corpus import Hit
from index.documents import Vectors
from index.embedded.store import Store, worn

log = logging.getLogger(__name__)
Blocks = Iterable[tuple[Sequence[int], Vectors]]
Kind = Literal["auto", "flat", "hnsw", "ivf"]
FLAT_UP_TO = 50_000
BLOCK = 20_000
EF_SEARCH = 128
EXACT_AMONG = 50_000
# Inverted lists: so many, or such a share, are looked through, and of what is found there by short
# codes so many are scored again by their own numbers. Chosen by measurement: docs/decisions/0009.
LISTS_PROBED, SHARE_PROBED = 150, 0.15
SCORED_AGAIN = 500
TRAINING_PER_LIST = 64
CODES_FROM = 16  # values of a 4-bit code
REMOVED = -1
# So many deleted keys are told to the index itself.
SETTLED_FROM = 1_000


class VectorIndex:
    """Inner products over unit vectors. Exact up to `FLAT_UP_TO` passages, inverted lists above.

    The file's name carries its corpus and generation, so a rename is all it takes to save them
    at once. Only a flat index can lose vectors; in the others what was removed stays, under the key
    `REMOVED`, until it is a tenth of all and the index is built anew.
    """

    def __init__(self, folder: Path, corpus: str, dimension: int, kind: Kind = "auto") -> None:
        self._folder, self._corpus = folder, corpus
        self._dimension, self._kind = dimension, kind
        self.generation = self._saved = 0
        self._index: Any = None
        # Deleted, and still in the index under their own keys; so many more are there as REMOVED.
        self._gone: set[int] = set()
        self._removed = 0
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
            if not isinstance(index, faiss.IndexIDMap2):
                raise RuntimeError("an earlier version wrote it")
        except RuntimeError as error:
            log.warning("vector index is unreadable and will be rebuilt: %s", error)
            return
        self._index = index
        self._removed = int((self._keys() == REMOVED).sum())
        self.generation = self._saved = generation

    def reset(self, *, on_disk: bool) -> None:
        """Forget the index, and what was saved of it where `on_disk` is set."""
        if on_disk:
            self._file(self._saved).unlink(missing_ok=True)
        self._index, self._gone, self._removed = None, set(), 0
        self.generation = self._saved = 0

    def _file(self, generation: int) -> Path:
        return self._folder / f"{self._corpus}-{generation}.faiss"

    def save(self) -> None:
        """Write the index beside its predecessor, then drop that one."""
        if self._index is None or self.generation == self._saved:
            return
        self._settle()
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._file(self.generation)
        draft = target.with_suffix(".new")
        faiss.write_index(self._index, str(draft))
        draft.replace(target)
        # Drafts, too: a process that was killed while it wrote leaves one.
        for old in [*self._folder.glob("*.faiss"), *self._folder.glob("*.new")]:
            if old != target:
                old.unlink(missing_ok=True)
        self._saved = self.generation

    def sync(self, store: Store, generation: int) -> None:
        """Bring the index to the store's `generation`."""
        if generation == self.generation and self._index is not None:
            return
        deleted = None
        if self._index is not None and generation >= self.generation:
            deleted = store.deleted_since(self.generation, generation)
        total = store.passages_until(generation)
        if deleted is None or not self._fits(total) or not self._drop(deleted, total):
            self._rebuild(store, total, generation)
            return
        _add(self._index, store.vectors_since(self.generation, generation, BLOCK))
        self.generation = generation
        held = self._index.ntotal - len(self._gone) - self._removed
        if store.generation() == generation and held != total:
            log.warning("vector index holds %d of %d passages: rebuilt", held, total)
            self._rebuild(store, total, generation)

    def _drop(self, deleted: Sequence[int], total: int) -> bool:
        """Keep keys from every answer; False where so many are dead that a new index is due."""
        if deleted:
            gone = np.asarray(deleted, np.int64)
            # What came and went since the last time was never here.
            self._gone.update(gone[np.isin(gone, self._keys())].tolist())
        if len(self._gone) > SETTLED_FROM:
            self._settle()
        dead = self._removed + len(self._gone)
        return _kind_of(self._inner()) == "flat" or not worn(dead, total)

    def _choice(self, total: int) -> str:
        if total < CODES_FROM and self._kind == "ivf":
            return "flat"
        if self._kind != "auto":
            return self._kind
        return "flat" if total <= FLAT_UP_TO else "ivf"

    def _inner(self) -> Any:
        return faiss.downcast_index(self._index.index)

    def _keys(self) -> npt.NDArray[np.int64]:
        """Key of each row of the index."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), np.int64)

    def _fits(self, total: int) -> bool:
        """Whether the index that is there is still the one its size asks for."""
        inner = self._inner()
        choice = self._choice(total)
        if choice != _kind_of(inner):
            return False
        return choice != "ivf" or _coarse(inner).nlist * 3 >= _lists(total)

    def _rebuild(self, store: Store, total: int, generation: int) -> None:
        self._index = None  # a rebuild that fails leaves nothing to answer from
        self.fill(lambda: store.vectors_since(-1, generation, BLOCK), total)
        self.generation = generation

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
        elif choice == "ivf":
            inner = _inverted_lists(self._dimension, _lists(total))
            inner.train(_sample(blocks(), total, TRAINING_PER_LIST * _lists(total)))
        else:
            inner = faiss.IndexFlatIP(self._dimension)
        index = faiss.IndexIDMap2(inner)
        _add(index, blocks())
        self._index, self._gone, self._removed = index, set(), 0

    def _settle(self) -> None:
        """Let the index itself know what is deleted: what is saved needs no other record of it."""
        if not self._gone:
            return
        gone = np.fromiter(self._gone, np.int64, len(self._gone))
        if _kind_of(self._inner()) == "flat":
            self._index.remove_ids(gone)
        else:
            keys = self._keys()
            keys[np.isin(keys, gone)] = REMOVED
            faiss.copy_array_to_vector(keys, self._index.id_map)
            self._index.construct_rev_map()
            self._removed += len(gone)
        self._gone = set()

    def search(self, vector: Vectors, k: int, among: npt.NDArray[np.int64] | None) -> list[Hit]:
        """Best k, of the keys in `among` when it is given."""
        k = min(k, self._index.ntotal, len(among) if among is not None else k)
        if k < 1:
            return []
        kind = _kind_of(self._inner())
        if among is not None and kind != "flat" and len(among) <= EXACT_AMONG:
            return self._exactly(vector, k, among)
        # Each selector is kept in a name: those around it hold no reference.
        selector = chosen = None
        if among is not None:
            selector = chosen = faiss.IDSelectorBatch(among)
        elif self._gone or self._removed:
            chosen = faiss.IDSelectorBatch(np.array([*self._gone, REMOVED], np.int64))
            selector = faiss.IDSelectorNot(chosen)
        query = np.ascontiguousarray(vector, np.float32)[None]
        if kind == "ivf":
            scores, rows = self._search_lists(query, k, selector, everywhere=among is not None)
        else:
            parameters = faiss.SearchParameters(sel=selector)
            if kind == "hnsw":
                parameters = faiss.SearchParametersHNSW(
                    sel=selector, efSearch=max(2 * k, EF_SEARCH)
                )
            scores, rows = self._index.search(query, k, params=parameters)
        found = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        # FAISS fills what it did not find with key -1.
        return [Hit(key, score) for key, score in found if key >= 0 and key not in self._gone]

    def _search_lists(self, query: Vectors, k: int, selector: Any, *, everywhere: bool) -> Any:
        """Scores and keys. `everywhere`: few are admitted, and the nearest lists may hold none."""
        inner = self._inner()
        # The map around it translates a selector, but not one inside the refinement's parameters.
        mapped = faiss.IDSelectorTranslated(self._index.id_map, selector) if selector else None
        if everywhere:
            exact = faiss.downcast_index(inner.refine_index)
            scores, rows = exact.search(query, k, params=faiss.SearchParameters(sel=mapped))
        else:
            lists = faiss.SearchParametersIVF(sel=mapped, nprobe=_coarse(inner).nprobe)
            again = faiss.IndexRefineSearchParameters(
                k_factor=max(4.0, SCORED_AGAIN / k), base_index_params=lists
            )
            scores, rows = inner.search(query, k, params=again)
        ids = self._index.id_map
        return scores, np.array(
            [[ids.at(row) if row >= 0 else REMOVED for row in rows[0].tolist()]]
        )

    def _exactly(self, vector: Vectors, k: int, among: npt.NDArray[np.int64]) -> list[Hit]:
        """Lists and graphs walked for a few admitted rows miss them: score those few instead."""
        alive = [key for key in among.tolist() if key not in self._gone]
        if not alive:
            return []
        rows = self._index.reconstruct_batch(np.asarray(alive, np.int64)) @ vector
        best = np.argsort(-rows, kind="stable")[:k]
        return [Hit(alive[at], float(rows[at])) for at in best]


def _add(index: Any, blocks: Blocks) -> None:
    for keys, block in blocks:
        index.add_with_ids(block, np.asarray(keys, np.int64))


def _kind_of(inner: Any) -> str:
    if isinstance(inner, faiss.IndexRefine):
        return "ivf"
    return "hnsw" if isinstance(inner, faiss.IndexHNSW) else "flat"


def _inverted_lists(dimension: int, lists: int) -> Any:
    """Lists of 4-bit codes, scanned in registers, over float16 vectors that score the best again.

    (Product quantisation: Jégou, Douze, Schmid, TPAMI 2011; the scan: André, Kermarrec, Le
    Scouarnec, Quicker ADC, TPAMI 2019.) Codes are of the vectors themselves, not of what is left
    after their list's centre: one table of products then serves every list.
    """
    metric = faiss.METRIC_INNER_PRODUCT
    codes = next(n for n in range(max(1, dimension // 3), 0, -1) if dimension % n == 0)
    centres = faiss.IndexFlatIP(dimension)
    coarse = faiss.IndexIVFPQFastScan(centres, dimension, lists, codes, 4, metric)
    coarse.by_residual = False
    coarse.cp.spherical = True
    coarse.cp.min_points_per_centroid = coarse.pq.cp.min_points_per_centroid = 1
    coarse.nprobe = min(lists, max(LISTS_PROBED, round(SHARE_PROBED * lists)))
    coarse.implem = 15  # threads over the lists of one query, candidates in a reservoir
    exact = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric)
    return faiss.IndexRefine(coarse, exact)


def _coarse(inner: Any) -> Any:
    return faiss.downcast_index(inner.base_index)


def _sample(blocks: Blocks, total: int, size: int) -> Vectors:
    """As many of each block, so that a folder of one subject does not own the lists. Which ones,
    chance decides: where sources take turns, every sixteenth may always be of the same one."""
    share = min(1.0, size / total)
    random = np.random.default_rng(0)
    return np.concatenate([block[random.random(len(block)) < share] for _, block in blocks])


def _lists(total: int) -> int:
    """sqrt(n) inverted lists: as many vectors in a list as there are lists to choose from."""
    return max(1, min(round(math.sqrt(total)), total // 40 or 1))


def scores(vectors: dict[int, Vectors], query: Vectors, keys: Sequence[int]) -> dict[int, float]:
    """Exact inner products from the stored vectors."""
    return {key: float(np.dot(vectors[key], query)) for key in keys if key in vectors}
