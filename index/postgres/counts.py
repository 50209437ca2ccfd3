"""How often each term occurs in a passage, as a sparse vector: BM25 is a few products with it.

To look each term of a query up in each passage takes several times as long. BM25 weighs a term by
count / (count + norm), where the norm depends on the passage's length. So the terms are laid out by
their counts: one product sums the weights of a query's terms that occur once, another of those that
occur twice, and so on. The last place of a term is for a larger count, which is its value there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgvector import SparseVector

# Places of a term, of which the first `LEVELS` are for counts of 1, 2, ... and the next for more.
PLACES, LEVELS = 8, 7
# pgvector's most places of a sparse vector: for 125 million terms.
PLACES_IN_ALL = 1_000_000_000


def of_passage(counts: Mapping[int, int]) -> SparseVector:
    """The vector of a passage, from the count of each term by its number."""
    return _vector(
        {
            number * PLACES + min(count, LEVELS + 1) - 1: 1 if count <= LEVELS else count
            for number, count in counts.items()
        }
    )


def of_query(weights: Iterable[tuple[int, float]], level: int) -> SparseVector:
    """The vector whose product with a passage's is the sum of weights of the terms at a level.

    Args:
        weights: number and weight of each term.
        level: a count from 1, or `LEVELS` + 1 for all larger ones.
    """
    return _vector({number * PLACES + level - 1: weight for number, weight in weights})


def larger_count(number: int) -> str:
    """SQL for the vector whose product is the count of a term that is larger than `LEVELS`."""
    return f"'{{{number * PLACES + LEVELS + 1}:1}}/{PLACES_IN_ALL}'::sparsevec"


def _vector(values: Mapping[int, float]) -> SparseVector:
    from pgvector import SparseVector

    return SparseVector(dict(values), PLACES_IN_ALL)
