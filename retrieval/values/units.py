"""Word behind a number -> the units that it may name, as multiples of a base unit.

pint knows how large units are, Babel what currencies are called. To add a unit, write pint's name
of it and its written forms into `_PHYSICAL` (and its name into `_IMPERIAL`, if it is one), and a
case into tests/retrieval/values/cases.jsonl. To add a currency, see `_SYMBOLS` and `_NICKNAMES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

# pint's name of a unit -> its written forms beside that name and its plural in -s, in lower case.
# Only these words are units: pint alone would take "at" for attotonnes. Lengths stand before their
# squares and cubes, whose "square" and "sq" forms are made of theirs.
_PHYSICAL = {
    "second": "sec secs s", "minute": "min mins", "hour": "hr hrs h", "day": "", "week": "wk wks",
    "fortnight": "", "month": "", "year": "yr yrs", "decade": "", "century": "centuries",
    "millimeter": "mm millimetre millimetres", "centimeter": "cm centimetre centimetres",
    "meter": "m metre metres", "kilometer": "km kms kilometre kilometres",
    "inch": "in inches", "foot": "ft feet", "yard": "yd yds", "mile": "mi",
    "nautical_mile": "nm",
    "milligram": "mg milligramme milligrammes", "microgram": "mcg µg μg",
    "gram": "g gramme grammes",
    "kilogram": "kg kgs kilo kilos kilogramme kilogrammes", "metric_ton": "tonne tonnes t",
    "ounce": "oz", "pound": "lb lbs", "stone": "st",
    "milliliter": "ml millilitre millilitres", "centiliter": "cl centilitre centilitres",
    "liter": "l litre litres", "imperial_gallon": "gallon gallons", "imperial_pint": "pint pints",
    "hectare": "ha", "acre": "", "square_meter": "m² m2 sqm", "square_kilometer": "km² km2",
    "square_mile": "", "square_foot": "ft² sqft", "cubic_meter": "m³ m3",
    "watt": "w", "kilowatt": "kw", "megawatt": "mw", "gigawatt": "gw",
    "kilowatt_hour": "kwh", "megawatt_hour": "mwh", "gigawatt_hour": "gwh",
    "terawatt_hour": "twh", "hertz": "hz", "kilohertz": "khz", "megahertz": "mhz",
    "gigahertz": "ghz", "volt": "v", "ampere": "amp amps", "byte": "",
    "kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb", "terabyte": "tb",
    "kilocalorie": "kcal", "joule": "", "kilojoule": "kj", "decibel": "db",
}  # fmt: skip
# Names of units of time whose length varies, so that they are only roughly so many days.
_CALENDAR = {"month", "year", "decade", "century"}
# Names of units of the imperial system: people convert them to metric ones roughly.
_IMPERIAL = {
    "inch", "foot", "yard", "mile", "nautical_mile", "ounce", "pound", "stone",
    "imperial_gallon", "imperial_pint", "acre", "square_mile", "square_foot",
}  # fmt: skip
# Short forms that are units only where they touch the digits: "5in", and not "5 in". Of some,
# measures.py takes "500 g" for that, too.
_ONLY_GLUED = {"s", "h", "m", "t", "l", "g", "w", "v", "in", "st", "ha", "min", "mi", "nm", "mb"}
# Words for per cent.
_PERCENT = {"%", "percent", "per cent", "pc", "pct"}
# Word for the difference of two shares -> its size in points of per cent.
_POINTS = {"percentage point": 1.0, "pp": 1.0, "basis point": 0.01, "bp": 0.01}
# Sign of a currency -> its code.
_SYMBOLS = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY",
            "₩": "KRW", "₦": "NGN", "₴": "UAH", "₪": "ILS", "₫": "VND", "₸": "KZT", "₾": "GEL",
            "₼": "AZN", "R$": "BRL", "A$": "AUD", "C$": "CAD", "NZ$": "NZD", "HK$": "HKD",
            "S$": "SGD", "US$": "USD", "AU$": "AUD", "CA$": "CAD"}  # fmt: skip
# What speakers call a currency -> the last word of Babel's name for it, or a name that stands for
# several of one kind ("krone").
_NICKNAMES = {"quid": "pound", "buck": "dollar", "crown": "krone", "krona": "krone",
              "kronor": "krone", "kroner": "krone", "koruna": "krone", "rouble": "ruble",
              "sterling": "pound", "roubles": "ruble", "yuan": "yuan", "renminbi": "yuan",
              "lire": "lira", "rs": "rupee"}  # fmt: skip
# Word for a hundredth -> the kinds of money that it may be of.
_SMALL_COINS = {"penny": ("pound",), "pence": ("pound",), "p": ("pound",),
                "cent": ("dollar", "euro"), "cents": ("dollar", "euro")}  # fmt: skip
# Word before a currency that says whose it is ("Australian dollars") -> code of that currency.
COUNTRIES = {"US": "USD", "U.S.": "USD", "American": "USD", "Australian": "AUD", "Canadian": "CAD",
              "Egyptian": "EGP", "Danish": "DKK", "Norwegian": "NOK", "Swedish": "SEK",
              "Swiss": "CHF", "Indian": "INR"}  # fmt: skip
# Last words of Babel's names of currencies that are common words, or no money.
_NOT_MONEY = {"unit", "units", "gold", "silver", "code", "currency", "account", "rights", "sol",
              "real", "won", "som", "mark", "marks", "leu", "franc's", "testing", "palladium",
              "platinum", "dong", "lev", "kip", "taka", "vatu", "tala", "pula"}  # fmt: skip
# The signs of one character.
CURRENCY_SIGNS = "".join(sign for sign in _SYMBOLS if len(sign) == 1)
# The letters before a sign: "A", of "A$".
_LETTERS_OF_SIGNS = sorted({sign[:-1] for sign in _SYMBOLS} - {""})
# The currency before a number: "[US$]5", "[NOK ]5", "[Rs. ]5".
SIGN_BEFORE = re.compile(
    rf"(?:\b(?:{'|'.join(_LETTERS_OF_SIGNS)}))?[{CURRENCY_SIGNS}]\s?$"
    r"|\b(?:[A-Z]{3}|Rs\.?)\s?$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a word may name.

    base: what is measured: pint's base unit ("s", "m", "kg"), a kind of money ("pound"), "%",
    "point" or "degree".
    factor: its size in the base unit, 1,000 of "km".
    system: "metric", "imperial", "calendar" or "clock" (times), "C" or "F" (degrees), or "".
    Quantities of two systems agree only roughly.
    variety: code of the currency, where the text says whose it is: "AUD".
    """

    base: str
    factor: float
    system: str = ""
    variety: str = ""


@cache
def _registry() -> pint.UnitRegistry[float]:
    """Returns pint's units; pint is loaded only for a text with units (0.2 s)."""
    import pint

    return pint.UnitRegistry()


@cache
def _forms() -> dict[str, str]:
    """Returns written form -> pint's name: "km" -> "kilometer", "sq miles" -> "square_mile"."""
    forms = {}
    for name, others in _PHYSICAL.items():
        spoken = name.removeprefix("imperial_").removeprefix("metric_").replace("_", " ")
        for form in (spoken, f"{spoken}s", *others.split()):
            forms[form] = name
        kind, _, side = name.partition("_")
        if kind in ("square", "cubic"):
            for form in [form for form, unit in forms.items() if unit == side]:
                forms[f"{kind} {form}"] = name
                if kind == "square":
                    forms[f"sq {form}"] = name
    return forms


@lru_cache(maxsize=2048)
def units_named(word: str, glued: bool = False) -> tuple[Unit, ...]:
    """Returns the units that a word, or two of them, may name: money and weight, of "pounds".

    Args:
        word: in lower case, as written: "km", "square miles", "pounds", "%".
        glued: whether it touches the digits, as in "5m".
    """
    if word in _PERCENT:
        return (Unit("%", 1.0, "percent"),)
    if size := _POINTS.get(word.removesuffix("s")):
        return (Unit("point", size),)
    found = []
    name = _forms().get(word)
    if name and (glued or word not in _ONLY_GLUED):
        found.append(_physical(name))
    if word in ("pounds", "pound"):
        found.insert(0, Unit("pound", 1.0))
    elif word in _SMALL_COINS and (word != "p" or glued):
        found += [Unit(base, 0.01) for base in _SMALL_COINS[word]]
    elif not found and (money := currency_named(word)):
        found.append(money)
    return tuple(found)


@cache
def _physical(name: str) -> Unit:
    """Returns the unit with one of pint's names: a mile is 1,609.344 m."""
    # What pint calls a decade is a unit of logarithms.
    size, unit = (10, "year") if name == "decade" else (1, name)
    for word, power in (("square_", "**2"), ("cubic_", "**3")):
        if unit.startswith(word):
            unit = unit.removeprefix(word) + power
    quantity = _registry().Quantity(size, unit).to_base_units()
    base, system = f"{quantity.units:~}", "imperial" if name in _IMPERIAL else "metric"
    if base == "s":
        system = "calendar" if name in _CALENDAR else "clock"
    return Unit(base, float(quantity.magnitude), system)


def currency_of_sign(text: str) -> Unit | None:
    """Returns the currency of the sign that a text ends with: "£", "US$"; None without one."""
    for length in (3, 2, 1):
        if len(text) >= length and (code := _SYMBOLS.get(text[-length:].upper())):
            unit = currency_named(code.lower())
            if unit is None:
                return None
            # A bare "$" or "£" may be of any country.
            return Unit(unit.base, 1.0) if length == 1 else unit
    return None


@lru_cache(maxsize=1024)
def currency_named(word: str, country: str = "") -> Unit | None:
    """Returns the currency of a code or common name: "nok", "kroner"; None of another word.

    Args:
        word: in lower case.
        country: whose it is, where that is said: "Australian".
    """
    word = _NICKNAMES.get(word) or _NICKNAMES.get(word.removesuffix("s"), word)
    names, codes = _currencies()
    if word in codes:
        return Unit(codes[word], 1.0, "", word.upper())
    variety = COUNTRIES.get(country, country)
    return Unit(names[word], 1.0, "", variety) if word in names else None


@cache
def _currencies() -> tuple[dict[str, str], dict[str, str]]:
    """Returns name -> kind of money, and code -> kind of money, of the currencies in use.

    "dollars" -> "dollar" and "aud" -> "dollar". Babel is loaded only for a text with such words.
    """
    from babel.numbers import get_currency_name, list_currencies

    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for code in sorted(list_currencies("en")):
        single, plural = (get_currency_name(code, count, "en").lower() for count in (1, 2))
        if "(" in single:
            continue  # no longer money
        base = single.split()[-1]
        base = _NICKNAMES.get(base, base)
        if len(base) < 3 or base in _NOT_MONEY:
            continue
        codes[code.lower()] = base
        for form in (single.split()[-1], plural.split()[-1]):
            names[form] = base
    return names, codes
