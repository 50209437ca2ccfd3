"""Which claims follow what is newer, and which texts are too early for a claim."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from index.documents import document
from index.split import split
from retrieval.newer import can_change, reverses, too_early, was_then
from retrieval.reading import Reading
from retrieval.types import Candidate, Newest, Scores


def read(text: str, day: str | None) -> Reading:
    made = document(text, text, published_at=day, language="en")
    found = Candidate(made, split(made)[0], Scores(0.9, 1.0, 0.9))
    stance = np.array([0.1, 0.8, 0.1], np.float32)
    return Reading(found, "", np.zeros(16, np.float32), judged=True, stance=stance)


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("Ann Lee is mayor of Oria", True),
        ("Nine people died in the fire", True),
        ("The bridge cost 48 million euros", False),
        ("Ann Lee is mayor of Oria in 2012", False),
    ],
)
def test_what_can_change(claim: str, changes: bool) -> None:
    assert can_change(claim) == changes


@pytest.mark.parametrize(
    ("text", "undoes"),
    [
        ("The race in Oria was called off.", True),
        ("The jury disqualified Lind on Sunday.", True),
        ("The ban on boats was lifted.", True),
        ("The market stays after all.", True),
        ("Lind won the race in Oria.", False),
        ("A lift was built in Oria.", False),
    ],
)
def test_a_newer_text_tells_that_something_was_undone(text: str, undoes: bool) -> None:
    day = dt.date(2023, 5, 1)
    assert reverses([read(text, "2023-05-01")], Newest("REFUTES", day)) == undoes
    assert not reverses([read(text, "2022-05-01")], Newest("REFUTES", day))
    assert not reverses([read(text, "2023-05-01")], Newest("SUPPORTS", day))


@pytest.mark.parametrize(
    ("claim", "rows"),
    [
        ("The station opened in October 2020", [0, 1]),
        ("The station opened in 2012", [0]),
        ("Lind led the station from 2011 to 2022", []),
        ("The station will open in 2020", []),
        ("The station is closed from 2025", []),
        ("The station opened in October", []),
    ],
)
def test_what_was_expected_does_not_refute_what_happened(claim: str, rows: list[int]) -> None:
    days = ["2011-12-01", "2012-05-08", "2020-10-31", None]
    readings = [read(f"The station opens in May of {day}.", day) for day in days]
    assert too_early(claim, readings) == rows


@pytest.mark.parametrize(
    ("claim", "sentence", "then"),
    [
        (
            "The yard builds 40 ships",
            "In 1960 the yard builds 40 ships, it said at the time.",
            True,
        ),
        ("Arden has two theatres", "In 1988 Arden had two theatres.", True),
        ("The union leads in the polls", "Until 2005 the union led in the polls.", True),
        ("Dogs are allowed on trains", "Until 2005 dogs were allowed on trains.", True),
        ("Whales live in the bay", "Sixty years ago whales lived in the bay.", True),
        ("Lind holds the record", "When he won in Arden in 1971, Lind held the record.", True),
        ("Arden has two theatres", "In 2021 Arden had two theatres.", False),
        ("Arden had two theatres", "In 1988 Arden had two theatres.", False),
        ("Arden has two theatres in 1988", "In 1988 Arden had two theatres.", False),
        ("The dam holds 3 million litres", "In 1988 a dam was built that holds 3 million.", False),
        ("Arden has a theatre", "In 1988 the theatre of Arden was opened.", False),
        ("Arden has two theatres", "Arden had two theatres.", False),
    ],
)
def test_what_was_so_says_nothing_of_today(claim: str, sentence: str, then: bool) -> None:
    text = f"{sentence} There is a cinema."
    assert was_then(claim, sentence, document("d", text, published_at="2022-01-01")) == then
    assert not was_then(claim, sentence, document("d", text))
    told = document("d", f"{text} Today there is none.")
    assert was_then(claim, sentence, told) == (then or "2021" in sentence)
