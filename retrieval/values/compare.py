"""(claim, sentence) -> whether their values agree, where the words around them are the same.

Nothing is said unless it is sure: every content word of the claim stands in the sentence, close
together and in the same order, and each of its values meets one of the same unit or noun.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.values.narrowed import is_narrowed, is_of_another
from retrieval.values.numbers import Slice
from retrieval.values.parsed import MAX_VALUES, Parsed, Value, end_with_unit, start_with_bound
from retrieval.values.quantity import UPPER, Quantity
from retrieval.values.relate import Relation, relate
from retrieval.values.told import role_of

_OF_THEM = re.compile(r"\s+of\s+(?:the|its|their|those|these|them|whom|which|us)\b", re.I)
_FIRST_OF = re.compile(r"\b(?:first|last|next)\s+$", re.I)
_SOME_OF = re.compile(r"\d\s+(?:out\s+)?of\s+(?:the|its|their|all|those|his|her)?\s*$", re.I)
_AWAY = re.compile(r"\s+(?:away|from|off|behind|ahead)\b", re.I)
_PLACE_FIRST = re.compile(r"(?:in|on|at|near|during)\s", re.I)
# Fewest content words of a claim that say what its values are of.
FEWEST_WORDS = 2
# Items beside the claim's own in which a word that compares counts.
NEAR = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of working out: in words, with the slices of the evidence that it uses."""

    text: str
    evidence: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """relation: of all values together. steps: how it was found, with slices of the text; empty
    where it is unknown, and where every value is written as in the claim."""

    relation: Relation
    steps: tuple[Step, ...] = ()


UNKNOWN = Comparison(Relation.UNKNOWN)


def compare_sentence(claim: Parsed, sentence: Parsed) -> Comparison:
    """What one sentence says of all the values of a claim, where it says the same of them."""
    if not claim.values or not sentence.values or sentence.turning - claim.turning:
        return UNKNOWN
    if sentence.text.rstrip().endswith("?"):
        return UNKNOWN
    if not claim.words <= sentence.words:
        return UNKNOWN
    options = [
        [
            (at, relation)
            for at, other in enumerate(sentence.values)
            if (relation := relate(value, other)) is not None
            and _is_apart(claim, value) == _is_apart(sentence, other)
            and _is_part(claim, value) == _is_part(sentence, other)
            and _is_whole(claim, value) == _is_whole(sentence, other)
            and _is_distance(claim, value) == _is_distance(sentence, other)
        ]
        for value in claim.values
    ]
    found: set[Relation] = set()
    steps: tuple[Step, ...] = ()
    if math.prod(map(len, options)) > MAX_VALUES:
        return UNKNOWN
    for choice in itertools.product(*options):
        used = [at for at, _ in choice]
        run = _run_of_claim(claim, sentence, used) if len(set(used)) == len(used) else None
        if run is None:
            continue
        together = _joint_relation([relation for _, relation in choice])
        careful = together.refutes or together is Relation.BOUND_HOLDS
        if careful and not _dates_stand_alone(claim, sentence, choice):
            together = Relation.UNKNOWN
        if needs_all(claim, together) and is_narrowed(claim, sentence, run, used):
            together = Relation.UNKNOWN
        if is_of_another(claim, sentence, run):
            together = Relation.UNKNOWN
        found.add(together)
        steps = tuple(_steps(claim, sentence, choice))
    if len(found) != 1 or Relation.UNKNOWN in found:
        return UNKNOWN
    return Comparison(found.pop(), steps)


def needs_all(claim: Parsed, relation: Relation) -> bool:
    """Whether a relation holds only if a sentence is of all that a claim is of. A part shows that
    there are more than 15, and not that there are fewer than 20."""
    if not relation.refutes and relation is not Relation.BOUND_HOLDS:
        return False
    amounts = [value for value in claim.values if isinstance(value, Quantity)]
    limited = any(value.bound in UPPER for value in amounts)
    if relation is Relation.BOUND_HOLDS:
        return limited
    share = any(value.base == "%" for value in amounts)
    return relation is Relation.DIFFERS or not limited or share


def _is_apart(parsed: Parsed, value: Value) -> bool:
    """Whether a value says how far two amounts are apart: "by 3 euros", not "to 15"; "3 more"."""
    return isinstance(value, Quantity) and role_of(parsed, value) in ("change", "difference")


def _is_part(parsed: Parsed, value: Value) -> bool:
    """Whether a value counts some of a greater number: "12 of the volunteers", "the first ten"."""
    if _FIRST_OF.search(parsed.text[max(0, value.start - 10) : value.start]):
        return True
    counts = isinstance(value, Quantity) and not value.base
    return counts and _OF_THEM.match(parsed.text, value.end) is not None


def _is_whole(parsed: Parsed, value: Value) -> bool:
    """Whether a value is that of which some are counted: "300 of the 4,800"."""
    return _SOME_OF.search(parsed.text[max(0, value.start - 24) : value.start]) is not None


def _is_distance(parsed: Parsed, value: Value) -> bool:
    """Whether a value says how far away something is: "300 metres from the sea"."""
    return _AWAY.match(parsed.text, end_with_unit(value)) is not None


def _joint_relation(relations: Sequence[Relation]) -> Relation:
    against = [relation for relation in relations if relation.refutes]
    if len(against) == 1:
        return against[0]  # one value is another; who differs in two speaks of another matter
    if against or Relation.UNKNOWN in relations:
        return Relation.UNKNOWN
    return Relation.BOUND_HOLDS if Relation.BOUND_HOLDS in relations else Relation.EQUAL


def _run_of_claim(claim: Parsed, sentence: Parsed, used: Sequence[int]) -> tuple[int, int] | None:
    """Start and end of the items in which the claim's words and values stand close together and in
    the claim's order. Dates may stand anywhere, and what is last in one may be first in the other.
    """
    wanted: list[str | int] = [
        item if isinstance(item, str) else used[item]
        for item in claim.items
        if isinstance(item, str) or isinstance(claim.values[item], Quantity)
    ]
    if len(claim.words) < FEWEST_WORDS:
        return None
    most = len(wanted) + max(2, len(wanted) // 2)
    own = {word for _, word in claim.comparing}
    for at in (0, *_cuts(claim, sentence, wanted)):
        run = _shortest_run(wanted[at:] + wanted[:at], sentence)
        if run is None:
            continue
        first, last = run
        if at and (first if at > 1 else len(sentence.items) - last):
            continue
        if last - first <= most and not any(
            first - NEAR <= place < last + NEAR and word not in own
            for place, word in sentence.comparing
        ):
            return run
    return None


def _cuts(claim: Parsed, sentence: Parsed, wanted: Sequence[str | int]) -> Iterator[int]:
    """Where the claim may be cut and its end be put first: "in Oria 40 people died", and the other
    way round."""
    if len(wanted) > 3:
        if _PLACE_FIRST.match(sentence.text):
            yield len(wanted) - 1
        if _PLACE_FIRST.match(claim.text):
            yield 1


def _shortest_run(wanted: Sequence[str | int], sentence: Parsed) -> tuple[int, int] | None:
    """Start and end of the shortest run of items that holds the wanted ones in order."""
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


def _dates_stand_alone(
    claim: Parsed, sentence: Parsed, choice: Sequence[tuple[int, Relation]]
) -> bool:
    """Whether a date can be of nothing but what the claim says: it is the only one of the sentence,
    and stands beside a word of the claim."""
    for value, (at, _) in zip(claim.values, choice, strict=True):
        if isinstance(value, Quantity):
            continue
        if sum(isinstance(one, type(value)) for one in sentence.values) > 1:
            return False
        place = sentence.items.index(at)
        beside = [
            *sentence.items[max(0, place - 1) : place],
            *sentence.items[place + 1 : place + 2],
        ]
        if not claim.words & {item for item in beside if isinstance(item, str)}:
            return False
    return True


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
    """A step for each value that is not written as in the claim."""
    for value, (at, relation) in zip(claim.values, choice, strict=True):
        told = sentence.values[at]
        ours = claim.text[start_with_bound(value) : end_with_unit(value)]
        theirs = sentence.text[start_with_bound(told) : end_with_unit(told)]
        if ours.lower() != theirs.lower():
            text = f"{theirs} {_SAYS[relation]} {ours}"
            yield Step(text, (Slice(told.start, end_with_unit(told)),))
