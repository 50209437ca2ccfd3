"""Weekdays and other times named from the day of a text."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.values.days import named_times

TUESDAY = dt.date(2024, 4, 9)


def dated(text: str, published: dt.date = TUESDAY) -> str:
    for place, day in sorted(named_times(text, published), reverse=True):
        text = text[:place] + day + text[place:]
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It began on Monday.", "It began on Monday, 8 April 2024."),
        ("The board said on Tuesday", "The board said on Tuesday, 9 April 2024"),
        ("On Wednesday the river rose.", "On Wednesday, 3 April 2024 the river rose."),
        ("Last Tuesday it fell.", "Last Tuesday, 2 April 2024 it fell."),
        ("It will open on Friday.", "It will open on Friday, 12 April 2024."),
        ("She is to speak next Tuesday.", "She is to speak next Tuesday, 16 April 2024."),
        ("He resigned on Monday. Talks will go on.",
         "He resigned on Monday, 8 April 2024. Talks will go on."),
        ("Talks will go on. He resigned on Monday.",
         "Talks will go on. He resigned on Monday, 8 April 2024."),
        ("Votes are due by Thursday", "Votes are due by Thursday, 11 April 2024"),
        ("Fire broke out yesterday.", "Fire broke out yesterday, 8 April 2024."),
        ("Tonight it opens", "Tonight, 9 April 2024 it opens"),
        ("on Monday evening in Oria", "on Monday evening, 8 April 2024 in Oria"),
        ("It opens tomorrow", "It opens tomorrow, 10 April 2024"),
        ("Prices rose last month.", "Prices rose last month (March 2024)."),
        ("Prices will rise next year", "Prices will rise next year (2025)"),
        ("so far this year, against 40", "so far this year (2024), against 40"),
        ("Saturday and Sunday", "Saturday, 6 April 2024 and Sunday, 7 April 2024"),
    ],
)  # fmt: skip
def test_a_time_named_from_the_day_of_a_text_is_a_date(text: str, expected: str) -> None:
    assert dated(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The market is open every Monday.", "Open Monday to Friday.", "Monday-Friday, 9 to 5",
        "On Monday, 8 April, it began.", "On Monday 8 April it began.", "Monday (8 April)",
        "Monday's vote", "the Sunday Times", "Black Friday", "Good Friday", "Sundays",
        "the previous Monday", "that Monday", "on a Monday", "last year's floods",
        "Monday night's raid", "The Tonight Show", "The Today programme", "USA Today",
        "Tuesday Weld", "the year before last", "a month ago", "Mondayish",
    ],
)  # fmt: skip
def test_other_weekdays_and_years_are_left_alone(text: str) -> None:
    assert dated(text) == text


def test_the_month_before_january_is_of_the_year_before() -> None:
    assert dated("last month", dt.date(2024, 1, 5)) == "last month (December 2023)"
    assert dated("next month", dt.date(2024, 12, 5)) == "next month (January 2025)"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(["past", "ahead"]))
def test_a_weekday_is_less_than_a_week_from_the_day_of_the_text(day: dt.date, when: str) -> None:
    verb = "It fell" if when == "past" else "It will fall"
    for offset in range(7):
        named = day + dt.timedelta(-offset if when == "past" else offset)
        text = f"{verb} on {named:%A}."
        expected = f"{verb} on {named:%A}, {named.day} {named:%B} {named.year}."
        assert dated(text, day) == expected


@given(st.text(string.ascii_letters + " .,-'’\n", max_size=200))
def test_places_lie_in_the_text(text: str) -> None:
    places = [place for place, _ in named_times(text + " on Monday", TUESDAY)]
    assert all(0 < place <= len(text) + 10 for place in places)
