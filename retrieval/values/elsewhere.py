"""(claim, text, comparison that refutes) -> whether the text tells the claimed value elsewhere.

"Twelve people died. The toll later rose to 15" does not refute that 15 people died, nor does
"Twelve people died, three more in hospital". Used by `verdict_of_values`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.values.compare import Comparison
from retrieval.values.parsed import Parsed, Value
from retrieval.values.quantity import Quantity
from retrieval.values.relate import relate

# Stems of what a number counts that may be of anything claimed: "15", "15 dead", "three more".
_OF_A_TOLL = ("", "dead", "death", "kill", "die", "more", "victim")


def tells_it_elsewhere(
    claim: Parsed, sentences: Sequence[Parsed], refuting: Parsed, comparison: Comparison
) -> bool:
    """Tells whether another value of the text is the claimed one, or what lacks of it.

    Args:
        refuting: the sentence, one of the text's, whose value is not the claimed one.
        comparison: of that sentence, with the places of its values.
    """
    places = {at.start for step in comparison.steps for at in step.evidence}
    others = [
        value
        for sentence in sentences
        for value in sentence.values
        if sentence is not refuting or value.start not in places
    ]
    return any(
        _is_or_completes(claimed, told, other)
        for claimed, told in _refuted(claim, refuting, places)
        for other in others
        if not any(_supports(one, other) for one in claim.values if one is not claimed)
    )


def _supports(claimed: Value, told: Value) -> bool:
    """Tells whether a value of the text supports one of the claim."""
    relation = relate(claimed, told)
    return relation is not None and relation.supports


def _refuted(claim: Parsed, sentence: Parsed, places: set[int]) -> Iterator[tuple[Value, Value]]:
    """Yields each value of a claim with the one of the sentence that refutes it."""
    for told in sentence.values:
        for claimed in claim.values if told.start in places else ():
            relation = relate(claimed, told)
            if relation is not None and relation.refutes:
                yield claimed, told


def _is_or_completes(claimed: Value, told: Value, other: Value) -> bool:
    """Tells whether another value is the claimed one, or with the one told makes it: 12 and 3."""
    if _supports(claimed, other):
        return True
    if not (
        isinstance(claimed, Quantity) and isinstance(told, Quantity) and isinstance(other, Quantity)
    ):
        return False
    if other.base not in ("", claimed.base) or other.noun not in (*_OF_A_TOLL, claimed.noun):
        return False
    lacking = claimed.number - told.number
    return other.number == claimed.number or (lacking > 1 and other.number == lacking)
