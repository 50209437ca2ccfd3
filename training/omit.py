"""Decided pairs -> pairs that say too little: the evidence without what decides.

Evidence that is about the claim and still does not decide it is what a search brings up most, and
what data made of well-matched pairs shows least. Leaving out the sentence that decides makes such
evidence (Atanasova et al., "Fact Checking with Insufficient Evidence", TACL 2022).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from index.split import sentences
from index.terms import terms
from training.pairs import WITHOUT_CONTEXT, Pair

DATASET = "omitted"
# What remains may hold the claim's subject; with more of its words it may still decide.
MOST_SHARED = 0.6
_TAIL = re.compile(r",\s|;\s|\s(?:in|on|at|by|from|for|with|after|during|because|which|who|and)\s")
_NAMES = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d.,]*\d|\d)\b")


def omissions(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` NOT_ENOUGH_INFO pairs, one of each decided pair that allows it."""
    randomly = random.Random(seed)
    decided = [
        pair
        for pair in pairs
        if pair.label != "NOT_ENOUGH_INFO" and pair.dataset not in WITHOUT_CONTEXT
    ]
    randomly.shuffle(decided)
    made: list[Pair] = []
    for pair in decided:
        if len(made) == limit:
            break
        left = _without_sentence(pair)
        if left is None and pair.label == "SUPPORTS":
            left = without_tail(pair, randomly)
        if left:
            made.append(Pair(pair.claim, left, "NOT_ENOUGH_INFO", DATASET))
    return made


def _without_sentence(pair: Pair) -> str | None:
    """The evidence without the one sentence that shares most with the claim."""
    claim = set(terms(pair.claim))
    parts = [pair.evidence[span.start : span.end] for span in sentences(pair.evidence)]
    shared = [len(claim & set(terms(part))) for part in parts]
    if len(parts) < 2 or shared.count(max(shared)) > 1:
        return None
    most = shared.index(max(shared))
    rest = parts[:most] + parts[most + 1 :]
    held = claim & set(terms(" ".join(rest)))
    lost = claim & set(terms(parts[most])) - held
    if not held or not lost or len(held) / len(claim) > MOST_SHARED:
        return None
    return " ".join(rest)


def without_tail(pair: Pair, randomly: random.Random) -> str | None:
    """A sentence cut short before a name or number that the claim says too."""
    said = {name for name in _NAMES.findall(pair.claim) if name in pair.evidence}
    cuts = []
    for cut in _TAIL.finditer(pair.evidence):
        kept, tail = pair.evidence[: cut.start()], pair.evidence[cut.start() :]
        told = any(name in kept for name in said)
        if told and any(name in tail and name not in kept for name in said):
            cuts.append(kept)
    return randomly.choice(cuts) + "." if cuts else None
