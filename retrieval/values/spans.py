"""(claim, sentence) -> ages and terms of office that follow from two dates of the sentence.

"Born in 1930 ... died in 2001" gives an age, "mayor from 2011 to 2019" eight years. Workings of
`derive`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from retrieval.values.dates import Date, days_of
from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, words_between
from retrieval.values.quantity import Measure, Quantity
from retrieval.values.told import names_in, words_held
from retrieval.values.workings import Derived, quantity_between, step_of, text_of

# Between birth and death: "(1930[–]2001)".
_DASH = re.compile(r"\s*[-–]\s*")
# Before the day of a birth.
_BORN = re.compile(r"\bborn\b[^.;]{0,40}$", re.I)
# Between it and the day of the death.
_DIED = re.compile(r"\b(?:died|death|killed)\b[^.;]{0,40}$", re.I)
# Before them both where they are of somebody else: "Lind['s ]husband, born in 1930".
_OWNER = re.compile(r"['’]s\s")
# Stems that a claim of an age may have beside it.
_AGE_STEMS = frozenset({"die", "age", "death", "was", "when"})
# Between the years of a term of office: "from 2011[ to ]2019".
_TO = re.compile(r"\s+(?:to|until|till)\s+|\s*[-–]\s*", re.I)
# Before them.
_FROM = re.compile(r"\bfrom\s+$", re.I)
# Where the clause that tells the office begins.
_CLAUSE_START = re.compile(r"[,;:(]\s|\bwho\b|\band\b")
_YEAR = 365.25 * 86_400  # seconds, as pint has them


def ages(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields the age at death: 70 or 71, of "born in 1930, she died in 2001"."""
    if asked.base != "age" or not claim.words & {"die", "death", "dead"}:
        return
    dates = [value for value in sentence.values if isinstance(value, Date) and value.parts[0]]
    if len(dates) != 2:
        return
    (birth, death), text = dates, sentence.text
    before, between = text[: birth.start], text[birth.end : death.start]
    if not _DASH.fullmatch(between) and not (_BORN.search(before) and _DIED.search(between)):
        return
    if _OWNER.search(before):
        return
    born, died = days_of(birth.parts), days_of(death.parts)
    if born is None or died is None or birth.either or death.either:
        return
    least, most = _full_years(born[1], died[0]), _full_years(born[0], died[1])
    measure = Measure("age", float(least), float(most), 0, 0)
    years = least if least == most else f"{least} or {most}"
    how = f"{text_of(text, birth)} to {text_of(text, death)} = {years} years"
    told = quantity_between(birth.start, death.end, measure)
    yield Derived(told, step_of(how, birth, death), _AGE_STEMS)


def _full_years(first: dt.date, last: dt.date) -> int:
    """Returns how many birthdays there are from one day to another."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def terms_of_office(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Yields how long somebody held an office: eight years, of "mayor from 2011 to 2019".

    It may be half a year less, or more. The clause must tell all that the claim tells, and nothing
    else: "a member, and mayor from 2011 to 2019" does not say how long a member, and a deputy mayor
    is no mayor.
    """
    if asked.base != "s":
        return
    dates = [value for value in sentence.values if isinstance(value, Date)]
    if len(dates) != 2 or any(date.parts[1] or not date.parts[0] for date in dates):
        return
    (first, last), text = dates, sentence.text
    before = text[: first.start]
    if not _TO.fullmatch(text, first.end, last.start) or not _FROM.search(before):
        return
    clause = max((end.end() for end in _CLAUSE_START.finditer(before)), default=0)
    around = words_between(sentence, clause, first.start)
    wanted = claim.words - _stems_of_names(claim)
    further = around - words_held(around, claim.words) - _stems_of_names(sentence)
    if wanted - words_held(wanted, around) or further:
        return
    years = (last.parts[0] or 0) - (first.parts[0] or 0)
    measure = Measure("s", years * _YEAR, years * _YEAR, _YEAR / 2, 0, "calendar", size=_YEAR)
    how = f"{text_of(text, first)} to {text_of(text, last)} = {years} years"
    told = quantity_between(first.start, last.end, measure)
    yield Derived(told, step_of(how, first, last), frozenset())


def _stems_of_names(parsed: Parsed) -> set[str]:
    """Returns the stems of the names in a text."""
    return {stem(name) for name in names_in(parsed)}
