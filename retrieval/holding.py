"""Documents of a claim -> their stances, without those that one which rates the claim outweighs.

A fact-check has weighed what there is to know. A weak contradiction by a document that does not
rate the claim is most often a misreading; a strong one, or one by a newer document, is a conflict.
Of documents that do not rate the claim none is outweighed: a brief that says little may be right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from index.documents import Document, Vectors
from retrieval.verdict import NEI, REFUTES, STRONG, SUPPORTS


def unless_outweighed(
    documents: Sequence[Document], rate: Sequence[bool], stances: Vectors
) -> Vectors:
    """Stances of documents, shape (n, 3); that of one which another outweighs says nothing against
    it.

    Args:
        rate: which documents rate the claim.
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
            counted[row, NEI] += counted[row, against]
            counted[row, against] = 0
    return counted


def _day(document: Document) -> dt.date:
    """The day of publication, the first of all where none is known."""
    return document.published_at or dt.date.min
