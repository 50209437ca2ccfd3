"""Quantities of a text: where each is, what it measures or counts, and how it is bounded."""

import pytest

from retrieval.values.quantities import read_quantities
from retrieval.values.quantity import Quantity
from retrieval.values.slices import plain_text


def quantities_of(text: str) -> list[Quantity]:
    return read_quantities(plain_text(text), [])


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("Boeing 747 landed", []), ("Article 50", []), ("chapter two says", []), ("5G masts", []),
        ("the G20 met", []), ("Covid-19 came", []), ("#5 came", []), ("No. 5 came", []),
        ("Gate 7a", []), ("ex-forty men", ["forty"]), ("In Oria 40 men", ["40"]),
        ("In 40 towns", ["40"]), ("England sent two men", ["two"]),
        ("England two", ["two"]), ("USD 5", ["USD 5"]),
        ("Boeing 40 km", ["40"]), ("one of us", []), ("one km", ["one"]), ("a third man", []),
        ("half man", []), ("half the men", ["half"]), ("a quarter final", []),
        ("a third of men", ["a third"]), ("one in five men", ["one in five"]), ("5k run", []),
        ("call 020 794 609 now", []), ("call 020 79 460 now", ["020", "79 460"]),
        ("won 3-1", []), ("won 2 to 1", []), ("won 10-12", []), ("won 99-100", ["99-100"]),
        ("won 10-12 in Oria", []), ("He left Oria. 40 men came", ["40"]),
        ("40 dogs, 5 or 6 men", ["40", "5", "6"]),
        ("40 dogs, 10 to 12 men", ["40", "10 to 12"]),
        ("40 dogs, between 5 and 6 men", ["40", "between 5 and 6"]),
        ("10-12 men", ["10-12"]), ("10-12%", ["10-12%"]), ("10 to 12", ["10 to 12"]),
        ("2-2 men", []), ("from 15 to 12 men", ["from 15 to 12"]),
        ("2-3 million men", ["2-3 million"]), ("won 3-1 and 40 men", ["40"]),
        ("40 men won 3-1", ["40"]),
        ("5 or 6 men", ["5", "6"]), ("between 5 or 6 men", ["between 5 or 6"]),
        ("between 5 and 6 men", ["between 5 and 6"]), ("5 and 6 men", ["5", "6"]),
        ("rose from 12 to 15 men", ["12", "15"]), ("the first to second men", ["first", "second"]),
        ("€10-€15", ["€10-€15"]), ("in a fortnight", ["a fortnight"]), ("for an hour", ["an hour"]),
        ("an hour", []), ("40 men or fewer", ["40"]),
    ],
)  # fmt: skip
def test_a_quantity_is_found(text: str, slices: list[str]) -> None:
    assert [text[one.start : one.end] for one in quantities_of(text)] == slices


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("40 men", ""), ("more than 40 men", ">"), ("no more than 40 men", "<="),
        ("up to 40 men", "<="),
        ("at least 40 men", ">="), ("fewer than 40 men", "<"), ("about 40 men", "~"),
        ("just over 40 men", "~>"), ("nearly 40 men", "~<"), ("40 or more men", ">="),
        ("40 or fewer men", "<="), ("40+ men", ">="), ("40+5 men", ""), ("5 to 6 men", ""),
        ("over a year", ">"), ("nearly a decade", "~<"), ("hundreds of men", "many"),
        ("more than minus 40 men", ">"), ("more than -40 km", ">"), ("more than £40", ">"),
        ("moreover 40 men", ""),
    ],
)  # fmt: skip
def test_a_quantity_is_bounded(text: str, bound: str) -> None:
    assert quantities_of(text)[0].bound == bound


@pytest.mark.parametrize(
    ("text", "base", "low", "high", "exact_to"),
    [
        ("5 km", "m", 5000, 5000, 0), ("5.5 km", "m", 5500, 5500, 50), ("5m high", "m", 5, 5, 0),
        ("5m men", "", 5e6, 5e6, 5e5), ("5m people", "", 5e6, 5e6, 5e5),
        ("5k men", "", 5000, 5000, 500),
        ("£5k", "pound", 5000, 5000, 500), ("£1.5m", "pound", 1.5e6, 1.5e6, 5e4),
        ("5m euros", "euro", 5e6, 5e6, 5e5), ("5m yen", "yen", 5e6, 5e6, 5e5),
        ("50 degrees fahrenheit", "degree", 10, 10, 0), ("5 degrees celsius", "degree", 5, 5, 0),
        ("-5 km", "m", -5000, -5000, 0),
        ("minus 5°C", "degree", -5, -5, 0), ("50°F", "degree", 10, 10, 0),
        ("5C", "degree", 5, 5, 0),
        ("36 km/h", "m", 10, 10, 0), ("36 kmh", "m", 10, 10, 0), ("5 m/s", "m", 5, 5, 0),
        ("aged 34", "age", 34, 34, 0), ("a 6-month-old", "age", 0.5, 0.5, 0),
        ("2.5 months old", "age", 2.5 / 12, 2.5 / 12, 0.05 / 12), ("a 3 year old", "age", 3, 3, 0),
        ("10 days old", "age", 10 / 365.25, 10 / 365.25, 0),
        ("2 weeks old", "age", 0.0383, 0.0383, 0),
        ("Ana Lind, 34, said", "age", 34, 34, 0), ("Ana Lind, 119, said", "age", 119, 119, 0),
        ("Ana Lind, 120, said", "", 120, 120, 0), ("Ana Lind, 34.5, said", "", 34.5, 34.5, 0.05),
        ("half an hour", "s", 1800, 1800, 0), ("a quarter of an hour", "s", 900, 900, 0),
        ("half of them", "%", 50, 50, 0), ("2/5 of them", "%", 40, 40, 0),
        ("40% of them", "%", 40, 40, 0),
        ("4 percentage points", "point", 4, 4, 0), ("5 to 6 km", "m", 5000, 6000, 0),
        ("2-3 million men", "", 2e6, 3e6, 5e5), ("2 million to 3 million men", "", 2e6, 3e6, 5e5),
        ("€10-15 million", "euro", 1e7, 1.5e7, 5e5), ("200-3 million men", "", 200, 3e6, 5e5),
        ("2 km to 300 m", "m", 300, 300, 0), ("for a year", "s", 31557600, 31557600, 0),
        ("5 men a day", "", 5 / 86400, 5 / 86400, 0), ("5 men a ship", "", 5, 5, 0),
        ("7 a week", "", 7, 7, 0),
        ("20 km per day", "m", 20000 / 86400, 20000 / 86400, 0), ("3 kg per head", "kg", 3, 3, 0),
        ("50p", "pound", 0.5, 0.5, 0), ("5 US dollars", "dollar", 5, 5, 0),
        ("3 square miles", "m ** 2", 3 * 2589988, 3 * 2589988, 0),
        ("500 g", "kg", 0.5, 0.5, 0), ("five g", "", 5, 5, 0), ("the 3rd man", "th", 3, 3, 0),
    ],
)  # fmt: skip
def test_a_quantity_is_measured(
    text: str, base: str, low: float, high: float, exact_to: float
) -> None:
    measure = quantities_of(text)[0].measures[0]
    assert measure.base == base
    assert (measure.low, measure.high) == pytest.approx((low, high), rel=1e-3)
    assert measure.exact_to == pytest.approx(exact_to)


@pytest.mark.parametrize(
    ("text", "noun", "per"),
    [
        ("40 people", "peopl", ""), ("40 persons", "peopl", ""), ("40 of the other men", "men", ""),
        ("40 of the other new major local buildings", "build", ""), ("40 were", "", ""),
        ("half of the 640 nurses", "nurs", ""), ("40 or more men", "men", ""),
        ("60 beds per ward", "bed", "ward"), ("5 men a day", "men", "time"),
        ("5 km an hour", "", "time"),
        ("5 men a ship", "men", ""), ("5 men a mile", "men", ""), ("5 or 6 men", "men", ""),
        ("3 kg each month", "", "time"), ("20% of men", "men", ""),
        ("the third man", "man", ""), ("2-3 men", "men", ""), ("5 men to 6", "men", ""),
    ],
)  # fmt: skip
def test_a_quantity_counts_something(text: str, noun: str, per: str) -> None:
    found = quantities_of(text)[0]
    assert (found.noun, found.per) == (noun, per)
