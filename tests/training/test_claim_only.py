"""What a claim alone gives away: found where it is there, and nothing made of nothing."""

import random

import numpy as np

from evaluation.pairs import Pair
from retrieval.types import STANCES
from training.claim_only import claim_only

WORDS = ["river", "tower", "council", "ferry", "market", "bridge", "school", "museum", "garden"]


def claims(n: int) -> list[str]:
    randomly = random.Random(n)
    return [f"The {' '.join(randomly.choices(WORDS, k=3))} opened" for _ in range(n)]


def test_a_word_that_tells_the_label_is_known() -> None:
    told = [Pair(f"{c} never", "e", "REFUTES", "a") for c in claims(60)]
    told += [Pair(c, "e", "SUPPORTS", "a") for c in claims(60)]
    gains = claim_only(told[:3], told, 1)
    assert (gains.argmax(axis=1) == STANCES.index("REFUTES")).all()
    assert (gains[:, STANCES.index("NOT_ENOUGH_INFO")] == 0).all()  # no pair here says so


def test_what_other_pairs_say_of_a_claim_is_known() -> None:
    labels = {f"{claim} in {1900 + n}": STANCES[n % 3] for n, claim in enumerate(claims(40))}
    told = [Pair(c, f"e{n}", label, "a") for c, label in labels.items() for n in range(4)]
    gains = claim_only(told, told, 1)
    right = [STANCES.index(pair.label) for pair in told]
    assert np.mean(gains.argmax(axis=1) == right) > 0.9


def test_where_other_pairs_of_a_claim_mislead_other_claims_tell() -> None:
    never = [f"{claim} never {n}" for n, claim in enumerate(claims(60))]
    told = [Pair(c, "e", "REFUTES", "a") for c in never]
    told += [Pair(c, "f", "NOT_ENOUGH_INFO", "a") for c in never]
    others = [f"{claim} {n}" for n, claim in enumerate(claims(60))]
    told += [Pair(c, "e", "SUPPORTS", "a") for c in others]
    told += [Pair(c, "f", "NOT_ENOUGH_INFO", "a") for c in others]
    gains = claim_only(told[:60], told, 1)
    supports, refutes = STANCES.index("SUPPORTS"), STANCES.index("REFUTES")
    assert np.mean(gains[:, refutes] > gains[:, supports]) > 0.9


def test_claims_that_tell_nothing_add_nothing() -> None:
    told = [Pair(c, f"e{n}", STANCES[n % 3], "a") for n, c in enumerate(claims(900))]
    assert not claim_only(told, told, 1).any()
    alone = [Pair(c, "e", "SUPPORTS", "b") for c in claims(20)]
    assert not claim_only(alone, alone, 1).any()
    assert claim_only([], told, 1).shape == (0, 3)


def test_a_pairs_own_label_is_not_known() -> None:
    told = [Pair(f"{c} never", "e", "REFUTES", "a") for c in claims(60)]
    told += [Pair(c, "e", "SUPPORTS", "a") for c in claims(60)]
    mislabelled = Pair("The unheard-of opened never", "e", "SUPPORTS", "a")
    assert claim_only([mislabelled], told, 1)[0].argmax() == STANCES.index("REFUTES")
