"""(claim, sentence) -> whether a value of the claim follows from two of the sentence, with steps.

The second group of rules of `correct.py`. Each working in `_WORKINGS` reads one narrow form of
sentence. A new one is a function in changes.py, tallies.py or spans.py and a name in that list.
"""

from __future__ import annotations

from dataclasses import replace

from retrieval.values.changes import (
    amounts_before,
    changes,
    earlier_amounts,
    multiples,
    times_claimed,
)
from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.parsed import Parsed
from retrieval.values.quantity import Quantity
from retrieval.values.relate import Relation, comparable, relate, relate_measures
from retrieval.values.spans import ages, terms_of_office
from retrieval.values.tallies import (
    all_but,
    margins,
    parts_of,
    people,
    products,
    rates,
    shares,
    sums,
)
from retrieval.values.told import names_fit, same_turning_words, share_held
from retrieval.values.workings import Derived, Working, text_with_unit

# Least share of the claim's words, but those that the working speaks for, that a sentence holds.
WORDS_HELD = 0.7
# Most times that what follows may be what is claimed: beyond it, the two are of different things.
MOST_TIMES = 10.0
# The workings, all of which are asked.
_WORKINGS: tuple[Working, ...] = (
    earlier_amounts, shares, changes, ages, sums, rates, amounts_before, all_but,
    products, parts_of, multiples, margins, terms_of_office, people,
)  # fmt: skip


def derive(claim: Parsed, sentence: Parsed) -> Comparison:
    """Compares the one quantity of a claim with what follows from two values of a sentence.

    "84 pairs bred, five fewer than in 2022" supports "89 pairs bred in 2022": 84 + 5 = 89.
    """
    times = times_claimed(claim)
    quantities = [times] if times else [one for one in claim.values if isinstance(one, Quantity)]
    if len(quantities) != 1 or len(sentence.values) < 2:
        return UNKNOWN
    (asked,) = quantities
    if not same_turning_words(claim, sentence) or not names_fit(claim, sentence):
        return UNKNOWN
    # The dates and times of the claim must be told.
    for value in claim.values:
        if value is not asked and all(
            relate(value, told) is not Relation.EQUAL for told in sentence.values
        ):
            return UNKNOWN
    steps: dict[Relation, Step] = {}
    for working in _WORKINGS:
        for derived in working(claim, asked, sentence):
            if share_held(claim.words - derived.spoken_for, sentence.words) >= WORDS_HELD:
                steps |= _steps(claim, asked, derived)
    if len(steps) != 1 or Relation.UNKNOWN in steps:
        return UNKNOWN
    ((relation, step),) = steps.items()
    return Comparison(relation, (step,))


def _steps(claim: Parsed, asked: Quantity, derived: Derived) -> dict[Relation, Step]:
    """Returns what a derived quantity says of the claimed one, by reading: relation -> step."""
    steps = {}
    for claimed, told in comparable(asked, derived.quantity):
        if not _may_be_of_one_thing(claimed.low, told.low):
            continue
        relation = relate_measures(claimed, asked, told, derived.quantity)
        said = text_with_unit(claim.text, asked)
        if asked.bound:
            said = said[0].lower() + said[1:]
        sign = "is" if relation.supports else "is not"
        steps[relation] = replace(derived.step, text=f"{derived.step.text}, which {sign} {said}")
    return steps


def _may_be_of_one_thing(one: float, other: float) -> bool:
    """Tells whether neither amount is more than `MOST_TIMES` the other."""
    return abs(one) <= MOST_TIMES * abs(other) and abs(other) <= MOST_TIMES * abs(one)
