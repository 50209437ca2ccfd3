"""Documents of a claim -> their stances, without those that a rating of the claim outweighs.

A weak contradiction of a fact-check, by a document that does not rate the claim, is most often a
misreading: it does not count. A strong one, or one by a newer document, is a conflict. Where no
document rates the claim, every stance counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from index.documents import Document, Vectors
from retrieval.verdict import NEI, REFUTES, STRONG, SUPPORTS, without_side


def without_outweighed(
    documents: Sequence[Document], rate: Sequence[bool], stances: Vectors
) -> Vectors:
    """Stances of documents, shape (n, 3). A stance that the ratings outweigh is NOT_ENOUGH_INFO.

    Args:
        rate: for each document whether it rates the claim.
    """
    camps = stances.argmax(axis=1)
    rating = [row for row, rates in enumerate(rate) if rates and camps[row] != NEI]
    if len({camps[row] for row in rating}) != 1:
        return stances
    against = REFUTES if camps[rating[0]] == SUPPORTS else SUPPORTS
    rated_at = max(_day(documents[row]) for row in rating)
    counted = np.array(stances)
    for row, camp in enumerate(camps):
        newer = _day(documents[row]) > rated_at > dt.date.min
        if camp == against and stances[row, against] < STRONG and not newer:
            counted[row] = without_side(counted[row], against)
    return counted


def _day(document: Document) -> dt.date:
    """The day of publication, the first of all where none is known."""
    return document.published_at or dt.date.min
