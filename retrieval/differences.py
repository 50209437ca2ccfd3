"""(claim, rationale) -> where they part: numbers, comparisons, dates, negation. Nothing is guessed.

Deterministic, for a reader who wants to see why a source refutes a claim: a difference is named
only when both sides speak of the same thing (the same unit, the same parts of a date, the same
verb) and only one reading is possible. English only, because what is compared is words.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dateparser.search import search_dates
from text_to_num import find_numbers

from index.terms import terms
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
_RANGE = re.compile(r"\s*(?:to|or|and|[-–—])\s*", re.I)
_COMPARISONS = {
    "more": re.compile(r"\b(?:more|greater|higher|larger|bigger|most)\b(?! than \d)", re.I),
    "less": re.compile(r"\b(?:less|fewer|lower|smaller|fewest)\b(?! than \d)", re.I),
    "equal": re.compile(
        r"\b(?:equal|equally|same (?:number|size|amount|share)|as (?:many|much) as)\b", re.I
    ),
}
_THAN = re.compile(r"\bthan\s+([^.,;:]+)", re.I)
_NEGATION = re.compile(r"\b(?:not|no|never|without|neither|nor|cannot|none)\b|\b\w+n['’]t\b", re.I)
_MONTHS = "|".join([*calendar.month_name[1:], *calendar.month_abbr[1:]])
_DATE_PART = rf"(?:\b(?:{_MONTHS})\b|\d)"
_DATE_CORE = re.compile(rf"{_DATE_PART}(?:.*{_DATE_PART}(?:st|nd|rd|th)?)?", re.I)
_YEAR = r"\b(?:1\d|20)\d\d\b"
_NAMES_DATE = re.compile(
    rf"\b(?:{_MONTHS})\b.*\d|\d.*\b(?:{_MONTHS})\b|{_YEAR}|\d[./-]\d+[./-]\d", re.I
)
# What a text without it cannot name: reading dates takes ten times as long as all else here.
_MAY_NAME_DATE = re.compile(rf"{_MONTHS}|1\d\d\d|20\d\d|\d[./-]\d+[./-]\d", re.I)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
_TWO_DATES = re.compile(r"\b(?:and|or|to|until|till|through)\b|[–—]|\s-\s", re.I)
_BOUND_OF_TIME = re.compile(
    r"\b(?:before|after|by|since|until|till|between|within|from|prior to|than)\s+(?:the\s+)?$", re.I
)
# "60 new schools", "3 of the ministers": what is counted comes after these.
_PASSED_OVER = {
    "of", "the", "new", "other", "more", "additional", "further", "different", "its", "their",
    "these", "those", "all", "such", "major", "local", "whole", "full",
}  # fmt: skip
# "no one", "no longer": what is negated is not the next word.
_NOT_NEGATED = {
    "one", "longer", "more", "less", "onli", "doubt", "sooner", "just", "the", "a", "an", "to",
    "in", "on", "at", "of", "for", "by", "with", "that", "this", "it", "be", "been", "and", "or",
    "as", "so", "yet", "all", "ani", "much", "mani",
}  # fmt: skip
SEPARATOR = "\n\n"
_BASES = (dt.datetime(2001, 3, 7), dt.datetime(2010, 11, 23))


@dataclass(frozen=True, slots=True)
class _Slice:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Quantity(_Slice):
    value: float
    unit: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class _Date(_Slice):
    """Year, month and day, each None where the text does not say it."""

    parts: tuple[int | None, int | None, int | None]
    # Before it or after it, or one end of a time: another date may be what both mean.
    open: bool


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


def _pairs(claim: str, evidence: str) -> Iterator[tuple[Kind, _Slice, _Slice]]:
    said = _dates(claim)
    counted = _quantities(claim, said)
    if said or counted:
        told = _dates(evidence)
        yield from _other_dates(said, told)
        yield from _other_numbers(counted, _quantities(evidence, told))
    yield from _other_comparison(claim, evidence)
    yield from _negations(claim, evidence)


def _quote(text: str, at: _Slice, offset: int) -> Quote:
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


def _quantities(text: str, dates: Sequence[_Date]) -> list[_Quantity]:
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
        if _RANGE.fullmatch(text, one.end, other.start):
            # What both count comes after the second: 10 to 15 servicemen.
            quantities[at] = replace(one, unit=one.unit or other.unit, bound="~")
            quantities[at + 1] = replace(other, bound="~")
    return quantities


def _plain(digits: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", digits) is not None


def _with_unit(text: str, start: int, end: int, value: float) -> _Quantity:
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
    return stems[0] if stems and stems[0] not in _NOT_NEGATED else ""


def _other_numbers(
    said: Sequence[_Quantity], told: Sequence[_Quantity]
) -> Iterator[tuple[Kind, _Slice, _Slice]]:
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


def _other_comparison(claim: str, evidence: str) -> Iterator[tuple[Kind, _Slice, _Slice]]:
    said, told = _comparisons(claim), _comparisons(evidence)
    if len(said) == 1 and len(told) == 1 and said.keys() != told.keys():
        if said.keys() | told.keys() == {"more", "less"} and not _same_sides(claim, evidence):
            return  # "more than Russia" and, of Russia, "fewer than Turkey" are the same
        (here,), (there,) = said.values(), told.values()
        yield "comparison", here, there


def _same_sides(claim: str, evidence: str) -> bool:
    """Whether both compare with the same, or neither says with what."""
    said, told = _THAN.search(claim), _THAN.search(evidence)
    if said is None or told is None:
        return said is told
    return bool({*terms(said[1])} & {*terms(told[1])})


def _comparisons(text: str) -> dict[str, _Slice]:
    found = {name: form.search(text) for name, form in _COMPARISONS.items()}
    return {name: _Slice(*match.span()) for name, match in found.items() if match}


@functools.lru_cache(maxsize=1_000)  # a claim meets several passages
def _dates(text: str) -> tuple[_Date, ...]:
    """Dates with the parts they name: what changes with the day of reading was not said."""
    if not _MAY_NAME_DATE.search(text):
        return ()
    readings = [
        search_dates(
            text, languages=["en"], settings={"PARSERS": ["absolute-time"], "RELATIVE_BASE": base}
        )
        or []
        for base in _BASES
    ]
    found: list[_Date] = []
    at, run_together = 0, False
    for (words, first), (_, second) in zip(*readings, strict=False):
        start = text.find(words, at)
        core = _DATE_CORE.search(words)
        if start < 0 or not core or not _NAMES_DATE.search(core.group()):
            continue
        at = start + len(words)
        parts = (
            first.year if first.year == second.year else None,
            first.month if first.month == second.month else None,
            first.day if first.day == second.day else None,
        )
        if _TWO_DATES.search(core.group()):
            run_together = True
        elif _either_order(core.group()):
            parts = (parts[0], None, None)
        begins = start + core.start()
        joined = bool(found) and _RANGE.fullmatch(text, found[-1].end, begins) is not None
        if joined:
            found[-1] = replace(found[-1], open=True)
        bound = _BOUND_OF_TIME.search(text[:begins]) is not None
        found.append(_Date(begins, start + core.end(), parts, joined or bound))
    if run_together:  # "3 March and 12 May": what belongs to which is not known
        found = [replace(one, parts=(None, None, None)) for one in found]
    return tuple(found)


def _either_order(words: str) -> bool:
    """Whether 12/05/2020 or the like: in May for some readers, in December for others."""
    numeric = _NUMERIC_DATE.search(words)
    return (
        numeric is not None and numeric[1] != numeric[2] and max(map(int, numeric.groups())) <= 12
    )


def _other_dates(
    said: Sequence[_Date], told: Sequence[_Date]
) -> Iterator[tuple[Kind, _Slice, _Slice]]:
    for one in said:
        comparable = [other for other in told if _common(one, other)]
        if not comparable or any(all(a == b for a, b in _common(one, o)) for o in comparable):
            continue
        most = max(len(_common(one, other)) for other in comparable)
        nearest = [other for other in comparable if len(_common(one, other)) == most]
        if len(nearest) == 1 and not (one.open or nearest[0].open):
            yield "date", one, nearest[0]


def _common(one: _Date, other: _Date) -> list[tuple[int, int]]:
    return [(a, b) for a, b in zip(one.parts, other.parts, strict=True) if a and b]


def _negations(claim: str, evidence: str) -> Iterator[tuple[Kind, _Slice, _Slice]]:
    """A word that one side negates and the other states."""
    for negated in _negated(claim):
        if (stated := _stated(evidence, negated[1])) is not None:
            yield "negation", negated[0], stated
    for negated in _negated(evidence):
        if (stated := _stated(claim, negated[1])) is not None:
            yield "negation", stated, negated[0]


def _negated(text: str) -> Iterator[tuple[_Slice, str]]:
    for cue in _NEGATION.finditer(text):
        word = re.compile(r"\s+([^\W\d_]+)").match(text, cue.end())
        stems = terms(word.group(1)) if word else []
        if word and stems and stems[0] not in _NOT_NEGATED:
            yield _Slice(cue.start(), word.end()), stems[0]


def _stated(text: str, stem: str) -> _Slice | None:
    for word in re.finditer(r"[^\W\d_]+", text):
        if terms(word.group()) == [stem]:
            before = text[max(0, word.start() - 25) : word.start()]
            return None if _NEGATION.search(before) else _Slice(*word.span())
    return None
