"""(claim, rationale) -> where they part: numbers, comparisons, dates, negation. Nothing is guessed.

Deterministic, for a reader who wants to see why a source refutes a claim: a difference is named
only when both sides speak of the same thing (the same unit, the same parts of a date, the same
verb) and only one reading is possible. English only, because what is compared is words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Literal

from retrieval.types import Difference, Quote
from retrieval.values.correct import parse_claim
from retrieval.values.dates import Date, common_parts
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, parse
from retrieval.values.quantity import COMPARED, ORDINAL, Quantity
from retrieval.values.relate import Relation, comparable, relate
from retrieval.values.wording import other_comparison, other_negation

Kind = Literal["number", "comparison", "date", "negation"]
SEPARATOR = "\n\n"


def differences(
    claim: str, rationale: Sequence[Quote], language: str | None
) -> tuple[Difference, ...]:
    """What the claim says otherwise than the rationale, in the order of the claim.

    Args:
        rationale: sentences of a document, with their offsets in its text.
        language: of the document; anything but English (or unknown) gives nothing.
    """
    if language not in (None, "en"):
        return ()
    # One text, so that a date or number that one sentence confirms is not missed in another.
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
    said = parse_claim(claim)
    if said.values:
        told = parse(evidence)
        yield from _date_partings(said, told)
        yield from _quantity_partings(said, told)
    yield from other_comparison(claim, evidence)
    yield from other_negation(claim, evidence)


def _quote(text: str, at: Slice, offset: int) -> Quote:
    return Quote(at.start + offset, at.end + offset, text[at.start : at.end])


def _quantity_partings(said: Parsed, told: Parsed) -> Iterator[tuple[Kind, Slice, Slice]]:
    claimed = [value for value in said.values if isinstance(value, Quantity)]
    evidence = [value for value in told.values if isinstance(value, Quantity)]
    # For each quantity of the claim: those of the evidence that measure the same, and whether no
    # number is as both say.
    apart = [
        {at: _contradict(one, other) for at, other in enumerate(evidence) if comparable(one, other)}
        for one in claimed
    ]
    for which, alike in enumerate(apart):
        if not all(alike.values()):
            continue
        # Skip evidence numbers that another quantity of the claim already matches.
        rest = [other for other in apart if other is not alike]
        free = [evidence[at] for at in alike if all(other.get(at, True) for other in rest)]
        if len({tuple((m.low, m.high) for m in one.measures) for one in free}) == 1:
            one = claimed[which]
            compared = one.bound in COMPARED or one.bound == "many"
            yield ("comparison" if compared else "number"), one, free[0]


def _contradict(one: Quantity, other: Quantity) -> bool:
    """Whether no number is as both say. Of the number itself, "60" and "more than 60" agree."""
    if not one.bound and one.measures[0].low == other.measures[0].low:
        return False
    if one.base == ORDINAL:
        return bool(comparable(one, other)) and one.number != other.number
    relation = relate(one, other)
    return relation is not None and relation.refutes


def _date_partings(said: Parsed, told: Parsed) -> Iterator[tuple[Kind, Slice, Slice]]:
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
    if one.days or other.days:
        relation = relate(one, other)
        return relation is None or relation is not Relation.DIFFERS
    return any(
        all(a == b for a, b in common_parts(x, y))
        for x, y in itertools.product(one.readings(), other.readings())
    )
