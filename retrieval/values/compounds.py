"""Quantities of a text -> the same, with those told in two units as one: "2h 50m", "6ft 2in".

Used by `read_quantities`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from retrieval.values.quantity import Measure, Quantity

# Between the two: "two hours[ and ]50 minutes".
_GAP = re.compile(r"\s*|-|\s+and\s+", re.I)


def compounds_joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """Returns the quantities, with "two hours and 50 minutes" as one of 170 minutes."""
    joined: list[Quantity] = []
    for one in found:
        whole = _sum(text, joined[-1], one) if joined else None
        if whole:
            joined[-1] = whole
        else:
            joined.append(one)
    return joined


def _sum(text: str, large: Quantity, small: Quantity) -> Quantity | None:
    """Returns the one quantity that two neighbours are together; None where they are two."""
    if not _GAP.fullmatch(text, large.unit_end, small.number_start) or large.per or small.per:
        return None
    if small.bound or small.noun:
        return None
    sums = [
        replace(rest, low=most.low + rest.low, high=most.low + rest.low, system=_system(most, rest))
        for most in large.measures
        for rest in small.measures
        if _is_rest(most, rest)
    ]
    if not sums:
        return None
    return replace(
        large,
        end=small.end,
        unit_end=small.unit_end,
        measures=tuple(sums),
        number=sums[0].low / sums[0].size,
    )


def _is_rest(most: Measure, rest: Measure) -> bool:
    """Tells whether a measure is less than one unit of another, which is whole: 50 min of 2 h."""
    alike = most.base == rest.base and (most.system == rest.system or most.base == "s")
    whole = most.exact_to == 0 and (most.low / most.size).is_integer()
    return alike and whole and 0 < rest.low < most.size and rest.size < most.size


def _system(most: Measure, rest: Measure) -> str:
    """Returns the looser of two systems of units: "calendar", of a year and three days."""
    return "calendar" if "calendar" in (most.system, rest.system) else most.system
