"""Claims with another number: the label follows from the two numbers."""

import re

import pytest

from training.pairs import Pair
from training.swaps import number_swaps

EVIDENCE = "Police counted 4,200 people in the square, and 37 stalls; it began on 3 May 1998."


def swaps(claim: str, label: str = "SUPPORTS") -> list[Pair]:
    return number_swaps([Pair(claim, EVIDENCE, label, "a")], 100, seed=1)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("number", "noun"), [("4,200", "people"), ("37", "stalls")])
def test_labels_are_arithmetic(seed: int, number: str, noun: str) -> None:
    claim = f"There were {number} {noun} in the square."
    made = number_swaps([Pair(claim, EVIDENCE, "SUPPORTS", "a")], 100, seed)
    truth = int(number.replace(",", ""))
    assert len(made) == 5
    for pair in made:
        words, said = re.fullmatch(
            rf"There were (\D*)([\d,]+) {noun} in the square\.", pair.claim
        ).groups()
        value = int(said.replace(",", ""))
        holds = {
            "": value == truth,
            "more than ": truth > value,
            "over ": truth > value,
            "at least ": truth >= value,
            "fewer than ": truth < value,
            "less than ": truth < value,
            "under ": truth < value,
        }[words]
        assert pair.label == ("SUPPORTS" if holds else "REFUTES")


@pytest.mark.parametrize(
    "claim",
    [
        "It began in 1998.",
        "More than 37 stalls were there.",
        "It began on 3 May.",
        "In 1998 it began.",
    ],
)
def test_years_days_and_bounded_numbers_get_no_second_bound(claim: str) -> None:
    assert [pair.label for pair in swaps(claim)] in ([], ["REFUTES"])


def test_only_supported_claims_whose_number_is_in_the_evidence() -> None:
    assert swaps("There were 37 stalls.", "REFUTES") == []
    assert swaps("There were 38 stalls.") == []
    assert swaps("There were stalls.") == []
    assert swaps("The B-37 bomber was there.") == []
