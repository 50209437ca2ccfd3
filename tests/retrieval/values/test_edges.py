"""The edges of what is read: each value with its neighbours, each table from end to end."""

import pytest

from retrieval.values import in_notation_of, parse_claim, verdict_of_values
from retrieval.values.clock import read_clock
from retrieval.values.dates import days_of, read_dates, read_periods
from retrieval.values.numbers import plain_text, read_numbers
from retrieval.values.quantities import read_quantities
from retrieval.values.quantity import Quantity
from retrieval.values.units import currency, sign, units

ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip


def values_of(text: str) -> list[float]:
    return [number.values[0] for number in read_numbers(plain_text(text))]


def test_ordinals_are_numbers() -> None:
    for at, word in enumerate(ORDINALS, 1):
        (number,) = read_numbers(f"the {word} man")
        assert (number.values, number.kind, number.exact_to) == ((at,), "ordinal", 0)
    for at, word in enumerate(TENS, 2):
        assert values_of(f"the {word[:-1]}ieth of its kind") == [10 * at]
        assert values_of(f"the {word}-ninth of its kind") == [10 * at + 9]
    assert values_of("the hundredth of its kind") == [100]


def test_parts_are_fractions() -> None:
    for at, word in enumerate(ORDINALS[2:20], 3):
        assert values_of(f"two {word}s of them") == [2 / at]
    assert values_of("one half, 3 halves, one quarter, three quarters") == [0.5, 1.5, 0.25, 0.75]


def test_scales_multiply() -> None:
    scales = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12,
              "lakh": 5, "crore": 7}  # fmt: skip
    for word, zeros in scales.items():
        assert values_of(f"4 {word} of them") == [4 * 10**zeros]
    for word, zeros in {"mn": 6, "mln": 6, "bn": 9, "tn": 12, "trn": 12}.items():
        assert values_of(f"4{word} of them") == [4 * 10**zeros]
        assert values_of(f"4 {word} of them") == [4 * 10**zeros]
    for word, zeros in {"dozens": 12, "hundreds": 100, "thousands": 10**3, "millions": 10**6,
                        "billions": 10**9}.items():  # fmt: skip
        assert values_of(f"{word} of them") == [zeros]
        assert values_of(f"tens of {word} of them") == [10 * zeros]
        assert values_of(f"hundreds of {word} of them") == [100 * zeros]


@pytest.mark.parametrize(
    ("text", "slices", "values", "exact_to"),
    [
        ("1.204", ["1.204"], (1.204, 1204), 0.0005),
        ("1,204", ["1,204"], (1204,), 0),
        ("1.204.567", ["1.204.567"], (1204567,), 0),
        ("1.204,5", ["1.204,5"], (1204.5,), 0.05),
        ("1,204.25", ["1,204.25"], (1204.25,), 0.005),
        ("0.204", ["0.204"], (0.204,), 0.0005),
        ("0,204", ["0,204"], (0.204,), 0.0005),
        ("3.11.2", [], (), 0),
        ("12,50,000", ["12,50,000"], (1250000,), 0),
        ("12,50,000.5", ["12,50,000.5"], (1250000.5,), 0.05),
        ("123456789012345678", ["123456789012345678"], (123456789012345678,), 0),
        ("1234567890123456789", [], (), 0),
        ("2½", ["2½"], (2.5,), 0),
        ("2 and a half", ["2 and a half"], (2.5,), 0),
        ("two and three quarters", ["two and three quarters"], (2.75,), 0),
        ("two and a half million", ["two and a half million"], (2.5e6,), 5e4),
        ("1,500 million", ["1,500 million"], (1.5e9,), 5e5),
        ("1.500 million", ["1.500 million"], (1.5e6,), 500),
        ("2 million", ["2 million"], (2e6,), 5e5),
        ("2bn", ["2bn"], (2e9,), 5e8),
        ("2 hundred", ["2 hundred"], (200,), 0),
        ("3 dozen", ["3 dozen"], (36,), 0),
        ("1.5th", ["1.5"], (1.5,), 0.05),
        ("a hundred", ["a hundred"], (100,), 0),
        ("hundred", ["hundred"], (100,), 0),
        ("two hundred and five", ["two hundred and five"], (205,), 0),
        ("twenty twenty", [], (), 0),
        ("1 in 5", ["1 in 5"], (0.2,), 0),
        ("two out of every three", ["two out of every three"], (2 / 3,), 0),
        ("11/12", ["11/12"], (11 / 12,), 0),
        ("half a million", ["half a million"], (5e5,), 0),
        ("a quarter of a million", ["a quarter of a million"], (2.5e5,), 0),
    ],
)
def test_a_number_is_read(
    text: str, slices: list[str], values: tuple[float, ...], exact_to: float
) -> None:
    found = read_numbers(plain_text(text))
    assert [text[one.start : one.end] for one in found] == slices
    for one in found:
        assert one.values == pytest.approx(values)
        assert one.exact_to == pytest.approx(exact_to)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5 in 5", [5, 5]), ("0 in 5", [0, 5]), ("6 in 5", [6, 5]), ("0/5", [0, 5]), ("5/5 and 1/2", [5, 5, 0.5]),
        ("the second half", [2, 0.5]), ("two third places and half of them", [2, 3, 0.5]),
        ("a third of them", [1 / 3]),
        ("one third of them", [1 / 3]), ("1 third of them", [1 / 3]), ("the third of May", [3]),
        ("a dozen of a hundred", [12, 100]), ("40 of 50", [40, 50]),
        ("five hundred, six", [500, 6]), ("two seconds", [2]),
        ("the third and half of them", [3, 0.5]),
    ],
)  # fmt: skip
def test_numbers_are_kept_apart(text: str, values: list[float]) -> None:
    assert values_of(text) == pytest.approx(values)


@pytest.mark.parametrize(
    ("number", "zeros"),
    [("7", 0.5), ("10", 5), ("1200", 50), ("1,204", 0.5), ("0", 0), ("2.5", 0), ("2½", 0)],
)
def test_zeros_at_the_end_may_be_rounded(number: str, zeros: float) -> None:
    (found,) = read_numbers(number)
    assert found.written_zeros == zeros


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("quarter past five", (315, 1035)), ("a quarter past five", (315, 1035)),
        ("half past two", (150, 870)), ("half past twelve", (30, 750)),
        ("five past one", (65, 785)), ("ten past one", (70, 790)), ("twenty past one", (80, 800)),
        ("twenty-five past one", (85, 805)), ("12 past one", (72, 792)),
        ("twelve past one", (72, 792)), ("eight past one", (68, 788)),
        ("quarter to one", (45, 765)), ("quarter to five in the morning", (285,)),
        ("eight minutes past 3 p.m.", (908,)), ("59 past one", (119, 839)), ("60 past one", ()),
        ("five past 12", (5, 725)), ("five past 13", ()),
        ("at 8.30", (510, 1230)), ("at 13.30", (810,)), ("8.30", ()), ("7.45pm", (1185,)),
        ("08:30", (510,)), ("8:30", (510, 1230)), ("10:30", (630, 1350)), ("00:15", (15,)),
        ("0:15", (15,)), ("12:30", (30, 750)), ("12:30 am", (30,)), ("12:30 pm", (750,)),
        ("13:05", (785,)), ("23:59", (1439,)), ("24:00", ()), ("0830 hrs", (510,)),
        ("1130 hrs", (690,)), ("1230 hrs", (750,)), ("2330 hrs", (1410,)),
        ("12 p.m.", (720,)), ("12 a.m.", (0,)), ("11 p.m.", (1380,)),
        ("7 in the morning", (420,)), ("7 in the evening", (1140,)),
        ("1.30 in the afternoon", (810,)),
        ("10:15 at night", (615, 1335)), ("noon", (720,)), ("midday", (720,)), ("midnight", (0,)),
        ("13 a.m.", (780,)), ("24 o'clock", (0,)),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read(text: str, minutes: tuple[int, ...]) -> None:
    found = read_clock(f"It began {text}")
    assert [one.minutes for one in found] == ([minutes] if minutes else [])


def test_hours_are_told_in_words() -> None:
    names = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ]  # fmt: skip
    for at, name in enumerate(names, 1):
        (found,) = read_clock(f"at {name} o'clock")
        assert found.minutes == (at % 12 * 60, at % 12 * 60 + 720)


def test_days_and_months_are_told_in_words() -> None:
    for at, word in enumerate(ORDINALS, 1):
        (date,) = read_dates(f"the {word} of January 1999")
        assert date.parts == (1999, 1, at)
    for at, month in enumerate(MONTHS, 1):
        for name in (month, month[:3]):
            (date,) = read_dates(f"on {name} 4, 1999")
            assert date.parts == (1999, at, 4)
    assert [date.parts for date in read_dates("Sept 5")] == [(None, 9, 5)]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("31 April 2019", []), ("30 April 2019", [(2019, 4, 30)]), ("29 February", [(None, 2, 29)]),
        ("29 February 2019", []), ("May 2019", [(2019, 5, None)]), ("13.5.19", [(2019, 5, 13)]),
        ("13.5.68", [(2068, 5, 13)]), ("13.5.69", [(1969, 5, 13)]), ("2019-05-03", [(2019, 5, 3)]),
        ("2019-13-01", []), ("2019/05/03", [(2019, 5, 3)]), ("5.5.2019", [(2019, 5, 5)]),
        ("in 1499 towns", [(None, None, None)]), ("in 1500", [(1500, None, None)]),
        ("in 1499 men", [(None, None, None)]), ("in 1500 men", [(1500, None, None)]),
        ("of 1600 men", [(None, None, None)]), ("1800 men", []),
        ("Grease (1980)", [(1980, None, None)]), ("2010-2015", []),
        ("Grease 1980)", []), ("Grease (1980 men", []),
        ("of 1966 was", [(1966, None, None)]), ("on 15 May, 2000 people came", [(None, 5, 15)]),
        ("in January 12 men died", []), ("20 may have died", []), ("march 20 miles", []),
    ],
)  # fmt: skip
def test_dates_are_read(text: str, dates: list[tuple[int | None, ...]]) -> None:
    assert [date.parts for date in read_dates(text)] == dates


@pytest.mark.parametrize(
    ("text", "is_open", "bound"),
    [
        ("on 12 May", [False], [""]), ("3 and 12 May", [True], [""]), ("12 May or 3", [True], [""]),
        ("12 May and more", [False], [""]), ("3 men and May 2019", [False], [""]),
        ("3 or May 2019", [False], [""]), ("12 May or 14 May", [True, True], ["", ""]),
        ("from 2010 to 2015", [True, True], ["from", ""]), ("before May 2019", [True], ["before"]),
        ("not until the 3 May", [True], ["until"]), ("prior to 3 May", [True], ["prior to"]),
        ("in 2010, in 2012", [False, False], ["", ""]),
    ],
)  # fmt: skip
def test_dates_may_be_one_end(text: str, is_open: list[bool], bound: list[str]) -> None:
    found = read_dates(text)
    assert [date.open for date in found] == is_open
    assert [date.bound for date in found] == bound
    for date in found:
        if date.bound:
            assert text[date.bound_start :].startswith(date.bound)
        else:
            assert date.bound_start == date.start


def test_a_date_has_a_first_and_a_last_day() -> None:
    for parts, first, last in (
        ((2019, None, None), "2019-01-01", "2019-12-31"),
        ((2020, 2, None), "2020-02-01", "2020-02-29"),
        ((2019, 5, 3), "2019-05-03", "2019-05-03"),
    ):
        found = days_of(parts)
        assert found is not None
        assert [str(day) for day in found] == [first, last]
    assert days_of((None, 5, 3)) is days_of((2019, None, 3)) is None


def test_month_and_day_may_be_either() -> None:
    (date,) = read_dates("on 3.5.2019")
    assert date.parts == (2019, None, None)
    assert set(date.readings()) == {(2019, 3, 5), (2019, 5, 3)}
    assert read_dates("3 May 2019")[0].readings() == ((2019, 5, 3),)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("the 1990s", 1990, 1999), ("the 1990's", 1990, 1999), ("the early 1990s", 1990, 1993),
        ("the mid-1990s", 1993, 1996), ("the late '80s", 1986, 1989), ("the 1800s", 1800, 1899),
        ("the 1900s", 1900, 1999), ("the late 1900s", 1906, 1909), ("the 2000s", 2000, 2009),
        ("the 2010s", 2010, 2019), ("the 19th century", 1800, 1900),
        ("the nineteenth century", 1800, 1900), ("the second century", 100, 200),
        ("the 21st century", 2000, 2100), ("Thirties", 1930, 1939),
    ],
)  # fmt: skip
def test_a_period_is_read(text: str, first: int, last: int) -> None:
    (found,) = read_periods(text)
    assert found.days is not None
    assert [str(day) for day in found.days] == [f"{first:04}-01-01", f"{last:04}-12-31"]
    assert (found.parts, found.open) == ((None, None, None), False)


def test_decades_are_told_in_words() -> None:
    for at, word in enumerate(TENS):
        (found,) = read_periods(f"in the {word[:-1]}ies")
        assert found.days is not None
        assert found.days[0].year == 1920 + 10 * at
    assert len(read_periods("in his thirties and the forties")) == 1
    for text in ("in his thirties", "the first century", "the 3rd century BC"):
        assert read_periods(text) == []


SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "fortnight": 1209600,
           "year": 31557600, "decade": 315576000, "century": 3155760000}  # fmt: skip
METRES = {"mm": 0.001, "cm": 0.01, "metre": 1, "kilometre": 1000, "inch": 0.0254, "foot": 0.3048,
          "yards": 0.9144, "miles": 1609.344, "nautical mile": 1852}  # fmt: skip
KILOGRAMS = {"mg": 1e-6, "mcg": 1e-9, "gram": 0.001, "kg": 1, "tonnes": 1000, "ounces": 0.0283495,
             "lbs": 0.453592, "stone": 6.35029}  # fmt: skip
CUBIC_METRES = {"ml": 1e-6, "cl": 1e-5, "litre": 0.001, "gallons": 0.00454609,
                "pints": 0.000568261, "m³": 1, "cubic metre": 1}  # fmt: skip
SQUARE_METRES = {"hectares": 10_000, "acres": 4046.873, "square metres": 1, "square metre": 1,
                 "km²": 1e6,
                 "square miles": 2589988, "square feet": 0.092903}  # fmt: skip


@pytest.mark.parametrize(
    "sizes", [SECONDS, METRES, KILOGRAMS, CUBIC_METRES, SQUARE_METRES],
    ids=["time", "length", "weight", "volume", "area"],
)  # fmt: skip
def test_units_of_one_kind_have_their_sizes(sizes: dict[str, float]) -> None:
    found = {word: units(word)[-1] for word in sizes}
    assert len({unit.base for unit in found.values()}) == 1
    for word, unit in found.items():
        assert unit.factor == pytest.approx(sizes[word], rel=1e-4)


def test_units_are_of_systems() -> None:
    systems = {word: units(word)[-1].system for word in ("mile", "kilometre", "hour", "year")}
    assert systems == {
        "mile": "imperial", "kilometre": "metric", "hour": "clock", "year": "calendar",
    }  # fmt: skip
    assert [unit.base for unit in units("pounds")] == ["pound", "kg"]
    assert [unit.base for unit in units("m", glued=True)] == ["m"]
    assert units("m") == units("p") == units("table") == ()


def test_money_is_of_kinds() -> None:
    for word, base in {"€": "euro", "$": "dollar", "US$": "dollar", "NZ$": "dollar", "£": "pound",
                       "R$": None, "?": None, "": None}.items():  # fmt: skip
        found = sign(f"cost {word}" if word else "")
        assert (found.base if found else None) == base
    assert [sign(text) and sign(text).variety for text in ("$", "US$", "A$")] == ["", "USD", "AUD"]
    for word in ("kroner", "krona", "crowns", "nok", "sek"):
        found = currency(word)
        assert found is not None
        assert (found.base, found.factor) == ("krone", 1)
    assert currency("yen") is not None
    assert [currency(word) for word in ("marks", "gold", "won", "table")] == [None] * 4
    assert [unit.factor for unit in units("cents")] == [0.01, 0.01]
    assert [unit.factor for unit in units("p", glued=True)] == [0.01]


def quantities_of(text: str) -> list[Quantity]:
    return read_quantities(plain_text(text), [])


@pytest.mark.parametrize(
    ("text", "slices"),
    [
        ("Boeing 747 landed", []), ("Article 50", []), ("chapter two says", []), ("5G masts", []),
        ("the G20 met", []), ("Covid-19 came", []), ("#5 came", []), ("No. 5 came", []),
        ("Gate 7a", []), ("ex-forty men", ["forty"]), ("In Oria 40 men", ["40"]),
        ("In 40 towns", ["40"]), ("England sent two men", ["two"]), ("USD 5", ["USD 5"]),
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
        ("5 men a ship", "men", ""), ("3 kg each month", "", "time"), ("20% of men", "men", ""),
        ("the third man", "man", ""), ("2-3 men", "men", ""), ("5 men to 6", "men", ""),
    ],
)  # fmt: skip
def test_a_quantity_counts_something(text: str, noun: str, per: str) -> None:
    found = quantities_of(text)[0]
    assert (found.noun, found.per) == (noun, per)


@pytest.mark.parametrize(
    ("claim", "text", "relation"),
    [
        ("Ana Lind died aged 71", "Ana Lind, born on 3 May 1930, died on 3 May 2001.", "equal"),
        ("Ana Lind died aged 70", "Ana Lind, born on 3 May 1930, died on 3 May 2001.", "differs"),
        ("Turnout in Oria was 65.58 per cent in 2020",
         "Turnout in Oria was 61.3 per cent, 4.2 points down on 2020.", "equal"),
        ("Turnout in Oria was 65.68 per cent in 2020",
         "Turnout in Oria was 61.3 per cent, 4.2 points down on 2020.", "unknown"),
        ("Turnout in Oria was 65.78 per cent in 2020",
         "Turnout in Oria was 61.3 per cent, 4.2 points down on 2020.", "differs"),
        ("The mill makes 50 tonnes a day",
         "The mill has 40 men and makes 500 tonnes in ten days.", "equal"),
        ("The mill makes 60.5 tonnes a day", "The mill makes 500.5 tonnes in ten days.", "differs"),
        ("The fleet had 85 ships in the spring",
         "The fleet has 80 ships, five fewer than in the spring.", "equal"),
        ("The fleet had 85 ships in the spring",
         "The fleet has 80 ships, five fewer than in the spring of 2022.", "unknown"),
    ],
)  # fmt: skip
def test_what_follows_from_two_values(claim: str, text: str, relation: str) -> None:
    assert verdict_of_values(parse_claim(claim), text).relation.value == relation


def test_a_part_of_a_word_is_not_rewritten() -> None:
    claim = parse_claim("It has 12,500 seats")
    assert in_notation_of(claim, "The 12500-seat hall.") == "The 12500-seat hall."
    assert in_notation_of(claim, "It has 12500 seats.") == "It has 12,500 seats."


@pytest.mark.parametrize(
    ("claimed", "relations"),
    [
        ("about 100", {64: "differs", 65: "unknown", 89: "unknown", 90: "equal", 110: "equal",
                       111: "unknown", 135: "unknown", 136: "differs"}),
        ("nearly 100", {64: "bound_broken", 65: "unknown", 89: "unknown", 90: "bound_holds",
                        99: "bound_holds", 101: "unknown", 110: "unknown", 111: "bound_broken"}),
        ("just over 100", {89: "bound_broken", 90: "unknown", 99: "unknown", 101: "bound_holds",
                           110: "bound_holds", 111: "unknown", 135: "unknown",
                           136: "bound_broken"}),
        ("hundreds of", {99: "bound_broken", 101: "unknown", 199: "unknown", 200: "bound_holds",
                         1000: "bound_holds", 1001: "unknown", 10_000: "unknown",
                         10_001: "bound_broken"}),
        ("2,000", {1899: "differs", 1900: "unknown", 2100: "unknown", 2101: "differs"}),
        ("90", {85: "differs", 86: "unknown", 94: "unknown", 95: "differs"}),
        ("1.5 million", {1_449_999: "differs", 1_450_000: "equal", 1_550_000: "equal",
                         1_550_001: "differs"}),
        ("more than 100", {99: "bound_broken", 100: "bound_broken", 101: "bound_holds"}),
        ("at least 100", {99: "bound_broken", 100: "bound_holds", 101: "bound_holds"}),
        ("fewer than 100", {99: "bound_holds", 100: "bound_broken", 101: "bound_broken"}),
        ("at most 100", {99: "bound_holds", 100: "bound_holds", 101: "bound_broken"}),
        ("40 to 50", {39: "differs", 40: "equal", 50: "equal", 51: "differs"}),
        ("41", {"about 36": "unknown", "about 33": "differs", "about 50": "unknown",
                "about 51": "differs", "40 to 50": "unknown", "42 to 50": "differs"}),
        ("99", {"hundreds of": "differs"}),
        ("101", {"hundreds of": "unknown", "dozens of": "unknown"}),
        ("1,550,000", {"1.5 million": "equal"}),
        ("1,600,000", {"1.5 million": "unknown"}),
        ("1,610,000", {"1.5 million": "differs"}),
    ],
)  # fmt: skip
def test_how_near_two_numbers_are(claimed: str, relations: dict[object, str]) -> None:
    claim = parse_claim(f"The office employs {claimed} people")
    for told, relation in relations.items():
        found = verdict_of_values(claim, f"The office employs {told} people.")
        assert (told, found.relation.value) == (told, relation)


@pytest.mark.parametrize(
    ("claim", "relations"),
    [
        ("The tunnel is eleven miles long",
         {"17.5 km": "equal", "17.9 km": "equal", "18.0 km": "unknown", "20.3 km": "unknown",
          "20.4 km": "differs"}),
        ("The tunnel is 11 metres long",
         {"1,100 cm": "equal", "1,150 cm": "unknown", "1,160 cm": "differs", "0.011 km": "equal"}),
        ("The tunnel is 2 km to 3 km long",
         {"1.9 km": "differs", "2 km": "equal", "3 km": "equal", "3.1 km": "differs"}),
    ],
)  # fmt: skip
def test_how_near_two_lengths_are(claim: str, relations: dict[str, str]) -> None:
    for told, relation in relations.items():
        found = verdict_of_values(parse_claim(claim), f"The tunnel is {told} long.")
        assert (told, found.relation.value) == (told, relation)


@pytest.mark.parametrize(
    ("claimed", "relations"),
    [
        ("before 2010", {"in 2009": "bound_holds", "in 2010": "bound_broken",
                         "in December 2009": "bound_holds", "before 2010": "equal",
                         "after 2010": "unknown", "on 3 May": "unknown"}),
        ("after 2010", {"in 2010": "bound_broken", "in 2011": "bound_holds"}),
        ("by 2010", {"in 2010": "bound_holds", "in 2011": "bound_broken"}),
        ("by May 2010", {"on 31 May 2010": "bound_holds", "on 1 June 2010": "bound_broken",
                         "in 2010": "unknown", "in 2009": "bound_holds"}),
        ("before 3 May 2010", {"on 2 May 2010": "bound_holds", "on 3 May 2010": "bound_broken",
                               "in May 2010": "unknown"}),
        ("after 3 May 2010", {"on 3 May 2010": "bound_broken", "on 4 May 2010": "bound_holds"}),
        ("in the 1990s", {"in 1989": "differs", "in 1990": "equal", "in 1999": "equal",
                          "in 2000": "differs", "in the early 1990s": "equal",
                          "in the 20th century": "unknown"}),
        ("in the 19th century", {"in 1799": "differs", "in 1800": "equal", "in 1900": "equal",
                                 "in 1901": "differs"}),
        ("in 1995", {"in the 1990s": "unknown", "in the 1980s": "differs"}),
        ("in May 2019", {"in 2019": "unknown", "on 3 May": "unknown", "in June 2019": "differs"}),
        ("on 3 May", {"on 3 May 2019": "equal", "on 4 May 2019": "differs"}),
        ("on 3.5.2019", {"on 3.5.2019": "equal", "on 5 March 2019": "equal", "in 2019": "unknown",
                         "on 5.3.2018": "differs", "in June 2019": "differs"}),
    ],
)  # fmt: skip
def test_how_near_two_dates_are(claimed: str, relations: dict[str, str]) -> None:
    claim = parse_claim(f"The bridge was opened {claimed}")
    for told, relation in relations.items():
        found = verdict_of_values(claim, f"The bridge was opened {told}.")
        assert (told, found.relation.value) == (told, relation)
