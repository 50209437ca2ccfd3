"""Pairs that differ in one value: one side changed refutes, both sides changed support."""

import pytest

from evaluation.pairs import Pair
from training.counterparts import counterparts

FILM = Pair(
    "The Long Quay is a French film that was directed by Ada Verhoeven in 1987.",
    "The Long Quay (1987) is a French film written and directed by Ada Verhoeven.",
    "SUPPORTS",
    "a",
)
MILL = Pair(
    "Oskar Lind was born in Uppsala and owned 12 mills.",
    "Oskar Lind, born in Uppsala, owned 12 mills and a brewery.",
    "SUPPORTS",
    "a",
)
BOOK = Pair(
    "Salt was written by Tom Hale, who died in Bergen on May 3.",
    "Salt was written by Tom Hale. He died in Bergen on May 3. An Irish reader liked it.",
    "SUPPORTS",
    "a",
)


@pytest.mark.parametrize("seed", range(20))
def test_one_side_refutes_and_both_support(seed: int) -> None:
    given = [FILM, MILL, BOOK]
    made = counterparts(given, 100, seed)
    assert made
    for both, one in zip(made[::2], made[1::2], strict=True):
        of = next(pair for pair in given if pair.claim[:4] == both.claim[:4])
        assert (both.label, one.label) == ("SUPPORTS", "REFUTES")
        assert of.claim != both.claim
        assert of.evidence != both.evidence
        assert (one.claim, one.evidence) in (
            (both.claim, of.evidence),
            (of.claim, both.evidence),
        )


def test_a_value_is_replaced_by_one_of_its_kind() -> None:
    claims = {pair.claim for seed in range(40) for pair in counterparts([FILM, BOOK], 100, seed)}
    assert "The Long Quay is a French film that was directed by Tom Hale in 1987." in claims
    assert "Salt was written by Ada Verhoeven, who died in Bergen on May 3." in claims
    assert not any("Bergen in 1987" in claim or "by Bergen" in claim for claim in claims)


def test_articles_follow() -> None:
    irish = Pair("He is an Irish poet.", "Hale, an Irish poet.", "SUPPORTS", "a")
    claims = {p.claim for seed in range(20) for p in counterparts([FILM, irish], 100, seed)}
    assert "He is a French poet." in claims
    assert "The Long Quay is an Irish film that was directed by Ada Verhoeven in 1987." in claims


@pytest.mark.parametrize(
    "claim",
    [
        "The fair had more than 400 guests.",
        "The fair opened before 1990.",
        "It flew to Apollo 11 in spring.",
        "Ana Cruz starred in Salt.",
        "Of them 60 left.",
    ],
)
def test_what_another_value_would_not_refute_stays(claim: str) -> None:
    evidence = claim.replace("60", "61")
    assert not counterparts([Pair(claim, evidence, "SUPPORTS", "a")], 10, 1)


def test_what_does_not_support_says_nothing() -> None:
    assert not counterparts([Pair(FILM.claim, FILM.evidence, "REFUTES", "a")], 10, 1)


def test_no_more_than_asked_for() -> None:
    assert len(counterparts([FILM, MILL, BOOK], 3, 1)) == 3
