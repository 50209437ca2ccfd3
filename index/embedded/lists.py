"""Number of vectors -> the FAISS index that suits it, learned from a sample of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import faiss
import numpy as np

from index.documents import Vectors

Blocks = Iterable[tuple[Sequence[int], Vectors]]
Kind = Literal["flat", "hnsw", "ivf"]
# Passages up to which every vector is compared: above, inverted lists are faster.
FLAT_UP_TO = 50_000
# nprobe = max(LISTS_PROBED, SHARE_PROBED * number of lists): docs/decisions/0009.
LISTS_PROBED, SHARE_PROBED = 150, 0.15
# Vectors per list that the lists' centres and the codes are learned from.
TRAINING_PER_LIST = 64
# Values of a 4-bit code: fewer vectors than these cannot be learned from.
CODE_VALUES = 16
# Links per row of the graph, and rows looked at while one is linked.
HNSW_LINKS, HNSW_BUILD_DEPTH = 32, 80
# FAISS picks its own way of scanning by the size of a batch. 15 is, in IndexIVFFastScan.h,
# "multithreaded over the lists of a query, with a reservoir of candidates": the quickest for one
# query at a time.
SCAN_ONE_QUERY = 15


def choice(kind: Kind | Literal["auto"], total: int) -> Kind:
    """The kind of index for so many vectors."""
    if kind == "auto":
        return "flat" if total <= FLAT_UP_TO else "ivf"
    return "flat" if kind == "ivf" and total < CODE_VALUES else kind


def empty_index(kind: Kind, dimension: int, total: int, blocks: Callable[[], Blocks]) -> Any:
    """A FAISS index without vectors; the lists of one of kind ivf are learned from `blocks`."""
    metric = faiss.METRIC_INNER_PRODUCT
    if kind == "hnsw":
        graph = faiss.IndexHNSWFlat(dimension, HNSW_LINKS, metric)
        graph.hnsw.efConstruction = HNSW_BUILD_DEPTH
        return graph
    if kind == "flat":
        return faiss.IndexFlatIP(dimension)
    lists = number_of_lists(total)
    index = inverted_lists(dimension, lists)
    index.train(sample(blocks(), total, TRAINING_PER_LIST * lists))
    return index


def kind_of(index: Any) -> Kind:
    if isinstance(index, faiss.IndexRefine):
        return "ivf"
    return "hnsw" if isinstance(index, faiss.IndexHNSW) else "flat"


def exact_part(index: Any) -> Any:
    """The part that compares every vector; its rows are those of the whole index."""
    kind = kind_of(index)
    if kind == "ivf":
        return faiss.downcast_index(index.refine_index)
    return faiss.downcast_index(index.storage) if kind == "hnsw" else index


def coarse_part(index: Any) -> Any:
    """The inverted lists of an index of kind ivf."""
    return faiss.downcast_index(index.base_index)


def has_enough_lists(index: Any, total: int) -> bool:
    """Whether the index was learned from at least a ninth of as many vectors."""
    return kind_of(index) != "ivf" or coarse_part(index).nlist * 3 >= number_of_lists(total)


def inverted_lists(dimension: int, lists: int) -> Any:
    """Lists of 4-bit codes, scanned in registers, over float16 vectors that rescore the best.

    (Product quantisation: Jégou, Douze, Schmid, TPAMI 2011; the scan: André, Kermarrec, Le
    Scouarnec, Quicker ADC, TPAMI 2019.) The codes are of the vectors themselves, not of their
    difference to the list's centre, so that one table of products serves every list.
    """
    metric = faiss.METRIC_INNER_PRODUCT
    codes = next(n for n in range(max(1, dimension // 3), 0, -1) if dimension % n == 0)
    centres = faiss.IndexFlatIP(dimension)
    coarse = faiss.IndexIVFPQFastScan(centres, dimension, lists, codes, 4, metric)
    coarse.by_residual = False
    coarse.cp.spherical = True
    coarse.cp.min_points_per_centroid = coarse.pq.cp.min_points_per_centroid = 1
    coarse.nprobe = min(lists, max(LISTS_PROBED, round(SHARE_PROBED * lists)))
    coarse.implem = SCAN_ONE_QUERY
    exact = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, metric)
    return faiss.IndexRefine(coarse, exact)


def sample(blocks: Blocks, total: int, size: int) -> Vectors:
    """About `size` of the `total` vectors, drawn by chance, the same share of each block.

    Every n-th vector would not do: where sources take turns they may all be of the same one.
    """
    share = min(1.0, size / total)
    random = np.random.default_rng(0)
    return np.concatenate([block[random.random(len(block)) < share] for _, block in blocks])


def number_of_lists(total: int) -> int:
    """sqrt(n) inverted lists: as many vectors in a list as there are lists to choose from."""
    return max(1, min(round(math.sqrt(total)), total // 40 or 1))
