"""Pairs -> the same at other lengths, so that length says nothing of the stance.

Where data comes from claim and sentence, what decides is short and what says too little is long: a
model learns that, and takes a passage of three sentences for silent whatever one of them says. So
decided evidence is put among sentences that say nothing of the claim, and of evidence that says too
little only the sentence nearest the claim is kept.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from evaluation.pairs import Pair
from index.split import sentences
from index.terms import terms
from training.mine import may_decide
from training.recipe import WITHOUT_CONTEXT

SURROUNDED, SHORTENED = "surrounded", "shortened"
# A passage is about three sentences, and a few are enough to be lost among.
MOST_SENTENCES = 3


def surrounded(pairs: Sequence[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` decided pairs, their evidence among sentences that say nothing of the claim:
    of a passage known to say too little of it, else of any evidence of its data set."""
    randomly = random.Random(seed)
    of_claim: dict[str, list[str]] = defaultdict(list)
    of_dataset: dict[str, list[str]] = defaultdict(list)
    decided: list[Pair] = []
    for pair in pairs:
        if pair.dataset in WITHOUT_CONTEXT:
            continue
        of_dataset[pair.dataset].append(pair.evidence)
        if pair.label == "NOT_ENOUGH_INFO":
            of_claim[pair.claim].append(pair.evidence)
        else:
            decided.append(pair)
    randomly.shuffle(decided)
    made: list[Pair] = []
    for pair in decided:
        if len(made) == limit:
            break
        around = randomly.choice(of_claim[pair.claim] or of_dataset[pair.dataset])
        if around == pair.evidence or may_decide(set(terms(pair.claim)), around):
            continue
        lines = _sentences(around)[:MOST_SENTENCES]
        at = randomly.randint(0, len(lines))
        evidence = " ".join([*lines[:at], pair.evidence, *lines[at:]])
        made.append(Pair(pair.claim, evidence, pair.label, SURROUNDED))
    return made


def shortened(pairs: Sequence[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` NOT_ENOUGH_INFO pairs, of their evidence the sentence nearest the claim."""
    silent = [
        pair
        for pair in pairs
        if pair.label == "NOT_ENOUGH_INFO" and pair.dataset not in WITHOUT_CONTEXT
    ]
    random.Random(seed).shuffle(silent)
    made: list[Pair] = []
    for pair in silent:
        if len(made) == limit:
            break
        lines = _sentences(pair.evidence)
        if len(lines) > 1:
            words = set(terms(pair.claim))
            nearest = max(lines, key=lambda line: len(words & set(terms(line))))
            made.append(Pair(pair.claim, nearest, "NOT_ENOUGH_INFO", SHORTENED))
    return made


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]
