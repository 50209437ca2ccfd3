"""Vectors of a snapshot -> an index that finds the nearest: caught up or built, never trusted."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt

from index.corpus import Hit
from index.documents import Vectors
from index.embedded.filters import Mask
from index.embedded.lists import (
    Blocks,
    choice,
    coarse_part,
    empty_index,
    exact_part,
    has_enough_lists,
    kind_of,
)
from index.embedded.snapshot import BEFORE_ALL, Snapshot, needs_rebuild
from index.errors import IndexUnavailable

log = logging.getLogger(__name__)
Kind = Literal["auto", "flat", "hnsw", "ivf"]
Keys = npt.NDArray[np.int64]
# Rows read and added at a time while an index is built that nobody searches yet …
BUILD_BLOCK = 20_000
# … and while searches wait for it: about 20 ms.
CATCH_UP_BLOCK = 500
# Rows whose whole vectors are compared with the claim's after a scan of the short codes.
RESCORED = 500
# Rows of a graph that are looked at in a search, at least.
HNSW_SEARCH_DEPTH = 128
# Where a filter admits no more rows than these, each of them is compared: no list or graph is
# walked that may hold none of them.
EXACT_UP_TO = 5_000
# A graph is walked through rows that a filter keeps out, in vain where it keeps out most.
GRAPH_ADMITTED_SHARE = 0.5
# Key of a deleted row in a saved index.
REMOVED = -1

Check = Callable[[], None]
"""Called between two blocks; raises what shall end the work."""


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """Inner products over unit vectors at one generation; safe to search from several threads.

    A deleted row stays in FAISS's index and is masked out, until so many are dead that the index
    is built anew. Rows past `len(keys)` belong to a later generation, which shares `faiss`.
    """

    generation: int
    faiss: Any
    """IndexIDMap over the index that is searched; a row's number is its place in `keys`."""
    keys: Keys
    """Key of each row, ascending, deleted rows included."""
    alive: Mask
    """Whether each row's passage still exists."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """FAISS's indexes may be searched side by side, but not while rows are added."""

    @property
    def inner(self) -> Any:
        return faiss.downcast_index(self.faiss.index)

    @property
    def living_keys(self) -> Keys:
        """Keys in the order of the masks that `search` takes."""
        return self.keys[self.alive]

    def search(self, vector: Vectors, k: int, admitted: Mask | None = None) -> list[Hit]:
        """The k rows of highest inner product with `vector` (dim,), best first.

        Args:
            admitted: of each of `living_keys` whether it may be found; None: all may.
        """
        rows = self.alive
        if admitted is not None:
            rows = np.zeros(len(self.keys), bool)
            rows[self.alive] = admitted
        number = int(np.count_nonzero(rows))
        k = min(k, number)
        if k < 1:
            return []
        query = np.ascontiguousarray(vector, np.float32)[None]
        with self.lock:
            selector = None
            if number < self.faiss.ntotal:
                selector = faiss.IDSelectorBitmap(np.packbits(rows, bitorder="little"))
            scores, found = self._nearest(query, k, selector, number)
        pairs = zip(found.tolist(), scores.tolist(), strict=True)
        # FAISS fills what it did not find with row -1.
        return [Hit(int(self.keys[row]), score) for row, score in pairs if row >= 0]

    def _nearest(self, query: Vectors, k: int, selector: Any, number: int) -> tuple[Any, Any]:
        """Scores and rows, both (k,), of the `number` rows that the selector lets through."""
        inner = self.inner
        kind, share = kind_of(inner), number / len(self.keys)
        few = selector is not None and (
            number <= EXACT_UP_TO or (kind == "hnsw" and share < GRAPH_ADMITTED_SHARE)
        )
        if kind == "flat" or few:
            parameters = faiss.SearchParameters(sel=selector)
            return _row(exact_part(inner).search(query, k, params=parameters))
        if kind == "hnsw":
            # Rows that the filter keeps out take places of the walk.
            depth = math.ceil(max(2 * k, HNSW_SEARCH_DEPTH) / share**2)
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=depth)
            return _row(inner.search(query, k, params=parameters))
        lists = coarse_part(inner)
        # The nearest k of a share lie as far away as the nearest k / share of all.
        probed = min(lists.nlist, math.ceil(lists.nprobe / math.sqrt(share)))
        scores, rows = _search_lists(inner, query, k, selector, probed)
        if probed < lists.nlist and rows[-1] < 0:  # the nearest lists hold fewer than k
            return _search_lists(inner, query, k, selector, lists.nlist)
        return scores, rows


def _search_lists(
    inner: Any, query: Vectors, k: int, selector: Any, probed: int
) -> tuple[Any, Any]:
    # The parameters inside the others have to be held by a name: those around them do not.
    lists = faiss.SearchParametersIVF(sel=selector, nprobe=probed)
    parameters = faiss.IndexRefineSearchParameters(
        k_factor=max(4.0, RESCORED / k), base_index_params=lists
    )
    return _row(inner.search(query, k, params=parameters))


def _row(result: tuple[Any, Any]) -> tuple[Any, Any]:
    scores, rows = result
    return scores[0], rows[0]


def vector_index_of(
    snapshot: Snapshot,
    dimension: int,
    kind: Kind,
    earlier: VectorIndex | None,
    check: Check,
    building: Check = lambda: None,
) -> VectorIndex:
    """The index at the snapshot's generation, caught up from an earlier one where that can be.

    The earlier one answers meanwhile, and goes on to answer where this fails.

    Args:
        building: called before it is built from nothing.

    Raises:
        CorpusCorrupt: a stored vector has another length.
        IndexUnavailable: the index that was built does not hold what the snapshot does.
    """
    if earlier is not None and (caught_up := _caught_up(snapshot, dimension, kind, earlier, check)):
        return caught_up
    building()
    built = build(
        lambda: snapshot.vectors_since(BEFORE_ALL, dimension, BUILD_BLOCK),
        snapshot.passages, dimension, kind, snapshot.generation, check,
    )  # fmt: skip
    if len(built.keys) != snapshot.passages:
        raise IndexUnavailable(
            f"{snapshot.passages - len(built.keys):,} passages have no vector: "
            "run `claimdesk reindex`"
        )
    return built


def _caught_up(
    snapshot: Snapshot, dimension: int, kind: Kind, earlier: VectorIndex, check: Check
) -> VectorIndex | None:
    """The earlier index with what came since; None where a new one has to be built."""
    deleted = snapshot.deleted_since(earlier.generation)
    inner = earlier.inner
    if (
        deleted is None
        or earlier.faiss.d != dimension
        or kind_of(inner) != choice(kind, snapshot.passages)
        or not has_enough_lists(inner, snapshot.passages)
        or earlier.faiss.ntotal != len(earlier.keys)  # an attempt to catch up was cut off
    ):
        return None
    alive = earlier.alive
    if deleted:
        alive = alive & ~np.isin(earlier.keys, np.asarray(deleted, np.int64), kind="sort")
    if needs_rebuild(len(alive) - int(np.count_nonzero(alive)), snapshot.passages):
        return None
    added = []
    for block_keys, block in snapshot.vectors_since(earlier.generation, dimension, CATCH_UP_BLOCK):
        check()
        added.append(np.asarray(block_keys, np.int64))
        with earlier.lock:
            earlier.faiss.add_with_ids(block, added[-1])
    keys = np.concatenate([earlier.keys, *added])
    alive = np.concatenate([alive, np.ones(len(keys) - len(alive), bool)])
    if int(np.count_nonzero(alive)) != snapshot.passages:
        log.warning(
            "the vector index holds %d of %d passages and is built anew",
            np.count_nonzero(alive), snapshot.passages,
        )  # fmt: skip
        return None
    return VectorIndex(snapshot.generation, earlier.faiss, keys, alive, earlier.lock)


def build(
    blocks: Callable[[], Blocks],
    total: int,
    dimension: int,
    kind: Kind = "auto",
    generation: int = 0,
    check: Check = lambda: None,
) -> VectorIndex:
    """An index of `total` vectors.

    Args:
        blocks: called for the keys and vectors, in blocks; once more where lists are learned.
    """
    inner = empty_index(choice(kind, total), dimension, total, blocks)
    index = faiss.IndexIDMap(inner)
    keys: list[Keys] = []
    for block_keys, block in blocks():
        check()
        keys.append(np.asarray(block_keys, np.int64))
        index.add_with_ids(block, keys[-1])
    every = np.concatenate([np.empty(0, np.int64), *keys])
    return VectorIndex(generation, index, every, np.ones(len(every), bool))


def scores(vectors: dict[int, Vectors], query: Vectors, keys: Sequence[int]) -> dict[int, float]:
    """Exact inner products from the stored vectors."""
    return {key: float(np.dot(vectors[key], query)) for key in keys if key in vectors}
