"""(claim, sentence) -> margins, multiples, terms of office and sums of people that follow from it.

"By 310 votes to 290" is by 20, "from 40 to 95 euros" more than twice as much, "mayor from 2011 to
2019" for eight years, "12 adults and 11 children" are 23 people.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from retrieval.values.dates import Date
from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, end_with_unit, words_between
from retrieval.values.quantities import bound_before
from retrieval.values.quantity import NO_BOUND, Measure, Quantity
from retrieval.values.told import (
    DOWN,
    UP,
    cardinal_quantities,
    measured_alike,
    names_in,
    words_held,
)
from retrieval.values.workings import Derived, in_written_unit, step_of, text_of

_BY = re.compile(
    r"\b(?:by|(?:majority|margin|lead) of)\s+(?:(?:just|only|more than|at least)\s+)?$", re.I
)
_TO_ANOTHER = re.compile(r"\s+[^\W\d_]+\s+(?:to|against)\s+(?:[A-Z][\w’'.-]*\s+){0,3}")
# Most times that something is said to have grown.
MOST_TIMES = 20.0
_VOTED = re.compile(r"\b(?:by|won|got|received|took|scored|polled)\s+$", re.I)
_TIMES = {"doubl": 2.0, "trebl": 3.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_TIMES_STEMS = frozenset({*_TIMES, "more", "near", "almost", "rough"})
_MULTIPLIED = re.compile(
    r"\b(?:doubled|trebled|tripled|quadrupled|halved)\b(?!\s+(?:to|from)\b)", re.I
)
_TO = re.compile(r"\s+to\s+", re.I)
_FROM = re.compile(r"\bfrom\s+$", re.I)
_TERM = re.compile(r"\s+(?:to|until|till)\s+|\s*[-–]\s*", re.I)
_CLAUSE_START = re.compile(r"[,;:(]\s|\bwho\b|\band\b")
_YEAR = 365.25 * 86_400  # seconds, as pint has them
# Stems of people of one kind.
_PEOPLE = {"adult", "boy", "children", "civilian", "crew", "girl", "men", "passeng", "pupil",
           "soldier", "student", "teacher", "women"}  # fmt: skip


def multiplied(claim: Parsed) -> Quantity | None:
    """How many times as much a claim says there is of something: "more than doubled"."""
    found = _MULTIPLIED.search(claim.text)
    if found is None:
        return None
    bound, length = bound_before(claim.text[max(0, found.start() - 24) : found.start()])
    times = _TIMES[stem(found.group())]
    measure = Measure("times", times, times, 0, 0)
    start, end = found.start() - length, found.end()
    return Quantity(start, end, end, start, (measure,), "", bound or "~")


def multiples(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """From 40 to 95 euros: 2.38 times as much."""
    moves = frozenset({*UP, *DOWN, "went", "value"})
    if asked.base != "times" or not _says_no_more(claim, sentence, moves):
        return
    text = sentence.text
    for old, new in itertools.pairwise(cardinal_quantities(sentence)):
        alike = measured_alike(new, old)  # from 800 to 400 tonnes
        if not _FROM.search(text, max(0, old.start - 8), old.start) or not _TO.fullmatch(
            text, end_with_unit(old), new.start
        ):
            continue
        if alike is None or old.bound or new.bound or min(one.low for one in alike) <= 0:
            continue
        times = alike[0].low / alike[1].low
        if times > MOST_TIMES:
            continue  # from 12 to 15 million
        how = f"{text_of(text, new)} / {text_of(text, old)} = {times:.3g}"
        told = replace(new, measures=(Measure("times", times, times, 0, 0),), noun="")
        yield Derived(told, step_of(how, new, old), _TIMES_STEMS)


def margins(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """310 votes to 290: by 20 votes."""
    if asked.base or not _BY.search(claim.text[: asked.start]):
        return
    if not _says_no_more(claim, sentence, frozenset({asked.noun, *_named(sentence)})):
        return
    text = sentence.text
    for one, other in itertools.pairwise(cardinal_quantities(sentence)):
        more, less = one.measures[0], other.measures[0]
        if more.base or less.base or one.bound or other.bound or more.low <= less.low:
            continue
        if one.noun != asked.noun or not _TO_ANOTHER.fullmatch(
            text, end_with_unit(one), other.start
        ):
            continue
        if other.noun not in ("", one.noun) or not _VOTED.search(
            text, max(0, one.start - 16), one.start
        ):
            continue
        margin = more.low - less.low
        measure = replace(more, low=margin, high=margin)
        how = f"{text_of(text, one)} - {text_of(text, other)} = {in_written_unit(margin, measure)}"
        yield Derived(
            replace(one, measures=(measure,)), step_of(how, one, other), frozenset({"major"})
        )


def terms_of_office(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """Mayor from 2011 to 2019: for eight years, or nearly, or a little longer."""
    if asked.base != "s":
        return
    dates = [value for value in sentence.values if isinstance(value, Date)]
    if len(dates) != 2 or any(date.parts[1] or not date.parts[0] for date in dates):
        return
    (first, last), text = dates, sentence.text
    before = text[: first.start]
    if not _TERM.fullmatch(text, first.end, last.start) or not _FROM.search(before):
        return
    clause = max((end.end() for end in _CLAUSE_START.finditer(before)), default=0)
    wanted, around = claim.words - _named(claim), words_between(sentence, clause, first.start)
    if wanted - words_held(wanted, around) or around - words_held(around, claim.words) - _named(
        sentence
    ):
        return  # a member, and mayor from 2011 to 2019; deputy mayor
    years = (last.parts[0] or 0) - (first.parts[0] or 0)
    measure = Measure("s", years * _YEAR, years * _YEAR, _YEAR / 2, 0, "calendar", size=_YEAR)
    told = Quantity(first.start, last.end, last.end, first.start, (measure,), "", NO_BOUND)
    how = f"{text_of(text, first)} to {text_of(text, last)} = {years} years"
    yield Derived(told, step_of(how, first, last), frozenset())


def _says_no_more(claim: Parsed, sentence: Parsed, spoken_for: frozenset[str]) -> bool:
    """Whether a sentence has no words but these that a claim has not: what is told of a part says
    nothing of the whole."""
    return not sentence.words - claim.words - spoken_for


def _named(parsed: Parsed) -> set[str]:
    return {stem(name) for name in names_in(parsed)}


def people(claim: Parsed, asked: Quantity, sentence: Parsed) -> Iterator[Derived]:
    """12 adults and 11 children: 23 people."""
    found = cardinal_quantities(sentence)
    if asked.noun != "peopl" or len(found) != 2:
        return
    one, other = found
    nouns = {one.noun, other.noun}
    gap = sentence.text[end_with_unit(one) : other.start]
    if len(nouns & _PEOPLE) < 2 or not re.fullmatch(r"\s+[^\W\d_]+\s+and\s+", gap):
        return
    if one.bound or other.bound or not _says_no_more(claim, sentence, frozenset(nouns)):
        return
    a, b = one.measures[0], other.measures[0]
    measure = replace(a, low=a.low + b.low, high=a.low + b.low)
    how = f"{text_of(sentence.text, one)} + {text_of(sentence.text, other)}"
    how += f" = {in_written_unit(measure.low, a)}"
    told = replace(one, measures=(measure,), noun=asked.noun)
    yield Derived(told, step_of(how, one, other), frozenset({asked.noun}))
