"""Claims of several statements: where they split, and the verdict over their parts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.parts import MAX_PARTS, judgement_of_parts, parts_of
from retrieval.search import Fusion
from retrieval.types import VERDICTS, Claim, Judgement
from retrieval.verify import Models, verify
from tests.fakes import FakeEmbedder, FakeStance

SPLIT = {
    "The Lindholm bridge cost 48 million euros, and the Oria ferry carries 900 people": [
        "The Lindholm bridge cost 48 million euros",
        "the Oria ferry carries 900 people",
    ],
    "Norland won the cup in May; Oria lost all its games": [],
    "Norland won the cup in May; Oria lost every game": [
        "Norland won the cup in May",
        "Oria lost every game",
    ],
    "The bank closed 200 branches, but the post opened 12 new ones there": [],
    "The bank closed 200 branches, but the post office opened 12 shops": [
        "The bank closed 200 branches",
        "the post office opened 12 shops",
    ],
    "Ada Marlow won by 312 votes, Elias Brandt lost": [],
    "Ada Marlow won by 312 votes, and Elias Brandt resigned in June, and Mia Holm left Oria.": [
        "Ada Marlow won by 312 votes",
        "Elias Brandt resigned in June",
        "Mia Holm left Oria.",
    ],
    "June Mays Junes Julys; June Mays Junes Mondays": [  # months are no names
        "June Mays Junes Julys",
        "June Mays Junes Mondays",
    ],
    "Rovers won the cup final, and Ines Rolfe voted for the sale": [  # names that look like verbs
        "Rovers won the cup final",
        "Ines Rolfe voted for the sale",
    ],
    "12 people died in Oria, and 40 people were hurt in Lindholm": [
        "12 people died in Oria",
        "40 people were hurt in Lindholm",
    ],
}
WHOLE = [
    "Wins in May were rare, and Sues Oria over the dam",
    "The bridge cost 48 million euros",
    "The shop sells apples, pears, and oranges",
    "Ada Marlow won the vote, and she resigned in June",
    "The mayor of Oria resigned, and the coach resigned too",
    "Norland FC won the cup, and the coach resigned in May",  # whose coach?
    "In 2022 the mill closed in Oria, and the bank opened in Norland",
    "If Norland loses the game, Oria wins the cup, and Lindholm is out",
    "The mayor said that Norland lost the game, and Oria won the cup",
    "The ferry left Oria, and sank off Norland",
    "Norland won the cup, and its coach left the club",
    "Norland raised the tax on fuel, and Oria did not",
    "Turkey and Russia have equal servicemen at the centre",
    "Norland is larger than Oria, but Lindholm has more people",
    "A fell in May, and B rose in May, and C fell in May, and D rose in May, and E fell in May",
    ";",
    "",
]


@pytest.mark.parametrize("claim", SPLIT)
def test_a_claim_splits_where_its_parts_stand_alone(claim: str) -> None:
    parts = parts_of(claim)
    assert [part.quote for part in parts] == SPLIT[claim]
    assert all(claim[part.start : part.end] == part.quote for part in parts)


@pytest.mark.parametrize("claim", WHOLE)
def test_what_leans_on_another_part_stays_whole(claim: str) -> None:
    assert parts_of(claim) == ()


@given(st.text(alphabet="Aa b,;.and but Oria won ", max_size=80))
def test_parts_are_slices_in_order(claim: str) -> None:
    parts = parts_of(claim)
    assert len(parts) != 1
    assert len(parts) <= MAX_PARTS
    assert all(claim[part.start : part.end] == part.quote for part in parts)
    assert all(a.end < b.start for a, b in itertools.pairwise(parts))


@st.composite
def judgements(draw) -> Judgement:
    weights = draw(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
    shares = [weight / sum(weights) for weight in weights]
    return Judgement(VERDICTS[shares.index(max(shares))], dict(zip(VERDICTS, shares, strict=True)))


@given(st.lists(judgements(), min_size=1, max_size=MAX_PARTS))
def test_the_verdict_over_parts(parts: list[Judgement]) -> None:
    whole = judgement_of_parts(parts)
    assert sum(whole.probabilities.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in whole.probabilities.values())
    verdicts = [part.verdict for part in parts]
    assert (whole.verdict == "SUPPORTED") == (set(verdicts) == {"SUPPORTED"})
    assert (whole.verdict == "REFUTED") == ("REFUTED" in verdicts)
    least = min(part.probabilities["SUPPORTED"] for part in parts)
    assert whole.probabilities["SUPPORTED"] <= least + 1e-9
    most = max(part.probabilities["REFUTED"] for part in parts)
    assert whole.probabilities["REFUTED"] >= most - 1e-9
    assert judgement_of_parts(parts[::-1]).probabilities == pytest.approx(whole.probabilities)


def test_the_verdict_over_two_parts_by_hand() -> None:
    one = Judgement("SUPPORTED", dict(zip(VERDICTS, (0.8, 0.1, 0.0, 0.1), strict=True)), 3, 0)
    two = Judgement("NOT_ENOUGH_EVIDENCE", dict(zip(VERDICTS, (0.3, 0.2, 0.1, 0.4), strict=True)))
    whole = judgement_of_parts([one, two])
    assert whole.verdict == "NOT_ENOUGH_EVIDENCE"
    assert list(whole.probabilities.values()) == pytest.approx([0.24, 0.28, 0, 0.48])
    assert (whole.supporting, whole.refuting) == (0, 0)


BRIDGE, FERRY = "The Lindholm bridge cost 48 million euros", "the Oria ferry carries 900 people"


@pytest.fixture
def models() -> Models:
    return Models(FakeEmbedder(), FakeStance(), Fusion())


@pytest.fixture
def corpus(models: Models) -> ExactCorpus:
    corpus = ExactCorpus()
    texts = {"bridge": f"{BRIDGE}.", "ferry": "In May the Oria ferry carries 900 people."}
    list(ingest([document(id, text) for id, text in texts.items()], corpus, models.embedder))
    return corpus


@pytest.mark.parametrize(
    ("second", "verdict", "of_second"),
    [
        (FERRY, "SUPPORTED", "SUPPORTED"),
        (FERRY.replace("900", "640"), "REFUTED", "REFUTED"),
        (
            "the Norland heron eats small green frogs",
            "NOT_ENOUGH_EVIDENCE",
            "NOT_ENOUGH_EVIDENCE",
        ),
    ],
)
def test_a_claim_is_judged_by_its_parts(
    models: Models, corpus: ExactCorpus, second: str, verdict: str, of_second: str
) -> None:
    claim = f"{BRIDGE}, and {second}"
    (answer,) = verify([Claim(claim)], corpus, models)
    assert answer.judgement.verdict == verdict
    assert [(part.claim.quote, part.verdict) for part in answer.parts] == [
        (BRIDGE, "SUPPORTED"),
        (second, of_second),
    ]
    assert (answer.gap is not None) == (verdict == "NOT_ENOUGH_EVIDENCE")
    assert len(models.stance.calls) == 3
    alone = verify([Claim(BRIDGE), Claim(second)], corpus, models)
    for part, own in zip(answer.parts, alone, strict=True):
        assert part.verdict == own.judgement.verdict
        assert part.probability == pytest.approx(own.judgement.probabilities[part.verdict])


def test_the_gap_is_that_of_the_part_without_support(models: Models, corpus: ExactCorpus) -> None:
    second = "the Oria tower has 12 floors"
    (answer,) = verify([Claim(f"{BRIDGE}, and {second}")], corpus, models)
    (alone,) = verify([Claim(second)], corpus, models)
    assert len(answer.parts) == 2
    assert answer.gap is not None
    assert answer.gap == alone.gap
    assert answer.gap.document == "ferry"


def test_evidence_of_a_part_is_shown_beside_that_of_the_whole(
    models: Models, corpus: ExactCorpus
) -> None:
    refuted = FERRY.replace("900", "640")
    claim = f"{BRIDGE}, and {refuted}"
    (answer,) = verify([Claim(claim, 1)], corpus, models)
    (two,) = verify([Claim(claim, 2)], corpus, models)
    assert len(answer.evidence) == 1
    assert {item.document.id for item in two.evidence} == {"bridge", "ferry"}
    for item in two.evidence:
        for one in item.differences:
            assert claim[one.claim.start : one.claim.end] == one.claim.quote


def test_parts_of_a_batch_are_those_of_their_claim(models: Models, corpus: ExactCorpus) -> None:
    claims = [Claim(BRIDGE), Claim(f"{BRIDGE}, and {FERRY}"), Claim(f"{FERRY}; {BRIDGE}"[4:])]
    together = verify(claims, corpus, models)
    assert together == [verify([claim], corpus, models)[0] for claim in claims]
    assert [len(answer.parts) for answer in together] == [0, 2, 2]
    assert not verify(claims, corpus, Models(models.embedder, None, Fusion()))[1].parts
