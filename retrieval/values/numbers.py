"""Text -> the numbers in it, in digits or words, with how exactly each is said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import text2num

# Length of a text beyond which nothing in it is read, in characters: about 20 long sentences.
MAX_CHARS = 8_000
# Spaces that separate thousands beside the plain one: no-break, figure, thin, narrow no-break.
_SPACES = "\u00a0\u2007\u2009\u202f"
_SAME = {ord(char): " " for char in _SPACES} | {ord("−"): "-", ord("‒"): "–", ord("—"): "–"}

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
_TENS = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
]  # fmt: skip
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "lakh": 1e5, "crore": 1e7, "dozen": 12.0,
}  # fmt: skip
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "tn": 1e12, "trn": 1e12}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
    "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
}  # fmt: skip
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    word + plural: value
    for word, value in _ORDINALS.items()
    if 3 <= value <= 20
    for plural in ("", "s")
}
_NAME = "|".join(
    sorted([*_UNITS, *_TENS, "hundred", "thousand", "million", "billion", "trillion"], key=len)[
        ::-1
    ]
)
_AND = "".join(rf"|(?<={scale})\s+and\s+" for scale in ("hundred", "thousand", "million"))
_CARDINAL = rf"(?:{_NAME})(?:(?:[\s-]+{_AND})(?:{_NAME})\b)*"
_CARDINAL_WORD = re.compile(rf"\b(?:(?P<one>an?)\s+(?=hundred|thousand|million|billion|trillion))?"
                            rf"(?P<run>{_CARDINAL})\b", re.I)  # fmt: skip
_DIGITS = re.compile(
    r"\d{1,3}(?P<mark>[,.'’ ])\d{3}(?:(?P=mark)\d{3})*(?:(?!(?P=mark))[.,]\d+)?(?![\d]|[,.]\d)"
    r"|\d+(?:[.,]\d+)*"
)
_PART = "|".join(sorted(_PARTS, key=len)[::-1])
_COUNT = rf"(?:{'|'.join(_UNITS[1:])}|\d{{1,3}})"
_FRACTION = re.compile(
    rf"(?:\b(?P<over>{_COUNT}|an?)[\s-]+)?\b(?P<part>{_PART})\b(?!-)"
    rf"|(?<![\d/])(?P<top>\d{{1,2}})/(?P<under>\d{{1,2}})(?![\d/])",
    re.I,
)
_ONE_IN = re.compile(
    rf"\b(?P<top>{_COUNT})\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<under>{_COUNT})\b(?!\s*(?:per|%))",
    re.I,
)
_OF_A_WHOLE = re.compile(rf"(?:\d|\b(?:{_NAME}))(?:\s+and\s+|-and-)$", re.I)
_AND_PART = re.compile(
    rf"(?:\s+and|-and)[\s-]+(?P<over>an?|{_COUNT})[\s-]+(?P<part>{_PART})\b|\s?(?P<sign>[¼-¾⅐-⅞])",
    re.I,
)
_SCALE_AFTER = re.compile(
    r"(?:[\s-]+(?P<word>hundred|thousand|million|billion|trillion|lakh|crore|dozen)\b"
    r"|\s?(?P<short>k|mn?|mln|bn|trn?|tn)\b)",
    re.I,
)
_OF_SCALE = re.compile(r"(?:\s+of)?\s+an?\s+(hundred|thousand|million|billion|dozen)\b", re.I)
_DOZEN = re.compile(r"\b(?:an?\s+)?dozen\b", re.I)
_ORDINAL_SUFFIX = re.compile(r"(?:st|nd|rd|th)\b", re.I)
_ORDINAL_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})-)?(?P<ordinal>{'|'.join(_ORDINALS)})\b", re.I
)
_MANY = re.compile(
    r"\b(?P<tens>tens\s+of\s+)?(?P<hundreds>hundreds\s+of\s+)?"
    r"(?P<many>dozens|hundreds|thousands|millions|billions)\b",
    re.I,
)
_CHEAP = re.compile(
    rf"\d|[¼-¾⅐-⅞]|\b(?:{_NAME}|dozens?|twice|{_PART}|{'|'.join(_ORDINALS)}|hundreds|thousands"
    r"|millions|billions|nought|nil|noon|midnight|sixties|seventies|eighties|nineties|decade"
    r"|fortnight|century|an? (?:second|minute|hour|day|week|month|year|mile|kilometre|metre|tonne"
    r"|kilo))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Slice:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number(Slice):
    """A number of a text.

    values: what it may mean; "1.204" is two numbers until another says which. exact_to: half of the
    last place that is written, in the same unit as the values; 0 for whole numbers and fractions.
    kind: "many" says how large something is at the least ("hundreds").
    """

    values: tuple[float, ...]
    exact_to: float
    kind: str  # cardinal, ordinal, fraction, many
    short_scale: str = ""  # "m" and "k" of digits may be another thing: metres
    written_zeros: float = 0.0  # half of the last place that is not 0, of a whole number


def plain_text(text: str) -> str:
    """The text with one kind of space, minus, dash and digit, every character in its place; the
    end of a text that is too long is left out."""
    text = text[:MAX_CHARS]
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(char)) if char.isdecimal() else char for char in text.translate(_SAME)
    )


def may_hold_value(text: str) -> bool:
    """Tells whether there is a digit or a word for a number in a text, as a quick look tells."""
    return _CHEAP.search(text) is not None


def read_numbers(text: str) -> list[Number]:
    """Numbers of a plain text, in order; none overlaps another."""
    found: list[Number] = []
    taken = bytearray(len(text))
    for reader in (_one_in, _many, _fractions, _digits, _ordinals, _words, _dozens):
        for number in reader(text):
            if not any(taken[number.start : number.end]):
                taken[number.start : number.end] = b"\1" * (number.end - number.start)
                found.append(number)
    return sorted(found, key=lambda number: number.start)


def _one_in(text: str) -> list[Number]:
    found = []
    for match in _ONE_IN.finditer(text):
        top, under = _small_number(match["top"]), _small_number(match["under"])
        if 0 < top < under:
            found.append(Number(*match.span(), (top / under,), 0, "fraction"))
    return found


def _many(text: str) -> list[Number]:
    found = []
    for match in _MANY.finditer(text):
        least = SCALES[match["many"].lower()[:-1]]
        least *= (10 if match["tens"] else 1) * (100 if match["hundreds"] else 1)
        found.append(Number(*match.span(), (least,), 0, "many"))
    return found


def _fractions(text: str) -> list[Number]:
    found = []
    for match in _FRACTION.finditer(text):
        if match["top"]:
            top, under = float(match["top"]), float(match["under"])
            if not 0 < top < under:
                continue
        else:
            word, over = match["part"].lower(), match["over"]
            bare = over is None and word not in ("half", "halves")
            if bare or _OF_A_WHOLE.search(text, max(0, match.start() - 24), match.start()):
                continue  # the third of May; the half of "two and a half"
            if over and over.lower() not in ("a", "an", "one", "1") and word[-1] != "s":
                continue  # two third places
            top, under = _small_number(over) if over else 1.0, float(_PARTS[word])
        value, end, kind = top / under, match.end(), "fraction"
        if scale := _OF_SCALE.match(text, end):  # half a million
            value, end, kind = value * SCALES[scale[1].lower()], scale.end(), "cardinal"
        found.append(Number(match.start(), end, (value,), 0, kind))
    return found


def _digits(text: str) -> list[Number]:
    found = []
    for match in _DIGITS.finditer(text):
        values, decimals = _values_of_digits(match.group())
        if not values:
            continue
        if (ordinal := _ORDINAL_SUFFIX.match(text, match.end())) and decimals == 0:
            found.append(Number(match.start(), ordinal.end(), values, 0, "ordinal"))
            continue
        found.append(_scaled(text, match.start(), match.end(), values, decimals))
    return found


def _scaled(text: str, start: int, end: int, values: tuple[float, ...], decimals: int) -> Number:
    """The number with the "and a half" and the scale that follow it."""
    half_place, short = (0.5 * 10.0**-decimals if decimals else 0.0), ""
    if part := _AND_PART.match(text, end):
        more = unicodedata.numeric(part["sign"]) if part["sign"] else (
            _small_number(part["over"]) / _PARTS[part["part"].lower()]
        )  # fmt: skip
        if more < 1:
            half_place = 0.05
            values, end = tuple(value + more for value in values), part.end()
    if scale := _SCALE_AFTER.match(text, end):
        word = (scale["word"] or "").lower()
        short = (scale["short"] or "").lower()
        times = SCALES[word] if word else _SHORT_SCALES.get(short, 1.0)
        if word:
            # 1.500 million is 1.5 million, never 1500 million.
            values, end = tuple(value * times for value in values[:1]), scale.end()
            half_place = (half_place or 0.5) * times if word not in ("dozen", "hundred") else 0
        elif short in ("bn", "tn", "trn", "mn", "mln"):
            values, end, short = tuple(v * times for v in values[:1]), scale.end(), ""
            half_place = (half_place or 0.5) * times
        elif text[end].isspace():
            short = ""  # 5 m are metres; of "5m" the unit and the noun tell
    if end and half_place == 0.05 and values[0] < SCALES["thousand"] and not decimals:
        half_place = 0.0  # two and a half hours are no rounding
    zeros = 0.0
    if not half_place and values[0] and values[0] == int(values[0]):
        digits = str(int(values[0]))
        zeros = 0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0")))
    return Number(start, end, values, half_place, "cardinal", short, zeros)


def scale_of_suffix(short: str) -> float:
    return _SHORT_SCALES[short]


def _ordinals(text: str) -> list[Number]:
    found = []
    for match in _ORDINAL_WORD.finditer(text):
        value = float(_ORDINALS[match["ordinal"].lower()])
        if match["tens"]:
            value += 20 + 10 * _TENS.index(match["tens"].lower())
        found.append(Number(*match.span(), (value,), 0, "ordinal"))
    return found


def _words(text: str) -> list[Number]:
    found = []
    for match in _CARDINAL_WORD.finditer(text):
        value = _value_of_words(match["run"].lower())
        if value is not None:
            found.append(_scaled(text, match.start(), match.end(), (value,), 0))
    return found


def _dozens(text: str) -> list[Number]:
    return [Number(*match.span(), (12.0,), 0, "cardinal") for match in _DOZEN.finditer(text)]


@lru_cache(maxsize=4096)
def _value_of_words(run: str) -> float | None:
    words = re.sub(r"[\s-]+", " ", run)
    if words.split()[0] in ("hundred", "thousand", "million", "billion", "trillion"):
        words = f"one {words}"
    try:
        return float(text2num(words, "en"))
    except ValueError:
        return None  # twenty twenty


def _small_number(word: str) -> float:
    word = word.lower()
    if word in ("a", "an"):
        return 1.0
    return float(word) if word.isdigit() else float(_UNITS.index(word))


def _values_of_digits(digits: str) -> tuple[tuple[float, ...], int]:
    """What digits and their marks may mean, the likelier first, and the number of decimals."""
    if len(digits) > 18:
        return (), 0
    if digits.isdigit():
        return (float(digits),), 0
    grouped = re.fullmatch(r"\d{1,3}(?:([,.'’ ])\d{3})(?:\1\d{3})*(?:([.,])(\d+))?", digits)
    if grouped and digits[0] != "0":
        mark, point, decimals = grouped[1], grouped[2], grouped[3] or ""
        whole = digits[: grouped.start(2)] if point else digits
        value = float(re.sub(r"\D", "", whole) + (f".{decimals}" if decimals else ""))
        if mark == "." and not point and digits.count(".") == 1:
            return (float(digits), value), 3  # 1.204: of the two what English means comes first
        return (value,), len(decimals)
    if re.fullmatch(r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?", digits):  # 12,50,000: lakhs
        whole, _, decimals = digits.partition(".")
        return (float(digits.replace(",", "")),), len(decimals)
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return (float(digits.replace(",", ".")),), len(re.split("[.,]", digits)[1])
    return (), 0  # 3.11.2 is a version
