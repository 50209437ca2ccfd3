"""Quantities of a text -> the same, with the two ends of a range as one: "10 to 15 men".

Used by `read_quantities`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from retrieval.values.dates import RANGE
from retrieval.values.numerals import SCALES, SHORT_SCALE, SHORT_SCALES
from retrieval.values.quantity import NO_BOUND, ORDINAL, Quantity

# Before the first end: "[between ]five and ten".
_BETWEEN = re.compile(r"\b(?:between|from)\s+\S*$", re.I)
# Before "from 12 to 15" where it is no range, but a change: "[rose] from 12 to 15".
_CHANGES = re.compile(
    r"\b(?:rose|rise[sn]?|rising|fell|falls?|falling|fallen|grew|grown?|dropped|increased|decreased"
    r"|declined|climbed|jumped|cut|went|raised|lowered|shrank)\b[^.;]{0,60}$",
    re.I,
)
# Between the ends where the second has a sign: "$10[ to $]15".
_RANGE_SIGN = re.compile(r"\s*(?:to|and|or|[-–—])\s*[$£€]\s?", re.I)
# The scale at the end of a number: "15 [million]", "15[m]".
_SCALE = re.compile(
    r"(?P<word>thousand|million|billion|trillion|lakh crore|lakh|crore|dozen)s?$"
    rf"|\d\s?(?P<short>{SHORT_SCALE})$",
    re.I,
)


def ranges_joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """Returns the quantities with "10 to 15 men" as one, and "2-3 million", "between five and ten".

    Of "80 or 90" it is not sure which is meant: both stay, with the bound "?".
    """
    joined: list[Quantity] = []
    for one in found:
        before = joined[-1] if joined else None
        if before is None or not (
            RANGE.fullmatch(text, before.unit_end, one.number_start)
            or _RANGE_SIGN.fullmatch(text, before.unit_end, one.number_start)
        ):
            joined.append(one)
            continue
        gap = text[before.unit_end : one.number_start].lower()
        between = _BETWEEN.search(text, max(0, before.start - 12), before.start + 1)
        if one.base in (ORDINAL, "age") or before.base == ORDINAL:
            joined.append(one)
        elif (
            between
            and "to" in gap
            and _CHANGES.search(text, max(0, between.start() - 80), between.start())
        ):
            joined.append(one)  # "rose from 12 to 15" is a change
        elif "to" in gap and before.base != one.base and _has_unit_behind(before):
            joined.append(one)  # "rose 9 per cent to 4.36 million", "the 20 years to 2020"
        elif ("and" in gap or "or" in gap) and not between:
            joined[-1] = replace(before, noun=before.noun or one.noun, bound="?")
            joined.append(replace(one, bound="?"))
        else:
            joined[-1] = _joined_range(text, before, one)
            if between:
                joined[-1] = replace(joined[-1], start=between.start())
    return joined


def _joined_range(text: str, low: Quantity, high: Quantity) -> Quantity:
    """Returns the range of two quantities, with the bound "?" where they are none.

    A scale or unit that only the second has is of both: "2-3 million euros" begins at 2 million.
    """
    scale = scale_said(text[high.number_start : high.end])
    low_number = low.number
    if scale > 1 and scale_said(text[low.number_start : low.end]) == 1:
        low_number = low.number * scale if low.number * scale <= high.number else low.number
    measures = []
    for upper in high.measures:
        same = (each for each in low.measures if each.base and each.base == upper.base)
        lower = next(same, None)
        if not upper.base and low.base:
            upper = replace(upper, base=low.base)  # "€10-15 million": only the first has a sign
            lower = None
        value = lower.low if lower else low_number * (upper.low / high.number if high.number else 1)
        if value <= upper.low:
            measures.append(replace(upper, low=value))
    if not measures:
        return replace(
            high,
            bound="?",
            start=low.start,
            number_start=low.number_start,
            value_start=low.value_start,
        )
    return replace(
        high,
        start=low.start,
        number_start=low.number_start,
        value_start=low.value_start,
        measures=tuple(measures),
        bound=NO_BOUND,
    )


def _has_unit_behind(one: Quantity) -> bool:
    """Tells whether a quantity has its unit behind the number, and no sign before it."""
    return one.base == "%" or one.unit_end > one.end


def scale_said(number: str) -> float:
    """Returns the scale that a written number ends with: 1,000,000 of "15 million", 1 of "15"."""
    scale = _SCALE.search(number)
    if scale is None:
        return 1.0
    return SCALES[scale["word"].lower()] if scale["word"] else SHORT_SCALES[scale["short"].lower()]
