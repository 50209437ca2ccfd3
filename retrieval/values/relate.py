"""(value of a claim, value of the evidence) -> their relation: equal, differs, bound holds, ...

Every rule asks `relate`, or for the numbers of derived quantities `relate_measures`. A claim allows
two ranges of values: inside of the first it is surely right, outside of the second surely wrong;
between them the relation is `UNKNOWN`.
"""

from __future__ import annotations

import itertools
import math
from enum import Enum

from retrieval.values.clock import DAY, Clock
from retrieval.values.dates import Date, Parts, common_parts, days_of
from retrieval.values.parsed import Value
from retrieval.values.quantity import COMPARED, ORDINAL, Measure, Quantity

# The lowest and the highest value, in the base unit of a measure.
Range = tuple[float, float]
# Share of a value by which "about 100" may be off and surely be right (90 to 110), and beyond which
# it is surely wrong (below 65, above 135).
ABOUT, FAR_OFF = 0.1, 0.35
# Most by which a number that ends in zeros may be rounded, as a share of it: 4,800 of 5,000.
ROUNDED = 0.05
# Share of a value by which it may be off in another system of units and surely be right (a mile is
# 1.6 km), and beyond which it is surely wrong.
CONVERTED, CONVERTED_FAR = 0.015, 0.15
# Minutes by which a rough time of day ("about 8:30") may be off.
ROUGH_MINUTES = 60
# Degrees Celsius by which a temperature in whole degrees may be off in the other scale.
DEGREE = 0.8
# Share of a unit by which a time or length in whole units of it may be off where the other side has
# a smaller unit: 2 h 20 min may be called two hours.
_OF_UNIT = 0.49
# Share of a value within which two numbers are one, but for the arithmetic of floats.
_TINY = 1e-9
# Bounds of a date that leave open how far away it is.
_ONE_SIDED = {"before", "after", "prior to"}
# Currencies that a bare sign or name stands for: "$" alone is no Australian dollar.
_PLAIN_MONEY = {"USD", "GBP", "EUR", "JPY"}


class Relation(Enum):
    """What the values of a sentence say of those of a claim."""

    EQUAL = "equal"  # claim: 90, evidence: 90
    DIFFERS = "differs"  # claim: 90, evidence: 70
    BOUND_HOLDS = "bound_holds"  # claim: more than 80, evidence: 90
    BOUND_BROKEN = "bound_broken"  # claim: more than 80, evidence: 70
    UNKNOWN = "unknown"  # claim: 90, evidence: about 85

    @property
    def supports(self) -> bool:
        """Tells whether the evidence supports the claim."""
        return self in (Relation.EQUAL, Relation.BOUND_HOLDS)

    @property
    def refutes(self) -> bool:
        """Tells whether the evidence refutes the claim."""
        return self in (Relation.DIFFERS, Relation.BOUND_BROKEN)


def relate(claimed: Value, told: Value) -> Relation | None:
    """Returns the relation of two values; None where they measure, count or date different things.

    90 people and 70 people differ; 90 people and 70 metres give None.
    """
    if isinstance(claimed, Quantity) and isinstance(told, Quantity):
        return _relation_of_quantities(claimed, told)
    if isinstance(claimed, Date) and isinstance(told, Date):
        return _relation_of_dates(claimed, told)
    if isinstance(claimed, Clock) and isinstance(told, Clock):
        return _relation_of_clocks(claimed, told)
    return None


def _relation_of_clocks(claimed: Clock, told: Clock) -> Relation:
    """Returns the relation of two times of day; of a rough one, only far ones differ."""
    gaps = [abs(ours - theirs) for ours in claimed.minutes for theirs in told.minutes]
    apart = min(min(gap, DAY - gap) for gap in gaps)
    if not apart:
        return Relation.EQUAL
    rough = claimed.rough or told.rough
    return Relation.UNKNOWN if rough and apart <= ROUGH_MINUTES else Relation.DIFFERS


def comparable(claimed: Quantity, told: Quantity) -> list[tuple[Measure, Measure]]:
    """Returns the pairs of readings of two quantities that measure the same: both metres, say.

    Of counts and ordinals the nouns must be the same, too, and of money the countries.
    """
    if claimed.per != told.per:
        return []
    pairs = []
    for ours, theirs in itertools.product(claimed.measures, told.measures):
        if ours.base != theirs.base:
            continue
        if ours.base in ("", ORDINAL) and (claimed.noun != told.noun or not claimed.noun):
            continue
        if ours.variety and theirs.variety and ours.variety != theirs.variety:
            continue
        pairs.append((ours, theirs))
    return pairs


def _relation_of_quantities(claimed: Quantity, told: Quantity) -> Relation | None:
    """Returns the relation of two quantities; of their readings, those that agree come first."""
    pairs = comparable(claimed, told)
    if not pairs:
        return None
    relations = {relate_measures(ours, claimed, theirs, told) for ours, theirs in pairs}
    for relation in (Relation.EQUAL, Relation.BOUND_HOLDS):
        if relation in relations:
            return relation
    return relations.pop() if len(relations) == 1 else Relation.UNKNOWN


def relate_measures(ours: Measure, claimed: Quantity, theirs: Measure, told: Quantity) -> Relation:
    """Returns the relation of a reading of a claimed quantity to one of a told quantity.

    Args:
        ours, theirs: of `claimed` and of `told`, in the same base unit.
    """
    if "?" in (claimed.bound, told.bound):
        return Relation.UNKNOWN
    same = _is_close(ours.low, theirs.low) and _is_close(ours.high, theirs.high)
    if same and (claimed.bound == told.bound or (not claimed.bound and told.bound == "~")):
        return Relation.EQUAL
    if claimed.bound == told.bound == "<=":
        return Relation.UNKNOWN  # "up to 12 years" and "up to 13 years" are two estimates
    compared = claimed.bound in COMPARED or claimed.bound in ("~<", "~>", "many")
    sure, possible = allowed_ranges(ours, claimed.bound)
    if not claimed.bound and ours.low == ours.high:
        sure, possible = _ranges_of_exact(ours, theirs, told.bound)
    low, high = possible_range(theirs, told.bound)
    if ours.base == ORDINAL:
        return Relation.UNKNOWN  # "the second day" may be of something else than "the first day"
    if ours.low < ours.high and theirs.low < theirs.high and low <= ours.high and ours.low <= high:
        return Relation.UNKNOWN  # ranges that overlap: "8 to 12" and "8 to 13"
    if sure[0] <= low and high <= sure[1]:
        return Relation.BOUND_HOLDS if compared else Relation.EQUAL
    if _may_be_other_money(ours, theirs):
        return Relation.UNKNOWN
    if high < possible[0] or possible[1] < low:
        return Relation.BOUND_BROKEN if compared else Relation.DIFFERS
    return Relation.UNKNOWN


def _may_be_other_money(ours: Measure, theirs: Measure) -> bool:
    """Tells whether only one amount names its country: "A$7m", beside "$5m", which may be any."""
    named = {ours.variety, theirs.variety} - {""}
    return ours.variety != theirs.variety and not named <= _PLAIN_MONEY


def _ranges_of_exact(ours: Measure, theirs: Measure, told_bound: str) -> tuple[Range, Range]:
    """Returns the ranges of a claimed number without a bound: surely right, and maybe, by rounding.

    "1.5 million" of the evidence makes a claim of 1,548,000 surely right. "5,000" of the claim may
    be the 4,800 of the evidence.

    Args:
        ours, theirs: readings of the claimed and of the told quantity.
        told_bound: of the told quantity.
    """
    value = ours.low
    if ours.system != theirs.system and ours.base.startswith("degree"):
        sure, possible = DEGREE, 2 * DEGREE
    elif ours.system != theirs.system:
        sure = max(ours.exact_to, theirs.exact_to, CONVERTED * abs(value))
        possible = max(ours.exact_to, theirs.exact_to, ours.zeros, CONVERTED_FAR * abs(value))
    elif theirs.exact_to > ours.exact_to:  # the claim is more exact than the evidence
        sure, possible = theirs.exact_to, 2 * theirs.exact_to
    else:
        sure, possible = ours.exact_to, max(ours.exact_to, min(ours.zeros, ROUNDED * abs(value)))
    if not math.isclose(ours.size, theirs.size):
        possible = max(possible, ROUNDED * abs(value))  # "six weeks" may be 44 days
        if ours.system and ours.size > theirs.size:
            possible = max(possible, _OF_UNIT * ours.size)
    if told_bound[:1] == "~":
        possible = max(possible, ABOUT * abs(value))
    tiny = _TINY * abs(value)
    return (value - sure - tiny, value + sure + tiny), (
        value - possible - tiny,
        value + possible + tiny,
    )


def allowed_ranges(one: Measure, bound: str) -> tuple[Range, Range]:
    """Returns the values that a bound surely allows, and the range outside of which it is wrong.

    Of "about 100" they are 90 to 110 and 65 to 135, of "at least 100" both 100 to infinity.
    """
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
        # "Hundreds" are at least two of them, and for ten there is another word.
        "many": ((2 * value, 10 * value), (value, 100 * value)),
        "": ((value, high), (value, high)),
    }
    return ranges[bound]


def possible_range(other: Measure, bound: str) -> Range:
    """Returns the values that the evidence leaves possible: of "more than 100" those above it."""
    if bound == "many":
        return other.low, 100 * other.low
    return allowed_ranges(other, bound)[0] if bound else (other.low, other.high)


def _relation_of_dates(claimed: Date, told: Date) -> Relation | None:
    """Returns the relation of two dates; None where they have no part in common: May and 2019."""
    if claimed.days or told.days:
        return _relation_to_period(claimed, told)
    pairs = list(itertools.product(claimed.readings(), told.readings()))
    if not any(common_parts(*readings) for readings in pairs):
        return None
    if claimed.bound != told.bound and (claimed.bound or told.bound):
        return _relation_to_limit(claimed, told)
    if (claimed.open and not claimed.bound) or (told.open and not told.bound):
        return Relation.UNKNOWN
    relations = {_relation_of_parts(one, other) for one, other in pairs}
    if Relation.EQUAL in relations:
        return Relation.EQUAL
    if claimed.bound in _ONE_SIDED:
        return Relation.UNKNOWN  # what opened before July may have opened before June
    return relations.pop() if len(relations) == 1 else Relation.UNKNOWN


def _relation_of_parts(claimed: Parts, told: Parts) -> Relation:
    """Returns the relation of two dates without bounds: 3 May 2019 is equal to May 2019 of a claim.

    Where a claim says more than is told, the relation is unknown.
    """
    common = common_parts(claimed, told)
    if any(ours != theirs for ours, theirs in common):
        return Relation.DIFFERS
    if len(common) < sum(part is not None for part in claimed):
        return Relation.UNKNOWN
    return Relation.EQUAL


def _relation_to_limit(claimed: Date, told: Date) -> Relation:
    """Returns the relation of a date to a claimed limit: 3 May 2019 holds of "before June 2019"."""
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


def _relation_to_period(claimed: Date, told: Date) -> Relation | None:
    """Returns the relation of two dates, one of them a decade or century: 1923, the 1920s.

    Of "2024-25" and 2025 it is not sure whether they are of one season.
    """
    spans = [one.days is not None and one.open for one in (claimed, told)]
    if all(spans):
        return Relation.EQUAL if claimed.days == told.days else Relation.DIFFERS
    period = claimed.days or (days_of(claimed.parts) if not claimed.open else None)
    days = told.days or (days_of(told.parts) if not told.open else None)
    if period is None or days is None:
        return None if not (claimed.open or told.open) else Relation.UNKNOWN
    if period[0] <= days[0] and days[1] <= period[1]:
        return Relation.UNKNOWN if any(spans) else Relation.EQUAL
    return Relation.DIFFERS if days[1] < period[0] or period[1] < days[0] else Relation.UNKNOWN


def _is_close(one: float, other: float) -> bool:
    """Tells whether two values are one, but for the arithmetic of floats."""
    return math.isclose(one, other, rel_tol=_TINY, abs_tol=1e-12)
