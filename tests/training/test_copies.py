"""A sentence and its edited copy: the label follows from the edit."""

from collections import Counter

from training.copies import copies

PASSAGE = (
    "Work on the tunnel began when Ada Marlow was mayor of Lindholm. "
    "The tunnel cost 340 million euros and was paid for by the port of Arvik. "
    "It is expected to open before the next election in Torsby."
)


def test_labels_follow_from_the_edit() -> None:
    made = [pair for seed in range(60) for pair in copies([PASSAGE], 9, seed)]
    seen = Counter(pair.label for pair in made)
    assert all(seen[label] for label in ("SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"))
    for pair in made:
        whole = pair.claim in PASSAGE
        if pair.label == "NOT_ENOUGH_INFO":
            assert whole
            assert pair.claim not in pair.evidence
        elif whole:
            assert pair.label == "SUPPORTS"
            assert pair.claim in pair.evidence
        else:
            assert pair.evidence in PASSAGE


def test_a_bound_that_holds_supports() -> None:
    made = {pair for seed in range(200) for pair in copies([PASSAGE], 9, seed)}
    bounds = {p.label for p in made if "more than 300" in p.claim or "at least 300" in p.claim}
    assert bounds == {"SUPPORTS"}


def test_the_seed_decides_and_the_limit_holds() -> None:
    texts = [PASSAGE, PASSAGE.replace("tunnel", "bridge")]
    assert copies(texts, 9, 1) == copies(texts, 9, 1)
    assert len(copies(texts, 1, 1)) == 1


def test_quotes_and_single_sentences_are_left_alone() -> None:
    assert copies(["“It cost 340 million euros,” said the mayor of Arvik at noon."], 9, 1) == []
