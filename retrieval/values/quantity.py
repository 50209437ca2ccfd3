"""The nouns of a quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.values.numbers import Slice

NO_BOUND: Literal[""] = ""
# What a number says of the true one. "~": about so much; "~<", "~>": a little less, a little more;
# "?": nothing sure; "many": hundreds, dozens.
Bound = Literal["", ">", "<", ">=", "<=", "~", "~<", "~>", "?", "many"]
# What is measured by "2 degrees warmer"; of the share of something "points" are the same.
DEGREES_APART = "degrees apart"
# Base of a measure that says which one of several something is: "the third day".
ORDINAL = "th"
COMPARED = {">", "<", ">=", "<="}
UPPER = {"<", "<=", "~<"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One reading of a quantity, in base units.

    base: what is measured: pint's base unit, a kind of money, "%", "point", "age" (years), "th" for
    ordinals, "" for what is counted. low, high: the same unless a range is said. exact_to: half of
    the last place that is written. zeros: half of the last place that is not 0, for whole numbers.
    size: of the unit that is written, in the base unit.
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
    """A number with its unit or noun. The slice begins with the words that bound it and ends with
    number and scale; unit_end: the end of its unit; number: as it is written, with its scale.
    per: what it is told for each of, and in which slice. number_start, value_start: of the number,
    and of its sign or currency.
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
