"""(claim that compares two things, sentence with a value of each) -> whether the claim is right.

"More goals were scored in Oria than in Ustra" is brought to: goals, more, Oria, Ustra. A sentence
that tells two amounts of one kind, and names both things in the same order, gives an amount to
each: "12 goals in Oria and nine in Ustra".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.nouns import stem
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, end_with_unit, parse, words_between
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

# Share of the words of a claim that a sentence holds.
WORDS_HELD = 0.6
_THAN = re.compile(
    rf"\b(?P<cue>{'|'.join(sorted(MORE | FEWER))})\b(?P<middle>[^.;]{{0,120}}?)\bthan\b"
    r"(?P<right>[^.;]{1,120})",
    re.I,
)
_PREPOSITION = re.compile(
    r"\s*(in|at|on|for|from|among|during|under|by|with|against|after)\b", re.I
)
_WORD = re.compile(r"[^\W_]+")
# Words for what was not named before: "in the others", "of the rest".
_REST = {"other", "rest", "remaind", "those", "without"}
# What a word that compares is said of: base units, and the stem of a noun that is one; other words
# are said of anything.
_MEASURED = {
    "older": ("age", "s"), "younger": ("age", "s"), "taller": ("m",), "deeper": ("m",),
    "wider": ("m",), "narrower": ("m",), "heavier": ("kg",), "lighter": ("kg",),
    "hotter": ("degree", "degre"), "warmer": ("degree", "degre"), "colder": ("degree", "degre"),
    "cooler": ("degree", "degre"),
}  # fmt: skip
_OFTEN = {"often", "frequent", "common", "widespread"}
_OTHERS = re.compile(
    r"\bthose\s+(?:that|who|which)\s+(?:did|do|had|have|were|are|was|is)(?:\s+not|n['’]t)\b", re.I
)
# What cannot be named in one word: "than it had cost", "than the film cost to make".
_CLAUSE = re.compile(
    r"\s*(?:an?|one|half)\b|.*\b(?:he|she|it|they|we|i|had|has|have|did|does|do|was|were|is|are|to|ago|expected|planned)\b",
    re.I,
)
_IN_PARTS = re.compile(r"\bof (?:which|whom|them)\b|\bin all\b|\btotal\b", re.I)
_FELL = re.compile(r"\b(?:fell|fallen|dropped|declined|decreased|shrank|lost|cut)\b", re.I)
_ROSE = re.compile(r"\b(?:rose|risen|grew|grown|increased|climbed|gained)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Sides:
    """cue: the word that compares. noun: stems of what there is more of, which may be nothing.
    counted: these and what else is said of both sides. left, right: stems that name one side, and
    not the other."""

    cue: str
    noun: frozenset[str]
    counted: frozenset[str]
    left: frozenset[str]
    right: frozenset[str]


def sides_compare(claim: Parsed, sentence: Parsed) -> Comparison:
    """Tells whether the two amounts of a sentence stand to each other as a claim says."""
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
    places = [Slice(one.start, end_with_unit(one)) for one in pair]
    sign = "=" if first == second else ">" if first > second else "<"
    text = f" {sign} ".join(sentence.text[at.start : at.end] for at in places)
    return Comparison(Relation.EQUAL if holds else Relation.DIFFERS, (Step(text, tuple(places)),))


def _claimed_sides(claim: Parsed) -> _Sides | None:
    """What a claim without amounts compares."""
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
    """Where a word stands last before a place."""
    found = [one.start() for one in re.finditer(rf"\b{word}\b", text[:end], re.I)]
    return found[-1] if found else None


def _compared_pair(
    claim: Parsed, sentence: Parsed, sides: _Sides
) -> tuple[Quantity, Quantity] | None:
    """The only two amounts of a sentence that measure what the claim compares."""
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
        q.bound in ("", "~") and q.measures[0].low == q.measures[0].high for q in (one, other)
    )
    changes = {role_of(sentence, q) == "change" for q in (one, other)}
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
    """Tells whether a quantity is one of what a word compares: degrees, of what is hotter."""
    return cue not in _MEASURED or (quantity.base or quantity.noun) in _MEASURED[cue]


def _is_counted(amount: Quantity, sides: _Sides) -> bool:
    """Tells whether an amount is one of what a claim says there is more of."""
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

    A sentence names things before their amounts, or after them: it is cut behind the first amount,
    or in front of the second, so that each half names one side alone.
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
    words = {stem(word.group()) for word in _WORD.finditer(text)} - {""}
    named = {
        side for side, of in (("left", sides.left), ("right", sides.right)) if words_held(words, of)
    }
    if sides.right <= _REST and words & _REST:
        named.add("right")
    return named
