"""Text -> the decades, centuries and spans of years that it names, with their days.

Used by `parse`; what names a year, month or day is read by dates.py.
"""

from __future__ import annotations

import datetime as dt
import re

from retrieval.values.dates import DAY_WORD_PATTERN, DAY_WORDS, Date

# "[sixties]", "[early 1960s]", "['60s]"
_DECADE = re.compile(
    r"\b(?:(?P<part>early|mid|late)[\s-]+)?(?:(?P<decade>1\d\d0|20\d0)['’]?s"
    r"|['’](?P<short>\d0)s|(?P<word>noughties|twenties|thirties|forties|fifties|sixties|seventies|eighties"
    r"|nineties))\b",
    re.I,
)
# The words for decades, from the twenties of the 20th century on.
_DECADE_WORDS = [
    "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties",
]  # fmt: skip
# "the [2024-25] season"; of "2024-5" and "2024-05-03" it is not sure.
_TWO_YEARS = re.compile(
    r"(?<![\d/.,-])(?P<first>1[89]\d\d|20\d\d)[-–/](?P<last>\d\d)\b(?![-–/.,]\d)"
)
# "[19th century]", but not before Christ.
_CENTURY = re.compile(
    rf"\b(?P<nth>\d\d?(?:st|nd|rd|th)|{DAY_WORD_PATTERN})[\s-]+century\b(?!\s+(?:bc|bce)\b)", re.I
)


def read_periods(text: str) -> list[Date]:
    """Returns the decades, centuries and spans like "2024-25" of a plain text, with their days."""
    found = []
    for match in _DECADE.finditer(text):
        if match["decade"]:
            first = int(match["decade"])
        elif match["short"]:
            first = 1900 + int(match["short"])
        elif match["word"].lower() == "noughties":
            first = 2000
        else:
            before = text[max(0, match.start() - 6) : match.start()].lower()
            if before.split()[-1:] not in (["the"], []):
                continue  # "in his thirties" is an age
            first = 1920 + 10 * _DECADE_WORDS.index(match["word"].lower())
        part = (match["part"] or "").lower()
        low, high = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}.get(part, (0, 9))
        if not part and first % 100 == 0 and first < 2000:
            high = 99  # "the 1800s" are a century
        days = dt.date(first + low, 1, 1), dt.date(first + high, 12, 31)
        found.append(Date(*match.span(), (None, None, None), False, days=days))
    for match in _TWO_YEARS.finditer(text):
        first, last = int(match["first"]), int(match["first"][:2] + match["last"])
        if first < last:
            days = dt.date(first, 1, 1), dt.date(last, 12, 31)
            found.append(Date(*match.span(), (None, None, None), True, days=days))
    for match in _CENTURY.finditer(text):
        number = re.match(r"\d+", match["nth"])
        century = int(number[0]) if number else DAY_WORDS[match["nth"].lower()]
        if century > 1:
            first = (century - 1) * 100
            days = dt.date(first, 1, 1), dt.date(first + 100, 12, 31)
            found.append(Date(*match.span(), (None, None, None), False, days=days))
    return found
