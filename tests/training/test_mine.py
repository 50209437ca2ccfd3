"""Mined pairs are beside a claim's evidence, never it."""

from evaluation.pairs import Pair
from tests.fakes import FakeEmbedder
from training.mine import DATASET, mine

SUBJECTS = {
    "The mayor of Lindholm resigned": "She left the town hall on Monday.",
    "Ferry crews will strike for a week": "The union called its members out from Friday.",
    "A pump failed at the reactor": "The plant was shut down at the weekend.",
    "Penguins returned to the southern cape": "Rangers counted four hundred birds.",
    "The museum lost none of its paintings": "All were moved to a warehouse in time.",
    "Wheat prices fell below last year's": "A ton went for less than in any month before.",
}
PAIRS = [Pair(claim, evidence, "SUPPORTS", "a") for claim, evidence in SUBJECTS.items()]


def test_one_a_claim_and_never_its_own_evidence() -> None:
    made = mine(PAIRS, FakeEmbedder(), 100, seed=1)
    assert made
    assert len({pair.claim for pair in made}) == len(made)
    own = {(pair.claim, pair.evidence) for pair in PAIRS}
    evidence = {pair.evidence for pair in PAIRS}
    for pair in made:
        assert (pair.label, pair.dataset) == ("NOT_ENOUGH_INFO", DATASET)
        assert pair.evidence in evidence
        assert (pair.claim, pair.evidence) not in own


def test_evidence_of_a_claim_that_is_alike_is_left_alone() -> None:
    alike = [
        Pair("The mayor of Oria resigned today", "He left for good.", "SUPPORTS", "a"),
        Pair("The mayor of Oria resigned", "Nobody said why he went.", "SUPPORTS", "a"),
    ]
    assert mine(alike, FakeEmbedder(), 100, seed=1) == []


def test_the_seed_decides_and_the_number_is_kept() -> None:
    first, again = (mine(PAIRS, FakeEmbedder(), 3, seed=2) for _ in range(2))
    assert first == again
    assert len(first) <= 3
