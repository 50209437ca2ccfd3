"""Evidence without what decides."""

from evaluation.pairs import Pair
from training.omit import omissions

CENTRE = "The centre opened in Aghdam. Turkey and Russia each sent 60 servicemen there."
CLAIM = "Sixty Turkish servicemen and 60 from Russia work at the centre."


def made(claim: str, evidence: str, label="SUPPORTS", dataset="fm2") -> list[str]:
    pairs = omissions([Pair(claim, evidence, label, dataset)], 5, seed=1)
    assert all(pair.label == "NOT_ENOUGH_INFO" and pair.claim == claim for pair in pairs)
    return [pair.evidence for pair in pairs]


def test_the_sentence_nearest_the_claim_is_left_out() -> None:
    assert made(CLAIM, CENTRE) == ["The centre opened in Aghdam."]
    assert made(CLAIM, CENTRE, "REFUTES") == ["The centre opened in Aghdam."]


def test_what_still_says_most_of_the_claim_is_not_used() -> None:
    evidence = "The centre is in Aghdam. Aghdam is where the centre opened."
    assert made("The centre is in Aghdam.", evidence) == []


def test_a_single_sentence_is_cut_before_a_name_the_claim_says() -> None:
    evidence = "The Bosphorus bridge was opened in May by Minister Kaya."
    assert made("Minister Kaya opened the Bosphorus bridge.", evidence) == [
        "The Bosphorus bridge was opened in May."
    ] or made("Minister Kaya opened the Bosphorus bridge.", evidence) == [
        "The Bosphorus bridge was opened."
    ]
    assert made("Minister Demir opened the Bosphorus bridge.", evidence, "REFUTES") == []


def test_without_a_part_evidence_decides_less_or_as_much() -> None:
    evidence = "The Bosphorus bridge (built by Kaya) is 1,560 metres long and was opened in 1973."
    claim = "The Bosphorus bridge was opened in 1973."
    pairs = {
        p for n in range(60) for p in omissions([Pair(claim, evidence, "SUPPORTS", "fm2")], 5, n)
    }
    assert {pair.label for pair in pairs} == {"SUPPORTS", "NOT_ENOUGH_INFO"}
    assert all(("1973" in pair.evidence) == (pair.label == "SUPPORTS") for pair in pairs)
    assert "The Bosphorus bridge is 1,560 metres long and was opened in 1973." in {
        pair.evidence for pair in pairs
    }


def test_undecided_pairs_and_pairs_without_context_make_none() -> None:
    assert made(CLAIM, CENTRE, "NOT_ENOUGH_INFO") == []
    assert made(CLAIM, CENTRE, dataset="lingnli") == []


def test_the_limit_and_the_seed_hold() -> None:
    pairs = [Pair(f"{CLAIM} {n}", CENTRE, "SUPPORTS", "fm2") for n in range(9)]
    assert omissions(pairs, 4, seed=2) == omissions(pairs, 4, seed=2)
    assert len(omissions(pairs, 4, seed=2)) == 4
