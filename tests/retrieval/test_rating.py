"""Which sentences rate something, and when they say something of a claim."""

from __future__ import annotations

import pytest

from retrieval.claim_lines import claim_of
from retrieval.rating import rating, title_beside, without_ratings
from retrieval.types import Quote

CLAIM = "The harbour tunnel cost the city 40 million crowns"


def left(*sentences: str, claim: str = CLAIM, title: str = "") -> list[str]:
    """What is left of a passage of these sentences."""
    quotes = [Quote(at, at + len(text), text) for at, text in enumerate(sentences)]
    return [quote.quote for quote in without_ratings(claim, title, quotes)]


@pytest.mark.parametrize(
    "sentence",
    [
        "That said, we rate the statement True.",
        "The statement that the tunnel cost the city 40 million crowns rates as True.",
        "Holt earns a True.",
        "We rank this claim Mostly True.",
    ],
)
def test_a_rating_has_several_forms(sentence: str) -> None:
    given = rating(sentence)
    assert given is not None
    assert given.stance == "SUPPORTS"


@pytest.mark.parametrize("sentence", ["And that gets a Pants on Fire rating.", "It is satire."])
def test_a_rating_of_what_is_wrong_has_several_forms(sentence: str) -> None:
    given = rating(sentence)
    assert given is not None
    assert given.stance == "REFUTES"


@pytest.mark.parametrize(
    "sentence",
    ["He said it is False.", "She earns a living.", "We rate hotels.", "The rates are right."],
)
def test_what_rates_nothing(sentence: str) -> None:
    assert rating(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "We rate this claim False.",
        "We gave the mayor a Half True for that.",
        "We found exceptions -- among towns and states -- making this claim False.",
        "The statement is inaccurate and ridiculous.",
        "Pants on Fire!",
    ],
)
def test_a_rating_of_what_is_told_elsewhere_is_left_out(sentence: str) -> None:
    assert left("The ferry sails at noon.", sentence) == ["The ferry sails at noon."]
    assert left(sentence) == []


def test_a_rating_beside_what_it_rates_stays() -> None:
    told = "The mayor says that the harbour tunnel cost 40 million crowns."
    assert left(told, "That is false.") == [told, "That is false."]
    alone = "The claim that the tunnel cost 40 million crowns is false."
    assert left(alone) == [alone]


def test_a_text_that_names_its_claim_rates_no_finding() -> None:
    found = "The books show that a bank paid 40 million crowns for the harbour tunnel."
    quotes = [Quote(0, 13, "Rating: FALSE"), Quote(14, 14 + len(found), found)]
    names = "The claim: The city paid for the tunnel.\n\nRating: FALSE"
    finding = "A bank paid 40 million crowns for the harbour tunnel in May last year"
    assert without_ratings(finding, "", quotes, names) == quotes[1:]
    assert without_ratings(finding, "", quotes) == quotes
    claim = "The city paid for the tunnel"
    assert without_ratings(claim, "", quotes, names)[-1:] == quotes[1:]


def test_a_title_tells_what_is_rated() -> None:
    title = "Did the harbour tunnel cost 40 million crowns?"
    assert left("That is false.", title=title) == ["That is false."]


def test_a_rating_beside_another_number_is_left_out() -> None:
    told = "The mayor says that the harbour tunnel cost the city 60 million crowns."
    assert left(told, "That is true.") == [told]


def test_a_rating_beside_what_the_text_tells_as_its_own_is_left_out() -> None:
    own = "The harbour tunnel cost the city 40 million crowns, as its accounts show."
    said = "He said that it cost more than any other."
    assert left(said, own, "The second statement is false.") == [said, own]
    again = "He said that the harbour tunnel cost the city 40 million crowns."
    assert left(again, own, "That is false.") == [again, own, "That is false."]


@pytest.mark.parametrize("heading", ["VERDICT", "About this rating", "Our ruling:"])
def test_a_heading_goes_with_the_rating_below_it(heading: str) -> None:
    assert left(heading, "False.", "The ferry sails at noon.") == ["The ferry sails at noon."]


def test_an_earlier_rating_rates_what_is_told_elsewhere() -> None:
    earlier = "An earlier version rated the ferry's delay as true, in error."
    assert left("The ferry sails at noon.", earlier) == ["The ferry sails at noon."]


@pytest.mark.parametrize(
    ("claim", "title", "read"),
    [
        ("The bank will close its machines", "FALSE: The bank will close its machines", "FALSE"),
        ("The bank will close 9 machines", "FALSE: The bank will close its machines", "The bank"),
        ("The fee rises in June", "FALSE - The bank will close its machines", "The bank"),
        ("The fee rises in June", "False teeth are cheaper", "False teeth"),
        ("The fee rises in June", "Retraction: Bees and clover", "Bees"),
    ],
)
def test_the_label_of_a_title_is_read_with_what_it_rates(claim: str, title: str, read: str) -> None:
    assert title_beside(claim, title).startswith(read)


@pytest.mark.parametrize(
    ("line", "claimed"),
    [
        ("Claim: The tunnel leaks", "The tunnel leaks"),
        ("CLAIM 2: The tunnel leaks", "The tunnel leaks"),
        ("The claim", ""),
        ("What was claimed", ""),
        ("Claims of leaks are made", None),
        ("The tunnel leaks", None),
    ],
)
def test_a_line_says_what_is_claimed(line: str, claimed: str | None) -> None:
    assert claim_of(line) == claimed


@pytest.mark.parametrize(
    "sentence",
    [
        "The ferry sails at noon.",
        "It is true that the ferry is late.",
        "The council gave false figures to the court.",
        "A judge found him guilty of false accounting.",
    ],
)
def test_news_is_read_whole(sentence: str) -> None:
    assert left(sentence) == [sentence]
