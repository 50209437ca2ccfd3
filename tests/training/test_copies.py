"""A sentence and its edited copy: the label follows from the edit."""

import re
from collections import Counter

from training.copies import copies

PASSAGE = (
    "Work on the tunnel began when Ada Marlow was mayor of Lindholm. "
    "The tunnel cost 340 million euros and was paid for by the port of Arvik. "
    "It is expected to open before the next election in Torsby."
)


BOUND = re.compile(r"(?:more|fewer) than (?=340)")


def test_labels_follow_from_the_edit() -> None:
    made = [pair for seed in range(200) for pair in copies([PASSAGE], 9, seed)]
    for pair in made:
        whole = pair.claim in PASSAGE
        if pair.label == "NOT_ENOUGH_INFO" and whole:
            assert pair.claim not in pair.evidence
        elif pair.label == "NOT_ENOUGH_INFO":
            assert "than 340 million" in pair.evidence  # only a bound is known
        elif whole:
            assert pair.label == "SUPPORTS"
            assert pair.claim in pair.evidence
        else:
            assert BOUND.sub("", pair.evidence) in PASSAGE


def test_stances_come_out_even() -> None:
    seen = Counter(pair.label for seed in range(600) for pair in copies([PASSAGE], 9, seed))
    assert len(seen) == 3
    assert max(seen.values()) < 1.2 * min(seen.values())


def test_a_sentence_says_more_than_its_beginning() -> None:
    made = {pair for seed in range(400) for pair in copies([PASSAGE], 9, seed)}
    cut = "The tunnel cost 340 million euros and was paid."
    assert {p.label for p in made if p.evidence == cut} == {"NOT_ENOUGH_INFO"}
    assert {p.label for p in made if p.claim == cut} == {"SUPPORTS"}


def test_a_bound_that_holds_supports() -> None:
    made = {pair for seed in range(800) for pair in copies([PASSAGE], 9, seed)}
    claims = [p for p in made if " more than 300" in p.claim and " no more" not in p.claim]
    bounds = {p.label for p in claims if p.evidence in PASSAGE}
    assert bounds == {"SUPPORTS"}


def test_opposites_and_denials_refute() -> None:
    made = {pair for seed in range(200) for pair in copies([PASSAGE], 9, seed)}
    changed = {p.label for p in made if "is not expected" in p.claim or "after the next" in p.claim}
    assert changed == {"REFUTES"}


def test_the_seed_decides_and_the_limit_holds() -> None:
    texts = [PASSAGE, PASSAGE.replace("tunnel", "bridge")]
    assert copies(texts, 9, 1) == copies(texts, 9, 1)
    assert len(copies(texts, 1, 1)) == 1


def test_quotes_and_single_sentences_are_left_alone() -> None:
    assert copies(["“It cost 340 million euros,” said the mayor of Arvik at noon."], 9, 1) == []
