"""(claim, rationale) -> where they part: numbers, comparisons, dates, negation. Nothing is guessed.

Deterministic, for a reader who wants to see why a source refutes a claim: a difference is named
only when both sides speak of the same thing (the same unit, the same parts of a date, the same
verb) and only one reading is possible. English only, because what is compared is words.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from text_to_num import find_numbers

from index.terms import terms
from retrieval.dates import AUXILIARIES, NOT_NEGATED, RANGE, Date, Slice, read_dates
from retrieval.types import Difference, Quote

# What a number says of the true one; "~": about so much, or one end of a range; "?": nothing sure.
Bound = Literal["", ">", "<", ">=", "<=", "~", "?"]
NO_BOUND: Bound = ""
_COMPARED = {">", "<", ">=", "<="}
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s]")
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALE = re.compile(r"(bn|tn|[mk])\b", re.I)
# A bare m may be metres, a bare k a distance; of money they are millions and thousands.
_OF_MONEY = {"k": 1e3, "m": 1e6}
_SHORT = {"bn": 1e9, "tn": 1e12}
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b)", re.I)
_UNIT = re.compile(r"[\s-]*([^\W\d_]+)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.I)
_CURRENCY = re.compile(r"([$€£])\s?$")
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
_BOUNDS: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (re.compile(r"\b(?:at most|up to|(?:no|not) (?:more|greater) than)\s+$", re.I), "<="),
    (re.compile(r"\b(?:at least|(?:no|not) (?:fewer|less) than)\s+$", re.I), ">="),
    (re.compile(r"\b(?:more than|over|above|greater than|exceeding)\s+$", re.I), ">"),
    (re.compile(r"\b(?:fewer than|less than|under|below)\s+$", re.I), "<"),
    (
        re.compile(
            r"\b(?:about|around|roughly|approximately|almost|nearly|some|close to"
            r"|an estimated)\s+$",
            re.I,
        ),
        "~",
    ),
    # Half a million; the 200 of 1 200; the 30 of 10:30.
    (re.compile(r"\b(?:half|quarters?|thirds?|tenths?)(?: of)?(?: an?)?\s+$|\d[\s:]$", re.I), "?"),
)
_COMPARISONS = {
    "more": re.compile(r"\b(?:more|greater|higher|larger|bigger|most)\b(?! than \d)", re.I),
    "less": re.compile(r"\b(?:less|fewer|lower|smaller|fewest)\b(?! than \d)", re.I),
    "equal": re.compile(
        r"\b(?:equal|equally|same (?:number|size|amount|share)|as (?:many|much) as)\b", re.I
    ),
}
_ADVERB = re.compile(r"\b(?:\w+ly|much|far|even|still|also|now|some)\b", re.I)
_AMOUNT = re.compile(r"\s+(?:numbers?|amounts?|sizes?|shares?) of\b", re.I)
_THAN = re.compile(r"\bthan\s+([^.,;:]+)", re.I)
_NEGATION = re.compile(r"\b(?:not|no|never|without|neither|nor|cannot|none)\b|\b\w+n['’]t\b", re.I)
_OF_NOUNS = {"no", "without", "none"}
_CLAUSE_END = re.compile(r"[.!?;:]\s|\bbut\b", re.I)
_NEXT_WORD = re.compile(r"\s+([^\W\d_]+)")
# "60 new schools", "3 of the ministers": what is counted comes after these.
_PASSED_OVER = {
    "of", "the", "new", "other", "more", "additional", "further", "different", "its", "their",
    "these", "those", "all", "such", "major", "local", "whole", "full",
}  # fmt: skip
SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class _Quantity(Slice):
    value: float
    unit: str
    bound: Bound


def differences(
    claim: str, rationale: Sequence[Quote], language: str | None
) -> tuple[Difference, ...]:
    """What the claim says otherwise than the rationale, in the order of the claim.

    Args:
        rationale: sentences of a document, with their offsets in its text.
        language: of the document; anything but English (or unknown) gives nothing.
    """
    if language not in (None, "en"):
        return ()
    # One text, so that a date or number that one sentence confirms is not missed in another.
    evidence = SEPARATOR.join(quote.quote for quote in rationale)
    found: dict[tuple[str, int], Difference] = {}
    for kind, here, there in _pairs(claim, evidence):
        start = 0
        for quote in rationale:
            end = start + len(quote.quote)
            if start <= there.start and there.end <= end:
                offset = quote.start - start
                difference = Difference(
                    kind, _quote(claim, here, 0), _quote(evidence, there, offset)
                )
                found.setdefault((kind, here.start), difference)
            start = end + len(SEPARATOR)
    return tuple(sorted(found.values(), key=lambda one: one.claim.start))


Kind = Literal["number", "comparison", "date", "negation"]


def _pairs(claim: str, evidence: str) -> Iterator[tuple[Kind, Slice, Slice]]:
    said = read_dates(claim)
    counted = _quantities(claim, said)
    if said or counted:
        told = read_dates(evidence)
        yield from _other_dates(said, told)
        yield from _other_numbers(counted, _quantities(evidence, told))
    yield from _other_comparison(claim, evidence)
    yield from _negations(claim, evidence)


def _quote(text: str, at: Slice, offset: int) -> Quote:
    return Quote(at.start + offset, at.end + offset, text[at.start : at.end])


@dataclass(frozen=True, slots=True)
class _Token:
    match: re.Match[str]

    def text(self) -> str:
        return self.match.group()

    def nt_separated(self, previous: _Token) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return self.is_digits()

    def is_digits(self) -> bool:
        return self.text()[0].isdigit()


def _quantities(text: str, dates: Sequence[Date]) -> list[_Quantity]:
    """Numbers in digits or words, with what they count, outside of dates."""
    tokens = [_Token(match) for match in _WORD.finditer(text)]
    spans: list[tuple[int, int, float]] = []
    for token in tokens:
        if token.is_digits():
            value = float(token.text().replace(",", "")) if _plain(token.text()) else None
            if value is not None:
                spans.append((token.match.start(), token.match.end(), value))
    for number in find_numbers(tokens, "en", threshold=0):
        first, last = tokens[number.start], tokens[number.end - 1]
        if first.text().lower() in _SCALE and number.start and tokens[number.start - 1].is_digits():
            continue  # the million of "48 million" is read with the 48
        if not number.is_ordinal and first.text().lower() not in ("a", "an", "one"):
            spans.append((first.match.start(), last.match.end(), float(number.value)))
    quantities = []
    for start, end, value in sorted(spans):
        if any(date.start <= start < date.end for date in dates):
            continue
        if (
            text[max(0, start - 1) : start] in ("-", "–")
            and text[max(0, start - 2) : start - 1].isalpha()
        ):
            continue  # the 19 of Covid-19 counts nothing
        quantities.append(_with_unit(text, start, end, value))
    for at, (one, other) in enumerate(itertools.pairwise(quantities)):
        if RANGE.fullmatch(text, one.end, other.start):
            # What both count comes after the second: 10 to 15 servicemen.
            quantities[at] = replace(one, unit=one.unit or other.unit, bound="~")
            quantities[at + 1] = replace(other, bound="~")
    return quantities


def _plain(digits: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", digits) is not None


def _with_unit(text: str, start: int, end: int, value: float) -> _Quantity:
    if ordinal := _ORDINAL.match(text, end):  # the 44th president is one, not 44
        ranked = _counted(text, ordinal.end())
        return _Quantity(start, ordinal.end(), value, ranked and f"th {ranked}", NO_BOUND)
    currency = _CURRENCY.search(text[:start])
    scale, short = _UNIT.match(text, end), _SHORT_SCALE.match(text, end)
    if scale and scale.group(1).lower() in _SCALE:
        value *= _SCALE[scale.group(1).lower()]
        end = scale.end()
    elif short and (times := (_SHORT | (_OF_MONEY if currency else {})).get(short[1].lower())):
        value *= times
        end = short.end()
    before, bound = currency.start() if currency else start, NO_BOUND
    first = before
    for form, sign in _BOUNDS:
        if limit := form.search(text[:before]):
            first, bound = limit.start(), sign
            break
    if percent := _PERCENT.match(text, end):
        return _Quantity(first, percent.end(), value, "%", bound)
    if currency:
        return _Quantity(first, end, value, _CURRENCIES[currency.group(1)], bound)
    return _Quantity(first, end, value, _counted(text, end), bound)


def _counted(text: str, at: int) -> str:
    """The stem of what is counted by the number that ends here; empty where that is not sure."""
    while (word := _UNIT.match(text, at)) and word.group(1).lower() in _PASSED_OVER:
        at = word.end()
    stems = terms(word.group(1)) if word else []
    return stems[0] if stems and stems[0] not in NOT_NEGATED else ""


def _other_numbers(
    said: Sequence[_Quantity], told: Sequence[_Quantity]
) -> Iterator[tuple[Kind, Slice, Slice]]:
    for one in said:
        alike = [other for other in told if other.unit == one.unit and one.unit]
        if any(_agree(one, other) for other in alike):
            continue
        # A number the claim names elsewhere is spoken for.
        free = [o for o in alike if not any(o.value == s.value and s != one for s in said)]
        if len({other.value for other in free}) == 1:
            yield ("comparison" if one.bound in _COMPARED else "number"), one, free[0]


def _agree(one: _Quantity, other: _Quantity) -> bool:
    """Whether some number is as both say."""
    if not one.bound and one.value == other.value:
        # "60" in one and "more than 60" in the other is no contradiction that numbers can show.
        return True
    (low, high), (least, most) = _range(one), _range(other)
    return max(low, least) <= min(high, most)


def _range(quantity: _Quantity) -> tuple[float, float]:
    value = quantity.value
    return {
        "": (value, value),
        ">": (math.nextafter(value, math.inf), math.inf),
        ">=": (value, math.inf),
        "<": (-math.inf, math.nextafter(value, -math.inf)),
        "<=": (-math.inf, value),
        # Nobody calls more than twice or less than half of it about so much.
        "~": (value / 2, value * 2),
        "?": (-math.inf, math.inf),
    }[quantity.bound]


def _other_comparison(claim: str, evidence: str) -> Iterator[tuple[Kind, Slice, Slice]]:
    said, told = _comparisons(claim), _comparisons(evidence)
    if len(said) == 1 and len(told) == 1 and said.keys() != told.keys():
        (here,), (there,) = said.values(), told.values()
        ours, theirs = _compared(claim, here), _compared(evidence, there)
        alike = ours & theirs if ours <= theirs or theirs <= ours else set()
        if alike and said.keys() | told.keys() == {"more", "less"}:
            # "More than Russia" and, of Russia, "fewer than Turkey" are the same.
            sides = _than(claim), _than(evidence)
            alike = sides[0] & sides[1] if any(sides) else alike
        if alike:
            yield "comparison", here, there


def _than(text: str) -> set[str]:
    """Stems of what something is compared with."""
    side = _THAN.search(text)
    return {*terms(side[1])} if side else set()


def _compared(text: str, cue: Slice) -> set[str]:
    """The stems of what is compared: what the cue counts ("more servicemen", "an equal number of
    servicemen"), or else what was said before it ("prices were higher")."""
    amount = _AMOUNT.match(text, cue.end)
    counted = _counted(text, amount.end() if amount else cue.end)
    if counted and counted not in AUXILIARIES:
        return {counted}
    before = _ADVERB.sub("", _CLAUSE_END.split(text[: cue.start])[-1])
    return {stem for stem in terms(before) if len(stem) > 1} - NOT_NEGATED - AUXILIARIES


def _comparisons(text: str) -> dict[str, Slice]:
    found = {name: form.search(text) for name, form in _COMPARISONS.items()}
    return {name: Slice(*match.span()) for name, match in found.items() if match}


def _other_dates(said: Sequence[Date], told: Sequence[Date]) -> Iterator[tuple[Kind, Slice, Slice]]:
    for one in said:
        comparable = [other for other in told if _common(one, other)]
        if not comparable or any(all(a == b for a, b in _common(one, o)) for o in comparable):
            continue
        most = max(len(_common(one, other)) for other in comparable)
        nearest = [other for other in comparable if len(_common(one, other)) == most]
        if len(nearest) == 1 and not (one.open or nearest[0].open):
            yield "date", one, nearest[0]


def _common(one: Date, other: Date) -> list[tuple[int, int]]:
    return [(a, b) for a, b in zip(one.parts, other.parts, strict=True) if a and b]


def _negations(claim: str, evidence: str) -> Iterator[tuple[Kind, Slice, Slice]]:
    """What one side negates and the other states; who does both says neither."""
    for one, other, turned in ((claim, evidence, False), (evidence, claim, True)):
        denied = _negated(other)
        for words, negated in _negated(one).items():
            stated = _stated(other, words)
            if stated is not None and words not in denied and _stated(one, words) is None:
                yield ("negation", stated, negated) if turned else ("negation", negated, stated)


def _negated(text: str) -> dict[tuple[str, ...], Slice]:
    """Stems of what is negated -> where, the negation included."""
    found: dict[tuple[str, ...], Slice] = {}
    for cue in _NEGATION.finditer(text):
        word = _NEXT_WORD.match(text, cue.end())
        stems = terms(word.group(1)) if word else []
        if not word or not stems or stems[0] in NOT_NEGATED:
            continue
        end = word.end()
        after = _NEXT_WORD.match(text, end) if cue.group().lower() in _OF_NOUNS else None
        if after and not {*terms(after.group(1))} & (NOT_NEGATED | AUXILIARIES):
            stems, end = [*stems, *terms(after.group(1))], after.end()  # no city hall: not no city
        found.setdefault(tuple(stems), Slice(cue.start(), end))
    return found


def _stated(text: str, stems: tuple[str, ...]) -> Slice | None:
    """Where these words stand one after the other, without a negation just before them."""
    words = list(re.finditer(r"[^\W\d_]+", text))
    for first, last in zip(words, words[len(stems) - 1 :], strict=False):
        before = _CLAUSE_END.split(text[max(0, first.start() - 25) : first.start()])[-1]
        said = terms(text[first.start() : last.end()])
        if tuple(said) == stems and not _NEGATION.search(before):
            return Slice(first.start(), last.end())
    return None
