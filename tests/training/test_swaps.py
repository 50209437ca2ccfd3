"""Claims with another number: the label follows from the numbers."""

import random
import re
from collections import Counter

import pytest

from evaluation.pairs import Pair
from training.swaps import number_swaps, variants

SOLD = "Police counted {} people in the square, and 37 stalls; it began on 3 May 1998."
EVIDENCE = SOLD.format("4,200")
ABOVE, BELOW = (
    ("more than", "over", "upwards of", "in excess of"),
    ("fewer than", "less than", "under"),
)


def swaps(claim: str, seed: int = 1) -> list[Pair]:
    return variants(Pair(claim, EVIDENCE, "SUPPORTS", "a"), random.Random(seed))


def _holds(words: str, truth: int, said: list[int]) -> bool | None:
    """Whether it may be said of `truth`; None where words are too vague to tell."""
    if words in ABOVE:
        return truth > said[0]
    if words in BELOW:
        return truth < said[0]
    if words in ("", "exactly"):
        return truth == said[0]
    return {
        "at least": truth >= said[0],
        "at most": truth <= said[0],
        "no more than": truth <= said[0],
        "between": len(said) == 2 and said[0] < truth < said[1],
    }.get(words)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(("number", "noun"), [("4,200", "people"), ("37", "stalls")])
def test_labels_are_arithmetic(seed: int, number: str, noun: str) -> None:
    truth = int(number.replace(",", ""))
    made = swaps(f"There were {number} {noun} in the square.", seed=seed)
    assert len(made) == 7
    for pair in (pair for pair in made if pair.evidence == EVIDENCE):
        said = re.fullmatch(rf"There were (.*?) {noun} in the square\.", pair.claim)
        assert said is not None
        numbers = [int(found.replace(",", "")) for found in re.findall(r"[\d,]+", said[1])]
        holds = _holds(re.sub(r" ?[\d,]+.*", "", said[1]), truth, numbers)
        if holds is None:
            off = abs(numbers[0] - truth) / truth
            assert off <= 0.1 or (off >= 0.3 and pair.label == "REFUTES")
        else:
            assert pair.label == ("SUPPORTS" if holds else "REFUTES")


def test_of_a_bound_less_is_known_than_of_a_number() -> None:
    made = [pair for seed in range(99) for pair in swaps("There were 4,200 people.", seed=seed)]
    vague = [pair for pair in made if pair.evidence != EVIDENCE]
    assert {pair.evidence for pair in vague} == {
        SOLD.format("more than 4,200"), SOLD.format("fewer than 4,200"),
    }  # fmt: skip
    assert {pair.label for pair in vague} == {"SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"}
    for pair in vague:
        said = int(re.sub(r"\D", "", pair.claim))
        at_least, above = (
            "more than" in pair.evidence,
            not re.search("fewer|less|under|most|no more", pair.claim),
        )
        known = (said < 4200) if at_least else (said > 4200)
        assert (pair.label != "NOT_ENOUGH_INFO") == known
        if known:
            assert pair.label == ("SUPPORTS" if above == at_least else "REFUTES")


@pytest.mark.parametrize("seed", range(40))
def test_years_are_before_and_after(seed: int) -> None:
    claim = "In this town it began in 1998."
    for pair in swaps(claim, seed=seed):
        words, *years = re.sub(r"In this town it began |the |s?\.$|and ", "", pair.claim).split()
        first, last = int(years[0]), int(years[-1])
        holds = {
            "before": first > 1998,
            "after": first < 1998,
            "between": first < 1998 < last,
            "in": first == 1998 or (first == 1990 and pair.claim.endswith("s.")),
        }[words]
        assert pair.label == ("SUPPORTS" if holds else "REFUTES")


@pytest.mark.parametrize(
    "claim", ["More than 37 stalls were there.", "It began on 3 May.", "In 1998, then, it began."]
)
def test_days_and_bounded_numbers_get_no_second_bound(claim: str) -> None:
    assert [pair.label for pair in swaps(claim)] in ([], ["REFUTES"])
    assert not any("than more" in pair.claim or "than 3 May" in pair.claim for pair in swaps(claim))


def test_as_many_are_refuted_as_supported_and_the_limit_holds() -> None:
    bound = [Pair(f"There were 37 stalls in row {n}", EVIDENCE, "SUPPORTS", "a") for n in range(9)]
    plain = [Pair(f"Age 37 and row {n}", EVIDENCE, "SUPPORTS", "a") for n in range(400)]
    counted = Counter(pair.label for pair in number_swaps([*bound, *plain], 1000, seed=1))
    assert counted["REFUTES"] == counted["SUPPORTS"] > 9
    assert len(number_swaps([*bound, *plain], 10, seed=1)) == 10


def test_only_supported_claims_whose_number_is_in_the_evidence() -> None:
    assert number_swaps([Pair("There were 37 stalls.", EVIDENCE, "REFUTES", "a")], 9, seed=1) == []
    assert swaps("There were 38 stalls.") == []
    assert swaps("There were stalls.") == []
    assert swaps("The B-37 bomber was there.") == []
