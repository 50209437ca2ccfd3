"""(value of a claim, value of the evidence) -> whether the one allows the other."""

from __future__ import annotations

import itertools
import math
from enum import Enum

from retrieval.values.clock import Clock
from retrieval.values.dates import Date, Parts, common_parts, days_of
from retrieval.values.parsed import Value
from retrieval.values.quantity import COMPARED, ORDINAL, Measure, Quantity

Range = tuple[float, float]
# "About so much" may be off by the first share of it, and is false from the second on.
ABOUT, FAR_OFF = 0.1, 0.35
# Most that a number which ends in zeros may be rounded by, as a share of it.
ROUNDED = 0.05
# Money that a bare sign or name stands for: a dollar of no other country.
_PLAIN_MONEY = {"USD", "GBP", "EUR", "JPY"}
# Two systems of units agree to the first share, and differ from the second on: a mile is 1.6 km.
CONVERTED, CONVERTED_FAR = 0.015, 0.15
# Degrees Celsius by which a whole degree of Fahrenheit may be off, and a whole one of Celsius.
DEGREE = 0.8


class Relation(Enum):
    """What the values of a sentence say of those of a claim."""

    EQUAL = "equal"
    DIFFERS = "differs"
    BOUND_HOLDS = "bound_holds"
    BOUND_BROKEN = "bound_broken"
    UNKNOWN = "unknown"

    @property
    def supports(self) -> bool:
        return self in (Relation.EQUAL, Relation.BOUND_HOLDS)

    @property
    def refutes(self) -> bool:
        return self in (Relation.DIFFERS, Relation.BOUND_BROKEN)


def relate(claimed: Value, told: Value) -> Relation | None:
    """What a value of the evidence says of one of the claim; None where they are of two kinds."""
    if isinstance(claimed, Quantity) and isinstance(told, Quantity):
        return _relate_quantities(claimed, told)
    if isinstance(claimed, Date) and isinstance(told, Date):
        return _relate_dates(claimed, told)
    if isinstance(claimed, Clock) and isinstance(told, Clock):
        agree = set(claimed.minutes) & set(told.minutes)
        return Relation.EQUAL if agree else Relation.DIFFERS
    return None


def comparable(claimed: Quantity, told: Quantity) -> list[tuple[Measure, Measure]]:
    """The readings of two quantities that measure the same; of counts, what is counted must be
    the same."""
    if claimed.per != told.per:
        return []
    pairs = []
    for one, other in itertools.product(claimed.measures, told.measures):
        if one.base != other.base:
            continue
        if one.base in ("", ORDINAL) and (claimed.noun != told.noun or not claimed.noun):
            continue
        if one.variety and other.variety and one.variety != other.variety:
            continue
        pairs.append((one, other))
    return pairs


def _relate_quantities(claimed: Quantity, told: Quantity) -> Relation | None:
    pairs = comparable(claimed, told)
    if not pairs:
        return None
    relations = {relate_measures(one, claimed, other, told) for one, other in pairs}
    for relation in (Relation.EQUAL, Relation.BOUND_HOLDS):
        if relation in relations:
            return relation
    return relations.pop() if len(relations) == 1 else Relation.UNKNOWN


def relate_measures(one: Measure, claimed: Quantity, other: Measure, told: Quantity) -> Relation:
    if "?" in (claimed.bound, told.bound):
        return Relation.UNKNOWN
    same = _is_close(one.low, other.low) and _is_close(one.high, other.high)
    if same and (claimed.bound == told.bound or (not claimed.bound and told.bound[:1] == "~")):
        return Relation.EQUAL
    compared = claimed.bound in COMPARED or claimed.bound in ("~<", "~>", "many")
    sure, possible = allowed_ranges(one, claimed.bound)
    if not claimed.bound and one.low == one.high:
        sure, possible = _ranges_of_exact(one, other, told.bound)
    low, high = possible_range(other, told.bound)
    if one.base == ORDINAL:
        return Relation.UNKNOWN  # the first of something else
    if one.low < one.high and other.low < other.high and low <= one.high and one.low <= high:
        return Relation.UNKNOWN  # 8 to 12 of what is said to be 8 to 13
    if sure[0] <= low and high <= sure[1]:
        return Relation.BOUND_HOLDS if compared else Relation.EQUAL
    if _may_be_other_money(one, other):
        return Relation.UNKNOWN
    if high < possible[0] or possible[1] < low:
        return Relation.BOUND_BROKEN if compared else Relation.DIFFERS
    return Relation.UNKNOWN


def _may_be_other_money(one: Measure, other: Measure) -> bool:
    """Tells whether one amount is of a named money, and the other may be: $5m, A$7m."""
    named = {one.variety, other.variety} - {""}
    return one.variety != other.variety and not named <= _PLAIN_MONEY


def _ranges_of_exact(one: Measure, other: Measure, told_bound: str) -> tuple[Range, Range]:
    """The values that an exact claim surely covers, and those that it may cover by rounding."""
    value = one.low
    if one.system != other.system and one.base.startswith("degree"):
        sure, possible = DEGREE, 2 * DEGREE
    elif one.system != other.system:
        sure = max(one.exact_to, other.exact_to, CONVERTED * abs(value))
        possible = max(one.exact_to, other.exact_to, one.zeros, CONVERTED_FAR * abs(value))
    elif other.exact_to > one.exact_to:  # 1,548,000 of what is said to be 1.5 million
        sure, possible = other.exact_to, 2 * other.exact_to
    else:
        sure, possible = one.exact_to, max(one.exact_to, min(one.zeros, ROUNDED * abs(value)))
    if not math.isclose(one.size, other.size):
        possible = max(possible, ROUNDED * abs(value))  # 44 days may be called six weeks
        if one.system and one.size > other.size:
            possible = max(possible, 0.49 * one.size)  # 2h 20m may be called two hours
    if told_bound[:1] == "~":
        possible = max(possible, ABOUT * abs(value))
    tiny = 1e-9 * abs(value)
    return (value - sure - tiny, value + sure + tiny), (
        value - possible - tiny,
        value + possible + tiny,
    )


def allowed_ranges(one: Measure, bound: str) -> tuple[Range, Range]:
    """The values that a claim surely allows, and the wider range outside of which it is false."""
    value, high = one.low, one.high
    above, below = math.nextafter(value, math.inf), math.nextafter(value, -math.inf)
    near, far = ABOUT * abs(value), FAR_OFF * abs(value)
    ranges = {
        ">": ((above, math.inf), (above, math.inf)),
        ">=": ((value, math.inf), (value, math.inf)),
        "<": ((-math.inf, below), (-math.inf, below)),
        "<=": ((-math.inf, value), (-math.inf, value)),
        "~": ((value - near, value + near), (value - far, value + far)),
        "~<": ((value - near, value), (value - far, value + near)),
        "~>": ((value, value + near), (value - near, value + far)),
        # Hundreds: at least two of them, and a thousand has its own word.
        "many": ((2 * value, 10 * value), (value, 100 * value)),
        "": ((value, high), (value, high)),
    }
    return ranges[bound]


def possible_range(other: Measure, bound: str) -> Range:
    """The values that the evidence leaves possible."""
    if bound == "many":
        return other.low, 100 * other.low
    return allowed_ranges(other, bound)[0] if bound else (other.low, other.high)


def _relate_dates(claimed: Date, told: Date) -> Relation | None:
    if claimed.days or told.days:
        return _relate_periods(claimed, told)
    pairs = list(itertools.product(claimed.readings(), told.readings()))
    if not any(
        a is not None and b is not None for x, y in pairs for a, b in zip(x, y, strict=True)
    ):
        return None
    if claimed.bound != told.bound and (claimed.bound or told.bound):
        return _relate_bound_dates(claimed, told)
    if (claimed.open and not claimed.bound) or (told.open and not told.bound):
        return Relation.UNKNOWN
    relations = {_relate_parts(one, other) for one, other in pairs}
    if Relation.EQUAL in relations:
        return Relation.EQUAL
    return relations.pop() if len(relations) == 1 else Relation.UNKNOWN


def _relate_parts(one: Parts, other: Parts) -> Relation:
    common = common_parts(one, other)
    if any(a != b for a, b in common):
        return Relation.DIFFERS
    if len(common) < sum(part is not None for part in one):
        return Relation.UNKNOWN  # the claim says more
    return Relation.EQUAL


def _relate_bound_dates(claimed: Date, told: Date) -> Relation:
    if told.bound or told.open or claimed.either or told.either:
        return Relation.UNKNOWN
    limit, days = days_of(claimed.parts), days_of(told.parts)
    if limit is None or days is None or claimed.bound not in ("before", "after", "by", "prior to"):
        return Relation.UNKNOWN
    if claimed.bound == "after":
        holds, broken = days[0] > limit[1], days[1] <= limit[1]
    elif claimed.bound == "by":
        holds, broken = days[1] <= limit[1], days[0] > limit[1]
    else:
        holds, broken = days[1] < limit[0], days[0] >= limit[0]
    if holds:
        return Relation.BOUND_HOLDS
    return Relation.BOUND_BROKEN if broken else Relation.UNKNOWN


def _relate_periods(claimed: Date, told: Date) -> Relation | None:
    period = claimed.days or (days_of(claimed.parts) if not claimed.open else None)
    days = told.days or (days_of(told.parts) if not told.open else None)
    if period is None or days is None:
        return None if not (claimed.open or told.open) else Relation.UNKNOWN
    if period[0] <= days[0] and days[1] <= period[1]:
        return Relation.EQUAL
    return Relation.DIFFERS if days[1] < period[0] or period[1] < days[0] else Relation.UNKNOWN


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
