"""Supported pairs -> pairs that differ in one value, on either side.

A claim and its evidence share a value: a name, a date, a number. Another of its kind takes its
place in the claim, in the evidence, or in both. With one of them changed the evidence refutes the
claim, with both it supports it as before, and neither text alone tells which: what a model reads in
one it has to find in the other (Schuster et al., "Towards Debiasing Fact Verification Models",
EMNLP 2019, where people wrote them). Only values of which there is one are changed, such as who
wrote a book or in which month it came out: who else acted in a film refutes nothing.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from evaluation.pairs import Pair
from training.swaps import MONTH, NUMBER, another_number

DATASET = "counterparts"
# Of these nobody is two at once; a British poet may well be Scottish.
_NATIONS = (
    "American|British|Irish|French|German|Italian|Spanish|Portuguese|Dutch|Belgian|Swiss|Austrian"
    "|Polish|Czech|Hungarian|Romanian|Greek|Turkish|Russian|Ukrainian|Swedish|Norwegian|Danish"
    "|Finnish|Canadian|Mexican|Brazilian|Argentine|Chilean|Colombian|Cuban|Jamaican|Indian"
    "|Pakistani|Chinese|Japanese|Korean|Vietnamese|Thai|Indonesian|Filipino|Australian|Egyptian"
    "|Nigerian|Kenyan|Israeli|Iranian"
)
_NAME = rf"(?!(?:{_NATIONS}|Dr|Mr|Mrs|Sir)\b)[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*+"
# A name that goes on is not the whole, and one of several makers is not the maker.
_ENDS = (
    r"(?![\w'’-])(?!\.? (?:[A-Z]\.|(?:van|von|de|der|la|le|di|da|del|of|and|&)\b)|\. [A-Z]|, [A-Z])"
)
# Where a claim names a value that has no other beside it, and what kind of value that is.
KINDS = {
    "maker": re.compile(
        r"\b(?:directed|written|created|founded|developed|released|composed|published|painted"
        r"|designed|owned|invented|discovered|built|sung|recorded|manufactured|hosted|narrated)"
        rf" by (?:the )?({_NAME}){_ENDS}"
    ),
    "nation": re.compile(rf"\b({_NATIONS})(?= [a-z])"),
    "month": re.compile(rf"\b({MONTH})(?= \d)"),
    "number": NUMBER,
}
# Of what these stand beside, another may be as true; a number after a name is a part of it.
_LOOSE = re.compile(
    r"\b(?:than|over|under|above|below|within|beyond|exceeding|least|most|many as|to|about|around"
    r"|nearly|almost|roughly|approximately|some|only|since|until|by|before|after|between|and|or"
    r"|from|aged?|upwards? of) (?:(?:\d+|" + MONTH + r") )*$"
)
_PART = re.compile(rf"\b(?!(?:{MONTH}|In|On)\b)[A-Z]\w* $")
_OPEN = re.compile(r" (?:or|and) (?:more|fewer|less|over|older|above|under|younger)\b")
_DENIED = re.compile(r"\b(?:not?|never|none|neither|nor|without|cannot)\b|n['’]t\b")


def counterparts(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs made from supported ones, as many refuted as supported."""
    if not limit:
        return []
    randomly = random.Random(seed)
    shared = [
        (pair, kind, value)
        for pair in pairs
        if pair.label == "SUPPORTS" and not _DENIED.search(pair.claim)
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
        if not any(word in f"{pair.claim} {pair.evidence}" for word in other.split()):
            claim, evidence = (_with(text, value, other) for text in (pair.claim, pair.evidence))
            one = randomly.choice(((claim, pair.evidence), (pair.claim, evidence)))
            made.append(Pair(claim, evidence, "SUPPORTS", DATASET))
            made.append(Pair(*one, "REFUTES", DATASET))
    return made[:limit]


def _shared(pair: Pair) -> Iterator[tuple[str, str]]:
    """Kind and value of what both texts of a pair name."""
    for kind, form in KINDS.items():
        for value in dict.fromkeys(at[at.lastindex or 0] for at in form.finditer(pair.claim)):
            if re.search(_whole(value), pair.evidence) and not any(
                _may_vary(kind, text[: at.start()], text[at.end() :])
                for text in (pair.claim, pair.evidence)
                for at in re.finditer(_whole(value), text)
            ):
                yield kind, value


def _may_vary(kind: str, before: str, after: str) -> bool:
    """Whether another value might be as true here."""
    if kind == "number":
        return bool(_LOOSE.search(before) or _PART.search(before) or _OPEN.match(after))
    return kind == "month" and _LOOSE.search(before) is not None


def _whole(value: str) -> str:
    return rf"(?<![\w.,-]){re.escape(value)}(?![\w-]|[.,]\d)"


def _with(text: str, value: str, other: str) -> str:
    """The text with another value, and the article before it as that asks for."""

    def changed(found: re.Match[str]) -> str:
        article = found[1] and f"{found[1]}{'n' if other[0] in 'AEIO' else ''} "
        return f"{article or ''}{other}"

    return re.sub(rf"(?:\b([Aa])n? )?{_whole(value)}", changed, text)
