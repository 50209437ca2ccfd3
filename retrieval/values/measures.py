"""(text, number) -> what it measures: the unit or noun behind it, and what it is told per."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.values import units
from retrieval.values.nouns import WORD, counted_noun, noun_end, stem
from retrieval.values.numbers import Number, scale_of_suffix
from retrieval.values.quantity import DEGREES_APART, Measure
from retrieval.values.words import AUXILIARIES

BOUND_AFTER = re.compile(
    r"\s+or\s+(?P<more>more|over|above)\b|\s+or\s+(?:fewer|less|under)\b", re.I
)
_LOOK_BACK = 40  # characters beside a number in which it is told what it measures
UNIT = re.compile(
    r"(?P<gap>[\s-]*)(?:(?P<percent>%|percent\b|per cent\b|(?:percentage|basis) points?\b|pc\b)"
    r"|°\s?(?P<degree>[CF])\b|(?P<glued_degree>[CF])\b(?!\w|-)"
    r"|[Dd]egrees\s+(?P<scale>[Cc]elsius|[Ff]ahrenheit|[Cc]entigrade|[CF]\b)"
    r"|(?P<sign>[€£$¥])(?!\d)"
    r"|(?P<speed>km/h|kmh|kph|mph|m/s|mps)\b"
    r"|(?P<two>(?:square|sq|cubic|nautical)\s+[^\W\d_]+)"
    r"|(?P<variety>US|U\.S\.|American|Australian|Canadian|Egyptian|Danish|Norwegian|Swedish|Swiss"
    r"|Indian)\s+(?P<coin>[^\W\d_]+)"
    r"|(?P<one>[^\W\d_]+(?:[²³]|[23]\b)?))",
)
_HOURS_BEFORE = re.compile(r"\d\s?h(?:rs?)?\s?$", re.I)
# How many degrees warmer it is, or has become: 2 degrees Celsius are 3.6 of Fahrenheit then. Where
# a text may speak of such a difference, or not, one scale is not compared with the other.
_APART_BEFORE = re.compile(
    r"\b(?:by|ris(?:es?|en)|rose|falls?|fell|fallen|drop(?:s|ped)?|climb(?:s|ed)?|increased?|warm(?:ed|s)"
    r"|cool(?:ed|s)|(?:rise|fall|drop|increase|warming|cooling|difference) of)\s+"
    r"(?:(?:about|around|roughly|nearly|almost|just|only|some|another|over|more than|less than"
    r"|at least|a further)\s+)?$",
    re.I,
)
_MAYBE_APART_BEFORE = re.compile(
    r"\b(?:warming|cooling|rise|increase|difference|gap|anomaly|swing|change)\b[^.;]*$", re.I
)
_APART_AFTER = re.compile(r"\s+(?:warmer|hotter|milder|cooler|colder|higher|lower)\b", re.I)
_MAYBE_APART_AFTER = re.compile(r"\s+(?:above|below|over|under|more|less|apart)\b", re.I)
_SHORT_UNITS = {"g", "m", "l", "t", "ha", "min"}
_SPEEDS = {
    "km/h": ("km", "hour"),
    "kmh": ("km", "hour"),
    "kph": ("km", "hour"),
    "mph": ("mile", "hour"),
    "m/s": ("metre", "second"),
    "mps": ("metre", "second"),
}
_PER = re.compile(r"\s*(?:/|\bper\b|\ban?\b|\beach\b|\bevery\b)\s*([^\W\d_]+)", re.I)
_PER_SURE = re.compile(r"\s*(?:/|per\b)", re.I)
_OLD = re.compile(r"[\s-]*(year|month|week|day)s?[\s-]*old\b|[\s-]*years? of age\b", re.I)
_AGED = re.compile(r"\b(?:aged|age|at the age of)\s+$", re.I)
_AFTER_NAME = re.compile(r"[A-Z][\w’'-]+,\s$")
# Words after "5m" that say how far, not how many.
_FAR = {"high", "long", "wide", "deep", "tall", "thick", "away", "across", "below", "above", "from",
        "of", "in", "to", "and", "or", "sprint", "race", "run", "hurdles"}  # fmt: skip
# One of these between "one" or "a" and a unit is a length: "for an hour", "one day".
_OF_UNIT = re.compile(r"(?:\s+of)?\s+an?\s+(?=[^\W\d_])|-(?=hour|mile)")
_OF_POINT = re.compile(r"(?:\s+of)?(?:\s+an?)?\s+(percentage point)\b", re.I)


@dataclass(frozen=True, slots=True)
class MeasuredNumber:
    """What is told with a number. unit_end: the end of its unit; end: of number and scale. per,
    per_slice: what it is told for each of, and where."""

    measures: tuple[Measure, ...]
    noun: str
    unit_end: int
    end: int
    per: str = ""
    per_slice: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Per:
    """What a quantity is told for each of, by how much that makes it smaller, and where it is."""

    what: str
    factor: float
    start: int
    end: int


def units_after(
    text: str, number: Number, money: units.Unit | None
) -> tuple[tuple[units.Unit, ...], int]:
    """The units that a number may have, and where they end."""
    if money:
        return (money,), number.end
    match = UNIT.match(text, number.end)
    if match is None:
        return (), number.end
    glued = not match["gap"]
    if match["percent"]:
        return units.units_named(match["percent"].lower()), match.end()
    if kind := match["degree"] or match["scale"] or match["glued_degree"]:
        fahrenheit = kind[0].lower() == "f"
        return (units.Unit("degree", 1.0, "F" if fahrenheit else "C"),), match.end()
    if match["sign"]:
        sign = units.currency_of_sign(match["sign"])
        return ((sign,) if sign else ()), match.end()
    if match["speed"]:
        return units.units_named(_SPEEDS[match["speed"]][0]), match.end()
    if match["two"]:
        return units.units_named(" ".join(match["two"].lower().split())), match.end()
    if match["coin"]:
        unit = units.currency_named(match["coin"].lower(), match["variety"])
        return ((unit,) if unit else ()), match.end()
    word = (match["one"] or "").lower()
    if word == "years" and _OLD.match(text, number.end):
        return (), number.end
    if match["gap"] == " " and word in _SHORT_UNITS and text[number.end - 1].isdigit():
        glued = True  # 500 g
    if word == "m" and glued and _HOURS_BEFORE.search(text, max(0, number.start - 6), number.start):
        word = "min"  # 2h 50m
    return units.units_named(word, glued), match.end()


def read_measures(text: str, number: Number, money: units.Unit | None) -> MeasuredNumber | None:
    """What a number measures; None where it is part of a name or counts nothing.

    Args:
        money: the currency of the sign or code in front of it.
    """
    start, end = number.start, number.end
    values, exact_to, zeros = number.values, number.exact_to, number.written_zeros
    before = text[max(0, start - _LOOK_BACK) : start]
    old = _OLD.match(text, end)
    if old or _AGED.search(before) or _is_age_of_name(text, number, before):
        years = {"month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}
        times = years.get((old[1] or "").lower(), 1.0) if old else 1.0
        age = tuple(Measure("age", v * times, v * times, exact_to * times, 0) for v in values)
        return MeasuredNumber(age, "", old.end() if old else end, end)
    if number.short_scale in ("k", "m"):
        word = WORD.match(text, end + 1)
        noun = word[1].lower() if word else ""
        many = noun and noun not in _FAR and (noun.endswith("s") or stem(noun) in ("peopl", "men"))
        if money or (many or (number.short_scale == "m" and units.currency_named(noun))):
            times = scale_of_suffix(number.short_scale)
            end += 1
            values = tuple(value * times for value in values[:1])
            exact_to, zeros = (exact_to or 0.5) * times, 0.0
        elif number.short_scale == "k":
            return None
    scaled = Number(start, end, values, exact_to, number.kind, written_zeros=zeros)
    if number.kind == "fraction":
        return _measured_part(text, scaled)
    found, unit_end = units_after(text, scaled, money)
    speed = _SPEEDS.get(text[end:unit_end].strip(" -").lower(), ("", ""))[1]
    per = _per(text, unit_end, speed, bool(found))
    return (
        _measured_in_units(text, scaled, found, per)
        if found
        else _measured_count(text, scaled, per)
    )


def _measured_count(text: str, number: Number, per: _Per) -> MeasuredNumber:
    """What a number without a unit counts."""
    end, zeros = number.end, number.written_zeros
    after = BOUND_AFTER.match(text, end)
    noun_at = after.end() if after else end
    if noun := counted_noun(text, noun_at):
        per = _per(text, noun_end(text, noun_at), "", False)
    size = 1 / per.factor
    counts = tuple(
        Measure("", v * size, v * size, number.exact_to * size, zeros * size, size=size)
        for v in number.values
    )
    return MeasuredNumber(counts, noun, end, end, per.what, (per.start, per.end))


def _measured_in_units(
    text: str, number: Number, found: tuple[units.Unit, ...], per: _Per
) -> MeasuredNumber:
    """What a number measures in the units that it may have."""
    end, zeros = number.end, number.written_zeros
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    measures = []
    for unit in found:
        times = unit.factor / per.factor
        for value in number.values:
            base, low = unit.base, value * times
            if base == "degree":
                after = text[per.end : per.end + _LOOK_BACK]
                base, low = _degrees(value, unit.system, before, after)
            exact_to, system, variety = number.exact_to * times, unit.system, unit.variety
            measures.append(
                Measure(base, low, low, exact_to, zeros * times, system, variety, times)
            )
    percent = re.match(r"\s*(?:%|percent\b|per cent\b)", text[end : per.end], re.I)
    noun = counted_noun(text, per.end) if percent else ""
    span_end = per.end if percent and not per.what else end
    return MeasuredNumber(tuple(measures), noun, per.end, span_end, per.what, (per.start, per.end))


def _degrees(value: float, scale: str, before: str, after: str) -> tuple[str, float]:
    """What is measured in degrees, and how much of it in degrees Celsius: a temperature, or how far
    two are apart."""
    fahrenheit = scale == "F"
    if _APART_BEFORE.search(before) or _APART_AFTER.match(after):
        return DEGREES_APART, value / 1.8 if fahrenheit else value
    low = (value - 32) / 1.8 if fahrenheit else value
    if _MAYBE_APART_BEFORE.search(before) or _MAYBE_APART_AFTER.match(after):
        return f"degree {scale}", low
    return "degree", low


def measures_of(found: tuple[units.Unit, ...], value: float) -> tuple[Measure, ...]:
    return tuple(
        Measure(u.base, value * u.factor, value * u.factor, 0, 0, u.system, size=u.factor)
        for u in found
    )


def _measured_part(text: str, number: Number) -> MeasuredNumber | None:
    """A fraction of a unit ("half an hour") or of what is not told here ("half of them")."""
    end = number.end
    if point := _OF_POINT.match(text, end):
        found = units.units_named(point[1].lower())
        return MeasuredNumber(measures_of(found, number.values[0]), "", point.end(), end)
    of_unit = _OF_UNIT.match(text, end)
    if of_unit and (word := WORD.match(text, of_unit.end())):
        found = units.units_named(word[1].lower())
        if found:
            return MeasuredNumber(measures_of(found, number.values[0]), "", word.end(), end)
    word = WORD.match(text, end)
    follows = word[1].lower() if word else ""
    spoken = text[number.start : end].lower()
    if spoken.startswith(("a ", "an ", "one ")) and " in " not in spoken and follows:
        told = follows in _AFTER_PART or stem(follows) in AUXILIARIES
        if not told:
            return None  # a third man came; a quarter final
    if spoken == "half" and follows and follows not in {*_AFTER_PART, "the", "its", "his", "her"}:
        return None
    share = 100 * number.values[0]
    noun = counted_noun(text, end)
    return MeasuredNumber((Measure("%", share, share, 0, 0, "fraction"),), noun, end, end)


_AFTER_PART = {"of", "more", "less", "fewer", "lower", "higher", "larger", "smaller", "below",
               "above", "off", "down", "up", "to", "in", "at", "by", "said", "from", "on", "for",
               "than", "and", "or", "were", "was", "are", "is", "had", "have", "did"}  # fmt: skip


def _is_age_of_name(text: str, number: Number, before: str) -> bool:
    """Mary Smith, 34, said"""
    return (
        number.exact_to == 0
        and text[number.start].isdigit()
        and number.values[0] < 120
        and text[number.end : number.end + 1] in (",", ".", ";")
        and not text[number.end + 1 : number.end + 2].isdigit()
        and _AFTER_NAME.search(before) is not None
    )


def _per(text: str, at: int, spoken: str, is_unit: bool) -> _Per:
    """What a quantity is told for each of: "a day", "per head"; times come down to a second."""
    match = None if spoken else _PER.match(text, at)
    word = spoken or (match[1].lower() if match else "")
    end = match.end() if match else at
    known = [unit for unit in units.units_named(word) if unit.base == "s"]
    if known:
        return _Per("time", known[0].factor, at, end)
    if match and (_PER_SURE.match(text, at) or (is_unit and units.units_named(word))):
        return _Per(stem(word), 1.0, at, end)
    return _Per("", 1.0, at, at)
