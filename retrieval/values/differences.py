"""(claim, rationale) -> the places where they differ: in numbers, comparisons, dates, negation.

For a reader who wants to see why a source refutes a claim; retrieval/explain.py calls it. A
difference is named only where both sides speak of the same thing (the same unit, the same parts of
a date, the same verb) and only one reading is possible. English only, because words are compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from retrieval.types import Difference, Quote
from retrieval.values.correct import parse_claim
from retrieval.values.dates import Date, common_parts
from retrieval.values.parsed import Parsed, parse
from retrieval.values.quantity import COMPARED, ORDINAL, Quantity
from retrieval.values.relate import Relation, comparable, relate
from retrieval.values.slices import Slice
from retrieval.values.told import quantities_and_ordinals
from retrieval.values.wording import other_comparison, other_negation

# What two sides differ in.
Kind = Literal["number", "comparison", "date", "negation"]
# What the sentences of a rationale are joined with.
SEPARATOR = "\n\n"


def differences(
    claim: str, rationale: Sequence[Quote], language: str | None
) -> tuple[Difference, ...]:
    """Returns what the claim says otherwise than the rationale, in the order of the claim.

    "90 people" of the claim and "70 people" of the rationale are one difference.

    Args:
        rationale: sentences of a document, with their offsets in its text.
        language: of the document; anything but English (or unknown) gives nothing.
    """
    if language not in (None, "en"):
        return ()
    # One text: a number that one sentence confirms is no difference from another sentence.
    evidence = SEPARATOR.join(quote.quote for quote in rationale)
    found: dict[tuple[str, int], Difference] = {}
    for kind, here, there in _partings(claim, evidence):
        start = 0
        for quote in rationale:
            end = start + len(quote.quote)
            if start <= there.start and there.end <= end:
                offset = quote.start - start
                difference = Difference(
                    kind, _quote(claim, here, 0), _quote(evidence, there, offset)
                )
                found.setdefault((kind, here.start), difference)
            start = end + len(SEPARATOR)
    return tuple(sorted(found.values(), key=lambda one: one.claim.start))


def _partings(claim: str, evidence: str) -> Iterator[tuple[Kind, Slice, Slice]]:
    """Yields each difference: its kind, where it is in the claim, and where in the evidence."""
    said = parse_claim(claim)
    if said.values:
        told = parse(evidence)
        yield from _date_partings(said, told)
        yield from _quantity_partings(said, told)
    yield from other_comparison(claim, evidence)
    yield from other_negation(claim, evidence)


def _quote(text: str, at: Slice, offset: int) -> Quote:
    """Returns the quote of a slice, whose text begins at an offset of a longer one."""
    return Quote(at.start + offset, at.end + offset, text[at.start : at.end])


def _quantity_partings(said: Parsed, told: Parsed) -> Iterator[tuple[Kind, Slice, Slice]]:
    """Yields each quantity of a claim that no number of the evidence agrees with."""
    claimed = quantities_and_ordinals(said)
    evidence = quantities_and_ordinals(told)
    # For each quantity of the claim: index of each quantity of the evidence that measures the same
    # -> whether the two contradict each other.
    contradictions = [
        {at: _contradict(one, other) for at, other in enumerate(evidence) if comparable(one, other)}
        for one in claimed
    ]
    for one, alike in zip(claimed, contradictions, strict=True):
        if not all(alike.values()):
            continue
        # Skip numbers of the evidence that agree with another quantity of the claim.
        rest = [other for other in contradictions if other is not alike]
        free = [evidence[at] for at in alike if all(other.get(at, True) for other in rest)]
        numbers = {tuple((each.low, each.high) for each in other.measures) for other in free}
        if len(numbers) == 1:
            compared = one.bound in COMPARED or one.bound == "many"
            yield ("comparison" if compared else "number"), one, free[0]


def _contradict(one: Quantity, other: Quantity) -> bool:
    """Tells whether no number is as both say. "More than 60" does not contradict a claim of 60."""
    if not one.bound and one.measures[0].low == other.measures[0].low:
        return False
    if one.base == ORDINAL:
        return bool(comparable(one, other)) and one.number != other.number
    relation = relate(one, other)
    return relation is not None and relation.refutes


def _date_partings(said: Parsed, told: Parsed) -> Iterator[tuple[Kind, Slice, Slice]]:
    """Yields each date of a claim that no date of the evidence may agree with, and the nearest."""
    claimed = [value for value in said.values if isinstance(value, Date)]
    evidence = [value for value in told.values if isinstance(value, Date)]
    for one in claimed:
        related = [(other, relate(one, other)) for other in evidence]
        alike = [other for other, relation in related if relation is not None]
        if not alike or any(_may_agree(one, other) for other in alike):
            continue
        common = [len(common_parts(one.parts, other.parts)) for other in alike]
        nearest = [
            other for other, count in zip(alike, common, strict=True) if count == max(common)
        ]
        if len(nearest) == 1 and not (one.open or nearest[0].open):
            yield "date", one, nearest[0]


def _may_agree(one: Date, other: Date) -> bool:
    """Tells whether two dates may be one, in one of their readings."""
    if one.days or other.days:
        relation = relate(one, other)
        return relation is None or relation is not Relation.DIFFERS
    return any(
        all(here == there for here, there in common_parts(*readings))
        for readings in itertools.product(one.readings(), other.readings())
    )
