"""(claim, text) -> what the values of the text say of the claim; a stance that is moved by it."""

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
from retrieval.values.narrowed import tells_a_part
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, parse
from retrieval.values.relate import Relation
from retrieval.values.shares import share_holds
from retrieval.values.sides import sides_compare

# The probability that a stance has at the least after its correction. On pairs held out of training
# the values are right in this share of the cases in which they speak.
SURE = 0.95
# Characters of a text that are compared: the rest of it says nothing.
MAX_TEXT_CHARS = 4_000
# No sentence ends behind these, whatever follows: "Mr. Lind", "Rs. 50", "on Jan. 5".
_SHORTENED = (
    "Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Gov", "Sen", "Rep", "Gen", "Lt", "Col", "Sgt", "Rev",
    "Rs", "No", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec",
)  # fmt: skip
_SENTENCE_END = re.compile(
    r"(?<=[.!?])"
    + "".join(rf"(?<!\b{word}\.)" for word in _SHORTENED)
    + r"[\"'”’)]*\s+(?=[A-Z\"'“‘(\d])"
)

# Ways to compare a claim with a sentence. The first group in which one is sure speaks.
_Rule = Callable[[Parsed, Parsed], Comparison]
_RULES: tuple[tuple[_Rule, ...], ...] = (
    (compare_sentence,),
    (derive,),
    (keeps_bound, sides_compare, share_holds),
)

parse_claim = lru_cache(maxsize=512)(parse)
# A sentence is read for several claims of a batch, and again when it is explained.
_parse_sentence = lru_cache(maxsize=4096)(parse)


def verdict_of_values(claim: Parsed, text: str) -> Comparison:
    """What the numbers, dates and times of a text say of those of a claim.

    The sentence in which the claim's own words stand is compared value by value; where none has
    them, a value may follow from two of a sentence, or the sentence tells what the claim compares
    in other words. What sentences say otherwise of each other is unknown. English only, because
    what is compared is words.
    """
    sentences = [(start, _parse_sentence(each)) for start, each in _sentences(text)]
    for rules in _RULES:
        found = [
            (start, _compare_whole(claim, sentence, rule))
            for rule in rules
            for start, sentence in sentences
            if sentence.values
        ]
        sure = [one for one in found if one[1].relation is not Relation.UNKNOWN]
        if len({one.relation.supports for _, one in sure}) == 1:
            return _shifted(*sure[0])
        if sure:
            return UNKNOWN
    return UNKNOWN


def _compare_whole(claim: Parsed, sentence: Parsed, rule: _Rule) -> Comparison:
    """What a rule says of a sentence, but nothing where this tells of a part of what a claim is of.
    Of two things that are compared each may be told in other words."""
    found = rule(claim, sentence)
    if found.steps and rule in (derive, keeps_bound, share_holds):
        place = found.steps[0].evidence[0].start
        all_tells = rule is share_holds or needs_all(claim, found.relation)
        if tells_a_part(claim, sentence, place, before_alone=not all_tells):
            return UNKNOWN
    return found


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences with their places in a text."""
    text, start = text[:MAX_TEXT_CHARS], 0
    for end in [*_SENTENCE_END.finditer(text), None]:
        yield start, text[start : end.start() if end else len(text)]
        start = end.end() if end else start


def _shifted(by: int, comparison: Comparison) -> Comparison:
    """A comparison with the places of its steps moved by so many characters."""
    steps = [
        replace(step, evidence=tuple(Slice(at.start + by, at.end + by) for at in step.evidence))
        for step in comparison.steps
    ]
    return replace(comparison, steps=tuple(steps))


def correct(stance: Vectors, claim: Parsed, text: str) -> Vectors:
    """The stance of a text, shape (3,), with what its values say where they are sure.

    A stance that agrees with them already stays as it is. Of one that does not, so much moves to
    the other side that this has the probability `SURE`.
    """
    return corrected(stance, verdict_of_values(claim, text))


def corrected(stance: Vectors, comparison: Comparison) -> Vectors:
    """The stance, shape (3,), moved to what a comparison says. Values that are written as in the
    claim move nothing: a model reads them, and whether a text vouches for them, well enough."""
    relation = comparison.relation
    if not comparison.steps:
        return stance
    side = STANCES.index("SUPPORTS" if relation.supports else "REFUTES")
    if stance[side] >= SURE:
        return stance
    moved = stance * ((1 - SURE) / max(1.0 - float(stance[side]), 1e-9))
    moved[side] = SURE
    return np.asarray(moved, np.float32)
