"""Supported pairs -> pairs whose claim says another number, labelled by arithmetic.

Contrastive pairs teach a model to read the number instead of the topic (Schuster et al., "Get
Your Vitamin C!", 2021). Here they are made without a person: the number in a supported claim
also stands in its evidence, so the label of the changed claim follows from comparing two numbers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from evaluation.pairs import Pair
from retrieval.types import Stance

_ALONE = r"(?<![\w.,$€£⁄/-])(?:{})(?![\w-]|[.,]\d)"
NUMBER = re.compile(_ALONE.format(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"))
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = re.compile(f"({MONTH})", re.I)
_BOUNDED = re.compile(
    r"\b(a|an|the|top|only|than|over|under|about|around|nearly|almost|least|most|up to"
    r"|approximately|to|and|or|age|aged|in|on|no|number|chapter|season|type|part|version"
    r"|between|from|of|since|by|until)\s*$",
    re.I,
)
_COUNTED = re.compile(r"\s*(%|percent\b|[a-z]{3,})")
_ABOVE = ("more than", "over", "at least", "upwards of", "in excess of")
_BELOW = ("fewer than", "less than", "under", "at most", "no more than")
_NEAR = ("about", "around", "roughly", "approximately", "some")
_YEAR = re.compile(r"1\d{3}|20\d{2}")
MOST_OF_ONE = 6


def number_swaps(pairs: Iterable[Pair], limit: int, seed: int) -> list[Pair]:
    """At most `limit` pairs made from supported ones, as many refuted as supported: a plain swap is
    never true, a bound ("more than") as often as not."""
    randomly = random.Random(seed)
    made = [made for pair in pairs if pair.label == "SUPPORTS" for made in variants(pair, randomly)]
    randomly.shuffle(made)
    true = [pair for pair in made if pair.label == "SUPPORTS"]
    false = [pair for pair in made if pair.label == "REFUTES"][: len(true)]
    chosen = [*true, *false, *(pair for pair in made if pair.label == "NOT_ENOUGH_INFO")]
    return randomly.sample(chosen, min(limit, len(chosen)))


def variants(pair: Pair, randomly: random.Random) -> list[Pair]:
    """Of one supported pair, with one of its numbers changed: a swap, and bounds where they fit."""
    said = set(NUMBER.findall(pair.evidence))
    found = [match for match in NUMBER.finditer(pair.claim) if match.group() in said]
    if not found:
        return []
    match = randomly.choice(found)
    value = float(match.group().replace(",", ""))
    before, after = pair.claim[: match.start()], pair.claim[match.end() :]
    other = another_number(match.group(), randomly)
    if other in said:
        return []

    def said_of(evidence: str, relations: Iterable[tuple[str, Stance]]) -> list[Pair]:
        return [
            Pair(f"{before}{words}{after}", evidence, s, "number_swaps") for words, s in relations
        ]

    plain = said_of(pair.evidence, [(other, "REFUTES")])
    if re.search(r"\bin\s*$", before) and _YEAR.fullmatch(match.group()):
        before = before.rstrip()[:-2]
        years = randomly.sample(_year_relations(int(value), randomly), 3)
        return plain + said_of(pair.evidence, years)
    if value < 3 or _is_date(match.group(), before, after) or _BOUNDED.search(before):
        return plain
    if not _COUNTED.match(after):
        return plain
    bounded = said_of(pair.evidence, _relations(match.group(), value, randomly))
    vaguer = _vaguer(pair.evidence, match.group(), randomly)
    if vaguer:
        bounded += said_of(*vaguer)
    return plain + randomly.sample(bounded, min(MOST_OF_ONE, len(bounded)))


def _relations(number: str, value: float, randomly: random.Random) -> list[tuple[str, Stance]]:
    """What one may say of a number that is known, and whether it holds."""
    smaller, larger = _thresholds(number, value, randomly)
    above, below = randomly.choice(_ABOVE), randomly.choice(_BELOW)
    said: list[tuple[str, Stance]] = [
        (f"{above} {smaller}", "SUPPORTS"),
        (f"{above} {larger}", "REFUTES"),
        (f"{below} {larger}", "SUPPORTS"),
        (f"{below} {smaller}", "REFUTES"),
        (f"between {smaller} and {larger}", "SUPPORTS"),
        (f"exactly {number}", "SUPPORTS"),
        (f"exactly {randomly.choice((smaller, larger))}", "REFUTES"),
        (f"at least {number}", "SUPPORTS"),
        (f"more than {number}", "REFUTES"),
    ]
    about = _written(number, _rounded(value))
    if 0 < abs(_rounded(value) - value) <= 0.05 * value:
        said.append((f"{randomly.choice(_NEAR)} {about}", "SUPPORTS"))
        nearly: Stance = "SUPPORTS" if _rounded(value) > value else "REFUTES"
        said.append((f"{randomly.choice(('nearly', 'almost'))} {about}", nearly))
        said.append(
            (f"slightly more than {about}", "REFUTES" if nearly == "SUPPORTS" else "SUPPORTS")
        )
    far = _written(number, _rounded(value * randomly.choice((0.3, 0.5, 2, 3))) or 1)
    said.append((f"{randomly.choice(_NEAR)} {far}", "REFUTES"))
    return said


def _year_relations(year: int, randomly: random.Random) -> list[tuple[str, Stance]]:
    """What one may say of a year that is known."""
    sooner, later = year - randomly.randint(1, 12), year + randomly.randint(1, 12)
    decade, other = year // 10 * 10, year // 10 * 10 + randomly.choice((-20, -10, 10, 20))
    return [
        (f"before {later}", "SUPPORTS"),
        (f"after {sooner}", "SUPPORTS"),
        (f"between {sooner} and {later}", "SUPPORTS"),
        (f"in the {decade}s", "SUPPORTS"),
        (f"before {sooner}", "REFUTES"),
        (f"after {later}", "REFUTES"),
        (f"in the {other}s", "REFUTES"),
    ]


def _vaguer(
    evidence: str, number: str, randomly: random.Random
) -> tuple[str, list[tuple[str, Stance]]] | None:
    """The evidence with a bound in place of its number, and what then can and cannot be known."""
    found = list(re.finditer(_ALONE.format(re.escape(number)), evidence))
    if len(found) != 1:
        return None
    before, after = evidence[: found[0].start()], evidence[found[0].end() :]
    if _BOUNDED.search(before) or not _COUNTED.match(after):
        return None
    smaller, larger = _thresholds(number, float(number.replace(",", "")), randomly)
    above, below = randomly.choice(_ABOVE), randomly.choice(_BELOW)
    if randomly.random() < 0.5:
        return f"{before}more than {number}{after}", [
            (f"{above} {smaller}", "SUPPORTS"),
            (f"{below} {smaller}", "REFUTES"),
            (f"{above} {larger}", "NOT_ENOUGH_INFO"),
            (f"{below} {larger}", "NOT_ENOUGH_INFO"),
        ]
    return f"{before}fewer than {number}{after}", [
        (f"{below} {larger}", "SUPPORTS"),
        (f"{above} {larger}", "REFUTES"),
        (f"{above} {smaller}", "NOT_ENOUGH_INFO"),
        (f"{below} {smaller}", "NOT_ENOUGH_INFO"),
    ]


def _thresholds(number: str, value: float, randomly: random.Random) -> tuple[str, str]:
    """A number below and one above: round ones, or close ones."""
    if value < 12 or randomly.random() < 0.5:
        return _bounds(number, value)
    off = max(1, round(value * randomly.choice((0.01, 0.03, 0.1, 0.25))))
    return _written(number, int(value) - off), _written(number, int(value) + off)


def _rounded(value: float) -> int:
    """To two digits, which is how people say it."""
    step = 10 ** max(0, len(str(int(value))) - 2)
    return round(value / step) * step if value >= 100 else round(value / 10) * 10


def _written(like: str, value: int) -> str:
    return f"{value:,}" if "," in like or value >= 10_000 else str(value)


def _bounds(number: str, value: float) -> tuple[str, str]:
    """A rounder number below and one above."""
    step = 10 ** max(0, len(str(int(value))) - 1)
    below = int(value // step * step)
    below = below if below < value else below - max(1, step // 10)
    above = int(value // step * step) + step
    return _written(number, below), _written(number, above)


def _is_date(number: str, before: str, after: str) -> bool:
    year = _YEAR.fullmatch(number) is not None
    return year or bool(_MONTH.search(before[-12:]) or _MONTH.match(after.lstrip()[:12]))


def another_number(number: str, randomly: random.Random) -> str:
    """A different number of the same form and about the same size."""
    value = float(number.replace(",", ""))
    if _YEAR.fullmatch(number):
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
