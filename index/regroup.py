"""A flat list -> groups of given sizes: what one model call returned for many items, by item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def regroup(flat: Iterable[T], sizes: Sequence[int]) -> list[list[T]]:
    """Consecutive items of `flat`, `sizes[n]` of them in group n.

    Raises:
        ValueError: the sizes do not add up to the number of items.
    """
    items = list(flat)
    if len(items) != sum(sizes):
        raise ValueError(f"{len(items)} items cannot fill groups of {sum(sizes)} in all")
    rest = iter(items)
    return [list(islice(rest, size)) for size in sizes]
