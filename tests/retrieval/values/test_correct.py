"""A stance moves to what the values say, and stays where they say nothing that is sure."""

import itertools
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.types import Quote
from retrieval.values import Relation, correct, differences, parse_claim, verdict_of_values
from retrieval.values.correct import SURE

REFUTES = np.array([0.05, 0.81, 0.14], np.float32)
SUPPORTS = np.array([0.81, 0.05, 0.14], np.float32)
NOTHING = np.array([0.05, 0.05, 0.9], np.float32)


@pytest.mark.parametrize("stance", [REFUTES, SUPPORTS, NOTHING], ids=["refutes", "supports", "nei"])
@pytest.mark.parametrize(
    ("claim", "text", "side"),
    [
        ("The stadium holds 12,500 spectators", "The stadium holds 12500 spectators.", 0),
        ("The office employs more than 1,000 people", "The office employs 1,204 people.", 0),
        ("The office employs more than 1,500 people", "The office employs 1,204 people.", 1),
        ("The stadium holds 12,500 spectators", "The stadium holds 12,600 spectators.", 1),
    ],
)
def test_values_that_are_sure_decide(stance: np.ndarray, claim: str, text: str, side: int) -> None:
    moved = correct(stance, parse_claim(claim), text)
    assert moved[side] == pytest.approx(SURE)
    assert moved.sum() == pytest.approx(1)
    others = [at for at in range(3) if at != side]
    ratio = stance[others[0]] / stance[others[1]]
    assert moved[others[0]] / moved[others[1]] == pytest.approx(ratio, rel=1e-4)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The mayor of Oria resigned", "The mayor of Oria resigned in 2019."),
        ("Forty people died", "The mayor claims that 40 people died."),
        # Written alike: whether the text vouches for it, the model has to say.
        ("40 people died in the flood", "40 people died in the flood."),
        ("40 people died in the flood", "The price of eggs rose by 40 cents."),
    ],
)
def test_a_stance_stays_where_values_are_not_sure(claim: str, text: str) -> None:
    assert correct(REFUTES, parse_claim(claim), text) is REFUTES


def test_a_stance_that_is_surer_stays() -> None:
    sure = np.array([0.98, 0.01, 0.01], np.float32)
    claim = parse_claim("The stadium holds 12,500 spectators")
    assert correct(sure, claim, "The stadium holds 12500 spectators.") is sure


def test_the_deciding_sentence_may_stand_anywhere() -> None:
    text = "Work began in 1962. Twelve men died. The stadium holds 12500 spectators. It rained."
    found = verdict_of_values(parse_claim("The stadium holds 12,500 spectators"), text)
    assert found.relation is Relation.EQUAL
    (step,) = found.steps
    assert step.text == "12500 is the same as 12,500"
    assert [text[at.start : at.end] for at in step.evidence] == ["12500"]


def test_sentences_that_disagree_say_nothing() -> None:
    text = "The stadium holds 12500 spectators. The stadium holds 15,000 spectators."
    found = verdict_of_values(parse_claim("The stadium holds 12,500 spectators"), text)
    assert (found.relation, found.steps) == (Relation.UNKNOWN, ())


@pytest.mark.parametrize(
    ("claim", "text", "step"),
    [
        (
            "More than 50 people died in all in Oria and Ustra",
            "45 people died in Oria and 6 in Ustra.",
            "45 + 6 = 51, which is more than 50",
        ),
        (
            "The reserve had 95 pairs of avocets in 2022",
            "The reserve has 84 pairs of avocets, five fewer than in 2022.",
            "84 + five = 89, which is not 95",
        ),
        (
            "Wolves killed two thirds of the carcasses",
            "Wolves killed 411 of the 902 carcasses.",
            "411 / 902 = 45.6%, which is not two thirds",
        ),
        (
            "The price rose by 25 per cent",
            "The price rose from 12 to 15 euros.",
            "15 / 12 - 1 = 25%, which is 25 per cent",
        ),
        (
            "The price rose by 3 euros",
            "The price rose from 12 to 15 euros.",
            "15 - 12 = 3, which is 3 euros",
        ),
        (
            "The fleet had 120 ships in 2022",
            "The fleet has 80 ships, a fifth fewer than in 2022.",
            "80 / 0.8 = 100, which is not 120",
        ),
        (
            "The mill makes more than 40 tonnes a day",
            "The mill makes 500 tonnes in ten days.",
            "500 tonnes / ten days = 50, which is more than 40 tonnes a day",
        ),
        (
            "Ana Lind died aged 75",
            "Ana Lind, born in 1930, died in 2001.",
            "1930 to 2001 = 70 or 71 years, which is not 75",
        ),
        (
            "Ana Lind died aged 71",
            "Ana Lind (3 May 1930 – 7 June 2001) was a painter who died in Oria.",
            "3 May 1930 to 7 June 2001 = 71 years, which is 71",
        ),
    ],
)
def test_working_out_is_shown(claim: str, text: str, step: str) -> None:
    (found,) = verdict_of_values(parse_claim(claim), text).steps
    assert found.text == step
    assert len(found.evidence) == 2


@pytest.mark.parametrize(
    "text",
    ["3-" * 5_000, "one " * 5_000, "1 " * 5_000, "1,000," * 5_000, "2010 to " * 2_000,
     "half a " * 3_000, "3 May 2019, " * 900, "from 5 to 6, " * 900, "more than " * 2_000 + "5",
     "1" * 20_000, "£" * 20_000, "twenty-" * 3_000, "born in 1930 died in 2001 " * 500],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_text_of_any_length_takes_bounded_time(text: str) -> None:
    start = time.thread_time()
    verdict_of_values(parse_claim(text), text)
    assert time.thread_time() - start < 2


def test_what_parts_two_texts_takes_bounded_time_to_find() -> None:
    words = [
        "".join(letters) for letters in itertools.product("bcdfg", "aeiou", "bcdf", "aeio", "st")
    ]
    stated = " ".join(words * 3)
    start = time.thread_time()
    differences(" ".join(f"no {word}" for word in words * 3), [Quote(0, len(stated), stated)], "en")
    assert time.thread_time() - start < 1


def test_an_ordinary_sentence_takes_less_than_a_millisecond() -> None:
    claim = parse_claim("The council spent 1,204 pounds on 25 roads in 2019")
    sentences = [
        f"In 2019 the council spent £1,2{at:02} on twenty-five roads, its treasurer told the Oria"
        f" Post on Friday, {at} days after the vote." for at in range(100)
    ]  # fmt: skip
    verdict_of_values(claim, sentences[0])
    start = time.thread_time()
    for sentence in sentences[1:]:
        verdict_of_values(claim, sentence)
    assert (time.thread_time() - start) / 99 < 0.002  # twice as much, for a busy machine


def test_libraries_of_units_are_loaded_when_a_unit_is_read() -> None:
    code = (
        "import sys, retrieval.values as values; assert not {'pint', 'babel'} & set(sys.modules);"
        "values.parse_claim('It is 5 km long'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


WORDS = [
    "not ", " pm", "more than ", "between ", "60 ", "$", "May ", "2020 ", "sixty ", "use ", "1,5",
    "%", "-", "€", " million", " hours", "half ", "a ", "of ", "the ", "died ", "aged ",
    "people ", "to ", "and ", "from ", "by ", "born in ", "1930 ", "fewer ", "than ", "hundreds ",
    ":30",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
)
def test_steps_quote_the_text(claim: str, text: str) -> None:
    found = verdict_of_values(parse_claim(claim), text)
    for step in found.steps:
        for at in step.evidence:
            assert 0 <= at.start < at.end <= len(text)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read(claim: str, text: str) -> None:
    verdict_of_values(parse_claim(claim), text)


@given(st.integers(1, 10**7))
def test_a_number_is_the_same_however_it_is_grouped(number: int) -> None:
    claim = parse_claim(f"The stadium holds {number:,} spectators")
    for written in (f"{number}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "'")):
        found = verdict_of_values(claim, f"The stadium holds {written} spectators.")
        assert found.relation is Relation.EQUAL
        other = verdict_of_values(claim, f"The stadium holds {number * 3 + 1} spectators.")
        assert other.relation is Relation.DIFFERS
