"""Number in a text -> the stem of what it counts."""

from __future__ import annotations

import re
from functools import lru_cache

from index.terms import terms
from retrieval.values.words import AUXILIARIES, STOP_STEMS

WORD = re.compile(r"[\s-]*([^\W\d_]+)")
_NUMBER_WORD = re.compile(r"\s+\d[\d.,]*(?=\s)")
# "60 new schools", "3 of the ministers": what is counted comes after these.
_PASSED_OVER = {
    "of", "the", "new", "other", "more", "additional", "further", "different", "its", "their",
    "these", "those", "all", "such", "major", "local", "whole", "full", "them", "us",
}  # fmt: skip
_SAME_NOUN = {"person": "peopl", "individu": "peopl"}


def stem(word: str) -> str:
    return _stem(word.lower())


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    found = terms(word)
    return found[0] if found else ""


def counted_noun(text: str, at: int) -> str:
    """The stem of what is counted by the number that ends here; empty where that is not sure."""
    word = _counted_word(text, at)
    found = stem(word[1]) if word else ""
    found = _SAME_NOUN.get(found, found)
    return found if found not in STOP_STEMS and found not in AUXILIARIES else ""


def noun_end(text: str, at: int) -> int:
    word = _counted_word(text, at)
    return word.end() if word else at


def _counted_word(text: str, at: int) -> re.Match[str] | None:
    word = WORD.match(text, at)
    for _ in range(6):
        if word is None or word[1].lower() not in _PASSED_OVER:
            break
        at = word.end()
        if number := _NUMBER_WORD.match(text, at):  # half of the 640 nurses
            at = number.end()
        word = WORD.match(text, at)
    return word
