"""(text, end of a number) -> the stem of what the number counts."""

from __future__ import annotations

import re
from functools import lru_cache

from index.terms import terms
from retrieval.values.words import AUXILIARIES, STOP_STEMS

# The next word, behind spaces or a hyphen.
WORD = re.compile(r"[\s-]*([^\W\d_]+)")
# A number between a number and its noun: "half of the[ 640] nurses".
_NUMBER_BETWEEN = re.compile(r"\s+\d[\d.,]*(?=\s)")
# Words between a number and its noun: "60 [new] schools", "3 [of the] ministers".
_PASSED_OVER = {
    "of", "the", "new", "other", "more", "additional", "further", "different", "its", "their",
    "these", "those", "all", "such", "major", "local", "whole", "full", "them", "us",
}  # fmt: skip
# Most of these words that are passed over.
_MOST_PASSED_OVER = 6
# Stem -> the stem that stands for it.
_SAME_NOUN = {"person": "peopl", "individu": "peopl"}


def stem(word: str) -> str:
    """Returns the stem of a word, as the index has it: "carcass" of "Carcasses"; "" of no word."""
    return _stem(word.lower())


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """Returns the stem of a word in lower case."""
    found = terms(word)
    return found[0] if found else ""


def counted_noun(text: str, at: int) -> str:
    """Returns the stem of what the number counts that ends at `at`; "" where that is not sure."""
    word = _counted_word(text, at)
    found = stem(word[1]) if word else ""
    found = _SAME_NOUN.get(found, found)
    return found if found not in STOP_STEMS and found not in AUXILIARIES else ""


def noun_end(text: str, at: int) -> int:
    """Returns where the noun ends that `counted_noun` gives; `at` where there is no word."""
    word = _counted_word(text, at)
    return word.end() if word else at


def _counted_word(text: str, at: int) -> re.Match[str] | None:
    """Returns the match of the first word behind a number that is not passed over."""
    word = WORD.match(text, at)
    for _ in range(_MOST_PASSED_OVER):
        if word is None or word[1].lower() not in _PASSED_OVER:
            break
        at = word.end()
        if number := _NUMBER_BETWEEN.match(text, at):
            at = number.end()
        word = WORD.match(text, at)
    return word
