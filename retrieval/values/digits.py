"""A number in digits -> what its marks make of it: "1,204", "1.204,5", "12,50,000".

Used by numbers.py.
"""

from __future__ import annotations

import re

# A number in digits: "[1,204.5]", "[1 204]". `values_of_digits` tells what its marks mean.
DIGITS = re.compile(
    r"\d{1,3}(?P<mark>[,.'’ ])\d{3}(?:(?P=mark)\d{3})*(?:(?!(?P=mark))[.,]\d+)?(?![\d]|[,.]\d)"
    r"|\d+(?:[.,]\d+)*"
)
# Most characters of such a number: beyond it, it is an identifier.
_MOST_DIGITS = 18


def values_of_digits(digits: str) -> tuple[tuple[float, ...], int]:
    """Returns what digits and their marks may mean, the likelier first, and how many decimals.

    "1,204" gives (1204.0,) and 0, "1.204" gives (1.204, 1204.0) and 3, a version "3.11.2" nothing.
    """
    if len(digits) > _MOST_DIGITS:
        return (), 0
    if digits.isdigit():
        return (float(digits),), 0
    grouped = re.fullmatch(r"\d{1,3}(?:([,.'’ ])\d{3})(?:\1\d{3})*(?:([.,])(\d+))?", digits)
    if grouped and digits[0] != "0":
        mark, point, decimals = grouped[1], grouped[2], grouped[3] or ""
        whole = digits[: grouped.start(2)] if point else digits
        value = float(re.sub(r"\D", "", whole) + (f".{decimals}" if decimals else ""))
        if mark == "." and not point and digits.count(".") == 1:
            return (float(digits), value), 3  # what English means comes first
        return (value,), len(decimals)
    if re.fullmatch(r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?", digits):  # 12,50,000: lakhs
        whole, _, decimals = digits.partition(".")
        return (float(digits.replace(",", "")),), len(decimals)
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return (float(digits.replace(",", ".")),), len(re.split("[.,]", digits)[1])
    return (), 0
