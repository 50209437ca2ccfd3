"""(text, number) -> what it measures: the unit or noun behind it, and what it is told per.

Used by quantities.py. The words for units are in units.py; a new form of writing one ("km/h",
"5 US dollars") is an alternative of `UNIT` and a case of `units_after`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.values import units
from retrieval.values.degrees import measured_degrees
from retrieval.values.nouns import WORD, counted_noun, noun_end, stem
from retrieval.values.numbers import Number
from retrieval.values.numerals import SHORT_SCALES
from retrieval.values.quantity import Measure
from retrieval.values.words import AUXILIARIES

# Behind a number with its unit: "90 people[ or more]".
BOUND_AFTER = re.compile(
    r"\s+or\s+(?P<more>more|over|above)\b|\s+or\s+(?:fewer|less|under)\b", re.I
)
_LOOK_BACK = 40  # characters beside a number in which it is told what it measures
# Written form of a speed -> words for its way and its time.
_SPEEDS = {
    "km/h": ("km", "hour"), "kmh": ("km", "hour"), "kph": ("km", "hour"), "mph": ("mile", "hour"),
    "m/s": ("metre", "second"), "mps": ("metre", "second"),
}  # fmt: skip
# What may be a unit behind a number, with the gap between: "5[ km/h]", "5[ square miles]".
UNIT = re.compile(
    r"(?P<gap>[\s-]*)(?:(?P<percent>%|percent\b|per cent\b|(?:percentage|basis) points?\b|pct?\b"
    r"|pp\b|bps?\b)"
    r"|°\s?(?P<degree>[CF])\b|(?P<glued_degree>[CF])\b(?!\w|-)"
    r"|[Dd]egrees\s+(?P<scale>[Cc]elsius|[Ff]ahrenheit|[Cc]entigrade|[CF]\b)"
    r"|(?P<sign>[€£$¥])(?!\d)"
    rf"|(?P<speed>{'|'.join(_SPEEDS)})\b"
    r"|(?P<two>(?:square|sq|cubic|nautical)\s+[^\W\d_]+)"
    rf"|(?P<variety>{'|'.join(map(re.escape, units.COUNTRIES))})\s+(?P<coin>[^\W\d_]+)"
    r"|(?P<one>[^\W\d_]+(?:[²³]|[23]\b)?))",
)
# Before minutes that touch an "m": "[2h ]50m".
_HOURS_BEFORE = re.compile(r"\d\s?h(?:rs?)?\s?$", re.I)
# Units that are read behind a space only where the number is in digits: "500 g".
_SHORT_UNITS = {"g", "m", "l", "t", "ha", "min"}
# What something is told for each of: "40 euros[ a day]", "[ per head]".
_PER = re.compile(r"\s*(?:/|\bper\b|\ban?\b|\beach\b|\bevery\b)\s*([^\W\d_]+)", re.I)
# The same where no unit of time need follow.
_PER_SURE = re.compile(r"\s*(?:/|per\b)", re.I)
# Behind an age: "34[-year-old]".
_OLD = re.compile(r"[\s-]*(year|month|week|day)s?[\s-]*old\b|[\s-]*years? of age\b", re.I)
# Before an age: "[aged ]34".
_AGED_BEFORE = re.compile(r"\b(?:aged|age|at the age of)\s+$", re.I)
# Unit of an age -> years.
_YEARS = {"month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}
# A name before an age: "Mary [Smith, ]34,".
_NAME_BEFORE = re.compile(r"[A-Z][\w’'-]+,\s$")
# Years that no age is, of a number behind a name.
_OLDEST = 120
# Words after "5m" that make it 5 metres, not 5 million.
_FAR = {"high", "long", "wide", "deep", "tall", "thick", "away", "across", "below", "above", "from",
        "of", "in", "to", "and", "or", "sprint", "race", "run", "hurdles"}  # fmt: skip
# Words behind a fraction that is a share: "half [of] them", "a third [more]".
_AFTER_PART = {"of", "more", "less", "fewer", "lower", "higher", "larger", "smaller", "below",
               "above", "off", "down", "up", "to", "in", "at", "by", "said", "from", "on", "for",
               "than", "and", "or", "were", "was", "are", "is", "had", "have", "did"}  # fmt: skip
# Between a fraction and its unit: "half[ an ]hour", "half[-]mile".
_OF_UNIT = re.compile(r"(?:\s+of)?\s+an?\s+(?=[^\W\d_])|-(?=hour|mile)")
# Between and with it: "half[ a percentage point]", "half[ a point]".
_OF_POINT = re.compile(r"(?:\s+of)?(?:\s+an?)?\s+(?:percentage )?(point)\b", re.I)


@dataclass(frozen=True, slots=True)
class MeasuredNumber:
    """What a number measures. noun: stem of what it counts, or "". unit_end: where its unit ends.
    end: where the number and its scale end. per, per_slice: what it is told for each of, and where.
    """

    measures: tuple[Measure, ...]
    noun: str
    unit_end: int
    end: int
    per: str = ""
    per_slice: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Per:
    """What a quantity is told for each of: "time" or a stem, and "" where it is told for nothing.

    factor: what it is divided by, the seconds of "a day"; 1 where it is no time. start, end: where.
    """

    what: str
    factor: float
    start: int
    end: int


def units_after(
    text: str, number: Number, money: units.Unit | None
) -> tuple[tuple[units.Unit, ...], int]:
    """Returns the units that a number may have, and where they end; none where it counts."""
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
        glued = True
    if word == "m" and glued and _HOURS_BEFORE.search(text, max(0, number.start - 6), number.start):
        word = "min"
    return units.units_named(word, glued), match.end()


def read_measures(text: str, number: Number, money: units.Unit | None) -> MeasuredNumber | None:
    """Returns what a number measures; None where it is part of a name, or measures nothing.

    Args:
        money: the currency of the sign or code in front of it.
    """
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    if age := _measured_age(text, number, before):
        return age
    scaled = _with_short_scale(text, number, money)
    if scaled is None:
        return None
    if number.kind == "fraction":
        return _measured_part(text, scaled)
    found, unit_end = units_after(text, scaled, money)
    time_of_speed = _SPEEDS.get(text[scaled.end : unit_end].strip(" -").lower(), ("", ""))[1]
    per = _per(text, unit_end, time_of_speed, bool(found))
    if found:
        return _measured_in_units(text, scaled, found, per)
    return _measured_count(text, scaled, per)


def _measured_age(text: str, number: Number, before: str) -> MeasuredNumber | None:
    """Returns the age of "34-year-old", "aged 34" or "Mary Smith, 34,"; None of another number."""
    old = _OLD.match(text, number.end)
    if not old and not _AGED_BEFORE.search(before) and not _is_age_of_name(text, number, before):
        return None
    years = _YEARS.get((old[1] or "").lower(), 1.0) if old else 1.0
    age = tuple(
        Measure("age", value * years, value * years, number.exact_to * years, 0)
        for value in number.values
    )
    return MeasuredNumber(age, "", old.end() if old else number.end, number.end)


def _with_short_scale(text: str, number: Number, money: units.Unit | None) -> Number | None:
    """Returns a number with the "k" or "m" that touches it, where that is a scale.

    "5m" is five million of money and of what is counted ("5m people"), and 5 metres otherwise. A
    "5k" that is no such number may be a race: None.
    """
    if number.short_scale not in ("k", "m"):
        return replace(number, short_scale="")
    word = WORD.match(text, number.end + 1)
    noun = word[1].lower() if word else ""
    counts = noun and noun not in _FAR and (noun.endswith("s") or stem(noun) in ("peopl", "men"))
    if money or counts or (number.short_scale == "m" and units.currency_named(noun)):
        times = SHORT_SCALES[number.short_scale]
        return Number(
            number.start,
            number.end + 1,
            tuple(value * times for value in number.values[:1]),
            (number.exact_to or 0.5) * times,
            number.kind,
        )
    return None if number.short_scale == "k" else replace(number, short_scale="")


def _measured_count(text: str, number: Number, per: _Per) -> MeasuredNumber:
    """Returns what a number without a unit counts: people, of "90 people a day"."""
    end, zeros = number.end, number.written_zeros
    after = BOUND_AFTER.match(text, end)
    noun_at = after.end() if after else end
    if noun := counted_noun(text, noun_at):
        per = _per(text, noun_end(text, noun_at), "", False)
    size = 1 / per.factor
    counts = tuple(
        Measure("", value * size, value * size, number.exact_to * size, zeros * size, size=size)
        for value in number.values
    )
    return MeasuredNumber(counts, noun, end, end, per.what, (per.start, per.end))


def _measured_in_units(
    text: str, number: Number, found: tuple[units.Unit, ...], per: _Per
) -> MeasuredNumber:
    """Returns what a number measures, with a reading for each unit that it may have."""
    end, zeros = number.end, number.written_zeros
    before = text[max(0, number.start - _LOOK_BACK) : number.start]
    measures = []
    for unit in found:
        times = unit.factor / per.factor
        for value in number.values:
            base, low = unit.base, value * times
            if base == "degree":
                after = text[per.end : per.end + _LOOK_BACK]
                base, low = measured_degrees(value, unit.system, before, after)
            exact_to, system, variety = number.exact_to * times, unit.system, unit.variety
            measures.append(
                Measure(base, low, low, exact_to, zeros * times, system, variety, times)
            )
    percent = re.match(r"\s*(?:%|percent\b|per cent\b)", text[end : per.end], re.I)
    noun = counted_noun(text, per.end) if percent else ""
    span_end = per.end if percent and not per.what else end
    return MeasuredNumber(tuple(measures), noun, per.end, span_end, per.what, (per.start, per.end))


def measures_of(found: tuple[units.Unit, ...], value: float) -> tuple[Measure, ...]:
    """Returns a reading of a value for each unit that it may have: 1,800 s of half an hour."""
    return tuple(
        Measure(
            unit.base, value * unit.factor, value * unit.factor, 0, 0, unit.system, size=unit.factor
        )
        for unit in found
    )


def _measured_part(text: str, number: Number) -> MeasuredNumber | None:
    """Returns what a fraction is of: of a unit ("half an hour"), or a share ("half of them").

    None where it is no fraction: the third of "a third man came", the quarter of "a quarter final".
    """
    end = number.end
    if point := _OF_POINT.match(text, end):
        found = units.units_named(f"percentage {point[1].lower()}")
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
            return None
    if spoken == "half" and follows and follows not in {*_AFTER_PART, "the", "its", "his", "her"}:
        return None
    share = 100 * number.values[0]
    noun = counted_noun(text, end)
    return MeasuredNumber((Measure("%", share, share, 0, 0, "fraction"),), noun, end, end)


def _is_age_of_name(text: str, number: Number, before: str) -> bool:
    """Tells whether a number is the age behind a name: the 34 of "Mary Smith, 34, said"."""
    return (
        number.exact_to == 0
        and text[number.start].isdigit()
        and number.values[0] < _OLDEST
        and text[number.end : number.end + 1] in (",", ".", ";")
        and not text[number.end + 1 : number.end + 2].isdigit()
        and _NAME_BEFORE.search(before) is not None
    )


def _per(text: str, at: int, spoken: str, is_unit: bool) -> _Per:
    """Returns what a quantity is told for each of: "a day", "per head".

    Args:
        at: where its unit ends.
        spoken: the time that the unit has in itself, "hour" of "km/h"; or "".
        is_unit: whether it has a unit; then "a week" is a time, and no new noun.
    """
    match = None if spoken else _PER.match(text, at)
    word = spoken or (match[1].lower() if match else "")
    end = match.end() if match else at
    known = [unit for unit in units.units_named(word) if unit.base == "s"]
    if known:
        return _Per("time", known[0].factor, at, end)
    if match and (_PER_SURE.match(text, at) or (is_unit and units.units_named(word))):
        return _Per(stem(word), 1.0, at, end)
    return _Per("", 1.0, at, at)
