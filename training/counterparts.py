"""Supported pairs -> pairs that differ in one value, on either side.

A claim and its evidence share a value: a name, a date, a number. Another of its kind takes its
place in the claim, in the evidence, or in both. With one of them changed the evidence refutes the
claim, with both it supports it as before, and neither text alone tells which: what a model reads in
one it has to find in the other (Schuster et al., "Towards Debiasing Fact Verification Models",
EMNLP 2019, where people wrote them). Only values of which there is one are changed, such as who
wrote a book or where a town lies: who else acted in a film refutes nothing.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from evaluation.pairs import Pair
from training.swaps import MONTH, NUMBER, another_number

DATASET = "counterparts"
_NAME = r"[A-Z][\w'’-]+(?: (?:of |the |de |von )?[A-Z][\w'’-]+)*"
_NATIONS = (
    "American|British|English|Scottish|Irish|Welsh|French|German|Italian|Spanish|Portuguese|Dutch"
    "|Belgian|Swiss|Austrian|Polish|Czech|Hungarian|Romanian|Greek|Turkish|Russian|Ukrainian"
    "|Swedish|Norwegian|Danish|Finnish|Canadian|Mexican|Brazilian|Argentine|Chilean|Colombian"
    "|Cuban|Jamaican|Indian|Pakistani|Chinese|Japanese|Korean|Vietnamese|Thai|Indonesian|Filipino"
    "|Australian|Egyptian|Nigerian|Kenyan|Israeli|Iranian"
)
# Where a claim names a value that has no other beside it, and what kind of value that is.
KINDS = {
    "maker": re.compile(
        r"\b(?:directed|written|created|founded|developed|released|composed|published|painted"
        r"|designed|owned|invented|discovered|built|sung|recorded|manufactured|hosted|narrated)"
        rf" by (?:the )?({_NAME})"
    ),
    "place": re.compile(
        r"\b(?:born|based|located|set|situated|headquartered|lies|died|raised|buried|filmed|city"
        rf"|town|village|river|island|capital) (?:in|of|at) (?:the )?(?!(?:{MONTH})\b)({_NAME})"
    ),
    "nation": re.compile(rf"\b({_NATIONS})(?= [a-z])"),
    "month": re.compile(rf"\b({MONTH})(?= \d)"),
    "number": NUMBER,
}
# Of what these come before, another may be as true; a number after a name is a part of it.
_LOOSE = re.compile(
    rf"\b(?:than|over|under|least|most|to|about|around|nearly|almost|roughly|approximately|some|only"
    rf"|since|until|by|before|after|between|and|or|(?!(?:{MONTH})\b)[A-Z]\w*(?<!\bIn)(?<!\bOn))\s$"
)


def counterparts(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs made from supported ones, as many refuted as supported."""
    randomly = random.Random(seed)
    shared = [
        (pair, kind, value)
        for pair in pairs
        if pair.label == "SUPPORTS"
        for kind, value in _shared(pair)
    ]
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for _, kind, value in shared:
        values[kind][value] = None
    randomly.shuffle(shared)
    made: list[Pair] = []
    for pair, kind, value in shared:
        if len(made) >= limit:
            break
        other = (
            another_number(value, randomly)
            if kind == "number"
            else randomly.choice(list(values[kind]))
        )
        if not (_before(other, pair.claim) or _before(other, pair.evidence)):
            claim, evidence = (_with(text, value, other) for text in (pair.claim, pair.evidence))
            one = randomly.choice(((claim, pair.evidence), (pair.claim, evidence)))
            made.append(Pair(claim, evidence, "SUPPORTS", DATASET))
            made.append(Pair(*one, "REFUTES", DATASET))
    return made[:limit]


def _shared(pair: Pair) -> Iterator[tuple[str, str]]:
    """Kind and value of what both texts of a pair name."""
    for kind, form in KINDS.items():
        for value in dict.fromkeys(at[at.lastindex or 0] for at in form.finditer(pair.claim)):
            before = [*_before(value, pair.claim), *_before(value, pair.evidence)]
            loose = kind == "number" and any(map(_LOOSE.search, before))
            if _before(value, pair.evidence) and not loose:
                yield kind, value


def _before(value: str, text: str) -> list[str]:
    """What stands before a value, wherever a text names it."""
    return [text[: at.start()] for at in re.finditer(_whole(value), text)]


def _whole(value: str) -> str:
    return rf"(?<![\w.,-]){re.escape(value)}(?![\w-]|[.,]\d)"


def _with(text: str, value: str, other: str) -> str:
    changed = re.sub(_whole(value), other, text)
    changed = re.sub(r"\b([Aa])n (?=[BCDFGHJKLMNPQRSTVWXYZ])", r"\1 ", changed)
    return re.sub(r"\b([Aa]) (?=[AEIO])", r"\1n ", changed)
