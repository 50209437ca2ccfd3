"""Documents of a claim -> their stances, without those that fuller ones outweigh.

A document that tells of a claim holds most of its words, or rates it; one that touches on the
matter, few. Where the first decides, a weak contradiction by the second is most often a misreading.
A strong one, or one by a document that tells as much of the claim, is a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.documents import Document, Vectors
from retrieval.verdict import NEI, REFUTES, STRONG, SUPPORTS
from retrieval.voice import content_words

# Share of the claim's words that a document may hold less than the fullest one that decides.
LESS = 0.2
# By which a number is greater than another.
TINY = 1e-6
# Length in characters of a document's beginning in which the words are looked for.
LOOKED_AT = 60_000


def unless_outweighed(
    claim: str, documents: Sequence[Document], rate: Sequence[bool], stances: Vectors
) -> Vectors:
    """Stances of documents, shape (n, 3); that of one which a fuller one outweighs says nothing
    against it.

    Args:
        rate: which documents rate the claim; they are fuller than any other.
    """
    camps = stances.argmax(axis=1)
    decided = [row for row, camp in enumerate(camps) if camp != NEI]
    if len({camps[row] for row in decided}) < 2:
        return stances
    held = {
        row: 1 + LESS + TINY if rate[row] else _share_held(claim, documents[row]) for row in decided
    }
    least = max(held.values()) - LESS
    fullest = {camps[row] for row in decided if held[row] >= least}
    if len(fullest) > 1:
        return stances
    against = REFUTES if SUPPORTS in fullest else SUPPORTS
    counted = np.array(stances)
    for row in decided:
        if held[row] < least and stances[row, against] < STRONG:
            counted[row, NEI] += counted[row, against]
            counted[row, against] = 0
    return counted


def _share_held(claim: str, document: Document) -> float:
    """Share of the claim's words that a document holds, its title and all."""
    words = content_words(claim)
    held = words & content_words(f"{document.title} {document.text[:LOOKED_AT]}")
    return len(held) / max(1, len(words))
