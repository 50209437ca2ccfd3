"""(claim, sentence) -> whether the one amount of a sentence keeps the bound that a claim sets.

Beside `compare_sentence` the words need not be all the same; what differs, or is another amount of
the same kind, must not be there. Of "4.1 million crowns, 300,000 more than planned" the amount is
the first.
"""

from __future__ import annotations

import math
import re

from retrieval.values.compare import FEWEST_WORDS, UNKNOWN, Comparison, Step
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, end_with_unit
from retrieval.values.quantity import COMPARED, Quantity
from retrieval.values.relate import Relation, comparable, relate
from retrieval.values.told import (
    cardinal_quantities,
    dates_agree,
    names_fit,
    role_of,
    share_held,
    states_plainly,
    words_told,
)

# Share of the claim's words that a sentence with its amount holds.
WORDS_HELD = 0.7
# Most times that an amount is a bound, and a bound an amount, of one thing.
MOST_TIMES = 5.0
_NOT_ALL = re.compile(
    r"\b(?:first|last|next|past|every|each|another|other|same|or|to|plus|up|the|its|their|these"
    r"|those|his|her)\s+$"
    r"|[(<>≥≤±=]\s?$",
    re.I,
)
_PART_OF_MORE = re.compile(
    r"\s*(?:-|\(|(?:ago|later|earlier|before|after|old|or|and|each)\b)", re.I
)


def keeps_bound(claim: Parsed, sentence: Parsed) -> Comparison:
    """Whether the one amount of a sentence keeps the one bound of a claim."""
    asked = cardinal_quantities(claim)
    if len(asked) != 1 or asked[0].bound not in COMPARED:
        return UNKNOWN
    (bound,) = asked
    if not states_plainly(claim, sentence, Slice(bound.start, end_with_unit(bound))):
        return UNKNOWN
    if bound.base in ("age", "%") or role_of(claim, bound) != "amount":
        return UNKNOWN
    if len(claim.words) < FEWEST_WORDS:
        return UNKNOWN
    base = bound.base
    # A bare number may be of the same: "4 million crowns for steel and 2 million for work".
    alike = [
        q
        for q in cardinal_quantities(sentence)
        if base in [one.base for one in q.measures] or not (q.base or q.noun)
    ]
    amounts = [q for q in alike if role_of(sentence, q) not in ("difference", "change")]
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
    said, told = (
        one.text[value.start : end_with_unit(value)]
        for one, value in ((claim, bound), (sentence, amount))
    )
    text = f"{told} {'agrees with' if relation.supports else 'is not'} {said}"
    return Comparison(relation, (Step(text, (Slice(amount.start, end_with_unit(amount)),)),))


def _is_whole(sentence: Parsed, amount: Quantity) -> bool:
    """Whether an amount stands for itself: no end of a span, no part, no time told in steps."""
    before = sentence.text[max(0, amount.start - 16) : amount.start]
    if _NOT_ALL.search(before) or _PART_OF_MORE.match(sentence.text, end_with_unit(amount)):
        return False
    measure = amount.measures[0]
    return measure.low == measure.high and amount.bound in ("", "~")


def _is_of_like_size(one: Quantity, other: Quantity) -> bool:
    return all(
        a.low
        and b.low
        and 1 / MOST_TIMES <= abs(a.low / b.low) <= MOST_TIMES
        and not math.isclose(a.low, b.low)
        for a, b in comparable(one, other)
    )
