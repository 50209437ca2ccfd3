"""Terms of passages -> BM25, as the definition has it (Robertson, Zaragoza, FnTIR 2009)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from index.terms import terms

# The parameters of BM25: how fast repeats of a word saturate, how much a passage's length counts.
K1, B = 1.2, 0.75
# Most terms of a query. A claim has a few dozen; of a text that has thousands, the rarest carry the
# meaning.
MAX_QUERY_TERMS = 64
Rows = Mapping[int, Counter[str]]
"""How often each term occurs in each passage, by the passage's key."""


def scores(rows: Rows, text: str, keys: Iterable[int]) -> dict[int, float]:
    """BM25 of these passages for a text; those without a common term are absent."""
    query = {word: _idf(rows, word) for word in terms(text)}
    mean = sum(words.total() for words in rows.values()) / len(rows) if rows else 1.0
    found = {}
    for key in keys:
        words = rows.get(key, Counter[str]())
        norm = K1 * (1 - B + B * words.total() / mean)
        score = sum(
            idf * words[word] * (K1 + 1) / (words[word] + norm)
            for word, idf in query.items()
            if words[word]
        )
        if score:
            found[key] = score
    return found


def ceiling(rows: Rows, text: str) -> float:
    """The score that no passage can exceed."""
    return sum(_idf(rows, word) * (K1 + 1) for word in set(terms(text)))


def idf(rows: int, having: int) -> float:
    """Robertson's idf with 1 added inside the logarithm, as Lucene has it: never negative.

    Args:
        rows: the number of passages.
        having: the number of those that have the term.
    """
    return math.log(1 + (rows - having + 0.5) / (having + 0.5))


def _idf(rows: Rows, word: str) -> float:
    return idf(len(rows), sum(word in words for words in rows.values()))
