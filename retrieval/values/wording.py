"""(claim, evidence) -> where their words differ: in what they compare, and in what one denies.

Used by `differences`, for a reader; no verdict depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from index.terms import terms
from retrieval.values.nouns import counted_noun
from retrieval.values.slices import Slice
from retrieval.values.words import AUXILIARIES, STOP_STEMS

# Kind of a difference, its place in the claim, and its place in the evidence.
Parting = tuple[Literal["comparison", "negation"], Slice, Slice]
# Direction of a comparison -> the words that say so, without a number.
_COMPARISONS = {
    "more": re.compile(r"\b(?:more|greater|higher|larger|bigger|most)\b(?! than \d)", re.I),
    "less": re.compile(r"\b(?:less|fewer|lower|smaller|fewest)\b(?! than \d)", re.I),
    "equal": re.compile(
        r"\b(?:equal|equally|same (?:number|size|amount|share)|as (?:many|much) as)\b", re.I
    ),
}
# Words between what is compared and the word that compares: "prices are [much] higher".
_ADVERB = re.compile(r"\b(?:\w+ly|much|far|even|still|also|now|some)\b", re.I)
# Between the word that compares and what is counted: "a larger[ number of] goals".
_AMOUNT = re.compile(r"\s+(?:numbers?|amounts?|sizes?|shares?) of\b", re.I)
# What something is compared with: "than [Russia]".
_THAN = re.compile(r"\bthan\s+([^.,;:]+)", re.I)
# Words that deny: "[not]", "[didn't]".
_NEGATION = re.compile(r"\b(?:not|no|never|without|neither|nor|cannot|none)\b|\b\w+n['’]t\b", re.I)
# Behind a negation that denies nothing: "could not[ agree more]".
_IDIOM = re.compile(r"\s+(?:agree|care|be)\s+(?:more|less|[\w]+er)\b", re.I)
# Negations of a noun, which may be of two words: "[no] city hall".
_OF_NOUNS = {"no", "without", "none"}
# Where a clause ends, and what a negation reaches with it.
_CLAUSE_END = re.compile(r"[.!?;:]\s|\bbut\b", re.I)
# A word.
_WORD = re.compile(r"[^\W\d_]+")
# The word behind a place.
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")


def other_comparison(claim: str, evidence: str) -> Iterator[Parting]:
    """Yields where two texts compare the same otherwise: "more goals" and "fewer goals"."""
    said, told = _comparisons(claim), _comparisons(evidence)
    if len(said) == 1 and len(told) == 1 and said.keys() != told.keys():
        (here,), (there,) = said.values(), told.values()
        ours, theirs = _words_compared(claim, here), _words_compared(evidence, there)
        alike = ours & theirs if ours <= theirs or theirs <= ours else set()
        if alike and said.keys() | told.keys() == {"more", "less"}:
            # Turkey having "more than Russia" and Russia having "fewer than Turkey" are the same.
            sides = _words_after_than(claim), _words_after_than(evidence)
            alike = sides[0] & sides[1] if any(sides) else alike
        if alike:
            yield "comparison", here, there


def _words_after_than(text: str) -> set[str]:
    """Returns the stems of what something is compared with: {"russia"}; none without a "than"."""
    side = _THAN.search(text)
    return {*terms(side[1])} if side else set()


def _words_compared(text: str, cue: Slice) -> set[str]:
    """Returns the stems of what is compared: what the cue counts ("more servicemen", "an equal
    number of servicemen"), or else what is said before it ("prices were higher")."""
    amount = _AMOUNT.match(text, cue.end)
    counted = counted_noun(text, amount.end() if amount else cue.end)
    if counted and counted not in AUXILIARIES:
        return {counted}
    before = _ADVERB.sub("", _CLAUSE_END.split(text[: cue.start])[-1])
    return {stem for stem in terms(before) if len(stem) > 1} - STOP_STEMS - AUXILIARIES


def _comparisons(text: str) -> dict[str, Slice]:
    """Returns the comparisons of a text: direction -> its first place."""
    found = {name: form.search(text) for name, form in _COMPARISONS.items()}
    return {name: Slice(*match.span()) for name, match in found.items() if match}


def other_negation(claim: str, evidence: str) -> Iterator[Parting]:
    """Yields what one side denies and the other states. A side that does both says neither."""
    denials = _negated(claim), _negated(evidence)
    if not any(denials):
        return
    statements = _stated(claim), _stated(evidence)
    for at, (negated, denied) in enumerate((denials, denials[::-1])):
        own, others = statements[at], statements[1 - at]
        for words, here in negated.items():
            there = others.get(words)
            if there is not None and words not in denied and words not in own:
                yield ("negation", there, here) if at else ("negation", here, there)


def _negated(text: str) -> dict[tuple[str, ...], Slice]:
    """Returns what a text denies: stems -> where, from the negation on."""
    found: dict[tuple[str, ...], Slice] = {}
    for cue in _NEGATION.finditer(text):
        word = _NEXT_WORD.match(text, cue.end())
        if _IDIOM.match(text, cue.end()):
            continue
        stems = terms(word.group(1)) if word else []
        if not word or not stems or stems[0] in STOP_STEMS:
            continue
        end = word.end()
        after = _NEXT_WORD.match(text, end) if cue.group().lower() in _OF_NOUNS else None
        if after and not {*terms(after.group(1))} & (STOP_STEMS | AUXILIARIES):
            # "No city hall" denies the hall, and no city.
            stems, end = [*stems, *terms(after.group(1))], after.end()
        found.setdefault(tuple(stems), Slice(cue.start(), end))
    return found


def _stated(text: str) -> dict[tuple[str, ...], Slice]:
    """Returns what a text states: stems of single words, and of two in a row, that stand without a
    negation before them -> where."""
    found: dict[tuple[str, ...], Slice] = {}
    words = [(word.start(), word.end(), terms(word.group())) for word in _WORD.finditer(text)]
    for at, (start, end, stems) in enumerate(words):
        before = _CLAUSE_END.split(text[max(0, start - 25) : start])[-1]
        if len(stems) != 1 or _NEGATION.search(before):
            continue
        found.setdefault((stems[0],), Slice(start, end))
        if at + 1 < len(words) and len(words[at + 1][2]) == 1:
            found.setdefault((stems[0], words[at + 1][2][0]), Slice(start, words[at + 1][1]))
    return found
