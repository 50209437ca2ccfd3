"""(claim, text) -> what the values of the text say of the claim; a stance that is moved by it.

Values are numbers with a unit or noun, dates and times of day. `verdict_of_values` cuts the text
into sentences and asks the rules of `_RULES`, one group after the other. retrieval/reading.py calls
it, through `retrieval.values.reading`, for each passage that a stance model has read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from index.documents import Vectors
from retrieval.types import STANCES
from retrieval.values.bounds import keeps_bound
from retrieval.values.compare import UNKNOWN, Comparison, compare_sentence, needs_all
from retrieval.values.derive import derive
from retrieval.values.elsewhere import tells_it_elsewhere
from retrieval.values.narrowed import tells_a_part
from retrieval.values.parsed import Parsed, parse
from retrieval.values.relate import Relation
from retrieval.values.shares import share_holds
from retrieval.values.sides import sides_compare
from retrieval.values.slices import Slice

# Least probability of the side that the values take, after the correction. On pairs held out of
# training the values are right in this share of the cases in which they speak.
SURE = 0.95
# Most characters of a text that are compared. What stands behind them is left out.
MAX_TEXT_CHARS = 4_000
# Abbreviations whose full stop ends no sentence: "Mr. Lind", "Rs. 50", "on Jan. 5".
_ABBREVIATIONS = (
    "Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Gov", "Sen", "Rep", "Gen", "Lt", "Col", "Sgt", "Rev",
    "Rs", "No", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec",
)  # fmt: skip
# Quotes or brackets, and the space, between a full stop and the capital or digit of the next
# sentence.
_SENTENCE_END = re.compile(
    r"(?<=[.!?])"
    + "".join(rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS)
    + r"[\"'”’)]*\s+(?=[A-Z\"'“‘(\d])"
)

# A rule compares a claim with one sentence; it returns `UNKNOWN` where it is not sure.
_Rule = Callable[[Parsed, Parsed], Comparison]
# Groups of rules, the surest first. The first group in which a rule is sure of a sentence decides.
_RULES: tuple[tuple[_Rule, ...], ...] = (
    (compare_sentence,),
    (derive,),
    (keeps_bound, sides_compare, share_holds),
)

# A claim is compared with many texts.
parse_claim = lru_cache(maxsize=512)(parse)
# A sentence is read for several claims of a batch, and again when it is explained.
_parse_sentence = lru_cache(maxsize=4096)(parse)


def verdict_of_values(claim: Parsed, text: str) -> Comparison:
    """Compares the numbers, dates and times of a claim with those of each sentence of a text.

    "The bridge is 90 m long" differs from "The bridge is 70 m long." A sentence that holds the
    claim's own words is compared value by value (`compare_sentence`). Where no sentence holds them,
    the claimed value may follow from two values of a sentence (`derive`), or a sentence tells in
    other words what the claim compares (the third group). Where two sentences disagree, nothing is
    said, nor against a claim whose value the text tells elsewhere. The steps hold places in the
    text. English only, because words are compared.
    """
    sentences = [(start, _parse_sentence(each)) for start, each in _sentences(text)]
    for rules in _RULES:
        found = [
            (start, sentence, _comparison_of_whole(claim, sentence, rule))
            for rule in rules
            for start, sentence in sentences
            if sentence.values
        ]
        sure = [one for one in found if one[2].relation is not Relation.UNKNOWN]
        if not sure:
            continue
        start, sentence, comparison = sure[0]
        if len({one[2].relation.supports for one in sure}) > 1:
            return UNKNOWN
        if comparison.relation.refutes and tells_it_elsewhere(
            claim, [each for _, each in sentences], sentence, comparison
        ):
            return UNKNOWN
        return _shifted(start, comparison)
    return UNKNOWN


def _comparison_of_whole(claim: Parsed, sentence: Parsed, rule: _Rule) -> Comparison:
    """Returns what a rule says of a sentence; `UNKNOWN` where the sentence is of a part only.

    "Prices rose by 5 per cent" does not follow from "milk prices rose from 100 to 105". This check
    is not for `compare_sentence`, which has a stricter one, nor for `sides_compare`: there each of
    the two sides is a part.
    """
    found = rule(claim, sentence)
    if found.steps and rule in (derive, keeps_bound, share_holds):
        place = found.steps[0].evidence[0].start
        all_tells = rule is share_holds or needs_all(claim, found.relation)
        if tells_a_part(claim, sentence, place, before_alone=not all_tells):
            return UNKNOWN
    return found


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yields (start, sentence) for each sentence of the first `MAX_TEXT_CHARS` of a text."""
    text, start = text[:MAX_TEXT_CHARS], 0
    for end in [*_SENTENCE_END.finditer(text), None]:
        yield start, text[start : end.start() if end else len(text)]
        start = end.end() if end else start


def _shifted(by: int, comparison: Comparison) -> Comparison:
    """Moves the places of a comparison's steps from a sentence to its text, by characters."""
    steps = [
        replace(step, evidence=tuple(Slice(at.start + by, at.end + by) for at in step.evidence))
        for step in comparison.steps
    ]
    return replace(comparison, steps=tuple(steps))


def correct(stance: Vectors, claim: Parsed, text: str) -> Vectors:
    """Returns the stance of a text, shape (3,), moved to what its values say of the claim."""
    return corrected(stance, verdict_of_values(claim, text))


def corrected(stance: Vectors, comparison: Comparison) -> Vectors:
    """Returns a stance, shape (3,), whose side of the comparison has the probability `SURE`.

    (0.2, 0.3, 0.5) and values that refute give (0.014, 0.95, 0.036). A stance that has more of that
    side already stays. A comparison without steps moves nothing: its values are written as in the
    claim, and the model reads such values, and whether the text vouches for them, well enough.
    """
    relation = comparison.relation
    if not comparison.steps:
        return stance
    side = STANCES.index("SUPPORTS" if relation.supports else "REFUTES")
    if stance[side] >= SURE:
        return stance
    moved = stance * ((1 - SURE) / max(1.0 - float(stance[side]), 1e-9))
    moved[side] = SURE
    return np.asarray(moved, np.float32)
