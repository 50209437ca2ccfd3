"""Two values of a sentence -> a third that follows from them: what all workings have in common.

A working is a function (claim, asked, sentence) -> the quantities that follow from the sentence,
where `asked` is the quantity of the claim. changes.py, tallies.py and spans.py hold them, and
derive.py lists them and compares what follows with the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from retrieval.values.compare import Step
from retrieval.values.parsed import Parsed, Value, end_with_unit, slice_with_unit
from retrieval.values.quantity import NO_BOUND, Bound, Measure, Quantity


@dataclass(frozen=True, slots=True)
class Derived:
    """A quantity that follows from a sentence: 89 pairs, of "84 pairs, five fewer than in 2022".

    quantity: as the sentence would tell it. step: how it follows. spoken_for: stems that the
    claim may have and the sentence not, because the working says the same: "total", of a sum.
    """

    quantity: Quantity
    step: Step
    spoken_for: frozenset[str]


# (claim, quantity of the claim, sentence) -> the quantities that follow.
Working = Callable[[Parsed, Quantity, Parsed], Iterator[Derived]]


def with_value(measure: Measure, value: float, exact_to: float | None = None) -> Measure:
    """Returns a measure with another value; with the same exactness, unless another is given."""
    exact_to = measure.exact_to if exact_to is None else exact_to
    return replace(measure, low=value, high=value, exact_to=exact_to)


def percentage(share: float) -> Measure:
    """Returns the measure of a share that was worked out, in per cent, exact to half a point."""
    return Measure("%", share, share, 0.5, 0, "derived")


def quantity_between(start: int, end: int, measure: Measure, bound: Bound = NO_BOUND) -> Quantity:
    """Returns a quantity of a slice that has no number of its own: "2011 to 2019", "doubled"."""
    return Quantity(start, end, end, start, (measure,), "", bound)


def in_written_unit(value: float, measure: Measure) -> str:
    """Returns a value in the unit in which its measure is written: "2.5", of 150 min in hours."""
    return f"{value / measure.size:,.10g}"


def text_of(text: str, value: Value) -> str:
    """Returns a value as it is written, without its unit: "4.36 million"."""
    return text[value.start : value.end]


def text_with_unit(text: str, value: Value) -> str:
    """Returns a value as it is written, with its unit: "4.36 million euros"."""
    return text[value.start : end_with_unit(value)]


def step_of(text: str, *values: Value) -> Step:
    """Returns a step that uses these values of the sentence."""
    return Step(text, tuple(slice_with_unit(value) for value in values))
