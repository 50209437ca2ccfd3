"""Text -> the dates that it names, with the parts it names of them. Nothing is guessed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace

from index.terms import terms
from retrieval.values.numbers import Slice
from retrieval.values.words import AUXILIARIES, STOP_STEMS

RANGE = re.compile(r"\s*(?:to|or|and|[-–—])\s*", re.I)
Parts = tuple[int | None, int | None, int | None]
Days = tuple[dt.date, dt.date]
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): at for at, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})\b"
_DAY_NAMES = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second",
    "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh",
    "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
]  # fmt: skip
_DAY_WORD = {name: at for at, name in enumerate(_DAY_NAMES, 1)}
_WORDS = "|".join(sorted(_DAY_WORD, key=len)[::-1])
_DAY = rf"\b(?P<day>[12]\d|3[01]|0?[1-9]|{_WORDS})(?:(?<=\d)(?:st|nd|rd|th))?"
_YEAR = r"(?P<year>1\d\d\d|20\d\d)\b"
_BARE_YEAR = re.compile(rf"\b{_YEAR}(?!s\b|(?<=0)['’]s\b)")
_DAY_FIRST = rf"{_DAY}(?:\s+day)?(?:\s+of|-)?\s*{_MONTH}"
_MONTH_FIRST = rf"\b{_MONTH}\.?\s+(?:the\s+)?{_DAY}\b(?![.,:]\d|\s*%)"
# Ways to write a date, the longest first.
_DATE_FORMS = (
    re.compile(rf"{_DAY_FIRST}\.?[,\s-]+{_YEAR}", re.I),
    re.compile(rf"{_MONTH_FIRST},?\s+{_YEAR}", re.I),
    re.compile(rf"\b{_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}", re.I),
    re.compile(r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)\b"),
    re.compile(r"\b(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)\b"),
    re.compile(_DAY_FIRST, re.I),
    re.compile(rf"(?<!\bin ){_MONTH_FIRST}", re.I),  # in January 12 people died
    _BARE_YEAR,
)
_DECADE = re.compile(
    r"\b(?:(?P<part>early|mid|late)[\s-]+)?(?:(?P<decade>1\d\d0|20\d0)['’]?s"
    r"|['’](?P<short>\d0)s|(?P<word>twenties|thirties|forties|fifties|sixties|seventies|eighties"
    r"|nineties))\b",
    re.I,
)
_DECADE_WORDS = [
    "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties",
]  # fmt: skip
_CENTURY = re.compile(
    rf"\b(?P<nth>\d\d?(?:st|nd|rd|th)|{_WORDS})[\s-]+century\b(?!\s+(?:bc|bce)\b)", re.I
)
# 1800 is a year after the first of these words; after the others it may count what follows, and
# after any other word it does.
_BEFORE_YEAR = re.compile(
    r"\b(?:(in|since|during|until|till|year|early|late|spring|summer|autumn|winter)"
    r"|of|for|from|before|after|between|by|on|out|around|circa|fall"
    r"|an?|the|this|that|its|his|her|their)\s+$",
    re.I,
)
_NO_YEAR_BEFORE = 1500  # where what follows may be counted: in 1200 towns
_PLURAL = re.compile(r"\s*(?:%|(?:[a-z]{1,2}|[a-z]+s|people|men|women|children|percent|per)\b)")
# The 3 of "3 and 12 May" is a date, too: which of them the other side means is not known.
_MORE_DAYS_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?\s*(?:to|and|or|[-–—,&])\s*$", re.I)
_MORE_DAYS_AFTER = re.compile(r"\s*(?:to\b|and\b|or\b|[-–—&])\s*\d", re.I)
_BOUND_OF_TIME = re.compile(
    r"\b(before|after|by|since|until|till|between|within|from|around|circa|about|prior to|than)"
    r"\s+(?:the\s+)?$",
    re.I,
)
# Characters before a date that are searched for what bounds it.
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Date(Slice):
    """Year, month and day, each None where the text does not say it.

    open: before it or after it, or one end of a time: another date may be what both mean. either:
    what it may mean beside: of 3.5.2019 month and day are not sure, and not in `parts`. bound: the
    word that makes it one end of a time; bound_start: where it stands. days: the first and the last
    of a decade or century.
    """

    parts: Parts
    open: bool
    either: tuple[Parts, ...] = ()
    bound: str = ""
    days: Days | None = None
    bound_start: int = -1

    def readings(self) -> tuple[Parts, ...]:
        return self.either or (self.parts,)


def read_dates(text: str) -> list[Date]:
    """Dates with the parts they name, in order."""
    found: list[Date] = []
    for match in _date_matches(text):
        readings = _readings(match)
        if not readings:
            continue  # the 31st of February
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
        bound = _BOUND_OF_TIME.search(before)
        word = bound[1].lower() if bound else ""
        is_open = joined or bool(one_of_several) or bound is not None
        at = match.start() - len(before) + bound.start() if bound else match.start()
        found.append(Date(*match.span(), parts, is_open, either, word, bound_start=at))
    return found


def read_periods(text: str) -> list[Date]:
    """Decades and centuries, each with its days."""
    found = []
    for match in _DECADE.finditer(text):
        if match["decade"]:
            first = int(match["decade"])
        elif match["short"]:
            first = 1900 + int(match["short"])
        else:
            before = text[max(0, match.start() - 6) : match.start()].lower()
            if before.split()[-1:] not in (["the"], []):
                continue  # in his thirties
            first = 1920 + 10 * _DECADE_WORDS.index(match["word"].lower())
        part = (match["part"] or "").lower()
        low, high = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}.get(part, (0, 9))
        if not part and first % 100 == 0 and first < 2000:
            high = 99  # the 1800s
        days = dt.date(first + low, 1, 1), dt.date(first + high, 12, 31)
        found.append(Date(*match.span(), (None, None, None), False, days=days))
    for match in _CENTURY.finditer(text):
        number = re.match(r"\d+", match["nth"])
        century = int(number[0]) if number else _DAY_WORD[match["nth"].lower()]
        if century > 1:
            first = (century - 1) * 100
            days = dt.date(first, 1, 1), dt.date(first + 100, 12, 31)
            found.append(Date(*match.span(), (None, None, None), False, days=days))
    return found


def common_parts(one: Parts, other: Parts) -> list[tuple[int, int]]:
    """The parts that two dates both name, in pairs: of "1 May" and "June" the months (5, 6)."""
    return [(a, b) for a, b in zip(one, other, strict=True) if a and b]


def days_of(parts: Parts) -> Days | None:
    """The first and the last day that a date with a year may be."""
    year, month, day = parts
    if year is None or (month is None and day is not None):
        return None
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if day is None:
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    return dt.date(year, month, day), dt.date(year, month, day)


def _readings(match: re.Match[str]) -> tuple[Parts, ...]:
    """What a match may mean; nothing where there is no such day."""
    named = match.groupdict()
    year, month, day = named.get("year"), named.get("month"), named.get("day")
    number = int(year) if year else None
    if number is not None and year is not None and len(year) == 2:
        number += 2000 if number < 69 else 1900
    if month is None:
        return ((number, None, None),)
    if month.isdigit():
        first, second = int(day or 0), int(month)
        orders = {(second, first)} if match.re is _DATE_FORMS[4] else {
            (second, first), (first, second)
        }  # fmt: skip
        valid = sorted((m, d) for m, d in orders if _is_day(number, m, d))
        return tuple((number, m, d) for m, d in valid)
    which = _MONTHS[month.lower()]
    if day is None:
        return ((number, which, None),)
    at = _DAY_WORD.get(day.lower()) or int(day)
    return ((number, which, at),) if _is_day(number, which, at) else ()


def _is_day(year: int | None, month: int, day: int) -> bool:
    try:
        dt.date(year or 2000, month, day)  # a leap year, for the 29th of February
    except ValueError:
        return False
    return True


def _date_matches(text: str) -> list[re.Match[str]]:
    """What may be a date, in the order of the text; none lies in another."""
    taken: list[re.Match[str]] = []
    covered = bytearray(len(text))
    ends: set[int] = set()
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            named = match.groupdict()
            if named.get("month") in {"may", "march"} and not named.get("year"):
                continue  # 20 may have died
            if form is _BARE_YEAR:
                if not (
                    _follows_date(text, match.start(), ends)
                    or _BEFORE_YEAR.search(text, max(0, match.start() - _LOOK_BACK), match.start())
                    or _is_in_brackets(text, match)
                ):
                    continue  # it counts something
            elif named.get("year") and _counts_what_follows(text, match):
                continue  # on 15 May, 2000 people marched
            if not any(covered[match.start() : match.end()]):
                covered[match.start() : match.end()] = b"\1" * len(match.group())
                ends.add(match.end())
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _follows_date(text: str, start: int, ends: set[int]) -> bool:
    """Tells whether a date ends so little before that the two are joined: 2010 to 2015."""
    return any(
        end in ends and RANGE.fullmatch(text, end, start) for end in range(max(0, start - 7), start)
    )


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Tells whether a number that may be a year can be nothing else."""
    before = _BEFORE_YEAR.search(text, max(0, match.start() - _LOOK_BACK), match.start())
    after_sure_word = before is not None and before[1] is not None
    if after_sure_word and int(match["year"]) >= _NO_YEAR_BEFORE:
        return True
    return not _counts_what_follows(text, match)


def _is_in_brackets(text: str, match: re.Match[str]) -> bool:
    """Grease (1980)"""
    return text.startswith("(", max(0, match.start() - 1)) and text.startswith(")", match.end())


def _counts_what_follows(text: str, number: re.Match[str]) -> bool:
    """Tells whether a number may count what follows: "1800 people", and not "1966 was a year"."""
    after = _PLURAL.match(text, number.end())
    return after is not None and not {*terms(after.group())} & (STOP_STEMS | AUXILIARIES)
