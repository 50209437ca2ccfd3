"""(claim with one bound, sentence with one amount) -> whether the amount keeps the bound.

"The repair cost more than 4 million crowns" holds of "Repairs came to 4.1 million crowns, 300,000
more than planned". One of the last rules of `correct.py`: most words of the claim must stand in the
sentence, not all as in `compare_sentence`; but a second amount of the same unit must not.
"""

from __future__ import annotations

import math
import re

from retrieval.values.compare import UNKNOWN, Comparison, Step, needs_all
from retrieval.values.parsed import Parsed, end_with_unit, slice_with_unit
from retrieval.values.quantity import COMPARED, Quantity
from retrieval.values.relate import Relation, comparable, relate
from retrieval.values.runs import FEWEST_WORDS
from retrieval.values.told import (
    cardinal_quantities,
    dates_agree,
    names_fit,
    role_of,
    share_held,
    states_plainly,
    words_told,
)
from retrieval.values.workings import text_with_unit

# Least share of the claim's words that a sentence holds.
WORDS_HELD = 0.7
# Most times that the amount may be the bound, or the bound the amount: beyond it, the two are of
# different things.
MOST_TIMES = 5.0
# Before an amount that is no whole one: a part, the end of a range or of a list.
_PART_BEFORE = re.compile(
    r"\b(?:first|last|next|past|every|each|another|other|same|or|to|plus|up|the|its|their|these"
    r"|those|his|her)\s+$"
    r"|[(<>≥≤±=]\s?$",
    re.I,
)
# Behind such an amount: "12[-]", "12 years[ ago]", "12 crowns[ each]".
_PART_AFTER = re.compile(r"\s*(?:-|\(|(?:ago|later|earlier|before|after|old|or|and|each)\b)", re.I)
# Signs that an amount is not the last one, or is that of one time of several: "60 people [so far]".
_NOT_ALL_YET = re.compile(
    r"\b(?:so far|to date|until now|as of|at first|initially|and more|more (?:are|were)"
    r"|by (?:now|then|noon|midnight|late|early|\d+|[a-z]+day)"
    r"|(?:last|this) (?:year|month|week|night|season))\b",
    re.I,
)


def keeps_bound(claim: Parsed, sentence: Parsed) -> Comparison:
    """Compares the one bound of a claim with the one amount of a sentence."""
    asked = cardinal_quantities(claim)
    if len(asked) != 1 or asked[0].bound not in COMPARED:
        return UNKNOWN
    (bound,) = asked
    if not states_plainly(claim, sentence, slice_with_unit(bound)):
        return UNKNOWN
    if bound.base in ("age", "%") or role_of(claim, bound) != "amount":
        return UNKNOWN
    if len(claim.words) < FEWEST_WORDS:
        return UNKNOWN
    base = bound.base
    # A bare number may be of the same: "4 million crowns for steel and 2 million for work".
    amounts = [
        one
        for one in cardinal_quantities(sentence)
        if (base in [measure.base for measure in one.measures] or not (one.base or one.noun))
        and role_of(sentence, one) not in ("difference", "change")
    ]
    if len(amounts) != 1 or not comparable(bound, amounts[0]):
        return UNKNOWN
    if not _is_whole(sentence, amounts[0]):
        return UNKNOWN
    (amount,) = amounts
    if not _is_of_like_size(bound, amount) or not dates_agree(claim, sentence):
        return UNKNOWN
    if share_held(claim.words, words_told(sentence)) < WORDS_HELD or not names_fit(claim, sentence):
        return UNKNOWN
    relation = relate(bound, amount)
    if relation not in (Relation.BOUND_HOLDS, Relation.BOUND_BROKEN):
        return UNKNOWN
    if needs_all(claim, relation) and _NOT_ALL_YET.search(sentence.text):
        return UNKNOWN
    said, told = text_with_unit(claim.text, bound), text_with_unit(sentence.text, amount)
    text = f"{told} {'agrees with' if relation.supports else 'is not'} {said}"
    return Comparison(relation, (Step(text, (slice_with_unit(amount),)),))


def _is_whole(sentence: Parsed, amount: Quantity) -> bool:
    """Tells whether an amount stands for itself: no part, no end of a range, and no bound."""
    before = sentence.text[max(0, amount.start - 16) : amount.start]
    if _PART_BEFORE.search(before) or _PART_AFTER.match(sentence.text, end_with_unit(amount)):
        return False
    measure = amount.measures[0]
    return measure.low == measure.high and amount.bound in ("", "~")


def _is_of_like_size(bound: Quantity, amount: Quantity) -> bool:
    """Tells whether an amount is neither far from a bound nor equal to it.

    Of an equal one, which may be rounded, it is not sure on which side of the bound it is.
    """
    return all(
        claimed.low
        and told.low
        and 1 / MOST_TIMES <= abs(claimed.low / told.low) <= MOST_TIMES
        and not math.isclose(claimed.low, told.low)
        for claimed, told in comparable(bound, amount)
    )
