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
        "The fair had 400 or more guests.",
        "As many as 400 came.",
        "Guests paid upwards of 400 crowns.",
        "The fair opened before 1990.",
        "The fair opened after March 2010.",
        "It flew to Apollo 11 in spring.",
        "Ana Cruz starred in Brine.",
        "Brine was written by Ana Cruz and Ben Dahl.",
        "Brine was written by Ludwig van Aalst.",
        "Brine was written by George R. R. Holm.",
        "No film of 400 metres was not lost.",
        "She did not leave in March 2010.",
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_what_another_value_would_not_refute_stays(claim: str, seed: int) -> None:
    given = Pair(claim, claim, "SUPPORTS", "a")
    others = [FILM, MILL, BOOK]  # they have values of every kind
    made = [pair.claim[:7] for pair in counterparts([given, *others], 100, seed)]
    assert set(made) == {pair.claim[:7] for pair in others}


@pytest.mark.parametrize("seed", range(9))
def test_a_value_that_the_text_has_a_part_of_is_not_another(seed: int) -> None:
    whole = Pair("Salt was written by Ada Lind.", "Salt: written by Ada Lind.", "SUPPORTS", "a")
    part = Pair("Rye was written by Lind.", "Rye: written by Lind.", "SUPPORTS", "a")
    assert not counterparts([whole, part], 10, seed)


def test_only_the_article_of_the_value_follows() -> None:
    given = Pair("A Italy fan is a French poet.", "A Italy fan, a French poet.", "SUPPORTS", "a")
    irish = Pair("He is an Irish poet.", "Hale, an Irish poet.", "SUPPORTS", "a")
    made = {p.claim for seed in range(20) for p in counterparts([given, irish], 100, seed)}
    assert "A Italy fan is an Irish poet." in made


def test_what_does_not_support_says_nothing() -> None:
    assert not counterparts([Pair(FILM.claim, FILM.evidence, "REFUTES", "a")], 10, 1)


def test_no_more_than_asked_for() -> None:
    assert len(counterparts([FILM, MILL, BOOK], 3, 1)) == 3
