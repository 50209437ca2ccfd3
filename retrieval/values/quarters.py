"""Text -> the quarters, halves and fiscal years in it: "Q3", "the third quarter", "FY25".

Used by `parse`, and read as ordinals: "Q3" is the third quarter. A firm's year begins when the
firm says, so that none of them is compared with a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.values.numerals import ORDINALS
from retrieval.values.quantity import ORDINAL, Measure, Quantity, quantity_of

# Letter before the number of a part of a year -> what the part is.
_PARTS = {"q": "quarter", "h": "half"}
# "[Q3]", "[third quarter]", "[first-half]", "[2nd quarter]".
_PART_OF_YEAR = re.compile(
    r"\b(?:(?P<letter>q)(?P<digit>[1-4])|(?P<half>h)(?P<of_two>[12]))(?=\b|FY)"
    r"|\b(?P<word>first|second|third|fourth|1st|2nd|3rd|4th)[\s-]+(?P<part>quarter|half)\b(?!-)",
    re.I,
)
# One or two years: "2024", "24", "2024-25"; the second counts.
_YEARS = r"['’]?(?:(?:20)?\d\d[-–/])?(?P<{name}>(?:20)?\d\d)\b"
# "[FY25]", "[fiscal year 2024-25]", "[2024-25 financial year]".
_FISCAL_YEAR = re.compile(
    rf"(?:\bFY\s?|(?<=Q\d)FY\s?|\b(?:fiscal|financial)\s+(?:year\s+)?){_YEARS.format(name='after')}"
    rf"|\b{_YEARS.format(name='before')}\s+(?:fiscal|financial)(?:\s+year)?\b",
    re.I,
)


def read_quarters(text: str) -> list[Quantity]:
    """Returns the quarters, halves and fiscal years of a plain text, in order."""
    return sorted([*_parts_of_years(text), *_fiscal_years(text)], key=lambda one: one.start)


def _parts_of_years(text: str) -> Iterator[Quantity]:
    """Yields the third quarter of "Q3" and "third-quarter", the first half of "H1"."""
    for match in _PART_OF_YEAR.finditer(text):
        letter = match["letter"] or match["half"]
        if letter:
            number = int(match["digit"] or match["of_two"])
            what = _PARTS[letter.lower()]
        else:
            word = match["word"].lower()
            number = int(word[0]) if word[0].isdigit() else ORDINALS[word]
            what = match["part"].lower()
        yield _nth(match, number, what)


def _fiscal_years(text: str) -> Iterator[Quantity]:
    """Yields the fiscal year 2025 of "FY25" and "2024-25 financial year"."""
    for match in _FISCAL_YEAR.finditer(text):
        yield _nth(match, int(match["after"] or match["before"]) % 100, "fiscal year")


def _nth(match: re.Match[str], number: int, what: str) -> Quantity:
    """Returns an ordinal in the place of a match."""
    measure = Measure(ORDINAL, float(number), float(number), 0, 0)
    return quantity_of(*match.span(), measure, what)
