"""Training pairs -> what the claim alone predicts, so that the stance model need not learn it.

The claim alone often gives the label away: of HealthVer's pairs three in four are right without
the evidence, for its claims come back with other evidence and mostly the same label. A model that
learns this knows the data set and not the evidence. So a small classifier that reads only the claim
learns it first, and the stance model is trained as one of two experts:

    p(label) ~ stance(label | evidence, claim) * P(label | claim) / P(label)

The stance model gains nothing by repeating what the claim predicts; when serving, it answers alone
(Clark, Yatskar and Zettlemoyer, "Don't Take the Easy Way Out", EMNLP 2019; Mahabadi, Belinkov and
Henderson, "End-to-End Bias Mitigation by Modelling Biases in Corpora", ACL 2020, tried on FEVER).
How often a label occurs in the data set, P(label), stays with the stance model.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from evaluation.pairs import Pair
from index.documents import Vectors
from retrieval.types import STANCES

# Most pairs of one data set that a classifier is fitted on; more take time and change nothing.
MOST = 6_000
FOLDS = 5
# Least probability that a classifier gives a label: a sure one would leave nothing to learn.
LEAST = 0.02
# Least gain over the label's frequency, in nats a pair, for which a classifier is used.
CHANCE = 0.005


def claim_only(pairs: Sequence[Pair], pool: Sequence[Pair], seed: int) -> Vectors:
    """log P(label | claim) - log P(label) of each pair: float32, shape (n, 3), columns as in
    `STANCES`. The classifier that predicts a pair was not fitted on it.

    Where the claims of a data set do not help to tell their labels, its rows are zero, and so is
    the column of a label that it does not have.

    Args:
        pool: pairs of the same data sets to learn from, besides `pairs`.
    """
    of: dict[str, dict[Pair, None]] = defaultdict(dict)
    for pair in pairs:
        of[pair.dataset][pair] = None
    others: dict[str, list[Pair]] = defaultdict(list)
    for pair in pool:
        if pair.dataset in of and pair not in of[pair.dataset]:
            others[pair.dataset].append(pair)
    randomly = random.Random(seed)
    said: dict[Pair, Vectors] = {}
    for dataset, asked in of.items():
        more = others[dataset]
        more = randomly.sample(more, min(len(more), max(0, MOST - len(asked))))
        known = [*asked, *more]
        said |= dict(zip(known, _gains(known, seed), strict=True))
    return np.array([said[pair] for pair in pairs], np.float32).reshape(-1, len(STANCES))


def _gains(pairs: Sequence[Pair], seed: int) -> Vectors:
    """For pairs of one data set, each by a classifier that was fitted on other folds.

    A claim that comes back is known by its other pairs, or, where these have other labels, by what
    other claims say: the folds are cut in both ways, and those are taken that tell more.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    gains = np.zeros((len(pairs), len(STANCES)), np.float32)
    columns, labels, times = np.unique(
        [STANCES.index(pair.label) for pair in pairs], return_inverse=True, return_counts=True
    )
    if len(columns) < 2 or times.min() < FOLDS:
        return gains
    classifier = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=500)
    )
    claims = [pair.claim for pair in pairs]
    usual = np.log(times / times.sum())
    rows, most = np.arange(len(pairs)), CHANCE
    for folds in (
        StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(claims, labels),
        StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(claims, labels, claims),
    ):
        shares = cross_val_predict(
            classifier, claims, labels, cv=list(folds), method="predict_proba"
        )
        gained = np.log(np.maximum(shares, LEAST)) - usual
        if gained[rows, labels].mean() > most:
            most = float(gained[rows, labels].mean())
            gains[:, columns] = gained
    return gains
