"""The edges of what is read: each value with its neighbours, each table from end to end."""

import pytest

from retrieval.values.clock import read_clock
from retrieval.values.dates import days_of, read_dates
from retrieval.values.numbers import read_numbers
from retrieval.values.periods import read_periods
from retrieval.values.slices import plain_text
from retrieval.values.units import currency_named, currency_of_sign, units_named

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
    for word, zeros in {"mn": 6, "mln": 6, "bn": 9, "tn": 12, "tr": 12, "trn": 12}.items():
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
        ("5 in 5", [5, 5]), ("0 in 5", [0, 5]), ("6 in 5", [6, 5]), ("0/5", [0, 5]),
        ("5/5 and 1/2", [5, 5, 0.5]),
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
        ("13 a.m.", (780,)), ("at ten to nine in the morning", (530,)),
        ("from ten to nine p.m.", (1260,)), ("at ten to nine places", ()), ("24 o'clock", (0,)),
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
    found = {word: units_named(word)[-1] for word in sizes}
    assert len({unit.base for unit in found.values()}) == 1
    for word, unit in found.items():
        assert unit.factor == pytest.approx(sizes[word], rel=1e-4)


def test_units_are_of_systems() -> None:
    systems = {word: units_named(word)[-1].system for word in ("mile", "kilometre", "hour", "year")}
    assert systems == {
        "mile": "imperial", "kilometre": "metric", "hour": "clock", "year": "calendar",
    }  # fmt: skip
    assert [unit.base for unit in units_named("pounds")] == ["pound", "kg"]
    assert [unit.base for unit in units_named("m", glued=True)] == ["m"]
    assert units_named("m") == units_named("p") == units_named("table") == ()


def test_money_is_of_kinds() -> None:
    for word, base in {"€": "euro", "$": "dollar", "US$": "dollar", "NZ$": "dollar", "£": "pound",
                       "R$": None, "?": None, "": None}.items():  # fmt: skip
        found = currency_of_sign(f"cost {word}" if word else "")
        assert (found.base if found else None) == base
    dollars = [currency_of_sign(text) for text in ("$", "US$", "A$")]
    assert [found and found.variety for found in dollars] == ["", "USD", "AUD"]
    for word in ("kroner", "krona", "crowns", "nok", "sek"):
        found = currency_named(word)
        assert found is not None
        assert (found.base, found.factor) == ("krone", 1)
    assert currency_named("yen") is not None
    assert [currency_named(word) for word in ("marks", "gold", "won", "table")] == [None] * 4
    assert [unit.factor for unit in units_named("cents")] == [0.01, 0.01]
    assert [unit.factor for unit in units_named("p", glued=True)] == [0.01]
