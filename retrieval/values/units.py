"""Word -> the units that it may name, as multiples of a base unit. pint and Babel know them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

# Written form -> pint's name where that is another. Only these words are units: pint alone would
# take "at" for attotonnes.
_PHYSICAL = {
    # name: forms beside the name and its plural in -s
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
_CALENDAR = {"month", "year", "decade", "century"}
_IMPERIAL = {
    "inch", "foot", "yard", "mile", "nautical_mile", "ounce", "pound", "stone",
    "imperial_gallon", "imperial_pint", "acre", "square_mile", "square_foot",
}  # fmt: skip
# Short forms that are units only when they touch the digits or are written so: 5 s, but not "5 in".
_ONLY_GLUED = {"s", "h", "m", "t", "l", "g", "w", "v", "in", "st", "ha", "min", "mi", "nm", "mb"}
_PERCENT = {"%", "percent", "per cent", "pc"}
_POINTS = {"percentage point": 1.0, "basis point": 0.01}
_SYMBOLS = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY",
            "₩": "KRW", "₦": "NGN", "₴": "UAH", "₪": "ILS", "₫": "VND", "₸": "KZT", "₾": "GEL",
            "₼": "AZN", "R$": "BRL", "A$": "AUD", "C$": "CAD", "NZ$": "NZD", "HK$": "HKD",
            "S$": "SGD", "US$": "USD", "AU$": "AUD", "CA$": "CAD"}  # fmt: skip
# What speakers call a currency and Babel does not.
_NICKNAMES = {"quid": "pound", "buck": "dollar", "crown": "krone", "krona": "krone",
              "kronor": "krone", "kroner": "krone", "koruna": "krone", "rouble": "ruble",
              "sterling": "pound", "roubles": "ruble", "yuan": "yuan", "renminbi": "yuan",
              "lire": "lira", "rs": "rupee"}  # fmt: skip
_SMALL_COINS = {"penny": ("pound",), "pence": ("pound",), "p": ("pound",),
                "cent": ("dollar", "euro"), "cents": ("dollar", "euro")}  # fmt: skip
_COUNTRIES = {"US": "USD", "U.S.": "USD", "American": "USD", "Australian": "AUD", "Canadian": "CAD",
              "Egyptian": "EGP", "Danish": "DKK", "Norwegian": "NOK", "Swedish": "SEK",
              "Swiss": "CHF", "Indian": "INR"}  # fmt: skip
CURRENCY_SIGNS = "$£€¥₹₽₺₩₦₴₪₫₸₾₼"


@dataclass(frozen=True, slots=True)
class Unit:
    """base: what is measured, in pint's base unit ("s", "meter") or a kind of money ("pound").

    factor: size in the base unit. system: quantities of two systems agree only roughly. variety:
    which of the dollars, where it is said.
    """

    base: str
    factor: float
    system: str = ""
    variety: str = ""


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint  # 0.2 s, and only for texts with units

    return pint.UnitRegistry()


@cache
def _forms() -> dict[str, str]:
    forms = {}
    for name, others in _PHYSICAL.items():
        spoken = name.removeprefix("imperial_").removeprefix("metric_").replace("_", " ")
        for form in (spoken, f"{spoken}s", *others.split()):
            forms[form] = name
        kind, _, side = name.partition("_")
        if kind in ("square", "cubic"):
            for form in [form for form, of in forms.items() if of == side]:
                forms[f"{kind} {form}"] = name
                if kind == "square":
                    forms[f"sq {form}"] = name
    return forms


@lru_cache(maxsize=2048)
def units_named(word: str, glued: bool = False) -> tuple[Unit, ...]:
    """What a word, or two of them, may stand for after a number.

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
    # pint's decade is a unit of logarithms.
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
    """The currency of the sign that a text ends with: "£", "US$"."""
    for length in (3, 2, 1):
        if len(text) >= length and (code := _SYMBOLS.get(text[-length:].upper())):
            unit = currency_named(code.lower())
            if unit is None:
                return None
            # A bare $ or £ may be of any country.
            return Unit(unit.base, 1.0) if length == 1 else unit
    return None


@lru_cache(maxsize=1024)
def currency_named(word: str, country: str = "") -> Unit | None:
    """The currency of a code or a common name, in lower case: "nok", "kroner", "euros".

    Args:
        country: whose it is, where that is said: "Australian".
    """
    word = _NICKNAMES.get(word) or _NICKNAMES.get(word.removesuffix("s"), word)
    names, codes = _currencies()
    if word in codes:
        return Unit(codes[word], 1.0, "", word.upper())
    variety = _COUNTRIES.get(country, country)
    return Unit(names[word], 1.0, "", variety) if word in names else None


@cache
def _currencies() -> tuple[dict[str, str], dict[str, str]]:
    """Names -> kinds of money, codes -> kinds of money, of the currencies in use."""
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


# Last words of Babel's names that are common words, or no money.
_NOT_MONEY = {"unit", "units", "gold", "silver", "code", "currency", "account", "rights", "sol",
              "real", "won", "som", "mark", "marks", "leu", "franc's", "testing", "palladium",
              "platinum", "dong", "lev", "kip", "taka", "vatu", "tala", "pula"}  # fmt: skip
