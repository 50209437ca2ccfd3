"""(claim, text) -> the text with the values of the claim written as the claim writes them."""

from __future__ import annotations

import math

from retrieval.values.clock import Clock
from retrieval.values.correct import MAX_TEXT_CHARS
from retrieval.values.dates import Date
from retrieval.values.parsed import Parsed, Value, end_with_unit, parse
from retrieval.values.quantity import Quantity
from retrieval.values.relate import Relation, comparable, relate


def in_notation_of(claim: Parsed, text: str) -> str:
    """The text for a model that reads "1,204" and "one thousand two hundred and four" as two.

    A value is rewritten only if it is exactly one of the claim's: the text says the same as before.
    """
    if not claim.values:
        return text
    told = parse(text[:MAX_TEXT_CHARS])
    for value in sorted(told.values, key=lambda one: -one.start):
        for own in claim.values:
            start, end = _slice(value)
            first, last = _slice(own)
            written = claim.text[first:last]
            if not _is_same(own, value) or text[end : end + 1] == "-":
                continue
            if written.lower() != text[start:end].lower():
                text = text[:start] + written + text[end:]
            break
    return text


def _slice(value: Value) -> tuple[int, int]:
    """A value with its unit, without what bounds it."""
    if not isinstance(value, Quantity):
        return value.start, value.end
    return value.value_start, end_with_unit(value)


def _is_same(own: Value, value: Value) -> bool:
    """Whether two values mean exactly the same, so that one may stand for the other."""
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
    """Whether numbers are the same; the words that bound them stay. Of ranges, of "hundreds" and
    of ages the notation is more than the number, and stays."""
    if "many" in (own.bound, value.bound) or own.base == "age":
        return False
    for one, other in comparable(own, value):
        if one.low == one.high and other.low == other.high:
            converted = one.system != other.system and relate(own, value) is Relation.EQUAL
            if converted or math.isclose(one.low, other.low, rel_tol=1e-9):
                return True
    return False
