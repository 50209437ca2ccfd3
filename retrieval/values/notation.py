"""(claim, text) -> the text with the values of the claim written as the claim writes them.

Of "1,204 people" and "one thousand two hundred and four people" a stance model does not see that
they are the same. `retrieval.values.reading` calls this before the model reads a text.
"""

from __future__ import annotations

import math

from retrieval.values.clock import Clock
from retrieval.values.correct import MAX_TEXT_CHARS
from retrieval.values.dates import Date
from retrieval.values.parsed import Parsed, Value, end_with_unit, parse
from retrieval.values.quantity import Quantity
from retrieval.values.relate import Relation, comparable, relate


def in_notation_of(claim: Parsed, text: str) -> str:
    """Rewrites each value of a text that is exactly one of the claim's: the text says the same.

    The last value comes first, so that the places of those before it stay right.
    """
    if not claim.values:
        return text
    told = parse(text[:MAX_TEXT_CHARS])
    for value in sorted(told.values, key=lambda one: -one.start):
        for own in claim.values:
            start, end = _span_without_bound(value)
            written = claim.text[slice(*_span_without_bound(own))]
            if not _is_same(own, value) or text[end : end + 1] == "-":
                continue
            if written.lower() != text[start:end].lower():
                text = text[:start] + written + text[end:]
            break
    return text


def _span_without_bound(value: Value) -> tuple[int, int]:
    """Returns start and end of a value with its sign and unit: "$5m" of "more than $5m"."""
    if not isinstance(value, Quantity):
        return value.start, value.end
    return value.value_start, end_with_unit(value)


def _is_same(own: Value, value: Value) -> bool:
    """Tells whether two values mean exactly the same, so that one may stand for the other."""
    if isinstance(own, Quantity) and isinstance(value, Quantity):
        return _are_same_quantities(own, value)
    if relate(own, value) is not Relation.EQUAL:
        return False
    if isinstance(own, Date) and isinstance(value, Date):
        # A date that says less, or more, is another.
        said = {tuple(map(bool, parts)) for parts in (*own.readings(), *value.readings())}
        return len(said) == 1 and own.days == value.days
    return isinstance(own, Clock)


def _are_same_quantities(own: Quantity, value: Quantity) -> bool:
    """Tells whether the numbers of two quantities are the same; words that bound them do not count.

    Ranges, "hundreds" and ages stay as they are: their words say more than a number does.
    """
    if "many" in (own.bound, value.bound) or own.base == "age":
        return False
    for one, other in comparable(own, value):
        if one.low == one.high and other.low == other.high:
            converted = one.system != other.system and relate(own, value) is Relation.EQUAL
            if converted or math.isclose(one.low, other.low, rel_tol=1e-9):
                return True
    return False
