"""Text -> its quantities: numbers with a unit or noun, and what the words around make of them.

numbers.py finds the numbers, measures.py reads what is behind them, and this file what is before
them. compounds.py and ranges.py then join two quantities into one. Used by `parse`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrieval.values import units
from retrieval.values.ages import ages_read
from retrieval.values.compounds import compounds_joined
from retrieval.values.identifiers import is_part_of_name
from retrieval.values.measures import BOUND_AFTER, UNIT, measures_of, read_measures, units_after
from retrieval.values.nouns import counted_noun
from retrieval.values.numbers import Number, read_numbers
from retrieval.values.numerals import SHORT_SCALES
from retrieval.values.quantity import (
    NO_BOUND,
    ORDINAL,
    Bound,
    Measure,
    Quantity,
    quantity_of,
)
from retrieval.values.ranges import ranges_joined
from retrieval.values.slices import Slice

# Words before a number, and the bound that they make. The first that fits counts, so that "not more
# than" stands before "more than".
_BOUNDS: tuple[tuple[re.Pattern[str], Bound], ...] = tuple(
    (re.compile(rf"(?:^|(?<![\w-]))(?:{words})\s+$", re.I), bound)  # type: ignore[misc]
    for words, bound in (
        (r"just over|(?:a little|slightly|a bit|barely) (?:more than|over|above)", "~>"),
        (r"just (?:under|below|short of)|(?:a little|slightly|a bit) (?:less than|under|below)"
         r"|almost|nearly|close (?:to|on)|approaching|not quite", "~<"),
        (r"at most|as many as|as much as|up to|a maximum of|not exceeding"
         r"|(?:no|not|never) (?:more|greater|higher|longer|larger|later|older|bigger) than", "<="),
        (r"at least|as few as|as little as|a minimum of|not under"
         r"|(?:no|not|never) (?:fewer|less|lower|shorter|smaller|younger) than", ">="),
        (r"(?:more|greater|higher|longer|larger|bigger|older|taller|heavier|faster) than|over|above"
         r"|exceed(?:ing|ed|s)?|upwards of|in excess of|well over", ">"),
        (r"(?:fewer|less|lower|shorter|smaller|younger|lighter|slower) than|under|below|well under",
         "<"),
        (r"about|around|more or less|roughly|approximately|some|an estimated|an average of|circa"
         r"|ca?\.|or so", "~"),
    )
)  # fmt: skip
_LOOK_BACK = 40  # characters in front of a number that are searched for a bound
# Before a number that is one of two: "[one or ]two", "[a single or ]2".
_ONE_OR = re.compile(r"\b(?:one|an?|single)\s+or\s+$", re.I)
# Behind a number that is the least: "90[+]", "90[-plus]".
_PLUS_AFTER = re.compile(r"\+(?!\d)|-plus\b", re.I)
# Behind one that is rough: "100[-odd]", "300[ or so]", "300 people[ or so]".
_ODD_AFTER = re.compile(r"[\s-](?:odd|some)\b|(?:\s[^\W\d_]+)?\s+or\s+so\b", re.I)
# The minus before a number: "[-]5", "[minus ]5".
_NEGATIVE = re.compile(r"(?:(?:^|[\s(])-|\bminus\s+)$", re.I)
# What may be a telephone number.
_PHONE = re.compile(r"(?:\+\d{1,3}|\b0\d*)(?:[\s-]\(?\d{2,5}\)?){2,}")
# How long a race took: "[2:04:35]", "[9:58.1]".
_RACE_TIME = re.compile(r"\b\d+:[0-5]\d(?::[0-5]\d(?:\.\d+)?|\.\d+)\b")
# Fewest digits of a telephone number.
_PHONE_DIGITS = 9
# Between the numbers of a score: "3[-]1", "2[ to ]1".
_SCORE_GAP = re.compile(r"\s?[-–]\s?|\s+to\s+", re.I)
# An article that is the number one, of a unit: "[for an hour]", "[for a year and a half]".
_ARTICLE_AND_UNIT = re.compile(
    r"\b(?:in|for|took|takes|take|lasted|lasts|last|within|about|over|under|nearly|almost|than|after)"
    r"\s+(?=an?\s)(?P<article>an?)\s+(?P<unit>second|minute|hour|day|week|month|year|mile"
    r"|kilometre|metre|tonne|kilo)\b(?!-)(?P<half>\s+and\s+a\s+half\b)?"
    r"|(?P<alone>\ba)\s+(?P<set>fortnight|decade|century)\b",
    re.I,
)


def read_quantities(text: str, taken: Sequence[Slice]) -> list[Quantity]:
    """Returns the quantities of a plain text, in order.

    Args:
        text: as `plain_text` gives it.
        taken: dates and times of day, whose numbers are no quantities.
    """
    covered = bytearray(len(text))
    for one in taken:
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    for phone in _PHONE.finditer(text):
        if len(re.sub(r"\D", "", phone.group())) >= _PHONE_DIGITS:
            covered[phone.start() : phone.end()] = b"\1" * len(phone.group())
    for time in _RACE_TIME.finditer(text):
        covered[time.start() : time.end()] = b"\1" * len(time.group())
    numbers = [one for one in read_numbers(text) if not any(covered[one.start : one.end])]
    numbers = list(_without_scores(text, numbers))
    found = [read for number in numbers if (read := _quantity(text, number)) is not None]
    for match in _ARTICLE_AND_UNIT.finditer(text):
        found += _article_as_one(text, match, covered)
    found += ages_read(text)
    found.sort(key=lambda one: one.number_start)
    return ranges_joined(text, compounds_joined(text, _without_overlaps(found)))


def _without_overlaps(found: list[Quantity]) -> list[Quantity]:
    """Returns the quantities but those whose number is in the one before."""
    kept: list[Quantity] = []
    for one in found:
        if not kept or one.number_start >= kept[-1].end:
            kept.append(one)
    return kept


def _without_scores(text: str, numbers: list[Number]) -> Iterator[Number]:
    """Yields the numbers but those of scores, "3-1" and "2 to 1".

    A score goes down, which no range does, or is of two small numbers without a noun or unit.
    """
    left_out: set[int] = set()
    for at, (one, other) in enumerate(itertools.pairwise(numbers)):
        if not _SCORE_GAP.fullmatch(text, one.end, other.start) or one.kind != "cardinal":
            continue
        if text[max(0, one.start - 5) : one.start].lower() == "from ":
            continue  # "fell from 15 to 12" goes down, and is no score
        falls = one.values[0] >= other.values[0] and other.kind == "cardinal"
        # The 20 of "20-3 million" is larger than the 3, but not than 3 million.
        hyphen = "to" not in text[one.end : other.start].lower()
        bare = hyphen and other.values[0] < 100 and not _has_unit_or_noun(text, other)
        if falls or bare:
            left_out |= {at, at + 1}
    yield from (one for at, one in enumerate(numbers) if at not in left_out)


def _has_unit_or_noun(text: str, number: Number) -> bool:
    """Tells whether a number has a unit or noun, or decimals."""
    word = UNIT.match(text, number.end)
    if word is None:
        return False
    return bool(word["percent"]) or bool(counted_noun(text, number.end)) or number.exact_to > 0


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before a number: "more than -$". start: where the words begin that bound it.
    value_start: where its minus or currency does. money: the unit of "$"."""

    start: int
    value_start: int
    bound: Bound
    is_negative: bool
    money: units.Unit | None


def _lead(text: str, number: Number) -> _Lead:
    """Returns what stands before a number, read from right to left: sign, minus, bound."""
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    head = before
    sign = units.SIGN_BEFORE.search(before)
    money = _currency_of(sign.group().strip()) if sign else None
    if sign and money:
        head = before[: sign.start()]
    minus = _NEGATIVE.search(head) if number.kind == "cardinal" else None
    if minus:
        at = minus.start()
        head = head[: at + (head[at] in " (")]
    value_start = number.start - len(before) + len(head)
    bound, length = bound_before(head)
    return _Lead(value_start - length, value_start, bound, minus is not None, money)


def _quantity(text: str, number: Number) -> Quantity | None:
    """Returns the quantity of a number; None where the number counts and measures nothing."""
    if is_part_of_name(text, number):
        return None
    if number.kind == "ordinal":
        return _ordinal(text, number)
    lead = _lead(text, number)
    is_word = text[number.start : number.end].lower() in ("one", "a", "an")
    if is_word and not units_after(text, number, lead.money)[0]:
        return None  # "one of us" counts nothing
    told = read_measures(text, number, lead.money)
    if told is None:
        return None
    if lead.money and text[told.end : told.end + 1].isalpha():
        return None  # "Rs 25L"
    measures, unit_end, bound = told.measures, told.unit_end, lead.bound
    if lead.is_negative:
        measures = tuple(replace(one, low=-one.low, high=-one.high) for one in measures)
    written = number.values[0]
    if number.short_scale and told.end > number.end:
        written *= SHORT_SCALES[number.short_scale]
    after = BOUND_AFTER.match(text, unit_end) or BOUND_AFTER.match(text, told.end)
    if after:
        unit_end = after.end()
        bound = ">=" if after["more"] else "<="
    else:
        bound = _bound(text, number, lead, told.end)
    return Quantity(
        lead.start,
        told.end,
        unit_end=max(unit_end, told.end),
        number_start=number.start,
        measures=measures,
        noun=told.noun,
        bound=bound,
        per=told.per,
        number=written,
        per_slice=told.per_slice,
        value_start=lead.value_start,
    )


def _bound(text: str, number: Number, lead: _Lead, end: int) -> Bound:
    """Returns the bound of a number that ends at `end`: of "dozens", "100-odd", "90+"."""
    if _ONE_OR.search(text, max(0, lead.start - 12), lead.start):
        return "?"
    if _PLUS_AFTER.match(text, end):
        return ">="
    if number.kind == "many":
        return "many"
    return "~" if not lead.bound and _ODD_AFTER.match(text, end) else lead.bound


def bound_before(head: str) -> tuple[Bound, int]:
    """Returns the bound that the last words of a text make, and their length in characters.

    (">", 10) of "it cost more than ".
    """
    for form, bound in _BOUNDS:
        if cue := form.search(head):
            return bound, len(head) - cue.start()
    return NO_BOUND, 0


def _currency_of(sign: str) -> units.Unit | None:
    """Returns the currency of "$", "US$" or "NOK"; None where there is none of that name."""
    if sign[-1] in units.CURRENCY_SIGNS:
        return units.currency_of_sign(sign)
    return units.currency_named(sign.lower().removesuffix("."))


def _ordinal(text: str, number: Number) -> Quantity:
    """Returns the quantity of an ordinal: of "the third day" the 3, with the noun "day"."""
    value = number.values[0]
    noun = counted_noun(text, number.end)
    return quantity_of(number.start, number.end, Measure(ORDINAL, value, value, 0, 0), noun)


def _article_as_one(text: str, match: re.Match[str], covered: bytearray) -> list[Quantity]:
    """Returns the hour of "for an hour", or one and a half; nothing where it is covered."""
    start = match.start("article") if match["article"] else match.start("alone")
    word = match["unit"] or match["set"]
    found = units.units_named(word.lower())
    if not found or any(covered[start : match.end()]):
        return []
    number = 1.5 if match["half"] else 1.0
    bound, length = bound_before(text[max(0, start - _LOOK_BACK) : start])
    one = Quantity(
        start - length,
        match.end(),
        unit_end=match.end(),
        number_start=start,
        measures=measures_of(found, number),
        noun="",
        bound=bound,
        number=number,
        value_start=start,
    )
    return [one]
