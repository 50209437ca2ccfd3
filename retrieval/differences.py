"""(claim, rationale) -> where they part: numbers, comparisons, dates, negation. Nothing is guessed.

Deterministic, for a reader who wants to see why a source refutes a claim: a difference is named
only when both sides speak of the same thing (the same unit, the same parts of a date, the same
verb) and only one reading is possible. English only, because what is compared is words.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import dateparser
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
_RANGE = re.compile(r"\s*(?:to|or|and|[-–—])\s*", re.I)
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
_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})\b"
_DAY = r"\b(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1\d\d\d|20\d\d)\b"
_BARE_YEAR = re.compile(rf"\b{_YEAR}")
_DAY_FIRST = rf"{_DAY}(?:\s+of|-)?\s*{_MONTH}"
_MONTH_FIRST = rf"\b{_MONTH}\.?\s+(?:the\s+)?{_DAY}\b(?![.,:]\d|\s*%)"
# Where a text names a date, the longest forms first; what it names there, dateparser reads.
_DATE_FORMS = (
    re.compile(rf"{_DAY_FIRST}\.?[,\s-]+{_YEAR}", re.I),
    re.compile(rf"{_MONTH_FIRST},?\s+{_YEAR}", re.I),
    re.compile(rf"\b{_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}", re.I),
    re.compile(r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(_DAY_FIRST, re.I),
    re.compile(rf"(?<!\bin ){_MONTH_FIRST}", re.I),  # in January 12 people died
    _BARE_YEAR,
)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d+")
# 1800 is a year after the first of these words; after the others it may count what follows, and
# after any other word it does.
_BEFORE_YEAR = re.compile(
    r"\b(?:(in|since|during|until|till|year|early|late|spring|summer|autumn|winter)"
    r"|of|for|from|before|after|between|by|on|out|around|circa|fall"
    r"|an?|the|this|that|its|his|her|their)\s+$",
    re.I,
)
_NO_YEAR_BEFORE = 1500  # where what follows may be counted: in 1200 towns
_PLURAL = re.compile(r"\s*(?:%|(?:[a-z]{1,2}|[a-z]+s|people|men|women|children|percent|per)\b)")
# The 3 of "3 and 12 May" is a date, too: which of them the other side means is not known.
_MORE_DAYS_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?\s*(?:to|and|or|[-–—,&])\s*$", re.I)
_MORE_DAYS_AFTER = re.compile(r"\s*(?:to\b|and\b|or\b|[-–—&])\s*\d", re.I)
_BOUND_OF_TIME = re.compile(
    r"\b(?:before|after|by|since|until|till|between|within|from|around|circa|about|prior to|than)"
    r"\s+(?:the\s+)?$",
    re.I,
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
_AUXILIARIES = {
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "do", "doe", "did", "will",
    "would", "can", "could", "may", "might", "should", "must", "than",
}  # fmt: skip
SEPARATOR = "\n\n"
# Of the day of reading nothing may be taken over; a leap year, for the 29th of February.
_READ_AS = {"PARSERS": ["absolute-time"], "RELATIVE_BASE": dt.datetime(2000, 1, 1)}


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


def _compared(text: str, cue: _Slice) -> set[str]:
    """The stems of what is compared: what the cue counts ("more servicemen", "an equal number of
    servicemen"), or else what was said before it ("prices were higher")."""
    amount = _AMOUNT.match(text, cue.end)
    counted = _counted(text, amount.end() if amount else cue.end)
    if counted and counted not in _AUXILIARIES:
        return {counted}
    before = _ADVERB.sub("", _CLAUSE_END.split(text[: cue.start])[-1])
    return {stem for stem in terms(before) if len(stem) > 1} - _NOT_NEGATED - _AUXILIARIES


def _comparisons(text: str) -> dict[str, _Slice]:
    found = {name: form.search(text) for name, form in _COMPARISONS.items()}
    return {name: _Slice(*match.span()) for name, match in found.items() if match}


def _dates(text: str) -> list[_Date]:
    """Dates with the parts they name."""
    found: list[_Date] = []
    for match in _date_matches(text):
        read = dateparser.parse(match.group(), languages=["en"], settings=_READ_AS)
        if read is None:
            continue  # the 31st of February
        named = {name for name, value in match.groupdict().items() if value}
        if _either_order(match.group()):
            named = {"year"}
        if match.re is _BARE_YEAR and not _is_year(text, match):
            named = set()
        parts = (
            read.year if "year" in named else None,
            read.month if "month" in named else None,
            read.day if "day" in named else None,
        )
        joined = bool(found) and _RANGE.fullmatch(text, found[-1].end, match.start()) is not None
        if joined:
            found[-1] = replace(found[-1], open=True)
        before = text[: match.start()]
        one_of_several = "day" in named and (
            _MORE_DAYS_BEFORE.search(before) or _MORE_DAYS_AFTER.match(text, match.end())
        )
        is_open = joined or bool(one_of_several) or _BOUND_OF_TIME.search(before) is not None
        found.append(_Date(*match.span(), parts, is_open))
    return found


def _date_matches(text: str) -> list[re.Match[str]]:
    """What may be a date, in the order of the text; none lies in another."""
    taken: list[re.Match[str]] = []
    for form in _DATE_FORMS:
        for match in form.finditer(text):
            named = match.groupdict()
            if named.get("month") in {"may", "march"} and not named.get("year"):
                continue  # 20 may have died
            if form is _BARE_YEAR:
                joined = any(_RANGE.fullmatch(text, o.end(), match.start()) for o in taken)
                if not (
                    joined or _BEFORE_YEAR.search(text[: match.start()]) or _alone(text, match)
                ):
                    continue  # it counts something
            elif named.get("year") and _counts(text, match):
                continue  # on 15 May, 2000 people marched
            if all(o.end() <= match.start() or match.end() <= o.start() for o in taken):
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _is_year(text: str, match: re.Match[str]) -> bool:
    """Whether a number that may be a year can be nothing else."""
    before = _BEFORE_YEAR.search(text[: match.start()])
    if before is not None and before[1]:
        return int(match["year"]) >= _NO_YEAR_BEFORE or not _counts(text, match)
    return not _counts(text, match)


def _alone(text: str, match: re.Match[str]) -> bool:
    """Grease (1980)"""
    return text[: match.start()].endswith("(") and text.startswith(")", match.end())


def _counts(text: str, number: re.Match[str]) -> bool:
    """Whether what follows may be what a number counts: 1800 people, but not 1966 was a year."""
    after = _PLURAL.match(text, number.end())
    return after is not None and not {*terms(after.group())} & (_NOT_NEGATED | _AUXILIARIES)


def _either_order(words: str) -> bool:
    """Whether 12/05/2020 or the like: in May for some readers, in December for others."""
    numeric = _NUMERIC_DATE.fullmatch(words)
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
    """What one side negates and the other states; who does both says neither."""
    for one, other, turned in ((claim, evidence, False), (evidence, claim, True)):
        denied = _negated(other)
        for words, negated in _negated(one).items():
            stated = _stated(other, words)
            if stated is not None and words not in denied and _stated(one, words) is None:
                yield ("negation", stated, negated) if turned else ("negation", negated, stated)


def _negated(text: str) -> dict[tuple[str, ...], _Slice]:
    """Stems of what is negated -> where, the negation included."""
    found: dict[tuple[str, ...], _Slice] = {}
    for cue in _NEGATION.finditer(text):
        word = _NEXT_WORD.match(text, cue.end())
        stems = terms(word.group(1)) if word else []
        if not word or not stems or stems[0] in _NOT_NEGATED:
            continue
        end = word.end()
        after = _NEXT_WORD.match(text, end) if cue.group().lower() in _OF_NOUNS else None
        if after and not {*terms(after.group(1))} & (_NOT_NEGATED | _AUXILIARIES):
            stems, end = [*stems, *terms(after.group(1))], after.end()  # no city hall: not no city
        found.setdefault(tuple(stems), _Slice(cue.start(), end))
    return found


def _stated(text: str, stems: tuple[str, ...]) -> _Slice | None:
    """Where these words stand one after the other, without a negation just before them."""
    words = list(re.finditer(r"[^\W\d_]+", text))
    for first, last in zip(words, words[len(stems) - 1 :], strict=False):
        before = _CLAUSE_END.split(text[max(0, first.start() - 25) : first.start()])[-1]
        said = terms(text[first.start() : last.end()])
        if tuple(said) == stems and not _NEGATION.search(before):
            return _Slice(first.start(), last.end())
    return None
