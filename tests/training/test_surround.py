"""The same pairs at other lengths."""

from evaluation.pairs import Pair
from training.surround import shortened, surrounded

CLAIM = "Minister Kaya opened the Bosphorus bridge."
DECIDES = "The bridge over the Bosphorus was opened by Minister Kaya."
SILENT = "Ferries were full in May. The bridge carries six lanes. A toll is taken. It is windy."


def test_decided_evidence_is_put_whole_among_sentences_that_say_nothing() -> None:
    pairs = [
        Pair(CLAIM, DECIDES, "SUPPORTS", "fm2"),
        Pair(CLAIM, SILENT, "NOT_ENOUGH_INFO", "mined"),
    ]
    places = set()
    for seed in range(30):
        (made,) = surrounded(pairs, 5, seed)
        assert (made.claim, made.label) == (CLAIM, "SUPPORTS")
        assert DECIDES in made.evidence
        assert "six lanes" in made.evidence
        assert "windy" not in made.evidence
        places.add(made.evidence.index(DECIDES))
    assert len(places) == 4  # before, between, after


def test_without_a_silent_passage_other_evidence_is_used_unless_it_may_decide() -> None:
    pair, other = Pair(CLAIM, DECIDES, "REFUTES", "fm2"), "Lake ferries run hourly."
    found = [surrounded([pair, Pair("x", other, "SUPPORTS", "fm2")], 5, n) for n in range(20)]
    assert any(other in made.evidence for pairs in found for made in pairs if made.claim == CLAIM)
    again = Pair("x", "Minister Kaya opened the bridge.", "NOT_ENOUGH_INFO", "fm2")
    assert not [p for n in range(20) for p in surrounded([pair, again], 5, n) if p.claim == CLAIM]


def test_of_what_says_too_little_the_nearest_sentence_stays() -> None:
    pairs = [
        Pair(CLAIM, SILENT, "NOT_ENOUGH_INFO", "fm2"),
        Pair(CLAIM, DECIDES + " It is windy.", "SUPPORTS", "fm2"),
        Pair(CLAIM, "One sentence.", "NOT_ENOUGH_INFO", "fm2"),
    ]
    (made,) = shortened(pairs, 5, seed=1)
    assert (made.evidence, made.label) == ("The bridge carries six lanes.", "NOT_ENOUGH_INFO")
