"""Text -> its quantities: numbers with unit or noun, and what the words around make of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.values import units
from retrieval.values.compounds import compounds_joined
from retrieval.values.dates import AUXILIARIES
from retrieval.values.nouns import WORD, counted_noun, noun_end, stem
from retrieval.values.numbers import Number, Slice, read_numbers, scale_of_suffix
from retrieval.values.quantity import DEGREES_APART, NO_BOUND, Bound, Measure, Quantity
from retrieval.values.ranges import ranges_joined
from retrieval.values.words import NO_NAMES

_BOUNDS: tuple[tuple[re.Pattern[str], Bound], ...] = tuple(
    (re.compile(rf"(?:^|(?<![\w-]))(?:{words})\s+$", re.I), bound)  # type: ignore[misc]
    for words, bound in (
        (r"just over|(?:a little|slightly|a bit|barely) (?:more than|over|above)", "~>"),
        (r"just (?:under|below|short of)|(?:a little|slightly|a bit) (?:less than|under|below)"
         r"|almost|nearly|close to|approaching|not quite", "~<"),
        (r"at most|up to|a maximum of|not exceeding"
         r"|(?:no|not|never) (?:more|greater|higher|longer|larger|later|older|bigger) than", "<="),
        (r"at least|a minimum of|not under"
         r"|(?:no|not|never) (?:fewer|less|lower|shorter|smaller|younger) than", ">="),
        (r"(?:more|greater|higher|longer|larger|bigger|older|taller|heavier|faster) than|over|above"
         r"|exceed(?:ing|ed|s)?|upwards of|in excess of|well over", ">"),
        (r"(?:fewer|less|lower|shorter|smaller|younger|lighter|slower) than|under|below|well under",
         "<"),
        (r"about|around|roughly|approximately|some|an estimated|an average of|circa|ca?\.|or so",
         "~"),
    )
)  # fmt: skip
_BOUND_AFTER = re.compile(
    r"\s+or\s+(?P<more>more|over|above)\b|\s+or\s+(?:fewer|less|under)\b", re.I
)
_LOOK_BACK = 40  # characters in front of a number that are searched for a bound
_PLUS_AFTER = re.compile(r"\+(?!\d)")
_UNIT = re.compile(
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
_SIGN = re.compile(r"(?:\b(?:US|A|AU|C|CA|NZ|HK|S|R))?[$£€¥₹₽₺₩₦₴₪₫₸₾₼]\s?$|\b[A-Z]{3}\s?$")
_NEGATIVE = re.compile(r"(?:(?:^|[\s(])-|\bminus\s+)$", re.I)
_LITERAL_BEFORE = re.compile(
    r"(?:[A-Za-z]|[A-Za-z]-|#|\bno\.?\s?|\bnumber\s|[A-Z][\w’'.&-]*\s"
    r"|\b(?:article|section|chapter|page|room|flight|route|road|channel|item|line|gate|platform|bus"
    r"|class|grade|version|model|phase|group|district|ward|zone|sector|highway|junction|paragraph"
    r"|verse|figure|table|step|round|mark|block|lot|flat|resolution|category|form|type|level)\s)$"
)
_CAPITAL = re.compile(r"([A-Z][\w’'.&-]*)[\s]$")
_IN_PLACE = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear)\s[A-Z][\w’'-]*,?\s$")
_NO_UNIT = set("ABDEGHIJNOPQRSTUXYZ")
_PHONE = re.compile(r"(?:\+\d{1,3}|\b0\d*)(?:[\s-]\(?\d{2,5}\)?){2,}")
_SCORE_GAP = re.compile(r"\s?[-–]\s?|\s+to\s+", re.I)
# Words after "5m" that say how far, not how many.
_FAR = {"high", "long", "wide", "deep", "tall", "thick", "away", "across", "below", "above", "from",
        "of", "in", "to", "and", "or", "sprint", "race", "run", "hurdles"}  # fmt: skip
# One of these between "one" or "a" and a unit is a length: "for an hour", "one day".
_OF_UNIT = re.compile(r"(?:\s+of)?\s+an?\s+(?=[^\W\d_])|-(?=hour|mile)")
_OF_POINT = re.compile(r"(?:\s+of)?(?:\s+an?)?\s+(percentage point)\b", re.I)
_SPAN_BEFORE = re.compile(
    r"\b(?:in|for|took|takes|take|lasted|lasts|last|within|about|over|under|nearly|almost|than|after)"
    r"\s+(?=an?\s)(?P<article>an?)\s+(?P<unit>second|minute|hour|day|week|month|year|mile"
    r"|kilometre|metre|tonne|kilo)\b(?!-)|(?P<alone>\ba)\s+(?P<set>fortnight|decade|century)\b",
    re.I,
)


# Measures, noun, what it is told per and where, the end of the unit, the end of number and scale.
_Unit = tuple[tuple[Measure, ...], str, tuple[str, tuple[int, int]], int, int]
_NO_PER = ("", (0, 0))


def read_quantities(text: str, taken: Sequence[Slice]) -> list[Quantity]:
    """Quantities of a plain text, in order.

    Args:
        taken: dates and times of day; a number in one of them is none of these.
    """
    covered = bytearray(len(text))
    for one in taken:
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    for phone in _PHONE.finditer(text):
        if len(re.sub(r"\D", "", phone.group())) >= 9:
            covered[phone.start() : phone.end()] = b"\1" * len(phone.group())
    numbers = [one for one in read_numbers(text) if not any(covered[one.start : one.end])]
    numbers = list(_without_scores(text, numbers))
    found = [read for number in numbers if (read := _quantity(text, number)) is not None]
    for match in _SPAN_BEFORE.finditer(text):
        found += _article_as_one(text, match, covered)
    found.sort(key=lambda one: one.number_start)
    return ranges_joined(text, compounds_joined(text, _apart(found)))


def _apart(found: list[Quantity]) -> list[Quantity]:
    kept: list[Quantity] = []
    for one in found:
        if not kept or one.number_start >= kept[-1].end:
            kept.append(one)
    return kept


def _without_scores(text: str, numbers: list[Number]) -> Iterator[Number]:
    """Leaves out "3-1" and "2 to 1": no range goes down, and none of bare digits stands alone."""
    left_out: set[int] = set()
    for at, (one, other) in enumerate(itertools.pairwise(numbers)):
        if not _SCORE_GAP.fullmatch(text, one.end, other.start) or one.kind != "cardinal":
            continue
        if text[: one.start].lower().endswith("from "):
            continue  # fell from 15 to 12
        falls = one.values[0] >= other.values[0] and other.kind == "cardinal"
        # The 20 of "20-3 million" is larger than the 3, but not than 3 million.
        hyphen = "to" not in text[one.end : other.start].lower()
        bare = hyphen and other.values[0] < 100 and not _unit_or_noun(text, other)
        if falls or bare:
            left_out |= {at, at + 1}
    yield from (one for at, one in enumerate(numbers) if at not in left_out)


def _unit_or_noun(text: str, number: Number) -> bool:
    word = _UNIT.match(text, number.end)
    if word is None:
        return False
    return bool(word["percent"]) or bool(counted_noun(text, number.end)) or number.exact_to > 0


def _quantity(text: str, number: Number) -> Quantity | None:  # noqa: C901
    start, end = number.start, number.end
    before = text[max(0, start - _LOOK_BACK) : start]
    if _is_literal(text, number, before):
        return None
    first = start
    bound: Bound = NO_BOUND
    sign = _SIGN.search(before)
    money = _money(sign.group().strip()) if sign else None
    head = before
    if sign and money:
        first, head = start - len(sign.group()), before[: sign.start()]
    negative = _NEGATIVE.search(head)
    if negative and number.kind == "cardinal":
        first -= len(head) - negative.start() - (head[negative.start()] in " (")
        head = head[: negative.start() + (head[negative.start()] in " (")]
    value_start = first
    for form, what in _BOUNDS:
        if cue := form.search(head):
            bound, first = what, first - (len(head) - cue.start())
            break
    if number.kind == "many":
        bound = "many"
    if number.kind == "ordinal":
        return _ordinal(text, number)
    if text[start:end].lower() in ("one", "a", "an") and not _measures(text, number, money)[0]:
        return None  # one of us
    measures, noun, (per, per_slice), reach, end = _read_unit(text, number, money)
    if not measures:
        return None
    written = number.values[0]
    if number.short_scale and end > number.end:
        written *= scale_of_suffix(number.short_scale)
    if negative and number.kind == "cardinal":
        measures = tuple(replace(one, low=-one.low, high=-one.high) for one in measures)
    after = _BOUND_AFTER.match(text, reach) or _BOUND_AFTER.match(text, end)
    if after:
        reach = after.end()
        bound = ">=" if after["more"] else "<="
    elif _PLUS_AFTER.match(text, end):
        bound = ">="
    return Quantity(
        first,
        end,
        max(reach, end),
        start,
        measures,
        noun,
        bound,
        per,
        written,
        per_slice,
        value_start,
    )


def _money(sign: str) -> units.Unit | None:
    """The currency of "$", "US$" or "NOK"."""
    if sign[-1] in units.CURRENCY_SIGNS:
        return units.sign(sign)
    return units.currency(sign.lower())


def _is_literal(text: str, number: Number, before: str) -> bool:
    """Whether a number is part of a name: Boeing 747, Article 50, G20, Covid-19."""
    digits = text[number.start].isdigit()
    if number.kind in ("ordinal", "fraction", "many"):
        return False
    if digits and before and before[-1].isalnum():
        return True
    after = text[number.end : number.end + 12]
    glued = re.match(r"[^\W\d_]+", after)
    if digits and glued and glued[0] in _NO_UNIT:
        return True  # 5G, 3D
    if digits and glued and not number.short_scale and not units.units(glued[0].lower(), True):
        return not re.match(r"[CF]\b|km|kmh|kph|mph|mps|year", glued[0])
    if not _LITERAL_BEFORE.search(before):
        return False
    if before.endswith(("#", ". ")) and not re.search(r"\bno\.\s$", before, re.I):
        return before.endswith("#")
    if _IN_PLACE.search(before) and counted_noun(text, number.end):
        return False  # in Oria 40 people died
    capital = _CAPITAL.search(before)
    if capital and re.search("['’]s$", capital[1]):
        return False  # to Mr Berg's 20,200
    if capital and (
        capital[1].lower() in NO_NAMES or _measures(text, number, None)[0] or _SIGN.search(before)
    ):
        return False
    if capital and not digits:
        return False  # Turkey sent; England two
    return digits or not (before[-1:] == "-" and before[-2:-1].islower())


def _ordinal(text: str, number: Number) -> Quantity:
    noun = counted_noun(text, number.end)
    value = number.values[0]
    measure = Measure("th", value, value, 0, 0)
    return Quantity(
        number.start,
        number.end,
        number.end,
        number.start,
        (measure,),
        noun,
        NO_BOUND,
        "",
        value,
        value_start=number.start,
    )


def _measures(
    text: str, number: Number, money: units.Unit | None
) -> tuple[tuple[units.Unit, ...], int]:
    """The units that a number may have, and where they end."""
    if money:
        return (money,), number.end
    match = _UNIT.match(text, number.end)
    if match is None:
        return (), number.end
    glued = not match["gap"]
    if match["percent"]:
        return units.units(match["percent"].lower()), match.end()
    if kind := match["degree"] or match["scale"] or match["glued_degree"]:
        fahrenheit = kind[0].lower() == "f"
        return (units.Unit("degree", 1.0, "F" if fahrenheit else "C"),), match.end()
    if match["sign"]:
        sign = units.sign(match["sign"])
        return ((sign,) if sign else ()), match.end()
    if match["speed"]:
        return units.units(_SPEEDS[match["speed"]][0]), match.end()
    if match["two"]:
        return units.units(" ".join(match["two"].lower().split())), match.end()
    if match["coin"]:
        unit = units.currency(match["coin"].lower(), match["variety"])
        return ((unit,) if unit else ()), match.end()
    word = (match["one"] or "").lower()
    if word == "years" and _OLD.match(text, number.end):
        return (), number.end
    if match["gap"] == " " and word in _SHORT_UNITS and text[number.end - 1].isdigit():
        glued = True  # 500 g
    if word == "m" and glued and _HOURS_BEFORE.search(text, 0, number.start):
        word = "min"  # 2h 50m
    return units.units(word, glued), match.end()


def _read_unit(text: str, number: Number, money: units.Unit | None) -> _Unit:
    """What stands after a number, or before it: its unit, its noun, what it is per."""
    start, end = number.start, number.end
    values, exact_to, zeros = number.values, number.exact_to, number.written_zeros
    before = text[max(0, start - _LOOK_BACK) : start]
    old = _OLD.match(text, end)
    if old or _AGED.search(before) or _is_age_of_name(text, number, before):
        years = {"month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}
        times = years.get((old[1] or "").lower(), 1.0) if old else 1.0
        age = tuple(Measure("age", v * times, v * times, exact_to * times, 0) for v in values)
        return age, "", _NO_PER, old.end() if old else end, end
    if number.short_scale in ("k", "m"):
        word = WORD.match(text, end + 1)
        noun = word[1].lower() if word else ""
        many = noun and noun not in _FAR and (noun.endswith("s") or stem(noun) in ("peopl", "men"))
        if money or (many or (number.short_scale == "m" and units.currency(noun))):
            times = scale_of_suffix(number.short_scale)
            end += 1
            values = tuple(value * times for value in values[:1])
            exact_to, zeros = (exact_to or 0.5) * times, 0.0
        elif number.short_scale == "k":
            return (), "", _NO_PER, end, end
    scaled = Number(start, end, values, exact_to, number.kind)
    if number.kind == "fraction":
        return _part_of(text, scaled)
    found, reach = _measures(text, scaled, money)
    per_unit = _SPEEDS.get(text[end:reach].strip(" -").lower(), ("", ""))[1]
    unit_end = reach
    per, per_factor, reach = _per(text, reach, per_unit, bool(found))
    told_per = (per, (unit_end, reach))
    if not found:
        after = _BOUND_AFTER.match(text, end)
        noun_at = after.end() if after else end
        noun = counted_noun(text, noun_at)
        if noun:
            at = noun_end(text, noun_at)
            per, per_factor, per_end = _per(text, at, "", False)
            told_per = (per, (at, per_end))
        size = 1 / per_factor
        counts = tuple(
            Measure("", v * size, v * size, exact_to * size, zeros * size, size=size)
            for v in values
        )
        return counts, noun, told_per, end, end
    measures = []
    for unit in found:
        times = unit.factor / per_factor
        for value in values:
            base, low = unit.base, value * times
            if base == "degree":
                base, low = _degrees(value, unit.system, before, text[reach : reach + _LOOK_BACK])
            measures.append(
                Measure(
                    base,
                    low,
                    low,
                    exact_to * times,
                    zeros * times,
                    unit.system,
                    unit.variety,
                    times,
                )
            )
    percent = re.match(r"\s*(?:%|percent\b|per cent\b)", text[end:reach], re.I)
    span_end = reach if percent and not per else end
    noun = counted_noun(text, reach) if percent else ""
    return tuple(measures), noun, told_per, reach, span_end


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


def _of_units(found: tuple[units.Unit, ...], value: float) -> tuple[Measure, ...]:
    return tuple(
        Measure(u.base, value * u.factor, value * u.factor, 0, 0, u.system, size=u.factor)
        for u in found
    )


def _part_of(text: str, number: Number) -> _Unit:
    """A fraction of a unit ("half an hour") or of what is not told here ("half of them")."""
    end = number.end
    if point := _OF_POINT.match(text, end):
        found = units.units(point[1].lower())
        return _of_units(found, number.values[0]), "", _NO_PER, point.end(), end
    of_unit = _OF_UNIT.match(text, end)
    if of_unit and (word := WORD.match(text, of_unit.end())):
        found = units.units(word[1].lower())
        if found:
            return _of_units(found, number.values[0]), "", _NO_PER, word.end(), end
    word = WORD.match(text, end)
    follows = word[1].lower() if word else ""
    spoken = text[number.start : end].lower()
    if spoken.startswith(("a ", "an ", "one ")) and " in " not in spoken and follows:
        told = follows in _AFTER_PART or stem(follows) in AUXILIARIES
        if not told:
            return (), "", _NO_PER, end, end  # a third man came; a quarter final
    if spoken == "half" and follows and follows not in {*_AFTER_PART, "the", "its", "his", "her"}:
        return (), "", _NO_PER, end, end
    share = 100 * number.values[0]
    noun = counted_noun(text, end)
    return (Measure("%", share, share, 0, 0, "fraction"),), noun, _NO_PER, end, end


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


def _per(text: str, at: int, spoken: str, is_unit: bool) -> tuple[str, float, int]:
    """What a quantity is told for each of: "a day", "per head"; times come down to a second."""
    match = None if spoken else _PER.match(text, at)
    word = spoken or (match[1].lower() if match else "")
    if not word:
        return "", 1.0, at
    known = [unit for unit in units.units(word) if unit.base == "s"]
    reach = match.end() if match else at
    if known:
        return "time", known[0].factor, reach
    if match and (_PER_SURE.match(text, at) or (is_unit and units.units(word))):
        return stem(word), 1.0, reach
    return "", 1.0, at


def _article_as_one(text: str, match: re.Match[str], covered: bytearray) -> list[Quantity]:
    start = match.start("article") if match["article"] else match.start("alone")
    word = match["unit"] or match["set"]
    found = units.units(word.lower())
    if not found or any(covered[start : match.end()]):
        return []
    measures = _of_units(found, 1.0)
    bound: Bound = NO_BOUND
    before, first = text[max(0, start - _LOOK_BACK) : start], start
    for form, what in _BOUNDS:
        if cue := form.search(before):
            bound, first = what, start - (len(before) - cue.start())
            break
    return [
        Quantity(
            first, match.end(), match.end(), start, measures, "", bound, "", 1.0, value_start=start
        )
    ]
