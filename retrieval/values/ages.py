"""Text -> the ages in it that are told as a span of years: "in her 70s", "in his late teens".

Used by `read_quantities`; an age in a number is read by measures.py.
"""

from __future__ import annotations

import re

from retrieval.values.numerals import TENS
from retrieval.values.quantity import Measure, Quantity, quantity_of

# Words for a decade of life, from the twenties on.
_DECADES = [f"{tens.removesuffix('y')}ies" for tens in TENS]
# "[in her early 70s]", "[in his twenties]", "[in their mid-to-late teens]".
_SPAN = re.compile(
    r"\bin\s+(?:his|her|their|my|your)\s+(?:(?P<part>early|mid|late)(?:(?P<two>[\s-]+to[\s-]+late)"
    rf"|[\s-])[\s-]*)?(?:['’]?(?P<digits>[1-9]0)['’]?s|(?P<word>{'|'.join(_DECADES)}|teens))\b",
    re.I,
)
# Years within a decade: the first and the last that a word allows. "Mid" and "late" overlap.
_YEARS_OF_PART = {"": (0, 9), "early": (0, 4), "mid": (3, 7), "late": (6, 9)}


def ages_read(text: str) -> list[Quantity]:
    """Returns the ages of a plain text that are told as a span: 70 to 79, of "in her 70s"."""
    return [_age(match) for match in _SPAN.finditer(text)]


def _age(match: re.Match[str]) -> Quantity:
    """Returns the age of a match."""
    first, last = _YEARS_OF_PART[(match["part"] or "").lower()]
    if match["two"]:
        last = 9
    word = (match["word"] or "").lower()
    if word == "teens":
        low, high = 10 + max(first, 3), 10 + last
    else:
        decade = int(match["digits"]) if match["digits"] else 20 + 10 * _DECADES.index(word)
        low, high = decade + first, decade + last
    return quantity_of(*match.span(), Measure("age", float(low), float(high), 0, 0), "")
