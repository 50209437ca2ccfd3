"""(claim with a bound of a share, sentence with one share) -> whether the share keeps the bound.

"Most", "more than half", "fewer than a third" are bounds of a share; "83 per cent of the members",
"411 of the 902" and "a turnout of 34 per cent" are shares. Who rejected a deal did not back it: if
30 per cent rejected it, at most 70 per cent backed it. One of the last rules of `correct.py`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.nouns import counted_noun
from retrieval.values.parsed import Parsed, end_with_unit, slice_with_unit, words_between
from retrieval.values.quantity import COMPARED, Quantity
from retrieval.values.relate import Relation, allowed_ranges
from retrieval.values.slices import Slice
from retrieval.values.told import (
    OUT_OF,
    cardinal_quantities,
    dates_agree,
    names_fit,
    role_of,
    share_held,
    states_plainly,
    words_told,
)

# Least share of the claim's words, without those of its bound, that a sentence holds.
WORDS_HELD = 0.75
# The same where a word of the claim has an opposite (`_OPPOSITES`), and one of the two is told.
WORDS_HELD_BESIDE_SIDES = 0.5
# The least majority and the greatest minority, in per cent.
_OVER_HALF, _UNDER_HALF = 50.0001, 49.9999
# "[Most] members", "[a majority of] members"; not "the most", nor "at most".
_MOST = re.compile(
    r"(?<!the )(?<!at )\bmost(?=\s+(?:of\b|[a-z]+s\b|people\b|men\b|women\b|children\b))"
    r"|\b(?:a|the)\s+majority\s+of\b",
    re.I,
)
# A comparison with another share: "68 per cent, [more than] in 2019".
_COMPARES = re.compile(
    r"\b(?:more|fewer|less|higher|lower|up|down)\s+(?:\w+\s+)?(?:than|on)\b", re.I
)
# "[A minority of] members".
_MINORITY = re.compile(r"\b(?:only\s+)?a\s+minority\s+of\b", re.I)
# Before a share that is a turnout: "[turnout was ]34 per cent".
_TURNOUT_BEFORE = re.compile(
    r"\bturn-?out\s+(?:of|was|at|reached|stood at)\s+(?:[a-z]+\s+){0,2}$", re.I
)
# Words of a claim about a turnout: "most of those entitled to vote [took part]".
_VOTED = re.compile(r"\b(?:took\s+part|taken\s+part|voted|turned\s+out|cast)\b", re.I)
# And more of them: "most of those [entitled] to vote took part".
_VOTERS = re.compile(
    r"\b(?:entitled|eligible|registered|qualified|able)\b|\bright\s+to\s+vote\b|\belectorate\b",
    re.I,
)
# Verbs that undo a thing: who opposes "scrapping the deal" is for the deal, and sides turn round.
_UNDONE = re.compile(
    r"\b(?:overturn|repeal|abolish|ban|scrap|end|stop|block|prevent|undo|cancel|withdraw)(?:ing|ned|ed|s)?\b",
    re.I,
)
# Between a share and its verb: of "women [who] used it" a share of all women says nothing.
_WHO = re.compile(r"\b(?:who|which)\b", re.I)
# Pairs of sets of stems. Nobody does, or is, both: who backs a deal does not reject it.
_OPPOSITES = (
    ({"back", "support", "favour", "favor", "approv", "accept", "agre", "endors"},
     {"reject", "oppos", "disapprov", "refus", "against", "disagre"}),
    ({"surviv"}, {"die", "death", "dead", "kill", "perish"}),
    ({"won", "win"}, {"lost", "lose"}),
    ({"pass"}, {"fail"}),
    ({"men", "male", "man"}, {"women", "femal", "woman"}),
    ({"open"}, {"close", "shut"}),
    ({"return", "stay", "remain"}, {"left", "leav"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Share:
    """A share, or the shares that a bound allows. low, high: in per cent. place: in the text.
    noun: the stem of what it is a share of, which may be empty."""

    low: float
    high: float
    place: Slice
    noun: str
    is_turnout: bool = False


def share_holds(claim: Parsed, sentence: Parsed) -> Comparison:
    """Compares the shares that a claim allows with the one share that a sentence tells."""
    asked = _claimed_share(claim)
    if asked is None or not names_fit(claim, sentence) or not dates_agree(claim, sentence):
        return UNKNOWN
    if not states_plainly(claim, sentence, asked.place):
        return UNKNOWN
    if _WHO.search(claim.text, asked.place.end) and not _WHO.search(sentence.text):
        return UNKNOWN
    # A claim of how many voted is compared with a turnout, and any other claim with no turnout.
    of_voters = bool(_VOTED.search(claim.text) and _VOTERS.search(claim.text))
    told = [share for share in _told_shares(sentence) if share.is_turnout == of_voters]
    if len(told) != 1 or _COMPARES.search(sentence.text):
        return UNKNOWN
    found = _share_of_claimed(claim, asked, sentence, told[0])
    if found is None:
        return UNKNOWN
    low, high = found
    if asked.low <= low and high <= asked.high:
        relation = Relation.BOUND_HOLDS
    elif high < asked.low or asked.high < low:
        relation = Relation.BOUND_BROKEN
    else:
        return UNKNOWN
    place = told[0].place
    said = claim.text[asked.place.start : asked.place.end].lower()
    left = "" if low == told[0].low else f", which leaves {high:.3g}% at most,"
    sign = "agrees with" if relation.supports else "is not"
    text = f"{sentence.text[place.start : place.end]}{left} {sign} {said}"
    return Comparison(relation, (Step(text, (place,)),))


def _share_of_claimed(
    claim: Parsed, asked: _Share, sentence: Parsed, told: _Share
) -> tuple[float, float] | None:
    """Returns the lowest and the highest share of what the claim names, in per cent.

    None where that is not sure. Of the opposite, (0, what is left).
    """
    place = asked.place
    words = words_between(claim, 0, place.start) | words_between(claim, place.end, len(claim.text))
    if told.is_turnout:
        return told.low, told.high
    if "turnout" in words:
        return None
    is_same, sided = _is_same_side(words, sentence), _words_with_opposite(words)
    if is_same is None or told.low != told.high or (sided and _UNDONE.search(sentence.text)):
        return None
    if not sided and asked.noun != told.noun:
        return None
    least = WORDS_HELD_BESIDE_SIDES if sided else WORDS_HELD
    if share_held(words - sided - {asked.noun}, words_told(sentence)) < least:
        return None
    return (told.low, told.high) if is_same else (0.0, 100 - told.low)


def _claimed_share(claim: Parsed) -> _Share | None:
    """Returns the shares that a claim allows: 50.0001 to 100 of "most"; None where it has none."""
    counted = cardinal_quantities(claim)
    if not counted:
        for form, low, high in ((_MOST, _OVER_HALF, 100.0), (_MINORITY, 0.0, _UNDER_HALF)):
            if found := form.search(claim.text):
                noun = counted_noun(claim.text, found.end())
                return _Share(low, high, Slice(*found.span()), noun)
        return None
    one = counted[0]
    if len(counted) > 1 or one.base != "%" or one.bound not in COMPARED:
        return None
    if role_of(claim, one) != "amount":
        return None
    low, high = allowed_ranges(one.measures[0], one.bound)[0]
    return _Share(max(low, 0.0), min(high, 100.0), slice_with_unit(one), one.noun)


def _told_shares(sentence: Parsed) -> Iterator[_Share]:
    """Yields the shares that a sentence tells; 0 to 100 for one that is a bound, change or range.

    Two shares leave open which one is meant, so that those of no use here must be counted, too.
    """
    found = cardinal_quantities(sentence)
    for part, whole in itertools.pairwise(found):
        top, under = part.measures[0], whole.measures[0]
        if top.base or under.base or not OUT_OF.fullmatch(sentence.text, part.end, whole.start):
            continue
        if 0 < top.low <= under.low and not part.bound and not whole.bound:
            share = 100 * top.low / under.low
            yield _Share(share, share, Slice(part.start, end_with_unit(whole)), whole.noun)
    percent = any(one.base == "%" for one in found)
    for one in found:
        measure = one.measures[0]
        if measure.base != "%" and not (percent and _has_no_unit(one)):
            continue
        low, high = measure.low, measure.high
        if (
            measure.base != "%"
            or one.bound not in ("", "~")
            or role_of(sentence, one) != "amount"
            or high > 100
        ):
            low, high = 0.0, 100.0
        before = sentence.text[max(0, one.start - 40) : one.start]
        place = slice_with_unit(one)
        yield _Share(low, high, place, one.noun, _TURNOUT_BEFORE.search(before) is not None)


def _has_no_unit(one: Quantity) -> bool:
    """Tells whether a number may be a share, too: "in Oria 68 per cent, in Ustra 66"."""
    return not one.base and not one.noun


def _words_with_opposite(words: frozenset[str]) -> frozenset[str]:
    """Returns those of the stems that have an opposite: {"back"}."""
    return frozenset(
        word for word in words if any(word in one or word in other for one, other in _OPPOSITES)
    )


def _is_same_side(words: frozenset[str], sentence: Parsed) -> bool | None:
    """Tells whether a sentence says of its share what a claim says (True), or the opposite (False).

    True, too, where no word of the claim has an opposite; None where that is not sure.
    """
    told = words_told(sentence)
    sides: set[bool] = set()
    for one, other in _OPPOSITES:
        for ours, theirs in ((one, other), (other, one)):
            if not words & ours:
                continue
            if bool(told & ours) == bool(told & theirs):
                return None
            sides.add(bool(told & ours))
    return sides.pop() if len(sides) == 1 else None if sides else True
