"""What a quantity is: a number with its unit or noun, as read by quantities.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.values.slices import Slice

# The bound of a number without one: "90 people".
NO_BOUND: Literal[""] = ""
# What the words around a number make of it. ">": "more than 90"; "<": "under 90"; ">=": "at least
# 90"; "<=": "up to 90"; "~": "about 90"; "~<": "nearly 90"; "~>": "just over 90"; "many": "dozens";
# "?": nothing sure, as for both numbers of "80 or 90".
Bound = Literal["", ">", "<", ">=", "<=", "~", "~<", "~>", "?", "many"]
# Base of the measure of "2 degrees warmer", which is no temperature: 1.8 degrees of Fahrenheit make
# 1 degree Celsius, wherever the scales begin. Of two shares, the difference has the base "point".
DEGREES_APART = "degrees apart"
# Base of a measure that says which one of several something is: "the third day".
ORDINAL = "th"
# Bounds of a claim that a number keeps or breaks.
COMPARED = {">", "<", ">=", "<="}
# Bounds above which the number is not.
UPPER = {"<", "<=", "~<"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One reading of a quantity, in a base unit. Of "4.3 km" 4,300 m.

    base: what is measured: pint's base unit ("m", "s", "kg"), a kind of money ("dollar"), "degree"
    (Celsius), "%", "point" (of per cent), "age" (years), "times" (a multiple), `ORDINAL`, or "" for
    what is counted.
    low, high: in the base unit; the same unless the text says a range.
    exact_to: half of the last place that is written, 50 m of "4.3 km"; 0 for whole numbers.
    zeros: half of the last place that is not 0, of a whole number that may be rounded: 500 of
    "4,000".
    system: of the unit, see `units.Unit`; "percent", "fraction" or "derived" of a share.
    variety: code of the currency, where the text says whose money it is: "AUD".
    size: of the written unit, in the base unit: 1,000 m.
    """

    base: str
    low: float
    high: float
    exact_to: float
    zeros: float
    system: str = ""
    variety: str = ""
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Quantity(Slice):
    """A number with its unit or noun: "more than $4.3 million a day".

    start, end: from the words that bound it to the end of the number and its scale ("million").
    unit_end: where its unit ends.
    number_start, value_start: where the number begins, and where its minus sign or currency does.
    measures: its readings, the likeliest first: "5m" may be metres or millions of money.
    noun: stem of what it counts; "" where it has a unit, and where that is not sure.
    bound: what "more than" makes of it.
    per, per_slice: what it is told for each of, "time" or a stem, and where the text says so.
    number: as it is written, with its scale: 4,300,000.
    """

    unit_end: int
    number_start: int
    measures: tuple[Measure, ...]
    noun: str
    bound: Bound
    per: str = ""
    number: float = 0.0
    per_slice: tuple[int, int] = (0, 0)
    value_start: int = 0

    @property
    def base(self) -> str:
        """What the likeliest reading measures: "meter", "%", "" for a count. See `Measure`."""
        return self.measures[0].base


def quantity_of(start: int, end: int, measure: Measure, noun: str) -> Quantity:
    """Returns a quantity that is all of text[start:end], without a bound or a unit beside it."""
    return Quantity(
        start,
        end,
        unit_end=end,
        number_start=start,
        measures=(measure,),
        noun=noun,
        bound=NO_BOUND,
        number=measure.low,
        value_start=start,
    )
