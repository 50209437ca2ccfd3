"""Text -> its values and, in order, its content words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.values.clock import Clock, read_clock
from retrieval.values.dates import Date, read_dates, read_periods
from retrieval.values.nouns import stem
from retrieval.values.numbers import Slice, may_hold_value, plain_text
from retrieval.values.quantities import read_quantities
from retrieval.values.quantity import Quantity
from retrieval.values.words import COMPARING, STOP, TURNING

Value = Quantity | Date | Clock
# Most values of a text that are compared with those of another.
MAX_VALUES = 40
_QUOTED = re.compile(r"[\"“”]")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text with its values and, in order, its content words and values.

    items: stems, and for a value its index. places: start and end of each in the text. turning: the
    words that may turn what is said. comparing: those that count only near the claim's words, with
    their places among the items.
    """

    text: str
    values: tuple[Value, ...]
    items: tuple[str | int, ...]
    places: tuple[tuple[int, int], ...]
    turning: frozenset[str]
    comparing: tuple[tuple[int, str], ...]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(item for item in self.items if isinstance(item, str))


def parse(text: str) -> Parsed:
    """The values and content words of a claim or a sentence."""
    plain = plain_text(text)
    values: list[Value] = []
    if may_hold_value(plain):
        clocks = read_clock(plain)
        dates = [date for date in read_dates(plain) if any(date.parts) or date.either]
        periods = [p for p in read_periods(plain) if not _overlaps(p, dates)]
        dates = [date for date in dates if not _overlaps(date, clocks)] + periods
        values = [*read_quantities(plain, [*dates, *clocks]), *dates, *clocks]
        values = sorted(values, key=lambda one: one.start)[:MAX_VALUES]
    items: list[str | int] = []
    places: list[tuple[int, int]] = []
    turning = set(_QUOTED.findall(plain))
    comparing = []
    at = 0
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
            if word == "by" and any(v.start == token.end() + 1 for v in values):
                continue  # rose by 5 per cent
            comparing.append((len(items), word))
        if word not in STOP or word == "by":
            items.append(stem(word) or word)
            places.append(token.span())
    items.extend(range(at, len(values)))
    places.extend((start_with_bound(value), _end_with_per(value)) for value in values[at:])
    return Parsed(
        text, tuple(values), tuple(items), tuple(places), frozenset(turning), tuple(comparing)
    )


def _overlaps(one: Slice, others: Sequence[Slice]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def start_with_bound(value: Value) -> int:
    """Where a value begins with the word that bounds it."""
    return value.bound_start if isinstance(value, Date) and value.bound else value.start


def _covers(value: Value, place: int) -> bool:
    """Tells whether a place behind the start of a value is in it, or in what it is told per."""
    if isinstance(value, Quantity) and value.per_slice[0] <= place < value.per_slice[1]:
        return True
    return place < end_with_unit(value)


def _end_with_per(value: Value) -> int:
    """Where a value ends with its unit and with what it is told per."""
    return max(end_with_unit(value), value.per_slice[1] if isinstance(value, Quantity) else 0)


def end_with_unit(value: Value) -> int:
    return value.unit_end if isinstance(value, Quantity) else value.end


def words_between(parsed: Parsed, start: int, end: int) -> frozenset[str]:
    """The stems of the content words in a slice of a text."""
    found = set()
    for token in _TOKEN.finditer(parsed.text, start, end):
        word = token.group().lower()
        if word not in STOP and not word.isdigit():
            found.add(stem(word) or word)
    return frozenset(found)
