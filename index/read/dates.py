"""A date as a page writes it -> the days that it may mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

# First and last year that a page can have; others are placeholders or of another calendar.
YEARS = (1400, 2199)
# Most characters of a field that are read.
MAX_DATE_CHARS = 120
# What software writes where no time is known: the start of Unix time.
_NO_TIME = re.compile(r"1970-01-01[T ]00:00")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d|\2)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?=$|T|\s)")
_CHINESE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_YEAR_LAST = re.compile(r"(?<!\d)(?<!\d[-/.])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?![-/.]?\d)")
# A month's name; the signs of vowels in some scripts are no letters (\w).
_NAME = r"([^\W\d_][^\s\d.,;:/()-]*)"
_DAY_NAME_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[\s-]+(?:de\s+|of\s+|ב)?{_NAME}\.?,?[\s-]+"
    r"(?:de\s+|del\s+)?(\d{4})(?!\d)",
    re.I,
)
# 2021. június 15., 2021. gada 15. jūnijs, 2021 m. birželio 15 d.
_YEAR_NAME_DAY = re.compile(
    rf"(?<!\d)(\d{{4}})\.?\s+(?:(?:m\.|gada)\s+)?(?:{_NAME}\s+(\d{{1,2}})\b|(\d{{1,2}})\.\s+{_NAME})",
    re.I,
)
_NAME_DAY_YEAR = re.compile(
    rf"{_NAME}"
    r"\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:\d\d:\d\d(?::\d\d)?\s+(?:[\w:+-]+\s+)?)?"
    r"(\d{4})(?!\d)",
    re.I,
)
# Shortest abbreviation of a month's name, in letters.
MIN_MONTH_CHARS = 3
# Where the month comes first in 03/04/2019; in plain "en" and in Canada it may be either.
_MONTH_FIRST = ("en-us", "en-ph", "es-pr", "es-us", "fil")
_EITHER = ("", "en", "en-ca")
# Languages whose names of months are tried where a page names no language.
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "nb", "fi", "ru", "uk", "tr",
)  # fmt: skip


def possible_days(written: str, language: str) -> frozenset[dt.date]:
    """The days that a date may mean: one, two where day and month may be swapped, or none.

    A month without a day is none, and so is a text that names several days.

    Args:
        written: a field's value, such as "2019-03-04T08:00:00Z" or "Published March 4, 2019".
        language: the page's tag (BCP 47), or "" where it states none.
    """
    written = " ".join(written.split())[:MAX_DATE_CHARS]
    if _NO_TIME.match(written):
        return frozenset()
    found = {days for days in _readings(written, language.lower().replace("_", "-")) if days}
    return found.pop() if len(found) == 1 else frozenset()


def _readings(written: str, language: str) -> Iterator[frozenset[dt.date]]:
    """The days of each date in a text, as the first pattern that fits reads them."""
    if parts := [*_YEAR_FIRST.finditer(written)]:
        yield from (_days((part[1], part[3], part[4])) for part in parts)
    elif part := _COMPACT.match(written):
        yield _days((part[1], part[2], part[3]))
    elif parts := [*_CHINESE.finditer(written)]:
        yield from (_days((part[1], part[2], part[3])) for part in parts)
    elif parts := [*_YEAR_LAST.finditer(written)]:
        for part in parts:
            day_first, month_first = (part[4], part[3], part[1]), (part[4], part[1], part[3])
            if language in _EITHER:
                yield _days(day_first, month_first)
            else:
                in_order = [day_first, month_first]
                if language.startswith(_MONTH_FIRST):
                    in_order.reverse()
                yield _days(in_order[0]) or _days(in_order[1])
    else:
        for part in _DAY_NAME_YEAR.finditer(written):
            yield _days(*((part[3], month, part[1]) for month in _months(part[2], language)))
        for part in _YEAR_NAME_DAY.finditer(written):
            month, day = part[2] or part[5], part[3] or part[4]
            yield _days(*((part[1], number, day) for number in _months(month, language)))
        for part in _NAME_DAY_YEAR.finditer(written):
            yield _days(*((part[3], month, part[2]) for month in _months(part[1], language)))


def _days(*dates: tuple[str | int, str | int, str | int]) -> frozenset[dt.date]:
    """The dates (year, month, day) that exist."""
    found = set()
    for year, month, day in dates:
        with suppress(ValueError):
            if YEARS[0] <= int(year) <= YEARS[1]:
                found.add(dt.date(int(year), int(month), int(day)))
    return frozenset(found)


def _months(name: str, language: str) -> set[int]:
    """The numbers of the months that a name may stand for, in a language or in English."""
    primary = re.split("[-_]", language)[0]
    known = [_month_names(tag) for tag in ((primary, "en") if primary else _LANGUAGES)]
    name = name.casefold()
    exact = {names[name] for names in known if name in names}
    if exact or len(name) < MIN_MONTH_CHARS:
        return exact
    return {month for names in known for full, month in names.items() if full.startswith(name)}


@lru_cache(64)
def _month_names(language: str) -> dict[str, int]:
    """The number of each month by its names in a language, in lower case; empty if it is none."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        name.casefold().rstrip("."): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in locale.months[context][width].items()
        if not name.isdigit()
    }
