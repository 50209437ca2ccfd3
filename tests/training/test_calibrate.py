"""What calibration fits, on cases whose answer is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.pairs import Pair
from evaluation.scifact import Gold, SciFact
from index.documents import Passage, document
from retrieval.stance import softmax
from retrieval.types import Calibration, Candidate, Scores
from retrieval.verdict import probability_about, worth_reading
from tests.conftest import ROOT
from training.calibrate import Case, fit_temperature, fit_verdict, loss, rank, weigh
from training.corpora import of_articles, of_newsroom, of_pairs, of_scifact

NEWSROOM = sorted((ROOT / "evaluation" / "sets" / "newsroom").iterdir())


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(true: float) -> None:
    generator = np.random.default_rng(1)
    logits = generator.normal(0, 3, (20_000, 3)).astype(np.float32)
    chances = softmax(logits / true)
    labels = (generator.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    assert fit_temperature(logits, labels) == pytest.approx(true, rel=0.1)


def candidate(id: str, fused: float) -> Candidate:
    text = f"The text of {id} and nothing else of {id}."
    passage = Passage(id, 0, text, 0, len(text), ())
    return Candidate(document(id, text), passage, Scores(0, 0, fused))


def case(verdict, *evidence: str) -> Case:
    stances = softmax(np.array([[0, 0, 4], [6, 0, 0]], np.float32))
    return Case([candidate("near", 0.6), candidate("deciding", 0.5)], stances, evidence, verdict)


def test_rank_by_hand() -> None:
    cases = [case("SUPPORTED", "deciding"), case("NOT_ENOUGH_EVIDENCE")]
    assert rank(cases, Calibration(relevance=0.0)) == 0.5
    assert rank(cases, Calibration(relevance=0.5)) == 1
    assert rank([case("SUPPORTED", "absent")], Calibration()) == 0


def test_loss_is_lower_for_what_is_right() -> None:
    right = [weigh(case("SUPPORTED", "deciding"), Calibration())]
    wrong = [weigh(case("REFUTED", "deciding"), Calibration())]
    assert loss(right, Calibration()) < 0.1 < 2 < loss(wrong, Calibration())
    assert loss(wrong, Calibration(verdict_temperature=3)) < loss(wrong, Calibration())


def test_what_was_found_by_chance_is_learned_to_count_for_nothing() -> None:
    sure = softmax(np.array([[6, 0, 0]], np.float32))
    found = [Case([candidate(f"d{n}", 0.6)], sure, {f"d{n}"}, "SUPPORTED") for n in range(6)]
    chance = [Case([candidate("x", 0.1)], sure, (), "NOT_ENOUGH_EVIDENCE")] * 6
    fitted = fit_verdict([*found, *chance], Calibration())
    assert 0.1 < fitted.about < 0.6
    assert loss([weigh(case, fitted) for case in [*found, *chance]], fitted) < 0.05


def test_of_curves_as_good_the_one_that_reads_least_is_taken() -> None:
    # What is far off helps a little: less than a hundredth.
    stances = np.array([[0.9, 0.05, 0.05], [0.6, 0.02, 0.38]], np.float32)
    both = [candidate("near", 0.6), candidate("far", 0.2)]
    found = Case(both, stances, {"near"}, "SUPPORTED")
    silent = np.array([[0.1, 0.1, 0.8]], np.float32)
    chance = Case([candidate("x", 0.05)], silent, (), "NOT_ENOUGH_EVIDENCE")
    fitted = fit_verdict([found, chance], Calibration())
    shares = probability_about(np.array([0.6, 0.2], np.float32), fitted)
    assert worth_reading(shares).tolist() == [True, False]


def test_of_pairs_every_second_claim_loses_its_own_evidence() -> None:
    dev = [Pair(f"Town {n} has a bridge.", f"Bridge {n} stands.", "SUPPORTS", "fm2")
           for n in range(8)]  # fmt: skip
    around = [Pair("x", f"River {n} is wide.", "REFUTES", "fm2") for n in range(5)]
    documents, asked = of_pairs(dev, around, 6, seed=1)
    text = "\n\n".join(one.text for one in documents)
    by_id = {one.id: one.text for one in documents}
    verdicts = [one.verdict for one in asked]
    assert verdicts == ["NOT_ENOUGH_EVIDENCE", "SUPPORTED"] * 3
    for one in asked:
        own = one.claim.replace("Town", "Bridge").replace(" has a bridge", " stands")
        if one.evidence:
            assert own in by_id[next(iter(one.evidence))]
        else:
            assert own not in text
    assert "River 4 is wide." in text


def test_of_scifact_no_claim_that_training_pairs_are_made_of_is_asked() -> None:
    gold = Gold("REFUTES", (frozenset({0}),))
    data = SciFact(
        {str(n): (f"Title {n}", (f"Sentence of {n}.",)) for n in range(4)},
        {"a": "Claim a.", "b": "Claim b.", "c": "Claim c."},
        {"a": {"0": gold}, "b": {"1": gold}, "c": {}},
        {"a": ["0"], "b": ["1"], "c": ["2"]},
    )
    train = [Pair("Claim a.", "x", "REFUTES", "scifact")]
    documents, asked = of_scifact(data, train, 5, seed=1)
    assert {(one.claim, tuple(one.evidence), one.verdict) for one in asked} == {
        ("Claim b.", ("1",), "REFUTED"),
        ("Claim c.", (), "NOT_ENOUGH_EVIDENCE"),
    }
    assert {one.id for one in documents} == {"0", "1", "2", "3"}
    assert {one.publisher for one in documents} == {"0", "1", "2", "3"}


def test_of_articles_every_fourth_claim_loses_its_article(tmp_path: Path) -> None:
    rows = [
        {"id": f"a{n}", "claim": f"Claim {n}.", "paragraphs": [f"Paragraph {n}."] * length,
         "label": "REFUTES", "verdict": verdict}
        for n, (length, verdict) in enumerate(
            [(5, "false")] * 7 + [(5, "Pants-Fire"), (2, "false"), (5, "half-true")]
        )
    ]  # fmt: skip
    file = tmp_path / "articles.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    documents, asked = of_articles(file, 100, seed=1)
    verdicts = [one.verdict for one in asked]
    assert verdicts == ["NOT_ENOUGH_EVIDENCE", "REFUTED", "REFUTED", "REFUTED"] * 2
    assert {one.id for one in documents} == {id for one in asked for id in one.evidence}
    assert len({one.claim for one in asked}) == 8


@pytest.mark.parametrize("folder", NEWSROOM, ids=lambda folder: folder.name)
def test_of_newsroom_reads_the_sets_that_ship(folder: Path) -> None:
    documents, asked = of_newsroom(folder)
    ids = {one.id for one in documents}
    assert len(documents) >= 20
    assert len({one.claim for one in asked}) == len(asked) > 90
    assert all(set(one.evidence) <= ids for one in asked)
    assert {one.verdict for one in asked} == {"SUPPORTED", "REFUTED", "NOT_ENOUGH_EVIDENCE"}
