"""Supported pairs -> pairs whose claim says another number, labelled by arithmetic.

Contrastive pairs teach a model to read the number instead of the topic (Schuster et al., "Get
Your Vitamin C!", 2021). Here they are made without a person: the number in a supported claim
also stands in its evidence, so the label of the changed claim follows from comparing two numbers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from retrieval.types import Stance
from training.pairs import Pair

_ALONE = r"(?<![\w.,$€£⁄/-])(?:{})(?![\w-]|[.,]\d)"
_NUMBER = re.compile(_ALONE.format(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"))
_MONTH = re.compile(
    r"(january|february|march|april|may|june|july|august|september|october|november|december)", re.I
)
_BOUNDED = re.compile(
    r"\b(a|an|the|top|only|than|over|under|about|around|nearly|almost|least|most|up to"
    r"|approximately|to|and|or|age|aged|in|on|no|number|chapter|season|type|part|version"
    r"|between|from|of|since|by|until)\s*$",
    re.I,
)
_COUNTED = re.compile(r"\s*(%|percent\b|[a-z]{3,})")
_ABOVE = ("more than", "over", "at least")
_BELOW = ("fewer than", "less than", "under")


def number_swaps(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs made from supported ones, those with a bound ("more than") first."""
    randomly = random.Random(seed)
    made = [variants(pair, randomly) for pair in pairs if pair.label == "SUPPORTS"]
    randomly.shuffle(made)
    made.sort(key=len, reverse=True)  # a bound is as often true as false, a plain swap never
    return [pair for variants in made for pair in variants][:limit]


def variants(pair: Pair, randomly: random.Random) -> list[Pair]:
    """Of one supported pair, with one of its numbers changed: a swap, and bounds where they fit."""
    said = set(_NUMBER.findall(pair.evidence))
    found = [match for match in _NUMBER.finditer(pair.claim) if match.group() in said]
    if not found:
        return []
    match = randomly.choice(found)
    value = float(match.group().replace(",", ""))
    before, after = pair.claim[: match.start()], pair.claim[match.end() :]
    other = _another(match.group(), randomly)
    if other in said:
        return []
    plain = [Pair(before + other + after, pair.evidence, "REFUTES", "number_swaps")]
    if value < 3 or _is_date(match.group(), before, after) or _BOUNDED.search(before):
        return plain
    if not _COUNTED.match(after):
        return plain
    smaller, larger = _bounds(match.group(), value)
    bounded: tuple[tuple[tuple[str, ...], str, Stance], ...] = (
        (_ABOVE, smaller, "SUPPORTS"),
        (_ABOVE, larger, "REFUTES"),
        (_BELOW, larger, "SUPPORTS"),
        (_BELOW, smaller, "REFUTES"),
    )
    return plain + [
        Pair(
            f"{before}{randomly.choice(words)} {bound}{after}", pair.evidence, label, "number_swaps"
        )
        for words, bound, label in bounded
    ]


def _bounds(number: str, value: float) -> tuple[str, str]:
    """A rounder number below and one above."""
    step = 10 ** max(0, len(str(int(value))) - 1)
    below = int(value // step * step)
    below = below if below < value else below - max(1, step // 10)
    above = int(value // step * step) + step
    return (f"{below:,}", f"{above:,}") if "," in number else (str(below), str(above))


def _is_date(number: str, before: str, after: str) -> bool:
    year = re.fullmatch(r"1\d{3}|20\d{2}", number) is not None
    return year or bool(_MONTH.search(before[-12:]) or _MONTH.match(after.lstrip()[:12]))


def _another(number: str, randomly: random.Random) -> str:
    """A different number of the same form and about the same size."""
    value = float(number.replace(",", ""))
    if re.fullmatch(r"1\d{3}|20\d{2}", number):
        return str(int(value) + randomly.choice([-1, 1]) * randomly.randint(1, 25))
    if "." in number:
        digits = len(number.split(".")[1])
        return f"{value * randomly.choice([0.5, 0.8, 1.2, 1.5, 2]):.{digits}f}"
    if value < 12:
        near = [n for n in range(max(1, int(value) - 4), int(value) + 5) if n != value]
        return str(randomly.choice(near))
    factor = randomly.choice([0.4, 0.6, 0.75, 0.9, 1.1, 1.3, 1.6, 2])
    changed = max(1, round(value * factor))
    if number.endswith("0"):
        step = 10 if value < 1000 else 100
        changed = max(step, round(changed / step) * step)
    changed = changed if changed != value else int(value) + 1
    return f"{changed:,}" if "," in number else str(changed)
