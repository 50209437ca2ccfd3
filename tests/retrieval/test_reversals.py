"""What a newer text undoes of an older one: findings of a study, results of a vote, offices."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from index.documents import Vectors, document
from index.split import split
from retrieval.reading import Reading
from retrieval.reversals import reversed_rows
from retrieval.successors import other_holders
from retrieval.types import Candidate, Quote, Scores
from retrieval.verdict import REFUTES, SUPPORTS

SAYS = {"supports": [0.8, 0.1, 0.1], "refutes": [0.1, 0.8, 0.1], "nothing": [0.1, 0.1, 0.8]}


def read(claim: str, text: str, year: int | None, publisher: str = "Gazette") -> Reading:
    """A reading of a text of one passage, whose first sentence carries its stance."""
    day = dt.date(year, 3, 1) if year else None
    made = document(text, text, publisher=publisher, published_at=day, language="en")
    (passage, *_) = split(made)
    first = passage.sentences[0]
    key = Quote(first.start, first.end, text[first.start : first.end])
    found = Candidate(made, passage, Scores(0.9, 1.0, 0.9))
    return Reading(found, claim, np.zeros(16, np.float32), judged=True, key_sentences=(key,))


def stances(*said: str) -> Vectors:
    return np.array([SAYS[each] for each in said], np.float32)


STUDY = "Olive leaf tea lowers the blood pressure of dogs, a study of 300 dogs has found."
RETRACTED = "The journal has retracted a study on olive leaf tea. Its data were invented."


@pytest.mark.parametrize(
    ("claim", "later", "undone"),
    [
        ("Olive leaf tea lowers the blood pressure of dogs", RETRACTED, True),
        ("A study had 300 dogs", RETRACTED, False),
        ("Olive leaf tea lowers the blood pressure of dogs",
         "The journal has retracted a study on the sleep of bats.", False),
        ("Olive leaf tea lowers the blood pressure of dogs",
         "The journal published a second study on olive leaf tea.", False),
    ],
)  # fmt: skip
def test_what_a_retracted_study_found(claim: str, later: str, undone: bool) -> None:
    readings = [read(claim, STUDY, 2019), read(claim, later, 2021)]
    assert reversed_rows(readings) == ({0: (SUPPORTS,)} if undone else {})
    assert reversed_rows([read(claim, STUDY, 2022), read(claim, later, 2021)]) == {}


def test_who_won_a_vote_is_who_won_it_after_the_recount() -> None:
    first = "Ada Moor won the vote for mayor of Oria by nine votes."
    later = "A recount has overturned the result of the vote for mayor of Oria. Benn won it."
    for claim in ("Ada Moor won the vote for mayor of Oria", "Karl Benn is the mayor of Oria"):
        readings = [read(claim, first, 2020), read(claim, later, 2021)]
        assert reversed_rows(readings) == {0: (SUPPORTS, REFUTES)}
    declared = "Ada Moor was declared winner of the vote for mayor of Oria"
    assert reversed_rows([read(declared, first, 2020), read(declared, later, 2021)]) == {}


PLAN = "The county will close the swimming hall of Oria, it said on Monday."


def test_a_law_that_was_vetoed_is_not_in_force() -> None:
    passed = "The senate of Oria passed a law against kites on Monday."
    vetoed = "The governor of Oria vetoed the law against kites."
    for claim, undone in (
        ("Kites are against the law in Oria", {0: (SUPPORTS,)}),
        ("The senate of Oria passed a law against kites", {}),
    ):
        assert reversed_rows([read(claim, passed, 2020), read(claim, vetoed, 2021)]) == undone


@pytest.mark.parametrize(
    ("claim", "later", "undone"),
    [
        ("The county closes the swimming hall of Oria",
         "The county has dropped its plan to close the swimming hall of Oria.", True),
        ("The swimming hall of Oria will close",
         "The closure of the swimming hall of Oria was called off.", True),
        ("The county planned to close the swimming hall of Oria",
         "The county has dropped its plan to close the swimming hall of Oria.", False),
        ("The county closes the swimming hall of Oria",
         "The concert in Oria was called off.", False),
        ("The county closes the swimming hall of Oria",
         "The county will close the swimming hall of Oria in May.", False),
    ],
)  # fmt: skip
def test_what_was_planned_and_called_off(claim: str, later: str, undone: bool) -> None:
    readings = [read(claim, PLAN, 2019), read(claim, later, 2021)]
    assert reversed_rows(readings) == ({0: (SUPPORTS,)} if undone else {})


LEE = "Ann Lee is mayor of Oria"
OLD = "Mayor Ann Lee opened a school in Oria."
OTHERS = [
    "Mayor Ben Kos opened a bridge in Oria.",
    "Oria's mayor Ben Kos opened a bridge.",
    "In Oria the council elected Ben Kos mayor on Monday.",
    "Ben Kos was sworn in as the new mayor of Oria.",
    "Ben Kos, the mayor of Oria, is ill.",
]
NOT_OTHERS = [
    "Mayor Lee opened a bridge in Oria.",
    "Former mayor Ben Kos visited Oria.",
    "Deputy mayor Ben Kos opened a bridge in Oria.",
    "Ben Kos may become mayor of Oria.",
    "In Oria the carnival mayor Ben Kos opened a bridge.",
    "In Oria they met Ben Kos, the mayor of Arden.",
    "Mayor Ben Kos opened a bridge in Arden.",
    "The mayor met Ben Kos in Oria.",
]


@pytest.mark.parametrize("text", OTHERS)
def test_a_newer_text_names_another_holder_of_an_office(text: str) -> None:
    readings = [read(LEE, OLD, 2020), read(LEE, text, 2022)]
    named = other_holders(readings, stances("supports", "nothing"))
    assert {row: sentence.quote for row, sentence in named.items()} == {1: text}
    turned = [
        read("The mayor of Oria is Ann Lee", each, year) for each, year in ((OLD, 1), (text, 2))
    ]
    assert set(other_holders(turned, stances("supports", "nothing"))) == {1}


@pytest.mark.parametrize("text", NOT_OTHERS)
def test_a_text_names_no_other_holder_of_the_office(text: str) -> None:
    readings = [read(LEE, OLD, 2020), read(LEE, text, 2022)]
    assert other_holders(readings, stances("supports", "nothing")) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (2022, 2020, "nothing"),  # older than what supports
        (None, 2022, "nothing"),  # nobody knows which is newer
        (2020, 2022, "supports"),  # itself supports
    ],
)
def test_only_a_text_newer_than_what_supports_counts(old: int | None, new: int, said: str) -> None:
    readings = [read(LEE, OLD, old), read(LEE, OTHERS[0], new)]
    assert other_holders(readings, stances("supports", said)) == {}


def test_an_office_without_a_place_is_that_of_one_publisher() -> None:
    claim, old = "Ann Lee is finance minister", "Finance minister Ann Lee was in Oria."
    new = "The prime minister named Ben Kos finance minister."
    for publisher, rows in (("Gazette", {1}), ("Herald", set())):
        readings = [read(claim, old, 2020), read(claim, new, 2022, publisher)]
        assert set(other_holders(readings, stances("supports", "nothing"))) == rows
    was = "Ann Lee was finance minister"
    assert (
        other_holders([read(was, old, 2020), read(was, new, 2022)], stances("supports", "nothing"))
        == {}
    )
