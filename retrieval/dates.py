"""Text -> the dates that it names, with the parts it names of them. Nothing is guessed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, replace

import dateparser

from index.terms import terms

RANGE = re.compile(r"\s*(?:to|or|and|[-–—])\s*", re.I)
_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})\b"
_DAY = r"\b(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d\d\d|20\d\d)\b"
_BARE_YEAR = re.compile(rf"\b{_YEAR}")
_DAY_FIRST = rf"{_DAY}(?:\s+of|-)?\s*{_MONTH}"
_MONTH_FIRST = rf"\b{_MONTH}\.?\s+(?:the\s+)?{_DAY}\b(?![.,:]\d|\s*%)"
# Where a text names a date, the longest forms first; what it names there, dateparser reads.
_DATE_FORMS = (
    re.compile(rf"{_DAY_FIRST}\.?[,\s-]+{_YEAR}", re.I),
    re.compile(rf"{_MONTH_FIRST},?\s+{_YEAR}", re.I),
    re.compile(rf"\b{_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}", re.I),
    re.compile(r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(_DAY_FIRST, re.I),
    re.compile(rf"(?<!\bin ){_MONTH_FIRST}", re.I),  # in January 12 people died
    _BARE_YEAR,
)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d+")
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
    r"\b(?:before|after|by|since|until|till|between|within|from|around|circa|about|prior to|than)"
    r"\s+(?:the\s+)?$",
    re.I,
)
# Stems of words that name nothing: no one, no longer, 1800 of.
NOT_NEGATED = {
    "one", "longer", "more", "less", "onli", "doubt", "sooner", "just", "the", "a", "an", "to",
    "in", "on", "at", "of", "for", "by", "with", "that", "this", "it", "be", "been", "and", "or",
    "as", "so", "yet", "all", "ani", "much", "mani",
}  # fmt: skip
AUXILIARIES = {
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "doe", "did", "will",
    "would", "can", "could", "may", "might", "should", "must", "than",
}  # fmt: skip
# Of the day of reading nothing may be taken over; a leap year, for the 29th of February.
_READ_AS = {"PARSERS": ["absolute-time"], "RELATIVE_BASE": dt.datetime(2000, 1, 1)}


@dataclass(frozen=True, slots=True)
class Slice:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Date(Slice):
    """Year, month and day, each None where the text does not say it."""

    parts: tuple[int | None, int | None, int | None]
    # Before it or after it, or one end of a time: another date may be what both mean.
    open: bool


def read_dates(text: str) -> list[Date]:
    """Dates with the parts they name."""
    found: list[Date] = []
    for match in _date_matches(text):
        read = dateparser.parse(match.group(), languages=["en"], settings=_READ_AS)
        if read is None:
            continue  # the 31st of February
        named = {name for name, value in match.groupdict().items() if value}
        if _either_order(match.group()):
            named = {"year"}
        if match.re is _BARE_YEAR and not _is_year(text, match):
            named = set()
        parts = (
            read.year if "year" in named else None,
            read.month if "month" in named else None,
            read.day if "day" in named else None,
        )
        joined = bool(found) and RANGE.fullmatch(text, found[-1].end, match.start()) is not None
        if joined:
            found[-1] = replace(found[-1], open=True)
        before = text[: match.start()]
        one_of_several = "day" in named and (
            _MORE_DAYS_BEFORE.search(before) or _MORE_DAYS_AFTER.match(text, match.end())
        )
        is_open = joined or bool(one_of_several) or _BOUND_OF_TIME.search(before) is not None
        found.append(Date(*match.span(), parts, is_open))
    return found


def _date_matches(text: str) -> list[re.Match[str]]:
    """What may be a date, in the order of the text; none lies in another."""
    taken: list[re.Match[str]] = []
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            named = match.groupdict()
            if named.get("month") in {"may", "march"} and not named.get("year"):
                continue  # 20 may have died
            if form is _BARE_YEAR:
                joined = any(RANGE.fullmatch(text, o.end(), match.start()) for o in taken)
                if not (
                    joined or _BEFORE_YEAR.search(text[: match.start()]) or _alone(text, match)
                ):
                    continue  # it counts something
            elif named.get("year") and _counts(text, match):
                continue  # on 15 May, 2000 people marched
            if all(o.end() <= match.start() or match.end() <= o.start() for o in taken):
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether a number that may be a year can be nothing else."""
    before = _BEFORE_YEAR.search(text[: match.start()])
    after_sure_word = before is not None and before[1] is not None
    if after_sure_word and int(match["year"]) >= _NO_YEAR_BEFORE:
        return True
    return not _counts(text, match)


def _alone(text: str, match: re.Match[str]) -> bool:
    """Grease (1980)"""
    return text[: match.start()].endswith("(") and text.startswith(")", match.end())


def _counts(text: str, number: re.Match[str]) -> bool:
    """Whether what follows may be what a number counts: 1800 people, but not 1966 was a year."""
    after = _PLURAL.match(text, number.end())
    return after is not None and not {*terms(after.group())} & (NOT_NEGATED | AUXILIARIES)


def _either_order(words: str) -> bool:
    """Whether 12/05/2020 or the like: in May for some readers, in December for others."""
    numeric = _NUMERIC_DATE.fullmatch(words)
    return (
        numeric is not None and numeric[1] != numeric[2] and max(map(int, numeric.groups())) <= 12
    )
