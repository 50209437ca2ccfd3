"""(claim that compares two things, sentence with an amount of each) -> whether the claim is right.

"More goals were scored in Oria than in Ustra" is taken apart: more, of goals, left side Oria, right
side Ustra. A sentence with two amounts of one kind that names both sides gives one amount to each:
"12 goals in Oria and nine in Ustra". One of the last rules of `correct.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.nouns import stem
from retrieval.values.parsed import Parsed, end_with_unit, parse, slice_with_unit, words_between
from retrieval.values.quantity import Quantity
from retrieval.values.relate import Relation
from retrieval.values.told import (
    FEWER,
    MORE,
    cardinal_quantities,
    measured_alike,
    role_of,
    share_held,
    states_plainly,
    words_held,
)

# Least share of the claim's words that a sentence holds.
WORDS_HELD = 0.6
# The comparison of a claim: "[more goals were scored in Oria than in Ustra]".
_THAN = re.compile(
    rf"\b(?P<cue>{'|'.join(sorted(MORE | FEWER))})\b(?P<middle>[^.;]{{0,120}}?)\bthan\b"
    r"(?P<right>[^.;]{1,120})",
    re.I,
)
# What a right side begins with that names a place or time; the left side begins with it, too.
_PREPOSITION = re.compile(
    r"\s*(in|at|on|for|from|among|during|under|by|with|against|after)\b", re.I
)
# A word or number.
_WORD = re.compile(r"[^\W_]+")
# Stems of words for what is not the left side: "than in the [others]", "than the [rest]".
_REST = {"other", "rest", "remaind", "those", "without"}
# Word that compares -> bases of the measures that it may compare, or stems of their nouns. A word
# that is not here compares anything.
_MEASURED = {
    "older": ("age", "s"), "younger": ("age", "s"), "taller": ("m",), "deeper": ("m",),
    "wider": ("m",), "narrower": ("m",), "heavier": ("kg",), "lighter": ("kg",),
    "hotter": ("degree", "degre"), "warmer": ("degree", "degre"), "colder": ("degree", "degre"),
    "cooler": ("degree", "degre"),
}  # fmt: skip
# Stems of what there is "more" of where two shares are compared: "more common than".
_OFTEN = {"often", "frequent", "common", "widespread"}
# The others, told in a clause: "than [those who did not]".
_OTHERS = re.compile(
    r"\bthose\s+(?:that|who|which)\s+(?:did|do|had|have|were|are|was|is)(?:\s+not|n['’]t)\b", re.I
)
# A right side that is no name of a thing: "than it had cost", "than the film cost to make".
_CLAUSE = re.compile(
    r"\s*(?:an?|one|half)\b|.*\b(?:he|she|it|they|we|i|had|has|have|did|does|do|was|were|is|are|to|ago|expected|planned)\b",
    re.I,
)
# An amount and a part of it, which are no two sides: "12 goals, nine [of which] in Oria".
_IN_PARTS = re.compile(r"\bof (?:which|whom|them)\b|\bin all\b|\btotal\b", re.I)
# Verbs that say that something became less. 5 per cent less is not more than 3 per cent more.
_FELL = re.compile(r"\b(?:fell|fallen|dropped|declined|decreased|shrank|lost|cut)\b", re.I)
# Verbs that say that something became more.
_ROSE = re.compile(r"\b(?:rose|risen|grew|grown|increased|climbed|gained)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Sides:
    """A comparison taken apart: "more goals were scored in Oria than in Ustra".

    cue: the word that compares, "more". noun: stems of what there is more of, {"goal"}, which may
    be none. counted: these and what else is said of both sides, {"goal", "score"}. left, right:
    stems that name one side, and not the other, {"oria"} and {"ustra"}.
    """

    cue: str
    noun: frozenset[str]
    counted: frozenset[str]
    left: frozenset[str]
    right: frozenset[str]


def sides_compare(claim: Parsed, sentence: Parsed) -> Comparison:
    """Compares the two amounts of a sentence, and returns whether the claim compares them so."""
    if _OTHERS.search(claim.text):
        claim = parse(_OTHERS.sub("others", claim.text))
    sides = _claimed_sides(claim)
    if sides is None or not states_plainly(claim, sentence) or _IN_PARTS.search(sentence.text):
        return UNKNOWN
    words = sides.counted | sides.left | (sides.right - _REST)
    if share_held(words, sentence.words) < WORDS_HELD:
        return UNKNOWN
    pair = _compared_pair(claim, sentence, sides)
    left_first = _left_is_first(sentence, sides, pair) if pair else None
    if pair is None or left_first is None:
        return UNKNOWN
    alike = measured_alike(*pair)
    assert alike is not None
    first, second = (one.low for one in alike)
    ours, theirs = (first, second) if left_first else (second, first)
    holds = ours != theirs and (ours > theirs) == (sides.cue in MORE)
    places = [slice_with_unit(one) for one in pair]
    sign = "=" if first == second else ">" if first > second else "<"
    text = f" {sign} ".join(sentence.text[at.start : at.end] for at in places)
    return Comparison(Relation.EQUAL if holds else Relation.DIFFERS, (Step(text, tuple(places)),))


def _claimed_sides(claim: Parsed) -> _Sides | None:
    """Returns what a claim without amounts compares; None where it compares no two things."""
    than = _THAN.search(claim.text)
    if than is None or cardinal_quantities(claim) or _CLAUSE.match(than["right"]):
        return None
    right = words_between(claim, *than.span("right"))
    left_at = (0, than.start())
    noun = counted = words_between(claim, *than.span("middle"))
    if where := _PREPOSITION.match(than["right"]):
        at = _last_place(claim.text, where[1], than.end("middle"))
        if at is None:
            return None
        if at >= than.start("middle"):
            left_at = at, than.end("middle")
            noun = words_between(claim, than.start("middle"), at)
            counted = words_between(claim, 0, at)
        else:
            left_at = at, than.start()
            counted = noun | words_between(claim, 0, at)
    left = words_between(claim, *left_at)
    if not left - right or not right - left:
        return None
    cue = than["cue"].lower()
    return _Sides(cue, noun - {cue}, counted - left - right - {cue}, left - right, right - left)


def _last_place(text: str, word: str, end: int) -> int | None:
    """Returns where a word stands last before a place; None where it does not."""
    found = [one.start() for one in re.finditer(rf"\b{word}\b", text[:end], re.I)]
    return found[-1] if found else None


def _compared_pair(
    claim: Parsed, sentence: Parsed, sides: _Sides
) -> tuple[Quantity, Quantity] | None:
    """Returns the two amounts of a sentence that measure what the claim compares.

    None where there are no two such amounts, or more, or where they are no exact numbers.
    """
    found = [one for one in cardinal_quantities(sentence) if role_of(sentence, one) != "difference"]
    pairs = [
        (one, other)
        for at, one in enumerate(found)
        for other in found[at + 1 :]
        if measured_alike(one, other)
    ]
    if len(pairs) != 1:
        return None
    ((one, other),) = pairs
    exact = all(
        amount.bound in ("", "~") and amount.measures[0].low == amount.measures[0].high
        for amount in (one, other)
    )
    changes = {role_of(sentence, amount) == "change" for amount in (one, other)}
    if (
        not exact
        or len(changes) != 1
        or sentence.text[end_with_unit(one) : end_with_unit(one) + 1] == "-"
    ):
        return None
    if changes == {True} and not _same_direction(claim, sentence):
        return None
    if changes == {False} and not _is_counted(one, sides):
        return None
    if not _fits_cue(sides.cue, one):
        return None
    return one, other


def _fits_cue(cue: str, quantity: Quantity) -> bool:
    """Tells whether a word may compare a quantity: "hotter" compares degrees, and no metres."""
    return cue not in _MEASURED or (quantity.base or quantity.noun) in _MEASURED[cue]


def _is_counted(amount: Quantity, sides: _Sides) -> bool:
    """Tells whether an amount is of what a claim says there is more of: 12 goals, of goals."""
    base = amount.base
    if not sides.noun:
        return bool(base) or sides.cue in _MEASURED
    if base == "%":
        return sides.noun <= _OFTEN
    return not base and bool(words_held({amount.noun} - {""}, sides.noun))


def _same_direction(claim: Parsed, sentence: Parsed) -> bool:
    """Tells whether claim and sentence say of both that they fell, or that they rose."""
    said, told = (
        (bool(_FELL.search(one.text)), bool(_ROSE.search(one.text))) for one in (claim, sentence)
    )
    return said == told and sum(said) == 1


def _left_is_first(sentence: Parsed, sides: _Sides, pair: tuple[Quantity, Quantity]) -> bool | None:
    """Tells whether the first amount is that of the left side; None where that is not sure.

    A sentence names the sides before their amounts, or behind them. It is cut behind the first
    amount, and in front of the second; one of the cuts must part the sides.
    """
    found = set()
    for cut in (end_with_unit(pair[0]), pair[1].start):
        halves = [
            _sides_named(sentence.text[:cut], sides),
            _sides_named(sentence.text[cut:], sides),
        ]
        if halves in ([{"left"}, {"right"}], [{"right"}, {"left"}]):
            found.add(halves[0] == {"left"})
    return found.pop() if len(found) == 1 else None


def _sides_named(text: str, sides: _Sides) -> set[str]:
    """Returns which sides a part of a sentence names: {"left"}, {"right"}, both or none."""
    words = {stem(word.group()) for word in _WORD.finditer(text)} - {""}
    named = {
        side for side, of in (("left", sides.left), ("right", sides.right)) if words_held(words, of)
    }
    if sides.right <= _REST and words & _REST:
        named.add("right")
    return named
