"""Stance pairs and claims with verdicts: figures, near-duplicates, bad lines."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from api.service import Service
from api.settings import Settings
from evaluation import stance, verdict
from evaluation.errors import EvaluationError
from evaluation.target import InProcess, Remote
from index.corpus import Filters
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.errors import ClaimTooLong
from tests.conftest import ROOT, articles
from tests.evaluation.test_report import save
from tests.fakes import FakeEmbedder, FakeStance
from tests.served import client_of

PAIRS = [
    {"evidence": "It cost 48 million.", "claim": "It cost 48 million", "label": "SUPPORTS"},
    {"evidence": "It cost 48 million.", "claim": "It cost 71 million", "label": "REFUTES"},
    {"evidence": "It cost 48 million.", "claim": "Penguins swim", "label": "SUPPORTS",
     "pool_8gram": True},
]  # fmt: skip


def write(path: Path, rows: list) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_pairs_with_and_without_near_duplicates(tmp_path: Path) -> None:
    steps: list[None] = []
    pairs = stance.load(write(tmp_path / "pairs.jsonl", PAIRS), None)
    found = stance.evaluate(pairs, FakeStance(), lambda: steps.append(None))
    result = found.figures
    assert (result["n"], result["accuracy"], len(steps)) == (3, 0.6667, 3)
    assert result["without_near_duplicates"]["accuracy"] == 1
    assert result["without_near_duplicates"]["n"] == 2
    assert result["accuracy_among_its_labels"] == 1  # without the choice to say nothing
    assert result["confusion"]["rows"] == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert result["models"] == {"stance": "fake-stance@1"}
    assert [error["claim"] for error in found.errors] == ["Penguins swim"]


def test_pairs_as_a_service_reads_them(tmp_path: Path) -> None:
    class Distracted(FakeStance):
        """Finds nothing sure among several sentences."""

        def predict(self, pairs):
            rows = super().predict(pairs)
            rows[[evidence.count(".") > 1 for evidence, _ in pairs]] = (0.28, 0.28, 0.44)
            return rows

    rows = [
        {"evidence": "The bridge is old. It cost 48 million euros.",
         "claim": "It cost 48 million euros", "label": "SUPPORTS"},
        {"evidence": "It cost 48 million.", "claim": "Penguins swim", "label": "NOT_ENOUGH_INFO"},
    ]  # fmt: skip
    pairs = stance.load(write(tmp_path / "pairs.jsonl", rows), None)
    steps: list[None] = []
    found = stance.evaluate(pairs, Distracted(), lambda: steps.append(None), as_read=True).figures
    assert (found["accuracy"], found["as_read"]["accuracy"], len(steps)) == (0.5, 1.0, 4)
    assert found["as_read"]["n"] == 2
    assert "as_read" not in stance.evaluate(pairs, Distracted(), lambda: None).figures


def test_a_claim_too_long_to_weigh_is_named_before_any_work(tmp_path: Path) -> None:
    class ShortSighted(FakeStance):
        def check(self, claim: str) -> None:
            if claim == "Penguins swim":
                raise ClaimTooLong("too long")

    steps: list[None] = []
    pairs = stance.load(write(tmp_path / "pairs.jsonl", PAIRS), None)
    with pytest.raises(EvaluationError, match="'Penguins swim': too long"):
        stance.evaluate(pairs, ShortSighted(), lambda: steps.append(None))
    assert not steps


GROUPED = [
    {**PAIRS[0], "kind": "number", "n": 7, "tags": ["a"]},
    {**PAIRS[1], "kind": "number"},
    {**PAIRS[2], "kind": "entity"},
    {**PAIRS[2], "dataset": "zoo"},
]


def test_pairs_by_the_fields_of_their_lines(tmp_path: Path) -> None:
    pairs = stance.load(write(tmp_path / "pairs.jsonl", GROUPED), None)
    found = stance.evaluate(pairs, FakeStance(), lambda: None, by=["kind", "dataset"]).figures
    assert found["by"] == {
        "kind": {
            "number": {"n": 2, "accuracy": 1.0, "macro_f1": 1.0},
            "entity": {"n": 1, "accuracy": 0.0, "macro_f1": 0.0},
        },
        "dataset": {
            "unnamed": {"n": 3, "accuracy": 0.6667, "macro_f1": 0.8333},
            "zoo": {"n": 1, "accuracy": 0.0, "macro_f1": 0.0},
        },
    }
    assert "by" not in stance.evaluate(pairs, FakeStance(), lambda: None).figures
    for name in ("voice", "tags"):  # in no line; a list
        with pytest.raises(EvaluationError, match=f"no line has the field '{name}'"):
            stance.evaluate(pairs, FakeStance(), lambda: None, by=[name])


def test_a_sample_is_the_same_each_time(tmp_path: Path) -> None:
    file = write(tmp_path / "pairs.jsonl", PAIRS * 50)
    assert stance.load(file, 20) == stance.load(file, 20)
    assert len(stance.load(file, 20)) == 20
    assert len(stance.load(file, 1000)) == 150


def test_claims_over_the_index(tmp_path: Path, weighing_service: Service) -> None:
    rows = [
        {"claim": "The bridge cost 48 million euros", "verdict": "SUPPORTED", "kind": "number"},
        {"claim": "The bridge cost 71 million euros", "verdict": "REFUTED", "kind": "number"},
        {"claim": "Penguins breed on the cape", "verdict": "SUPPORTED"},
    ]
    claims = verdict.load(write(tmp_path / "claims.jsonl", rows))
    found = verdict.evaluate(claims, InProcess(weighing_service), lambda: None)
    result = found.figures
    assert (result["n"], result["accuracy"]) == (3, 0.6667)
    assert result["by_kind"] == {"number": {"n": 2, "right": 2}}
    (error,) = found.errors
    assert error["claim"] == "Penguins breed on the cape"
    assert (error["expected"], error["got"]) == ("SUPPORTED", "NOT_ENOUGH_EVIDENCE")
    assert result["coverage"][0] == {"threshold": 0.0, "coverage": 1.0, "accuracy": 0.6667}


def test_strict_score_wants_the_gold_sentence(tmp_path: Path, weighing_service: Service) -> None:
    quote = "The bridge cost 48 million euros."
    rows = [
        {"claim": "The bridge cost 71 million euros", "verdict": "REFUTED",
         "evidence": [{"document": document, "quote": quote}]}
        for document in ("b", "a")
    ]  # fmt: skip
    rows.append({"claim": "Penguins breed on the cape", "verdict": "NOT_ENOUGH_EVIDENCE"})
    claims = verdict.load(write(tmp_path / "claims.jsonl", rows))
    result = verdict.evaluate(claims, InProcess(weighing_service), lambda: None).figures
    assert result["accuracy"] == 1
    assert result["strict_score"] == round(2 / 3, 4)


def test_a_claim_is_verified_within_its_own_filters(tmp_path: Path) -> None:
    """The claim is about document a, of the Wire and of 30 January 2021."""
    claim = {"claim": "Turkey and Russia each sent 60 servicemen", "verdict": "SUPPORTED"}
    other = {"claim": "Turkey and Russia each sent 60 servicemen", "verdict": "NOT_ENOUGH_EVIDENCE"}
    rows = [
        {**claim, "as_of": "2021-01-30"},
        {**other, "as_of": "2021-01-29"},
        {**claim, "filters": {"publisher": ["Wire"]}},
        {**other, "filters": {"publisher": ["Tribune"]}},
        {**claim, "filters": {"language": ["en"]}},
        {**other, "filters": {"language": ["fr"]}},
        {**claim, "filters": {"published_after": "2021-01-30"}},
        {**other, "filters": {"published_after": "2021-01-31"}},
    ]
    claims = verdict.load(write(tmp_path / "claims.jsonl", rows))
    for remote in (False, True):
        service = Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance())
        list(ingest(articles(), service.corpus, service.embedder))
        with client_of(service) as client:
            target = Remote(client) if remote else InProcess(service)
            found = verdict.evaluate(claims, target, lambda: None)
        assert found.figures["accuracy"] == 1, [row["verdict"] for row in found.predictions]


def test_the_line_in_the_documentation_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "evaluation.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (one,) = verdict.load(write(tmp_path / "claims.jsonl", [json.loads(example)]))
    assert one.filters == Filters(
        publisher=("Example Wire",),
        language=("en",),
        as_of=date(2021, 6, 15),
        published_after=date(2021, 1, 1),
    )
    assert one.gold_documents == {"bridge"}


def test_undated_documents_are_admitted_where_the_target_is_set_so(tmp_path: Path) -> None:
    row = {"claim": "The bridge cost 48 million euros", "verdict": "SUPPORTED"}
    file = write(tmp_path / "claims.jsonl", [{**row, "as_of": "2020-01-01"}])
    verdicts = []
    for admitted in (False, True):
        settings = Settings(include_undated=admitted)
        with Service(settings, ExactCorpus(), FakeEmbedder(), FakeStance()) as service:
            list(ingest(articles(), service.corpus, service.embedder))
            found = verdict.evaluate(verdict.load(file), InProcess(service), lambda: None)
            verdicts += [row["verdict"] for row in found.predictions]
    assert verdicts == ["NOT_ENOUGH_EVIDENCE", "SUPPORTED"]


def test_hits_count_where_gold_documents_are_given(
    tmp_path: Path, weighing_service: Service
) -> None:
    bridge = {"claim": "The bridge cost 48 million euros", "verdict": "SUPPORTED"}
    rows = [
        {**bridge, "documents": ["b"]},
        {**bridge, "documents": ["nowhere", "b"]},
        {**bridge, "documents": ["nowhere"]},
        bridge,
    ]
    claims = verdict.load(write(tmp_path / "claims.jsonl", rows))
    found = verdict.evaluate(claims, InProcess(weighing_service), lambda: None)
    assert found.figures["evidence"] == {"n": 3, "hit@1": 0.6667, "hit@3": 0.6667, "hit@5": 0.6667}
    none = verdict.evaluate(claims[3:], InProcess(weighing_service), lambda: None)
    assert "evidence" not in none.figures


def test_predictions_are_the_answers(tmp_path: Path, weighing_service: Service) -> None:
    rows = [{"claim": "The bridge cost 71 million euros", "verdict": "SUPPORTED"}]
    claims = verdict.load(write(tmp_path / "claims.jsonl", rows))
    found = verdict.evaluate(claims, InProcess(weighing_service), lambda: None)
    save(tmp_path / "report", found)
    (line,) = map(json.loads, (tmp_path / "report" / "predictions.jsonl").read_text().splitlines())
    assert (line["claim"], line["gold"]) == (rows[0]["claim"], "SUPPORTED")
    assert line["verdict"] == "REFUTED"
    assert line["probability"] == pytest.approx(found.columns["confidence"][0])
    assert line["quotes"][0] == {"document": "b", "quote": "The bridge cost 48 million euros."}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"claim": "x", "verdict": "TRUE"}], r"claims\.jsonl:1: verdict"),
        ([{"claim": "x", "verdict": "REFUTED"}, {"verdict": "REFUTED"}], r"claims\.jsonl:2: claim"),
        ([], "holds no claim"),
        (
            [{"claim": "x", "verdict": "REFUTED", "filters": {"author": ["x"]}}],
            r"claims\.jsonl:1: filters\.author",
        ),
        ([{"claim": "x", "verdict": "REFUTED", "as_of": "May"}], r"claims\.jsonl:1: as_of"),
    ],
)
def test_bad_claims_are_named(tmp_path: Path, rows: list, reason: str) -> None:
    with pytest.raises(EvaluationError, match=reason):
        verdict.load(write(tmp_path / "claims.jsonl", rows))


def test_bad_pairs_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"pairs\.jsonl:1: label"):
        stance.load(write(tmp_path / "pairs.jsonl", [{**PAIRS[0], "label": "TRUE"}]), None)
    with pytest.raises(EvaluationError, match="holds no pair"):
        stance.load(write(tmp_path / "empty.jsonl", []), None)
    with pytest.raises(EvaluationError, match="No such file"):
        stance.load(tmp_path / "none.jsonl", None)


def test_no_verdict_without_a_stance_model(service: Service) -> None:
    with pytest.raises(EvaluationError, match="without a stance model"):
        verdict.evaluate([verdict.Judged("x", "REFUTED", None)], InProcess(service), lambda: None)
