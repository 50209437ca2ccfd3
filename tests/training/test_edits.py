"""One word of a sentence changed: what the sentence then says of it."""

import random

import pytest

from training.edits import OPPOSITES, SYNONYMS, edited


def made(sentence: str) -> set[tuple[str, str]]:
    return {pair for seed in range(60) for pair in edited(sentence, random.Random(seed))}


@pytest.mark.parametrize(
    ("sentence", "claim", "stance"),
    [
        ("Prices rose in Oria.", "Prices fell in Oria.", "REFUTES"),
        ("Prices rose in Oria.", "Prices climbed in Oria.", "SUPPORTS"),
        ("The mayor will pay.", "The mayor will not pay.", "REFUTES"),
        ("The mayor would not pay.", "The mayor would pay.", "REFUTES"),
        ("It fell due to rain.", "It fell because of rain.", "SUPPORTS"),
    ],
)
def test_a_word_changed(sentence: str, claim: str, stance: str) -> None:
    assert (claim, stance) in made(sentence)


@pytest.mark.parametrize(
    "sentence", ["The crews had to pay.", "It was only a drill.", "Ships sank.", "It is 4 km."]
)
def test_what_a_not_would_not_deny_is_left_alone(sentence: str) -> None:
    assert made(sentence) == set()


def test_no_word_is_its_own_opposite_or_both() -> None:
    for word, others in OPPOSITES.items():
        assert word not in others
        assert not set(others) & set(SYNONYMS.get(word, []))
