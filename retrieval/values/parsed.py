"""Text -> its values (quantities, dates, times of day) and, in order, its content words.

Claims and sentences are both read by `parse`; all rules compare two `Parsed`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.values.clock import Clock, read_clock
from retrieval.values.dates import Date, read_dates
from retrieval.values.nouns import stem
from retrieval.values.numbers import may_hold_value
from retrieval.values.periods import read_periods
from retrieval.values.quantities import read_quantities
from retrieval.values.quantity import Quantity
from retrieval.values.quarters import read_quarters
from retrieval.values.slices import Slice, plain_text
from retrieval.values.words import COMPARING, STOP, TURNING

# What is compared.
Value = Quantity | Date | Clock
# Most values of a text that are read.
MAX_VALUES = 40
# Quotation marks: they turn a sentence, as somebody else's words do.
_QUOTED = re.compile(r"[\"“”]")
# A word or number, with its "'s" or "n't".
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text that was read. Of "In Oria 40 people died, more than in Ustra":

    values: the quantity "40 people", in the order of the text.
    items: a stem for each content word, and for each value its index: ("oria", 0, "peopl", "die",
    "more", "ustra").
    places: start and end of each item in the text.
    turning: words of `TURNING` in the text, and quotation marks.
    comparing: words of `COMPARING`, each with the index of its item, or of the one that follows:
    ((4, "more"), (5, "than")).
    """

    text: str
    values: tuple[Value, ...]
    items: tuple[str | int, ...]
    places: tuple[tuple[int, int], ...]
    turning: frozenset[str]
    comparing: tuple[tuple[int, str], ...]

    @property
    def words(self) -> frozenset[str]:
        """Returns the stems of the content words."""
        return frozenset(item for item in self.items if isinstance(item, str))


def parse(text: str) -> Parsed:
    """Reads the values and content words of a claim or a sentence."""
    plain = plain_text(text)
    values = _values(plain)
    items: list[str | int] = []
    places: list[tuple[int, int]] = []
    turning = set(_QUOTED.findall(plain))
    comparing = []
    at = 0  # index of the next value
    for token in _TOKEN.finditer(plain):
        while at < len(values) and start_with_bound(values[at]) <= token.start():
            items.append(at)
            places.append((start_with_bound(values[at]), _end_with_per(values[at])))
            at += 1
        if at and _covers(values[at - 1], token.start()):
            continue
        word = token.group().lower().replace("’", "'")
        if word in TURNING or word.endswith("n't"):
            turning.add(word)
        if word in COMPARING:
            if word == "by" and any(value.start == token.end() + 1 for value in values):
                continue  # "rose by 5 per cent" compares with nothing else
            comparing.append((len(items), word))
        if word not in STOP or word == "by":
            items.append(stem(word) or word)
            places.append(token.span())
    items.extend(range(at, len(values)))
    places.extend((start_with_bound(value), _end_with_per(value)) for value in values[at:])
    return Parsed(
        text, tuple(values), tuple(items), tuple(places), frozenset(turning), tuple(comparing)
    )


def _values(plain: str) -> list[Value]:
    """Returns the values of a plain text, in order.

    A fiscal year or a time of day goes before a date, a date before a period, and all of them
    before a quantity, where they are in the same place.
    """
    if not may_hold_value(plain):
        return []
    clocks = read_clock(plain)
    quarters = read_quarters(plain)
    dates = [date for date in read_dates(plain) if any(date.parts) or date.either]
    dates = [date for date in dates if not _overlaps(date, quarters)]
    periods = [period for period in read_periods(plain) if not _overlaps(period, quarters)]
    # Of "2024-25" the year is no date of its own.
    dates = [date for date in dates if not _overlaps(date, [*clocks, *periods])] + periods
    quantities = read_quantities(plain, [*dates, *clocks, *quarters])
    values: list[Value] = [*quantities, *quarters, *dates, *clocks]
    return sorted(values, key=lambda value: value.start)[:MAX_VALUES]


def _overlaps(one: Slice, others: Sequence[Slice]) -> bool:
    """Tells whether a slice has a character in common with another."""
    return any(one.start < other.end and other.start < one.end for other in others)


def start_with_bound(value: Value) -> int:
    """Returns where a value begins, with the word that bounds it: "before May"."""
    return value.bound_start if isinstance(value, Date) and value.bound else value.start


def _covers(value: Value, place: int) -> bool:
    """Tells whether a place behind the start of a value is in it, or in what it is told per."""
    if isinstance(value, Quantity) and value.per_slice[0] <= place < value.per_slice[1]:
        return True
    return place < end_with_unit(value)


def _end_with_per(value: Value) -> int:
    """Returns where a value ends, with its unit and what it is told per: "40 euros a day"."""
    return max(end_with_unit(value), value.per_slice[1] if isinstance(value, Quantity) else 0)


def end_with_unit(value: Value) -> int:
    """Returns where a value ends, with its unit: "40 euros"."""
    return value.unit_end if isinstance(value, Quantity) else value.end


def slice_with_unit(value: Value) -> Slice:
    """Returns the slice of a value, from the words that bound it to the end of its unit."""
    return Slice(value.start, end_with_unit(value))


def words_between(parsed: Parsed, start: int, end: int) -> frozenset[str]:
    """Returns the stems of the content words in a slice of a text, but no numbers in digits."""
    found = set()
    for token in _TOKEN.finditer(parsed.text, start, end):
        word = token.group().lower()
        if word not in STOP and not word.isdigit():
            found.add(stem(word) or word)
    return frozenset(found)
