"""Text -> the dates that it names, with the parts (year, month, day) that it names of them.

Used by `parse`. Nothing is guessed: "1 May" has no year, and a number that may count something
("1800 people") is no year.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace

from index.terms import terms
from retrieval.values.numerals import ORDINALS
from retrieval.values.slices import Slice
from retrieval.values.words import AUXILIARIES, STOP_STEMS

# Between the two ends of a range, or of a choice: "2010[ to ]2015", "10[-]15".
RANGE = re.compile(r"\s*(?:to|or|and|[-–—])\s*", re.I)
# Year, month and day, each None where the text does not name it: (None, 5, 1) of "1 May".
Parts = tuple[int | None, int | None, int | None]
# The first and the last day of a time.
Days = tuple[dt.date, dt.date]
# Word for a month, whole or short -> its number.
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): at for at, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
# A word for a month.
_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})\b"
# Word for a day of the month -> its number: "twenty-first" -> 21.
DAY_WORDS = {word: day for word, day in ORDINALS.items() if day <= 20 or day == 30} | {
    f"{tens}-{word}": before + day
    for tens, before, last in (("twenty", 20, 9), ("thirty", 30, 1))
    for word, day in ORDINALS.items()
    if day <= last
}
# A pattern of these words, the longest first.
DAY_WORD_PATTERN = "|".join(sorted(DAY_WORDS, key=len)[::-1])
# A day of the month: "[3rd]", "[twenty-first]".
_DAY = rf"\b(?P<day>[12]\d|3[01]|0?[1-9]|{DAY_WORD_PATTERN})(?:(?<=\d)(?:st|nd|rd|th))?"
# A year from 1000 to 2099.
_YEAR = r"(?P<year>1\d\d\d|20\d\d)\b"
# One that stands alone, and may be a number that counts; no "1960s".
_BARE_YEAR = re.compile(rf"\b{_YEAR}(?!s\b|(?<=0)['’]s\b)")
# "[3rd of May]"
_DAY_FIRST = rf"{_DAY}(?:\s+day)?(?:\s+of|-)?\s*{_MONTH}"
# "[May the 3rd]"
_MONTH_FIRST = rf"\b{_MONTH}\.?\s+(?:the\s+)?{_DAY}\b(?![.,:]\d|\s*%)"
# "2019-05-03": the one form of digits in which the month is sure.
_YEAR_FIRST = re.compile(r"\b(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)\b")
# Ways to write a date, the longest first: what one matches, those behind it do not.
_DATE_FORMS = (
    # "3rd of May 2019", "May 3, 2019", "May 2019", "3.5.2019"
    re.compile(rf"{_DAY_FIRST}\.?[,\s-]+{_YEAR}", re.I),
    re.compile(rf"{_MONTH_FIRST},?\s+{_YEAR}", re.I),
    re.compile(rf"\b{_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}", re.I),
    re.compile(r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)\b"),
    _YEAR_FIRST,
    # "3 May", and "May 3", but not of "in January 12 people died"
    re.compile(_DAY_FIRST, re.I),
    re.compile(rf"(?<!\bin ){_MONTH_FIRST}", re.I),
    _BARE_YEAR,
)
# Before a number that may be a year. Behind the words in the group it is one ("since 1800"), behind
# the others it may count what follows ("of 1800 people"), and behind any other word it does.
_BEFORE_YEAR = re.compile(
    r"\b(?:(in|since|during|until|till|year|early|late|spring|summer|autumn|winter|quarter"
    r"|[qh][1-4])"
    r"|of|for|from|before|after|between|by|on|out|around|circa|fall"
    r"|an?|the|this|that|its|his|her|their)\s+$",
    re.I,
)
# Numbers below this may count what follows even there: "in 1200 towns".
_SURE_YEAR_FROM = 1500
# Behind a number that counts, at a first look: "1800[ people]", "1800[ m]", "1800[%]".
_COUNTED_AFTER = re.compile(
    r"\s*(?:%|(?:[a-z]{1,2}|[a-z]+s|people|men|women|children|percent|per)\b)"
)
# Before a date, another day of the month: of "[3 and ]12 May" the other side may mean the 3rd.
_MORE_DAYS_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?\s*(?:to|and|or|[-–—,&])\s*$", re.I)
# The same behind a date: "12 May[ and 1]4 May".
_MORE_DAYS_AFTER = re.compile(r"\s*(?:to\b|and\b|or\b|[-–—&])\s*\d", re.I)
# The word before a date that makes it one end of a time: "[before the ]3rd of May".
_LIMIT_BEFORE = re.compile(
    r"\b(before|after|by|since|until|till|between|within|from|around|circa|about|prior to|than)"
    r"\s+(?:the\s+)?$",
    re.I,
)
# Characters before a date that are searched for such words.
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Date(Slice):
    """A date, or a decade or century, of a text.

    parts: what the text names for sure: (2019, None, None) of "3.5.2019".
    open: whether it is one end of a time, or one of several days: another date may be meant, too.
    either: all that it may mean, where that is not sure: (2019, 3, 5) and (2019, 5, 3).
    bound, bound_start: the word that makes it one end of a time ("before"), and where that stands.
    days: the first and the last of a decade, a century, or a span of years ("2024-25", which is
    open, too), whose parts are all None.
    """

    parts: Parts
    open: bool
    either: tuple[Parts, ...] = ()
    bound: str = ""
    days: Days | None = None
    bound_start: int = -1

    def readings(self) -> tuple[Parts, ...]:
        """Returns all that the date may mean."""
        return self.either or (self.parts,)


def read_dates(text: str) -> list[Date]:
    """Returns the dates of a plain text with the parts they name, in order; no decades."""
    found: list[Date] = []
    for match in _date_matches(text):
        readings = _readings(match)
        if not readings:
            continue  # there is no 31st of February
        parts, either = readings[0], readings if len(readings) > 1 else ()
        if either:
            parts = (parts[0], None, None)
        if match.re is _BARE_YEAR and not _is_year(text, match):
            parts = (None, None, None)
        joined = bool(found) and RANGE.fullmatch(text, found[-1].end, match.start()) is not None
        if joined:
            found[-1] = replace(found[-1], open=True)
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        one_of_several = parts[2] is not None and (
            _MORE_DAYS_BEFORE.search(before) or _MORE_DAYS_AFTER.match(text, match.end())
        )
        bound = _LIMIT_BEFORE.search(before)
        either_side = before[: bound.start()].lower().endswith(" or ") if bound else False
        word = bound[1].lower() if bound and not either_side else ""  # "on or after 3 May"
        is_open = joined or bool(one_of_several) or bound is not None
        at = match.start() - len(before) + bound.start() if bound else match.start()
        found.append(Date(*match.span(), parts, is_open, either, word, bound_start=at))
    return found


def common_parts(one: Parts, other: Parts) -> list[tuple[int, int]]:
    """The parts that two dates both name, in pairs: of "1 May" and "June" the months (5, 6)."""
    return [(here, there) for here, there in zip(one, other, strict=True) if here and there]


def days_of(parts: Parts) -> Days | None:
    """Returns the first and the last day that a date may be; None of a date without a year."""
    year, month, day = parts
    if year is None or (month is None and day is not None):
        return None
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if day is None:
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    return dt.date(year, month, day), dt.date(year, month, day)


def _readings(match: re.Match[str]) -> tuple[Parts, ...]:
    """Returns what a match may mean: one date, two of "3.5.2019", none of "31 February"."""
    named = match.groupdict()
    year, month, day = named.get("year"), named.get("month"), named.get("day")
    number = int(year) if year else None
    if number is not None and year is not None and len(year) == 2:
        number += 2000 if number < 69 else 1900
    if month is None:
        return ((number, None, None),)
    if month.isdigit():
        first, second = int(day or 0), int(month)
        orders = {(second, first)} if match.re is _YEAR_FIRST else {
            (second, first), (first, second)
        }  # fmt: skip
        valid = sorted(order for order in orders if _is_day(number, *order))
        return tuple((number, *order) for order in valid)
    which = _MONTHS[month.lower()]
    if day is None:
        return ((number, which, None),)
    of_month = DAY_WORDS.get(day.lower()) or int(day)
    return ((number, which, of_month),) if _is_day(number, which, of_month) else ()


def _is_day(year: int | None, month: int, day: int) -> bool:
    """Tells whether there is such a day; without a year, in a leap year."""
    try:
        dt.date(year or 2000, month, day)
    except ValueError:
        return False
    return True


def _date_matches(text: str) -> list[re.Match[str]]:
    """Returns the matches that may be a date, in the order of the text; none overlaps another."""
    taken: list[re.Match[str]] = []
    covered = bytearray(len(text))
    ends: set[int] = set()
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            named = match.groupdict()
            if named.get("month") in {"may", "march"} and not named.get("year"):
                continue  # "20 may have died"
            if form is _BARE_YEAR:
                if not (
                    _follows_date(text, match.start(), ends)
                    or _BEFORE_YEAR.search(text, max(0, match.start() - _LOOK_BACK), match.start())
                    or _is_in_brackets(text, match)
                ):
                    continue  # a number that counts something
            elif named.get("year") and _counts_what_follows(text, match):
                continue  # "on 15 May, 2000 people marched"
            if not any(covered[match.start() : match.end()]):
                covered[match.start() : match.end()] = b"\1" * len(match.group())
                ends.add(match.end())
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _follows_date(text: str, start: int, ends: set[int]) -> bool:
    """Tells whether a date ends just before a place, with "to" or a dash between: "2010 to 2015".

    Args:
        ends: where the dates end that were found.
    """
    return any(
        end in ends and RANGE.fullmatch(text, end, start) for end in range(max(0, start - 7), start)
    )


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Tells whether a number that may be a year can be nothing else."""
    before = _BEFORE_YEAR.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    after_sure_word = before is not None and before[1] is not None
    if after_sure_word and int(match["year"]) >= _SURE_YEAR_FROM:
        return True
    return not _counts_what_follows(text, match)


def _is_in_brackets(text: str, match: re.Match[str]) -> bool:
    """Tells whether a number stands alone in brackets, as the year of a work: "Grease (1980)"."""
    return text.startswith("(", max(0, match.start() - 1)) and text.startswith(")", match.end())


def _counts_what_follows(text: str, number: re.Match[str]) -> bool:
    """Tells whether a number may count what follows: "1800 people", and not "1966 was a year"."""
    after = _COUNTED_AFTER.match(text, number.end())
    return after is not None and not {*terms(after.group())} & (STOP_STEMS | AUXILIARIES)
