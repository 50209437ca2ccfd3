"""What texts of several ratings, of rated titles and of claims turned round rule on a claim."""

from __future__ import annotations

import time

import pytest

from index.documents import document
from retrieval.reading_on import LONGEST_ARTICLE
from retrieval.ruling import ruling_on

WATER = "Lidia Sorn voted against the water bill twice"
FLYER = "A flyer says that Lidia Sorn voted against the water bill twice."
RECORDS = "The records of parliament list every vote since 1990, and who was in the room."
BETWEEN = "We read them in the library for two days, and called her office as well."


def ruled(claim: str, text: str, title: str = "Marlow") -> str | None:
    """The stance that is ruled without asking the model."""
    ruling = ruling_on(claim, document("f", text, title=title, language="en"))
    return ruling.rating.stance if ruling and ruling.section is None else None


def asked(claim: str, text: str, title: str = "Marlow") -> str | None:
    """What is read with the rating."""
    ruling = ruling_on(claim, document("f", text, title=title, language="en"))
    return ruling.section if ruling else None


def twice(rating: str, told: str = FLYER) -> str:
    return "\n\n".join([told, RECORDS, BETWEEN, RECORDS, told, rating])


SEVERAL = "\n\n".join(
    [
        "The candidates for mayor of Westmark met on Thursday. We checked four of their claims.",
        '"Crime has doubled in Westmark since 2020," said Karl Benn. Police recorded 8,100 offences'
        " in 2020 and 8,400 last year. False.",
        '"Our schools hired 120 teachers," said Ines Falk. The board of the schools told us that'
        " the city of Westmark paid for 90 of them. True.",
        '"Rents are up 30 per cent in five years," said Benn. The housing office has 29. Mostly'
        " true.",
        '"No city of our size has fewer buses," said Falk. There are no data. Unproven.',
    ]
)


@pytest.mark.parametrize(
    ("claim", "stance"),
    [
        ("Crime has doubled in Westmark since 2020", "REFUTES"),
        ("Westmark schools hired 120 teachers", "SUPPORTS"),
        ("Rents in Westmark are up 30 per cent in five years", "SUPPORTS"),
        ("No city of Westmark's size has fewer buses", "NOT_ENOUGH_INFO"),
        ("Westmark schools hired 220 teachers", None),
        ("The city of Westmark paid for 90 of the teachers", None),
        ("Police recorded 8,100 offences in 2020", None),
        ("Crime has not doubled in Westmark since 2021", None),
    ],
)
def test_of_several_ratings_each_rates_what_is_said_before_it(
    claim: str, stance: str | None
) -> None:
    assert ruled(claim, SEVERAL) == stance


def test_which_of_two_is_rated_by_the_first_is_not_guessed() -> None:
    text = (
        'Ada Moor said: "We built 5,000 homes, and unemployment was never lower."\n\n'
        "The first statement is true.\n\nThe second statement is false. We asked the bank."
    )
    assert ruled("Unemployment was never lower", text) is None


def test_one_word_between_the_lines_is_a_rating_that_differs() -> None:
    lines = "\n\n".join(['"It is hot," said Benn. False.', twice("Our ruling: True.")])
    claim = "Sorn voted twice against the bill about water"
    assert asked(claim, twice("Our ruling: True.")) is not None
    assert asked(claim, lines) is None


@pytest.mark.parametrize(
    ("rating", "stance"),
    [
        (f"The claim that {WATER} is false.", "REFUTES"),
        (f"We rate the claim that {WATER} as True.", "SUPPORTS"),
        (
            "The claim that Lidia Sorn never voted against the water bill twice is false.",
            "SUPPORTS",
        ),
        ("The claim that Lidia Sorn voted against the water bill three times is false.", None),
        ("The claim that Karl Benn voted against the water bill twice is false.", None),
        ("We rate the claim that Benn sold a horse to the bishop of Oria False.", None),
    ],
)
def test_what_a_rating_names_is_what_it_rates(rating: str, stance: str | None) -> None:
    assert ruled(WATER, f"{FLYER}\n\n{RECORDS}\n\n{rating}") == stance


def test_not_right_is_a_rating() -> None:
    text = (
        '"Rents have fallen under me," said Benn. That is not right. They rose by 9 per cent.\n\n'
        '"We planted 900 trees." The register lists 410 of them.\n\n'
        '"No school was closed." This is correct.'
    )
    assert asked("900 trees were planted under Benn", text) is None
    assert ruled("Rents have fallen under Benn", text) in ("REFUTES", None)


def test_a_claim_of_stop_words_alone_is_not_rated() -> None:
    rated = "Holt spoke of the tunnel. We rate the claim that the tunnel leaks False."
    assert ruling_on("He was with them", document("f", rated, language="en")) is None


def test_a_rating_that_names_another_statement_is_not_read_with_the_claim() -> None:
    named = "We rate the claim that Benn sold a horse to the bishop of Oria False."
    assert asked(WATER, f"{FLYER}\n\n{RECORDS}\n\n{named}") is None
    assert asked(WATER, f"{FLYER}\n\n{RECORDS}\n\nWe rate the claim False.") is not None


@pytest.mark.parametrize(
    ("rating", "stance"),
    [
        ("We have changed the rating to False.", "REFUTES"),
        ("We have corrected our verdict from False to True.", "SUPPORTS"),
    ],
)
def test_a_changed_rating_is_the_one_that_holds(rating: str, stance: str) -> None:
    assert ruled(WATER, twice(rating)) == stance


@pytest.mark.parametrize(
    ("claim", "told", "rating", "stance"),
    [
        (
            "A flood warning was issued for Aster",
            "No flood warning was issued",
            "False",
            "SUPPORTS",
        ),
        ("A flood warning was issued for Aster", "No flood warning was issued", "True", "REFUTES"),
        (
            "No flood warning was issued for Aster",
            "A flood warning was issued",
            "False",
            "SUPPORTS",
        ),
        (
            "A flood warning was issued for Aster",
            "No flood warning was issued",
            "Half true",
            "NOT_ENOUGH_INFO",
        ),
    ],
)
def test_the_opposite_of_what_is_rated_is_rated_too(
    claim: str, told: str, rating: str, stance: str
) -> None:
    text = twice(f"We rate this claim {rating}.", f"Bo Lund says: {told} for Aster.")
    assert ruled(claim, text) == stance


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        # denied by him who is quoted: its opposite is not what is rated
        ("Lidia Sorn voted for the water bill", "Benn did not say that Lidia Sorn voted for it"),
        ("Sorn won more votes than those who did not", "Sorn won more votes, Benn said, than Holt"),
        ("Lidia Sorn voted for the water bill twice", FLYER),
        ("Lidia Sorn voted for the water bill twice", FLYER.replace("voted", "nearly voted")),
    ],
)
def test_no_other_turn_of_what_is_rated_is_its_opposite(claim: str, told: str) -> None:
    text = f"{twice('We rate this claim False.', told)}"
    assert ruled(claim, text) is None


def test_a_claim_line_needs_no_other_that_comes_back_to_it() -> None:
    for line in (f"Claim: {WATER}.", f"The claim\n\n{WATER}.", f"Claim reviewed: {WATER}"):
        assert ruled(WATER, f"{line}\n\nRating: False\n\n{RECORDS}\n\n{BETWEEN}") == "REFUTES"
    assert ruled(WATER, f"{WATER}.\n\nRating: False\n\n{RECORDS}\n\n{BETWEEN}") is None


@pytest.mark.parametrize(
    ("below", "is_asked"),
    [
        ("The clip shows tanks that were returning from a parade.", False),  # its own finding
        ("The army said that the tanks were returning from a parade in Oria.", False),
        ("The army said that the tanks stood in Oria.", True),
    ],
)
def test_what_is_told_more_fully_below_the_rating_is_not_what_it_rates(
    below: str, is_asked: bool
) -> None:
    above = "Benn told us that tanks were returning to fight. A parade was held."
    text = f"{above}\n\nRating: False\n\n{below}\n\n{RECORDS}"
    claim = "The tanks were returning from a parade"
    assert (asked(claim, text) is not None) == is_asked


@pytest.mark.parametrize("label", ["FALSE:", "Retraction:", "RETRACTED ARTICLE:", "Satire |"])
def test_a_title_rates_what_it_tells(label: str) -> None:
    title = f"{label} Vitamin K2 halves the rate of hip fractures"
    document_ = document("f", f"{RECORDS} {BETWEEN}", title=title, language="en")
    ruling = ruling_on("Vitamin K2 halves the rate of hip fractures", document_)
    assert ruling is not None
    assert ruling.by_title
    assert ruling.rating.stance == "REFUTES"
    assert ruling.sentence.quote == RECORDS
    for other in ("Vitamin K3 halves the rate of hip fractures", "Vitamin K2 is sold", "Hips"):
        assert ruling_on(other, document_) is None


def test_a_title_that_denies_what_its_label_rates_rules_nothing() -> None:
    title = "FALSE: The bank is not closing its machines"
    assert ruled("The bank is closing its machines", RECORDS, title) is None


@pytest.mark.parametrize(
    "words",
    [
        "false. ",
        "we rate ",
        "We rate it ",
        "so it is ",
        "“",
        "half true. ",
        "Verdict\n\n",
        "the claim that it is ",
        "we changed the rating to ",
        "Claim: ",
        f"{FLYER} ",
        "not ",
        "FALSE: ",
        "He said: “",
    ],
)
@pytest.mark.parametrize("ending", [" false.", "\n\nWe rate this claim False."])
def test_a_long_text_of_such_words_is_read_in_no_time(words: str, ending: str) -> None:
    text = f"{FLYER}\n\n{words * LONGEST_ARTICLE}"[: LONGEST_ARTICLE - len(ending)] + ending
    given = document("f", text, language="en")
    took = []
    for _ in range(2):  # The first may pay for objects that other tests left.
        started = time.thread_time()
        ruling_on(WATER, given)
        took.append(time.thread_time() - started)
    assert min(took) < 0.5  # ten times what it takes


@pytest.mark.parametrize(
    ("told", "stance"),
    [
        ("Lidia Sorn said on television that she voted against the water bill twice.", "REFUTES"),
        ("Lidia Sorn said on television that Holt voted against the water bill twice.", None),
    ],
)
def test_who_says_of_himself_what_is_rated_did_it(told: str, stance: str | None) -> None:
    assert ruled(WATER, twice("We rate this claim False.", told)) == stance


def test_he_who_speaks_of_himself_is_whom_a_claim_in_other_words_is_about() -> None:
    claim = "Twice Lidia Sorn voted against the water bill"
    told = "Lidia Sorn insisted that she voted against the bill twice, the one about water."
    assert asked(claim, f"{told}\n\n{RECORDS}\n\nWe rate this claim False.") is not None
    told = told.replace("she voted", "Holt voted")
    assert asked(claim, f"{told}\n\n{RECORDS}\n\nWe rate this claim False.") is None


def test_what_others_say_beside_a_claim_that_is_named_is_not_rated() -> None:
    line = 'What Lund said: "Unemployment has tripled since 2019."'
    found = "Unemployment was 4.9 per cent in June, the labour office said."
    claim = "In June, unemployment was 4.9 per cent"
    rest = f"{found}\n\n{RECORDS}\n\nVerdict: untrue"
    assert asked(claim, f"{line}\n\n{rest}") is None
    assert asked(claim, f"{RECORDS}\n\n{rest}") is not None
    assert ruled("Unemployment has not tripled since 2019", f"{line}\n\n{rest}") == "SUPPORTS"


def test_a_line_without_a_full_stop_is_a_sentence() -> None:
    card = (
        "Claim: Holm has the highest rents in the country (Ana Roos)\nRating: Mostly false\n"
        "Two cities are dearer.\n\nClaim: Holm built 900 flats last year (Ana Roos)\n"
        "Rating: True\nThe building office counted 912."
    )
    assert ruled("Holm has the highest rents in the country", card) == "REFUTES"
    assert ruled("Holm built 900 flats last year", card) == "SUPPORTS"
    given = document("f", card, language="en")
    ruling = ruling_on("Holm built 900 flats last year", given)
    assert ruling is not None
    assert ruling.sentence.quote == "Rating: True"
    assert given.text[ruling.sentence.start : ruling.sentence.end] == "Rating: True"
