"""What values say of a claim's: the last that still agrees, and the first that does not."""

import datetime as dt

import pytest

from retrieval.types import Quote
from retrieval.values import differences, in_notation_of, parse_claim, verdict_of_values
from retrieval.values.instances import of_the_claims_case
from retrieval.values.told import share_held, words_held


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
        ("more than 100", {99: "bound_broken", 100: "bound_broken", 101: "bound_holds",
                           "90 to 110": "unknown"}),
        ("at least 100", {99: "bound_broken", 100: "bound_holds", 101: "bound_holds",
                          "90 to 110": "unknown"}),
        ("fewer than 100", {99: "bound_holds", 100: "bound_broken", 101: "bound_broken",
                            "90 to 110": "unknown"}),
        ("at most 100", {99: "bound_holds", 100: "bound_holds", 101: "bound_broken",
                         "90 to 110": "unknown"}),
        ("40 to 50", {39: "differs", 40: "equal", 50: "equal", 51: "differs"}),
        ("41", {"about 36": "unknown", "about 33": "differs", "about 50": "unknown",
                "about 51": "differs", "40 to 50": "unknown", "42 to 50": "differs",
                "nearly 48": "unknown"}),
        ("99", {"hundreds of": "differs"}),
        ("9,951", {"hundreds of": "unknown"}),
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
        ("in the early 1990s", {"in the 1990s": "unknown", "in the mid-1990s": "unknown",
                                "in the late 1990s": "differs"}),
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


def named(claim: str, evidence: str) -> list[tuple[str, str]]:
    found = differences(claim, [Quote(0, len(evidence), evidence)], "en")
    return [(one.claim.quote, one.evidence.quote) for one in found]


def test_what_agrees_hides_no_difference() -> None:
    assert named("44 men and 60 trucks came", "44 men and 70 trucks came.") == [("60", "70")]
    assert named("It opened on 3 May, closed in 2015", "It opened on 3 May, closed in 2016.") == [
        ("2015", "2016")
    ]


@pytest.mark.parametrize(
    ("claim", "text", "step", "quoted"),
    [
        ("Halden has more trams than Ustra", "Halden has 40 trams, and Ustra has 25.",
         "40 > 25", ["40", "25"]),
        ("Halden has more trams than Ustra", "Halden has 25 trams, and Ustra has 40.",
         "25 < 40", ["25", "40"]),
        ("Halden has more trams than Ustra", "Halden has 40 trams, and Ustra has 40.",
         "40 = 40", ["40", "40"]),
        ("Replacing the bearings of the bridge cost more than four million crowns",
         "The roads office said the replacement of the bearings had cost 4.1 million crowns.",
         "4.1 million crowns agrees with more than four million crowns", ["4.1 million crowns"]),
        ("Most of the nests on the island were empty",
         "On the island 31 of the 40 nests were empty.",
         "31 of the 40 agrees with most", ["31 of the 40"]),
        ("Most of the Kelmouth dockers who voted rejected the deal",
         "He said 83 per cent of the members who voted had backed the deal.",
         "83 per cent, which leaves 17% at most, is not most", ["83 per cent"]),
        ("The mill kept 94 per cent of its hands", "The mill kept all but 300 of the 4,800 hands.",
         "1 - 300 / 4,800 = 93.8%, which is 94 per cent", ["300", "4,800"]),
        ("The mill kept 4,500 hands", "The mill kept all but 300 of the 4,800 hands.",
         "4,800 - 300 = 4,500, which is 4,500", ["300", "4,800"]),
        ("The cranes cost 48 million euros in all", "The 24 cranes cost 2 million euros each.",
         "24 * 2 million euros = 48,000,000, which is 48 million euros", ["24", "2 million euros"]),
        ("The firm had made 5 million bolts the year before",
         "The firm made fewer bolts: output fell 20 per cent to 4 million bolts.",
         "4 million / 0.8 = 5,000,000, which is 5 million", ["20 per cent", "4 million"]),
    ],
)  # fmt: skip
def test_what_was_found_is_shown(claim: str, text: str, step: str, quoted: list[str]) -> None:
    (found,) = verdict_of_values(parse_claim(claim), text).steps
    assert found.text == step
    assert [text[at.start : at.end] for at in found.evidence] == quoted


def test_forms_of_a_word_begin_alike() -> None:
    assert words_held({"replac", "wolf"}, {"replacement", "wolv"}) == {"replac", "wolf"}
    assert words_held({"station"}, {"state"}) == set()
    assert words_held({"removal"}, {"removed"}) == {"removal"}
    assert share_held({"station", "number"}, {"station"}) == 1
    assert share_held({"number"}, {"number"}) == 0


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        ("The bridge opened on 29 February 2024", "The bridge opened on 29 February.",
         "The bridge opened on 29 February 2024."),
        ("The bridge opened on 3 May 2024", "The bridge opened on 3 May",
         "The bridge opened on 3 May 2024"),
        ("The bridge opened on 3 May 2024", "It opened on 3 May, not on 4 May.",
         "It opened on 3 May 2024, not on 4 May 2024."),
        ("Children of ten go in free", "Prices rose 5%. Children under 14 go in free.",
         "Prices rose 5%. children of ten go in free."),
        ("Children of 14 go in free", "Children under 14 go in free.",
         "Children under 14 go in free."),
        ("Children of ten go in free", "Children under 14 go in free on most days.",
         "Children under 14 go in free on most days."),
        ("Children of ten go in free", "Under 14 go in free.", "Under 14 go in free."),
        ("Children of ten go in free", "Under 14s go in free.", "children of ten go in free."),
        ("Children of third grade go in free", "Children under 14 go in free.",
         "Children under 14 go in free."),
        ("Children of ten go in free", "Children under 14th street go in free.",
         "Children under 14th street go in free."),
    ],
)  # fmt: skip
def test_a_text_speaks_of_the_claims_case(claim: str, text: str, expected: str) -> None:
    day = dt.date(2024, 3, 10)
    assert of_the_claims_case(parse_claim(claim), text, day) == expected


def test_a_day_is_of_the_year_that_is_nearest() -> None:
    claim = parse_claim("The bridge opens on 3 January 2024")
    for day, year in ((dt.date(2023, 12, 20), 2024), (dt.date(2024, 1, 20), 2024),
                      (dt.date(2024, 12, 20), 2025), (dt.date(2023, 2, 1), 2023)):  # fmt: skip
        text = of_the_claims_case(claim, "It opens on 3 January.", day)
        assert text == f"It opens on 3 January {year}."
    claim = parse_claim("The bridge opened on 31 December 2023")
    text = of_the_claims_case(claim, "It opened on 31 December.", dt.date(2024, 1, 5))
    assert text == "It opened on 31 December 2023."
