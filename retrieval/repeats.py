"""A claim and a sentence -> whether the sentence says it, in its words and their order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from index.terms import terms
from retrieval.attributions import attributions
from retrieval.rating import SAYING
from retrieval.values.words import STOP

# Least share of the claim's words that a text repeats in their order.
REPEATED_FROM = 0.8
# Words before the repeated ones, and after them, among which a negation counts.
BEFORE, AFTER = 6, 3
# Stems of words that negate; "t" is that of "n't".
_NEGATIONS = frozenset({
    "not", "no", "never", "none", "nor", "neither", "without", "cannot", "nobodi", "noth",
    "hard", "t", "fals", "fake", "untru", "wrong", "deni", "reject", "fail", "refus",
})  # fmt: skip
# Stems that negate a whole statement, and most of them in a sentence whose opposite is compared.
_NOT, MOST_NOTS = frozenset({"not", "no", "never", "t", "cannot"}), 3
# Stems that make a statement another one if they stand inside it.
_TURNING = _NEGATIONS | frozenset({
    "against", "almost", "near", "bare", "except", "without", "unless", "onli", "half",
    "twice", "doubl", "less", "fewer", "more", "until", "would", "could", "may", "might", "if",
    "plan", "want", "attempt", "tri",
})  # fmt: skip
# Pronouns that may stand for the speaker: "Lind said that he paid".
_HE = frozenset({"he", "she", "they", "i", "we"})
_HE_DID = re.compile(r"\b(?:he|she|they|I|we)\b")
# Words that are in no name of a speaker.
_NO_NAME = re.compile(
    r"\b(?:is|are|was|were|be|do|does|did|has|have|had|will|would|can|could|you)\b|n['’]t\b",
    re.IGNORECASE,
)


def negates_alike(words: Sequence[str], told: Sequence[str]) -> bool:
    """Whether a text holds some of the words, and as many negations around them as they do."""
    blocks = SequenceMatcher(None, words, told, False).get_matching_blocks()[:-1]
    if not blocks:
        return False
    said = told[max(0, blocks[0].b - BEFORE) : blocks[-1].b + blocks[-1].size + AFTER]
    within = told[blocks[0].b : blocks[-1].b + blocks[-1].size]
    if "against" in within and "against" not in words:
        return False
    return _negations(said) == _negations(words)


def _negations(words: Sequence[str]) -> int:
    """The number of different negations among words."""
    return len(_NEGATIONS.intersection(words))


def speakers(sentence: str) -> set[str]:
    """The stems of speakers' names that a sentence holds nowhere else: "Lind wrote that Holt paid"
    does not tell that Lind paid. None of "Lind wrote that he paid", which may."""
    if _HE_DID.search(sentence):
        return set()
    names = [one.speaker for one in attributions(sentence) if one.speaker]
    names = [(start, end) for start, end in names if not _NO_NAME.search(sentence, start, end)]
    rest = sentence
    for start, end in names:
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    spoken = {stem for start, end in names for stem in content(sentence[start:end])}
    return spoken.difference(content(rest))


def shared(words: Sequence[str], told: Sequence[str]) -> int:
    """Number of the words that a text holds; a word counts as often as it is in both."""
    return 0 if set(words).isdisjoint(told) else (Counter(words) & Counter(told)).total()


def says(
    words: Sequence[str], told: Sequence[str], every: frozenset[str], *, turned: bool = False
) -> bool:
    """Whether a text says the claim: its words in their order, and no other negation.

    Words may be left out where they stand in other sentences ("she" for a name); a word in
    another's place makes it another statement, but for "Holt said" before the rest of it.

    Args:
        words: of the claim.
        told: of the text.
        every: the words of all sentences.
        turned: asks instead whether the text says the opposite, by one "not" among the words or
            before the first of them.
    """
    if not words:
        return False
    if turned:
        own, others = _nots(words), _nots(told)
        if len(own) == 1 and own[0] < len(words) - 1 and not others:
            return says(_leaving_out(words, own[0]), told, every)
        if own or not 0 < len(others) <= MOST_NOTS:
            return False
        return any(
            says(words, _leaving_out(told, at), every) and _is_in_midst(words, told, at)
            for at in others
        )
    enough = REPEATED_FROM * len(words)
    steps = SequenceMatcher(None, words, told, False).get_opcodes()
    for kind, start, end, first, last in steps:
        if (
            kind == "insert"
            and 0 < start < len(words)
            and SAYING.intersection(told[first : last - 1])
            and _HE.isdisjoint(told[first:last])
        ):
            return False  # "Lind wrote that Holt paid" is not "Lind paid"; "that he paid" may be
        if kind == "insert" and 0 < start < len(words) and _TURNING.intersection(told[first:last]):
            return False  # "voted against the bill" is not "voted for the bill"
        if kind in ("equal", "insert"):
            continue
        if _HE.issuperset(told[first:last]):
            first = last  # "he" for a name, which is left out
        introduced = start == 0 and first < last and told[last - 1] in SAYING
        if (first < last and not introduced) or not every.issuperset(words[start:end]):
            return False
    same = [step for step in steps if step[0] == "equal"]
    if sum(end - start for _, start, end, _, _ in same) < enough:
        return False
    said = told[max(0, same[0][3] - BEFORE) : same[-1][4] + AFTER]
    return _negations(said) == _negations(words)


def _nots(words: Sequence[str]) -> list[int]:
    return [at for at, word in enumerate(words) if word in _NOT]


def _leaving_out(words: Sequence[str], at: int) -> list[str]:
    return [*words[:at], *words[at + 1 :]]


def _is_in_midst(words: Sequence[str], told: Sequence[str], at: int) -> bool:
    """Whether the word at an index of a text stands among the claim's words, or right before the
    first: "not" of "did not say that Holt paid" does not."""
    blocks = SequenceMatcher(None, words, told, False).get_matching_blocks()[:-1]
    return bool(blocks) and blocks[0].b - 1 <= at < blocks[-1].b + blocks[-1].size


def content(text: str) -> list[str]:
    """The stems of a text in their order, without stop words."""
    return [term for term in with_pronouns(text) if term not in _HE]


def with_pronouns(text: str) -> list[str]:
    """The stems of a text in their order, without stop words, but with pronouns of a speaker."""
    return [
        term for term in terms(text) if (term not in STOP and term != "s") or term in _HE
    ]  # "s" of "Holt's"
