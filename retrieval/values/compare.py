"""(claim, sentence) -> whether their values agree, where the words around them are the same.

The first and surest rule of `correct.py`. It answers only if every content word of the claim stands
in the sentence, close together and in the claim's order, and each value of the claim meets a value
of the same unit or noun: "90 people died in Oria", "70 people died in Oria on Monday".
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.values.dates import Date
from retrieval.values.narrowed import is_narrowed, is_of_another, is_of_another_time
from retrieval.values.parsed import Parsed, Value, end_with_unit, slice_with_unit, start_with_bound
from retrieval.values.quantity import UPPER, Quantity
from retrieval.values.relate import Relation, relate
from retrieval.values.runs import run_of_claim
from retrieval.values.slices import Slice
from retrieval.values.told import role_of

# Behind a count that is some of a greater number: "12 [of the] volunteers".
_AFTER_PART = re.compile(r"\s+of\s+(?:the|its|their|those|these|them|whom|which|us)\b", re.I)
# Before such a count: "the [first] ten".
_BEFORE_PART = re.compile(r"\b(?:first|last|next)\s+$", re.I)
# Before the greater number: "30[0 of the] 4,800".
_BEFORE_WHOLE = re.compile(r"\d\s+(?:out\s+)?of\s+(?:the|its|their|all|those|his|her)?\s*$", re.I)
# Behind a length that is a distance: "300 metres [from] the sea".
_AFTER_DISTANCE = re.compile(r"\s+(?:away|from|off|behind|ahead)\b", re.I)
# Before the age of somebody who may be another than that of the text: "[a ]34-year-old man".
_SOMEBODY = re.compile(r"\ban?\s+(?:[a-z]+,?\s+){0,2}$", re.I)
# The end of a number that is the limit of a rule, or the least of any: "2[ or more]".
_OR_MORE = re.compile(r"\bor\s+(?:more|over|above|fewer|less|under)$", re.I)
# Most ways to choose a value of the sentence for each value of the claim that are tried.
MAX_CHOICES = 40


@dataclass(frozen=True, slots=True)
class Step:
    """A step of working out. text: for a reader, "70 people is not 90 people". evidence: the slices
    of the sentence, or of the text, that the step uses."""

    text: str
    evidence: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a sentence says of a claim. relation: of all values together. steps: how it was found;
    empty where the relation is unknown, and where every value is written as in the claim."""

    relation: Relation
    steps: tuple[Step, ...] = ()


# What a rule returns that is not sure.
UNKNOWN = Comparison(Relation.UNKNOWN)


def compare_sentence(claim: Parsed, sentence: Parsed) -> Comparison:
    """Compares each value of a claim with a value of a sentence that holds the claim's words.

    Several values of the sentence may meet one of the claim: each choice of them is tried, and the
    answer is `UNKNOWN` unless all that fit give one relation.
    """
    if not claim.values or not sentence.values or sentence.turning - claim.turning:
        return UNKNOWN
    if sentence.text.rstrip().endswith("?"):
        return UNKNOWN
    if not claim.words <= sentence.words:
        return UNKNOWN
    # For each value of the claim: indexes of the values of the sentence that may answer it.
    options = [
        [
            (at, relation)
            for at, other in enumerate(sentence.values)
            if (relation := _relation(claim, value, sentence, other)) is not None
            and _roles(claim, value) == _roles(sentence, other)
        ]
        for value in claim.values
    ]
    found: set[Relation] = set()
    steps: tuple[Step, ...] = ()
    if math.prod(map(len, options)) > MAX_CHOICES:
        return UNKNOWN
    for choice in itertools.product(*options):
        used = [at for at, _ in choice]
        run = run_of_claim(claim, sentence, used) if len(set(used)) == len(used) else None
        if run is None:
            continue
        joint = _joint_relation([relation for _, relation in choice])
        goes_beyond = joint.refutes or joint is Relation.BOUND_HOLDS
        if (
            (goes_beyond and not _dates_stand_alone(claim, sentence, choice))
            or (needs_all(claim, joint) and is_narrowed(claim, sentence, run, used))
            or is_of_another(claim, sentence, run)
            or (joint.refutes and is_of_another_time(claim, sentence, used))
        ):
            joint = Relation.UNKNOWN
        found.add(joint)
        steps = tuple(_steps(claim, sentence, choice))
    if len(found) != 1 or Relation.UNKNOWN in found:
        return UNKNOWN
    return Comparison(found.pop(), steps)


def needs_all(claim: Parsed, relation: Relation) -> bool:
    """Tells whether a relation holds only if the sentence is of all that the claim is of.

    18 in one town show that there are more than 15 in all, and not that there are fewer than 20.
    """
    if not relation.refutes and relation is not Relation.BOUND_HOLDS:
        return False
    amounts = [value for value in claim.values if isinstance(value, Quantity)]
    limited = any(value.bound in UPPER for value in amounts)
    if relation is Relation.BOUND_HOLDS:
        return limited
    # A share of a part says nothing of that of all, whether it is larger or smaller.
    of_share = any(value.base == "%" for value in amounts)
    return relation is Relation.DIFFERS or not limited or of_share


def _roles(parsed: Parsed, value: Value) -> tuple[bool, bool, bool, bool]:
    """Tells whether a value is a gap, a part, a whole and a distance.

    Two values that differ in one of these are of different things, though their words are the same:
    12 of "12 of the volunteers" does not differ from "300 volunteers".
    """
    return (
        isinstance(value, Quantity) and role_of(parsed, value) in ("change", "difference"),
        _is_part(parsed, value),
        _BEFORE_WHOLE.search(parsed.text[max(0, value.start - 24) : value.start]) is not None,
        _AFTER_DISTANCE.match(parsed.text, end_with_unit(value)) is not None,
    )


def _is_part(parsed: Parsed, value: Value) -> bool:
    """Tells whether a value counts some of a greater number: "12 of the volunteers"."""
    if _BEFORE_PART.search(parsed.text[max(0, value.start - 10) : value.start]):
        return True
    counts = isinstance(value, Quantity) and not value.base
    return counts and _AFTER_PART.match(parsed.text, value.end) is not None


def _relation(claim: Parsed, value: Value, sentence: Parsed, other: Value) -> Relation | None:
    """Returns the relation of two values, `UNKNOWN` where they may be of two rules or people."""
    relation = relate(value, other)
    if relation is None or not isinstance(value, Quantity) or not isinstance(other, Quantity):
        return relation
    is_of_somebody = value.base == "age" and _SOMEBODY.search(claim.text[: value.start])
    if _is_rule(claim, value, sentence, other) or (relation.refutes and is_of_somebody):
        return Relation.UNKNOWN
    return relation


def _is_rule(claim: Parsed, value: Quantity, sentence: Parsed, other: Quantity) -> bool:
    """Tells whether a claimed "2 or more" may be another rule than that of the sentence.

    "Two may play" is not that two or more may play, nor is "three or more may play".
    """
    is_same = value.number == other.number
    return _ends_with_or_more(claim, value) and _ends_with_or_more(sentence, other) != is_same


def _ends_with_or_more(parsed: Parsed, value: Quantity) -> bool:
    """Tells whether a number is an open one: "2 or more"."""
    return _OR_MORE.search(parsed.text, value.end, value.unit_end) is not None


def _joint_relation(relations: Sequence[Relation]) -> Relation:
    """Returns one relation for those of all values of a claim: (EQUAL, DIFFERS) gives DIFFERS."""
    # A sentence that differs in two values, or is of another quarter, is of another matter.
    against = [relation for relation in relations if relation.refutes]
    if len(against) > 1 or Relation.UNKNOWN in relations:
        return Relation.UNKNOWN
    if against:
        return against[0]
    return Relation.BOUND_HOLDS if Relation.BOUND_HOLDS in relations else Relation.EQUAL


def _dates_stand_alone(
    claim: Parsed, sentence: Parsed, choice: Sequence[tuple[int, Relation]]
) -> bool:
    """Tells whether each chosen date or time is the only one of its sentence, and stands beside a
    word of the claim, or a chosen quantity: then it can be of nothing but what the claim says."""
    used = {at for at, _ in choice if isinstance(sentence.values[at], Quantity)}
    for value, (at, _) in zip(claim.values, choice, strict=True):
        if isinstance(value, Quantity):
            continue
        if sum(isinstance(one, type(value)) for one in sentence.values) > 1:
            return False
        if used and _is_within(sentence.values[at], value):
            return False  # what was earned in January 2023 is a part of what was in 2023
        place = sentence.items.index(at)
        beside = [
            *sentence.items[max(0, place - 1) : place],
            *sentence.items[place + 1 : place + 2],
        ]
        if not (claim.words | used) & set(beside):
            return False
    return True


def _is_within(told: Value, claimed: Value) -> bool:
    """Tells whether a date of the sentence names more of its parts than the claim's: a month."""
    if not isinstance(told, Date) or not isinstance(claimed, Date):
        return False
    return sum(map(bool, told.parts)) > sum(map(bool, claimed.parts))


# What makes no other notation: the spaces and hyphens of "4-km", "4 - km" and "$ 5".
_SPACES = re.compile(r"(?<=\w)\s*-\s*|\s+")
# What a step says between the words of the evidence and those of the claim.
_SAYS = {
    Relation.EQUAL: "is the same as",
    Relation.BOUND_HOLDS: "agrees with",
    Relation.DIFFERS: "is not",
    Relation.BOUND_BROKEN: "is not",
    Relation.UNKNOWN: "may be",
}


def _steps(
    claim: Parsed, sentence: Parsed, choice: Sequence[tuple[int, Relation]]
) -> Iterator[Step]:
    """Yields a step for each value that is not written as in the claim: "70 m is not 90 m"."""
    for value, (at, relation) in zip(claim.values, choice, strict=True):
        told = sentence.values[at]
        ours = claim.text[start_with_bound(value) : end_with_unit(value)]
        theirs = sentence.text[start_with_bound(told) : end_with_unit(told)]
        if _SPACES.sub("", ours).lower() != _SPACES.sub("", theirs).lower():
            text = f"{theirs} {_SAYS[relation]} {ours}"
            yield Step(text, (slice_with_unit(told),))
