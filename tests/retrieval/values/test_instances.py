"""A text is read with what it says of the claim's case; it says no more than before."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.values import parse_claim
from retrieval.values.instances import of_the_claims_case
from retrieval.values.reading import as_read

SPRING = dt.date(2025, 4, 3)


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        # Somebody of an age is one of a group.
        ("Children of ten pay nothing",
         "Entry costs 12 crowns; children under 14 go in free.",
         "Entry costs 12 crowns; children of ten go in free."),
        ("A 70-year-old travels free", "Passengers over 65 travel free.",
         "a 70-year-old travel free."),
        ("Children of 15 pay nothing", "Children under 14 go in free.",
         "Children under 14 go in free."),
        ("Children of 14 pay nothing", "Children under 14 go in free.",
         "Children under 14 go in free."),
        ("Children of ten pay nothing", "Half of children under 14 go in free.",
         "Half of children under 14 go in free."),
        ("Children of ten pay nothing", "It weighs under 14 kilos; fish under 14 cm go back.",
         "It weighs under 14 kilos; fish under 14 cm go back."),
        ("Many children of ten pay nothing", "Children under 14 go in free.",
         "Children under 14 go in free."),
        # What does not happen until a time happens then at the earliest.
        ("The telescope took its first picture in February 2025",
         "It will not take its first picture until February 2025, he said.",
         "It will take its first picture, at the earliest in February 2025, he said."),
        ("The pool opened on 3 May 2025", "The pool did not open until 3 May 2025.",
         "The pool did open, at the earliest on 3 May 2025."),
        ("The pool did not open in May 2025", "The pool did not open until May 2025.",
         "The pool did not open until May 2025."),
        ("The pool opened in March 2025", "The pool did not open until May 2025.",
         "The pool did not open until May 2025."),
        ("The pool opened in May 2025", "The pool did not open until the mayor came.",
         "The pool did not open until the mayor came."),
        # A state that lasts for a span is one at each time in it.
        ("Marlow was mayor of Lindholm in 2012", "Marlow was mayor of Lindholm from 2010 to 2016.",
         "Marlow was mayor of Lindholm in 2012 (from 2010 to 2016)."),
        ("Berg led the bank in May 2012", "Berg, who led the bank between 2010 and 2016, died.",
         "Berg, who led the bank in May 2012 (between 2010 and 2016), died."),
        ("Marlow was mayor of Lindholm in 2018", "Marlow was mayor of Lindholm from 2010 to 2016.",
         "Marlow was mayor of Lindholm from 2010 to 2016."),
        ("Marlow was mayor until 2012", "Marlow was mayor from 2010 to 2016.",
         "Marlow was mayor from 2010 to 2016."),
        ("The bridge was built in 2012", "The bridge was built from 2010 to 2016.",
         "The bridge was built from 2010 to 2016."),
        ("Marlow won a medal in 2012", "Marlow won medals from 2010 to 2016.",
         "Marlow won medals from 2010 to 2016."),
        ("Marlow was ill in 2012", "Marlow was ill. It rained from 2010 to 2016.",
         "Marlow was ill. It rained from 2010 to 2016."),
        # A day without a year is the one nearest to the day of the text.
        ("The ward closes in May 2025", "The ward closes on 1 May.",
         "The ward closes on 1 May 2025."),
        ("The ward closed in December 2024", "The ward closed on 30 December.",
         "The ward closed on 30 December 2024."),
        ("The ward closes in May 2026", "The ward closes on 1 May.",
         "The ward closes on 1 May 2025."),
        ("The ward closes in May 2025", "The ward closes on 1 May 2024.",
         "The ward closes on 1 May 2024."),
        ("The ward closes in May 2025", "The ward closes on 1 June.", "The ward closes on 1 June."),
        ("The ward closes on 1 May", "The ward closes on 1 May.", "The ward closes on 1 May."),
    ],
)  # fmt: skip
def test_read_of_the_claims_case(claim: str, text: str, expected: str) -> None:
    assert of_the_claims_case(parse_claim(claim), text, SPRING) == expected


def test_the_year_of_a_text_without_a_day_is_not_known() -> None:
    text = "The ward closes on 1 May."
    assert as_read("The ward closes in May 2025", text, "en") == text
    read = as_read("The ward closes in May 2025", text, "en", SPRING)
    assert read == f"3 April 2025. {text[:-1]} 2025."


@given(st.text(max_size=60), st.text(max_size=60), st.none() | st.dates())
def test_any_text_is_read(claim: str, text: str, published: dt.date | None) -> None:
    of_the_claims_case(parse_claim(claim), text, published)


@pytest.mark.parametrize(
    "text",
    ["will not " * 4_000, "children under " * 3_000, "until 1 May " * 2_000, "the all " * 5_000,
     "did not a" + " b" * 9_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_text_of_any_length_takes_bounded_time(text: str) -> None:
    start = time.thread_time()
    of_the_claims_case(parse_claim("Children of ten sail free in May 2025"), text, SPRING)
    assert time.thread_time() - start < 2
