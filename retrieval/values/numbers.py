"""Text -> the numbers in it, in digits or words, with how exactly each is said.

The first step of reading: quantities.py makes quantities of the numbers. A number may mean several
things ("1.204", "5m"); what stands around it decides later.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from text_to_num import text2num

from retrieval.values.digits import DIGITS, values_of_digits
from retrieval.values.numerals import (
    ORDINALS,
    PARTS,
    SCALES,
    SHORT_SCALE,
    SHORT_SCALES,
    SMALL_NUMBERS,
    TENS,
    WORD_SCALES,
)
from retrieval.values.slices import Slice

# A word of a cardinal number, the longest first.
_NAME = "|".join(sorted([*SMALL_NUMBERS, *TENS, *WORD_SCALES], key=len)[::-1])
# The "and" in a number in words: "two hundred[ and ]four".
_AND = "".join(rf"|(?<={scale})\s+and\s+" for scale in ("hundred", "thousand", "million"))
# A cardinal number in words: "[two hundred and four]".
_CARDINAL = rf"(?:{_NAME})(?:(?:[\s-]+{_AND})(?:{_NAME})\b)*"
# The same in a text, or behind an article: "[a million]".
_CARDINAL_WORD = re.compile(rf"\b(?:(?P<one>an?)\s+(?={'|'.join(WORD_SCALES)}))?"
                            rf"(?P<run>{_CARDINAL})\b", re.I)  # fmt: skip
# A word for a part of a whole, the longest first.
_PART = "|".join(sorted(PARTS, key=len)[::-1])
# How many of them: "[two] thirds".
_COUNT = rf"(?:{'|'.join(SMALL_NUMBERS[1:])}|\d{{1,3}})"
# A fraction: "[two thirds]", "[half]", "[3/4]".
_FRACTION = re.compile(
    rf"(?:\b(?P<over>{_COUNT}|an?)[\s-]+)?\b(?P<part>{_PART})\b(?!-(?!an?-))"
    rf"|(?<![\d/])(?P<top>\d{{1,2}})/(?P<under>\d{{1,2}})(?![\d/])",
    re.I,
)
# A share told by two numbers: "[one in ten]", "[3 out of every 5]", "[2 in 1,000]".
_ONE_IN = re.compile(
    rf"\b(?P<top>{_COUNT})\s+(?:in|out\s+of)\s+(?:every\s+)?"
    rf"(?P<under>10{{0,2}},000|{'|'.join(TENS)}|{_COUNT})\b(?!,\d|-|\s*(?:per|%))"
    rf"(?!\s+(?:hundred|thousand|million|billion|trillion|{'|'.join(SMALL_NUMBERS[1:10])})\b)",
    re.I,
)
# Before a fraction that a number has with it: "[two and ]a half".
_WHOLE_BEFORE = re.compile(rf"(?:\d|\b(?:{_NAME}))(?:\s+and\s+|-and-)$", re.I)
# Behind a number, a fraction that belongs to it: "two[ and a half]", "2[½]".
_AND_PART = re.compile(
    rf"(?:\s+and|-and)[\s-]+(?P<over>an?|{_COUNT})[\s-]+(?P<part>{_PART})\b|\s?(?P<sign>[¼-¾⅐-⅞])",
    re.I,
)
# How exactly "two and a half" is said, as though it were "2.5".
_HALF_PLACE_OF_PART = 0.05
# Behind a number, its scale: "5[ million]", "5[bn]".
_SCALE_AFTER = re.compile(
    r"(?:[\s-]+(?P<word>hundred|thousand|million|billion|trillion|dozen|lakhs?\s+crores?|lakhs?"
    r"|crores?)\b"
    rf"|\s?(?P<short>{SHORT_SCALE})\b)",
    re.I,
)
# Behind a fraction, what it is of: "half[ a million]", "half[-a-dozen]".
_OF_SCALE = re.compile(r"(?:\s+of)?[\s-]+an?[\s-]+(hundred|thousand|million|billion|dozen)\b", re.I)
# "[a dozen]"
_DOZEN = re.compile(r"\b(?:an?\s+)?dozen\b", re.I)
# Behind digits that are an ordinal: "21[st]"; no "12st", which is a weight.
_ORDINAL_SUFFIX = re.compile(r"(?:(?<=1)(?<!11)st|(?<=2)(?<!12)nd|(?<=3)(?<!13)rd|th)\b", re.I)
# An ordinal in words: "[twenty-first]".
_ORDINAL_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(TENS)})-)?(?P<ordinal>{'|'.join(ORDINALS)})\b", re.I
)
# A number that is only said to be large: "[tens of thousands]", "[dozens]", "[several hundred]".
_MANY = re.compile(
    r"\b(?P<tens>tens\s+of\s+)?(?P<hundreds>hundreds\s+of\s+)?"
    r"(?P<many>dozens|hundreds|thousands|millions|billions)\b"
    r"|\b(?:several|(?:quite )?a few|few|many|a couple of|a good many)[\s-]+"
    r"(?P<several>dozen|hundred|thousand|million|billion|lakh|crore)\b",
    re.I,
)
# What a number is: "90", "90th", "half", "dozens".
Kind = Literal["cardinal", "ordinal", "fraction", "many"]
# Anything that may be a value, for a quick look before a text is read.
_ANY_VALUE = re.compile(
    rf"\d|[¼-¾⅐-⅞]|\b(?:{_NAME}|dozens?|twice|{_PART}|{'|'.join(ORDINALS)}|hundreds|thousands"
    r"|millions|billions|nought|nil|noon|midnight|\w{3,6}ties|teens|decade"
    r"|fortnight|century|an? (?:second|minute|hour|day|week|month|year|mile|kilometre|metre|tonne"
    r"|kilo))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Number(Slice):
    """A number of a text, with its scale: 4,300,000 of "4.3 million".

    values: what it may mean, the likelier first; "1.204" may be 1.204 and 1,204.
    exact_to: half of the last place that is written, 50,000 here; 0 of whole numbers, fractions.
    kind: "many" tells how large something is at the least ("hundreds").
    short_scale: the "m" or "k" behind the digits, which is not in the values: it may mean metres.
    written_zeros: half of the last place that is not 0, of a whole number: 500 of "4,000".
    """

    values: tuple[float, ...]
    exact_to: float
    kind: Kind
    short_scale: str = ""
    written_zeros: float = 0.0


def may_hold_value(text: str) -> bool:
    """Tells whether a text has a digit or a word for a number or time, at a quick look."""
    return _ANY_VALUE.search(text) is not None


def read_numbers(text: str) -> list[Number]:
    """Returns the numbers of a plain text, in order; none overlaps another.

    The readers come in the order of their right to a place: "one in ten" goes before "one".
    """
    found: list[Number] = []
    taken = bytearray(len(text))
    for reader in (_one_in, _many, _fractions, _digits, _ordinals, _words, _dozens):
        for number in reader(text):
            if not any(taken[number.start : number.end]):
                taken[number.start : number.end] = b"\1" * (number.end - number.start)
                found.append(number)
    return sorted(found, key=lambda number: number.start)


def _one_in(text: str) -> list[Number]:
    """Returns the shares told by two numbers: 0.1, of "one in ten"."""
    found = []
    for match in _ONE_IN.finditer(text):
        top, under = _small_number(match["top"]), _small_number(match["under"])
        if 0 < top < under:
            found.append(Number(*match.span(), (top / under,), 0, "fraction"))
    return found


def _many(text: str) -> list[Number]:
    """Returns the numbers that are only said to be large: 10,000, of "tens of thousands"."""
    found = []
    for match in _MANY.finditer(text):
        word = match["several"] or match["many"][:-1]
        least = SCALES[word.lower()]
        least *= (10 if match["tens"] else 1) * (100 if match["hundreds"] else 1)
        found.append(Number(*match.span(), (least,), 0, "many"))
    return found


def _fractions(text: str) -> list[Number]:
    """Returns the fractions: 0.75, of "three quarters"; 500,000, of "half a million"."""
    found = []
    for match in _FRACTION.finditer(text):
        if match["top"]:
            top, under = float(match["top"]), float(match["under"])
            if not 0 < top < under:
                continue
        else:
            word, over = match["part"].lower(), match["over"]
            bare = over is None and word not in ("half", "halves")
            if bare or _WHOLE_BEFORE.search(text, max(0, match.start() - 24), match.start()):
                continue  # "the third of May"; the half of "two and a half"
            if over and over.lower() not in ("a", "an", "one", "1") and word[-1] != "s":
                continue  # "two third places"
            top, under = _small_number(over) if over else 1.0, float(PARTS[word])
        part, end = top / under, match.end()
        if scale := _OF_SCALE.match(text, end):
            value = part * SCALES[scale[1].lower()]
            found.append(Number(match.start(), scale.end(), (value,), 0, "cardinal"))
        else:
            found.append(Number(match.start(), end, (part,), 0, "fraction"))
    return found


def _digits(text: str) -> list[Number]:
    """Returns the numbers in digits, with their scales: 1,204, of "1,204"; 21, of "21st"."""
    found = []
    for match in DIGITS.finditer(text):
        values, decimals = values_of_digits(match.group())
        if not values:
            continue
        if (ordinal := _ORDINAL_SUFFIX.match(text, match.end())) and decimals == 0:
            found.append(Number(match.start(), ordinal.end(), values, 0, "ordinal"))
            continue
        found.append(_scaled(text, match.start(), match.end(), values, decimals))
    return found


def _scaled(text: str, start: int, end: int, values: tuple[float, ...], decimals: int) -> Number:
    """Returns a number with the "and a half" and the scale that follow it: "2½", "5 million".

    Args:
        values: what the digits or words before may mean.
        decimals: how many decimals they have.
    """
    half_place, short = (0.5 * 10.0**-decimals if decimals else 0.0), ""
    if part := _AND_PART.match(text, end):
        more = unicodedata.numeric(part["sign"]) if part["sign"] else (
            _small_number(part["over"]) / PARTS[part["part"].lower()]
        )  # fmt: skip
        if more < 1:
            half_place = _HALF_PLACE_OF_PART
            values, end = tuple(value + more for value in values), part.end()
    if scale := _SCALE_AFTER.match(text, end):
        word = " ".join(re.sub(r"s\b", "", (scale["word"] or "").lower()).split())
        short = (scale["short"] or "").lower()
        times = SCALES[word] if word else SHORT_SCALES[short]
        if word:
            # "1.500 million" is 1.5 million, never 1,500 million.
            values, end = tuple(value * times for value in values[:1]), scale.end()
            half_place = (half_place or 0.5) * times if word not in ("dozen", "hundred") else 0
        elif short not in ("k", "m"):
            values, end, short = tuple(value * times for value in values[:1]), scale.end(), ""
            half_place = (half_place or 0.5) * times
        elif text[end].isspace() and start and unicodedata.category(text[start - 1]) == "Sc":
            # "$5 m" is money
            values, end, short = tuple(value * times for value in values[:1]), scale.end(), ""
            half_place = (half_place or 0.5) * times
        elif text[end].isspace():
            short = ""  # "5 m" are metres; of "5m" the unit and the noun tell
    if half_place == _HALF_PLACE_OF_PART and values[0] < SCALES["thousand"] and not decimals:
        half_place = 0.0  # "two and a half" is exact, "two and a half million" is not
    zeros = 0.0
    if not half_place and values[0] and values[0] == int(values[0]):
        digits = str(int(values[0]))
        zeros = 0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0")))
    return Number(start, end, values, half_place, "cardinal", short, zeros)


def _ordinals(text: str) -> list[Number]:
    """Returns the ordinals in words: 21, of "twenty-first"."""
    found = []
    for match in _ORDINAL_WORD.finditer(text):
        value = float(ORDINALS[match["ordinal"].lower()])
        if match["tens"]:
            value += 20 + 10 * TENS.index(match["tens"].lower())
        found.append(Number(*match.span(), (value,), 0, "ordinal"))
    return found


def _words(text: str) -> list[Number]:
    """Returns the numbers in words, with their scales: 204, of "two hundred and four"."""
    found = []
    for match in _CARDINAL_WORD.finditer(text):
        value = _value_of_words(match["run"].lower())
        if value is not None:
            found.append(_scaled(text, match.start(), match.end(), (value,), 0))
    return found


def _dozens(text: str) -> list[Number]:
    """Returns a 12 for each "dozen"."""
    return [Number(*match.span(), (12.0,), 0, "cardinal") for match in _DOZEN.finditer(text)]


@lru_cache(maxsize=4096)
def _value_of_words(run: str) -> float | None:
    """Returns the number that words in lower case name; None of "twenty twenty"."""
    words = re.sub(r"[\s-]+", " ", run)
    if words.split()[0] in WORD_SCALES:
        words = f"one {words}"
    try:
        return float(text2num(words, "en"))
    except ValueError:
        return None


def _small_number(word: str) -> float:
    """Returns the number of "a", "three", "thirty", "30" or "1,000"."""
    word = word.lower().replace(",", "")
    if word in ("a", "an"):
        return 1.0
    if word in TENS:
        return 20.0 + 10 * TENS.index(word)
    return float(word) if word.isdigit() else float(SMALL_NUMBERS.index(word))
