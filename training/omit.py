"""Decided pairs -> pairs that say too little: the evidence without what decides.

Evidence that is about the claim and still does not decide it is what a search brings up most, and
what data made of well-matched pairs shows least. Leaving out the sentence that decides makes such
evidence, and so does leaving out a part of it: a date, a number, an apposition, what follows a
preposition (Atanasova et al., "Fact Checking with Insufficient Evidence", TACL 2022). Evidence that
lost a part the claim does not ask for still supports it; both are made, or whatever was shortened
would seem to say too little.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from evaluation.pairs import Pair
from index.split import sentences
from index.terms import terms
from training.recipe import WITHOUT_CONTEXT

DATASET = "omitted"
# What remains may hold the claim's subject; with more of its words it may still decide.
MOST_SHARED = 0.6
_TAIL = re.compile(r",\s|;\s|\s(?:in|on|at|by|from|for|with|after|during|because|which|who|and)\s")
_PARTS = (
    re.compile(r"\s\([^()]*\)"),
    re.compile(r",\s[^,.;]{3,90},(?=\s)"),
    re.compile(
        r"\s(?:in|on|since|until|during|from|by|between)\s(?:[A-Z][a-z]+\s)?(?:\d{1,2},?\s)?"
        r"(?:[A-Z][a-z]+\s)?\d{4}\b"
    ),
    re.compile(r"\b\d[\d,.]*\s(?=[a-z]{3,}s\b)"),
    re.compile(r"(?<=\bthe\s)[A-Za-z-]{4,}\s(?=[a-z]{4,})"),
)
# Of the claim's words, what evidence must keep to be thought to support it as before.
LEAST_KEPT = 0.7
_NAMES = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d.,]*\d|\d)\b")


def omissions(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs, one of each decided pair that allows it: NOT_ENOUGH_INFO, and for
    every third SUPPORTS pair without a part that it can spare."""
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
        spare = pair.label == "SUPPORTS" and randomly.random() < 1 / 3
        if spare and (spared := _without_part(pair, randomly, decides=False)):
            made.append(Pair(pair.claim, spared, "SUPPORTS", DATASET))
        elif left := _undeciding(pair, randomly):
            made.append(Pair(pair.claim, left, "NOT_ENOUGH_INFO", DATASET))
    return made


def _undeciding(pair: Pair, randomly: random.Random) -> str | None:
    """The evidence without what decides, if that can be told."""
    if pair.label == "REFUTES":
        return _without_sentence(pair)
    part = _without_part(pair, randomly, decides=True)
    if part and randomly.random() < 0.5:
        return part
    return _without_sentence(pair) or without_tail(pair, randomly) or part


def _without_part(pair: Pair, randomly: random.Random, decides: bool) -> str | None:
    """The evidence without one part of a sentence: one that holds a number or two words of the
    claim that stand nowhere else, or one that holds none of its words."""
    claim = set(terms(pair.claim))
    held = claim & set(terms(pair.evidence))
    left = []
    for found in (found for part in _PARTS for found in part.finditer(pair.evidence)):
        rest = pair.evidence[: found.start()] + pair.evidence[found.end() :]
        kept = claim & set(terms(rest))
        if decides:
            lost = held - kept
            usable = kept and (len(lost) > 1 or any(term.isdigit() for term in lost))
        else:
            touched = claim & set(terms(found.group()))
            usable = not touched and len(kept) >= LEAST_KEPT * len(claim)
        if usable:
            left.append(rest)
    return randomly.choice(left) if left else None


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
