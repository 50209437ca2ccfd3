"""(claim, sentence) -> whether something rose or fell, as the claim says.

A claim says it with a verb ("has fallen") or compares with the time before ("fewer than the year
before"); a sentence with two amounts of two times ("614; the year before it was 702"), or with one
and by how much it differs ("32 packs, eight more than a year ago").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.values.compare import UNKNOWN, Comparison, Step
from retrieval.values.dates import Date
from retrieval.values.numbers import Slice
from retrieval.values.parsed import Parsed, reach, words_between
from retrieval.values.quantity import Quantity
from retrieval.values.relate import Relation
from retrieval.values.told import (
    FEWER,
    MORE,
    all_but_names_held,
    compared_by,
    held,
    is_plain,
    measured_alike,
    names_fit,
    quantities,
    role_of,
)

_ROSE = r"rose|risen|rises|rising|grew|grown|grows|growing|increased|climbed|gone up|went up|higher"
_FELL = (
    r"fell|fallen|falls|falling|dropped|decreased|declined|shrank|shrunk|gone down|went down|lower"
)
_VERB = re.compile(
    rf"\b(?:has|have|had|is|are|was|were)?\s*\b(?:(?P<up>{_ROSE})|(?P<down>{_FELL}))\b", re.I
)
_PRIOR = (
    r"(?:the\s+)?(?:year|month|week|season|summer|winter|spring|autumn)\s+(?:before|earlier)\b"
    r"|a\s+(?:year|month|week|season)\s+(?:before|earlier|ago)\b"
    r"|(?:the\s+)?(?:previous|preceding|last)\s+(?:year|month|week|season)\b"
    r"|(?:two|three|four|five|six|ten|twelve|12)\s+(?:years|months)\s+(?:before|earlier|ago)\b"
)
_IN_YEAR = r"(?:in\s+)?(?P<year>1[89]\d\d|20\d\d)\b"
_SINCE = re.compile(rf"(?:{_PRIOR}|{_IN_YEAR})", re.I)
_TIME_FIRST = re.compile(
    rf"(?:[;,]|\band)\s+(?:in\s+)?(?:{_PRIOR}|{_IN_YEAR}),?\s+(?:[^\W\d_]+\s+){{0,4}}$", re.I
)
_CUES = "|".join(sorted(MORE | FEWER))
_THAN = re.compile(
    rf"\b(?P<cue>{_CUES})\b(?P<middle>[^.;]{{0,80}}?)\bthan\s+"
    r"(?:(?:it|they)\s+(?:was|were|had been)\s+)?"
    rf"(?:in|at|on|for|during)?\s*(?P<when>{_PRIOR}|{_IN_YEAR})",
    re.I,
)
_LINK = re.compile(
    r"\s*,?\s*(?:(?:and\s+)?(?:up|down)\s+from|from|compared\s+(?:with|to)|(?:as\s+)?against|after)\s+(?:the\s+)?$",
    re.I,
)
# Characters around an older amount in which its time stands.
_NEAR = 45


@dataclass(frozen=True, slots=True)
class _Trend:
    """rises: whether more of it is claimed. words: stems of what it is of. when: the year that is
    compared with; None where that is the time before, or not said."""

    rises: bool
    words: frozenset[str]
    year: str | None
    nouns: frozenset[str]


def direction_holds(claim: Parsed, sentence: Parsed) -> Comparison:
    """Whether something rose or fell in a sentence as a claim without amounts says."""
    claimed = _claimed(claim)
    if claimed is None or not is_plain(claim, sentence) or not names_fit(claim, sentence):
        return UNKNOWN
    if not all_but_names_held(claimed.words, claim, sentence):
        return UNKNOWN
    found = list(_told(sentence, claimed))
    if len({rises for rises, _ in found}) != 1:
        return UNKNOWN
    rises, step = found[0]
    if not _verbs_agree(sentence, rises):
        return UNKNOWN
    return Comparison(Relation.EQUAL if rises == claimed.rises else Relation.DIFFERS, (step,))


def _claimed(claim: Parsed) -> _Trend | None:
    """What a claim without amounts says rose or fell."""
    if quantities(claim):
        return None
    text = claim.text
    if than := _THAN.search(text):
        rises = than["cue"].lower() in MORE
        words = words_between(claim, 0, than.start()) | words_between(claim, *than.span("middle"))
        nouns = words_between(claim, *than.span("middle")) or words
        return _Trend(rises, words, than["year"], nouns) if words else None
    verb = _VERB.search(text)
    if verb is None or re.search(r"\bthan\b|\band\b|\bbut\b|\bor\b", text):
        return None
    if any(verb.end() <= value.start for value in claim.values if isinstance(value, Date)):
        return None
    words = words_between(claim, 0, verb.start())
    return _Trend(bool(verb["up"]), words, None, words) if words else None


def _told(sentence: Parsed, claimed: _Trend) -> Iterator[tuple[bool, Step]]:
    """Directions of what a sentence tells of the same, each with its step."""
    found = quantities(sentence)
    for less in _THAN.finditer(sentence.text):  # 2 per cent fewer crimes than the year before
        nouns = words_between(sentence, *less.span("middle"))
        at = less.start()
        change = next((one for one in found if at - 2 <= reach(one) <= at), None)
        if change and nouns and nouns <= claimed.words and _is_when(less, claimed):
            places = (Slice(change.start, less.end()),)
            more = less["cue"].lower() in MORE
            yield more, Step(f"{less.group()}: {'more' if more else 'fewer'}", places)
    for at, amount in enumerate(found):
        if not _is_of(amount, claimed):
            continue
        if role_of(sentence, amount) not in ("amount", "before"):
            continue
        for other in found[at + 1 :]:
            if compared_by(sentence, other):
                step = _against_difference(sentence, claimed, amount, other)
            elif measured_alike(amount, other):
                step = _against_amount(sentence, claimed, amount, other)
            else:
                continue
            if step:
                yield step
            break


def _is_of(amount: Quantity, claimed: _Trend) -> bool:
    """Whether an amount is one of what rises or falls: counts of other things are none."""
    if amount.bound not in ("", "~") or amount.measures[0].low != amount.measures[0].high:
        return False
    return bool(amount.measures[0].base) or bool(held({amount.noun} - {""}, claimed.nouns))


def _against_difference(
    sentence: Parsed, claimed: _Trend, amount: Quantity, other: Quantity
) -> tuple[bool, Step] | None:
    """32 packs, eight more than a year ago."""
    cue = compared_by(sentence, other)
    if cue is None:
        return None
    gap = sentence.text[reach(amount) : other.start]
    after = re.match(r"\s*(?:than|on|from)?\s*(?:in\s+)?", sentence.text[cue[1].end :])
    when = _SINCE.match(sentence.text, cue[1].end + (after.end() if after else 0))
    if re.search(r"[.;:]\s|\band\b|\bwhile\b|\bbut\b", gap) or not _is_when(when, claimed):
        return None
    assert when is not None
    text = f"{sentence.text[other.start : when.end()]}: {'more' if cue[0] in MORE else 'fewer'}"
    places = (Slice(amount.start, reach(amount)), Slice(other.start, when.end()))
    return cue[0] in MORE, Step(text, places)


def _against_amount(
    sentence: Parsed, claimed: _Trend, amount: Quantity, other: Quantity
) -> tuple[bool, Step] | None:
    """614 in the twelve months to June; the year before it was 702."""
    alike = measured_alike(amount, other)
    if alike is None or compared_by(sentence, other) or other.bound not in ("", "~"):
        return None
    new, old = alike
    if new.low == old.low or old.low != old.high:
        return None
    gap = sentence.text[reach(amount) : other.start]
    near = sentence.text[reach(other) : reach(other) + _NEAR]
    linked = _LINK.search(gap) is not None
    when = _SINCE.match(near.lstrip(" ,")) or _TIME_FIRST.search(gap)
    if not _is_when(when, claimed) and not (linked and claimed.year is None):
        return None
    if not linked and (new.base or re.search(r"\b(?:to|from)\s+$", gap)):
        return None
    sign = ">" if new.low > old.low else "<"
    ours, theirs = (sentence.text[one.start : reach(one)] for one in (amount, other))
    places = (Slice(amount.start, reach(amount)), Slice(other.start, reach(other)))
    return new.low > old.low, Step(f"{ours} {sign} {theirs}", places)


def _is_when(when: re.Match[str] | None, claimed: _Trend) -> bool:
    """Whether a sentence compares with the time that a claim names; where it names none, with the
    time before."""
    return when is not None and when["year"] == claimed.year


def _verbs_agree(sentence: Parsed, rises: bool) -> bool:
    """Whether no verb of the sentence says the other direction."""
    return all(bool(verb["up"]) == rises for verb in _VERB.finditer(sentence.text))
