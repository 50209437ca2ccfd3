"""Which claims follow what is newer, and which texts are too early for a claim."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from index.documents import document
from index.split import split
from retrieval.newer import can_change, reverses, too_early
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
