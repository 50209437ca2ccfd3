"""(claim, sentence) -> where the sentence has the words and values of the claim, in order.

Used by `compare_sentence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.values.parsed import Parsed, Value
from retrieval.values.quantity import Quantity

# A text that begins with its place or time: "[In ]Oria 40 people died".
_PLACE_FIRST = re.compile(r"(?:in|on|at|near|during)\s", re.I)
# Fewest content words of a claim: fewer do not say what its values are of.
FEWEST_WORDS = 2
# Items (words and values) before and behind the claim's own in which a word of `COMPARING` makes
# the sentence one of another thing.
NEAR = 3


def run_of_claim(claim: Parsed, sentence: Parsed, used: Sequence[int]) -> tuple[int, int] | None:
    """Returns start and end of the items of a sentence that hold the claim's, close and in order.

    None where no items do. Dates and times may stand anywhere, an age before or behind whose it is,
    and a place that is last in one may be first in the other (`_cuts`).

    Args:
        used: indexes of the sentence's values that stand for the claim's values.
    """
    run = _run(claim, sentence, used, ages_anywhere=False)
    if run is None and _only_ages_beside_one_word(claim, sentence):
        return _run(claim, sentence, used, ages_anywhere=True)
    return run


def _only_ages_beside_one_word(claim: Parsed, sentence: Parsed) -> bool:
    """Tells whether a claim and a sentence have one age each, beside the same word.

    "A woman in her 70s" and "a 74-year-old woman" are of one, "a 74-year-old man and a woman" not.
    """
    beside = []
    for parsed in (claim, sentence):
        ages = [at for at, value in enumerate(parsed.values) if _is_age(value)]
        if len(ages) != 1:
            return False
        place = parsed.items.index(ages[0])
        near = parsed.items[max(0, place - 1) : place + 2]
        beside.append({item for item in near if isinstance(item, str)})
    return bool(beside[0] & beside[1])


def _is_age(value: Value) -> bool:
    """Tells whether a value is an age."""
    return isinstance(value, Quantity) and value.base == "age"


def _run(
    claim: Parsed, sentence: Parsed, used: Sequence[int], *, ages_anywhere: bool
) -> tuple[int, int] | None:
    """Returns the run of `run_of_claim`, with ages in the claim's order or anywhere."""
    wanted: list[str | int] = [
        item if isinstance(item, str) else used[item]
        for item in claim.items
        if isinstance(item, str)
        or (
            isinstance(claim.values[item], Quantity)
            and not (ages_anywhere and _is_age(claim.values[item]))
        )
    ]
    if len(claim.words) < FEWEST_WORDS:
        return None
    longest = len(wanted) + max(2, len(wanted) // 2)
    own_comparing = {word for _, word in claim.comparing}
    for cut in (0, *_cuts(claim, sentence, wanted)):
        run = _shortest_run(wanted[cut:] + wanted[:cut], sentence)
        if run is None:
            continue
        first, last = run
        # The place moved to the front must begin the sentence, one moved to the end must end it.
        if cut and (first if cut > 1 else len(sentence.items) - last):
            continue
        if last - first <= longest and not any(
            first - NEAR <= place < last + NEAR and word not in own_comparing
            for place, word in sentence.comparing
        ):
            return run
    return None


def _cuts(claim: Parsed, sentence: Parsed, wanted: Sequence[str | int]) -> Iterator[int]:
    """Yields the indexes at which a claim may be cut, so that its end is looked for first.

    "40 people died in Oria" is cut before "Oria" where a sentence begins "In Oria"; a claim that
    begins so is cut behind its first item.
    """
    if len(wanted) > 3:
        if _PLACE_FIRST.match(sentence.text):
            yield len(wanted) - 1
        if _PLACE_FIRST.match(claim.text):
            yield 1


def _shortest_run(wanted: Sequence[str | int], sentence: Parsed) -> tuple[int, int] | None:
    """Returns start and end of the shortest run of items that holds the wanted ones in order."""
    items = sentence.items
    best: tuple[int, int] | None = None
    for first, item in enumerate(items):
        if item != wanted[0]:
            continue
        at = first
        for one in wanted[1:]:
            try:
                at = items.index(one, at + 1)
            except ValueError:
                return best
        if best is None or at + 1 - first < best[1] - best[0]:
            best = (first, at + 1)
    return best
