"""Rankings over a benchmark: figures by hand, the same over HTTP, and bad data by name."""

import json
from pathlib import Path

import pytest
from ir_measures import ScoredDoc

from api.service import Service
from api.settings import Settings
from evaluation.beir import load
from evaluation.errors import ClaimRefused, EvaluationError
from evaluation.retrieval import CURVE, evaluate, per_query, recall_curve
from evaluation.target import InProcess, Remote, at
from index.documents import document
from index.exact import ExactCorpus
from retrieval.errors import ClaimTooLong
from tests.conftest import OpenEmbedded
from tests.fakes import FakeEmbedder, FakeStance
from tests.served import client_of


def write(folder: Path, **files: str) -> Path:
    (folder / "qrels").mkdir(exist_ok=True)
    for name, content in files.items():
        path = {"test": "qrels/test.tsv"}.get(name, f"{name}.jsonl")
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    texts = {
        "d1": "The river rose by two metres.", "d2": "A bridge was built in May.",
        "d3": "The mayor resigned on Monday.",
    }  # fmt: skip
    return write(
        tmp_path,
        corpus="".join(json.dumps({"_id": k, "text": v}) + "\n" for k, v in texts.items()),
        queries='{"_id": "q1", "text": "river rose"}\n{"_id": "q2", "text": "the mayor quit"}\n',
        test="query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n",
    )


def test_by_hand() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"b": 1, "c": 1}, "absent": {"a": 1}, "bad": {"a": 1}}
    run = [
        ScoredDoc("q1", "a", 2.0), ScoredDoc("q1", "b", 1.0),
        ScoredDoc("q2", "x", 3.0), ScoredDoc("q2", "c", 2.0), ScoredDoc("bad", "x", 1.0),
    ]  # fmt: skip
    single = per_query(qrels, list(qrels), run)
    assert single["MRR@10"].tolist() == [1, 0.5, 0, 0]
    figures = {name: values.mean() for name, values in single.items()}
    # q1: 1. q2: relevant at rank 2 of two relevant. A query that found nothing counts as zero.
    discount = 0.6309
    assert figures["nDCG@10"] == pytest.approx((1 + discount / (1 + discount)) / 4, abs=1e-3)
    assert figures["recall@10"] == pytest.approx((1 + 0.5) / 4, abs=1e-4)
    assert figures["MRR@10"] == pytest.approx((1 + 0.5) / 4, abs=1e-4)
    assert figures["MAP"] == pytest.approx((1 + 0.25) / 4, abs=1e-4)
    assert recall_curve(qrels, run)[:2] == [0.25, 0.375]


@pytest.mark.slow
def test_the_whole_way(small: Path, open_embedded: OpenEmbedded, real_embedder) -> None:
    steps = []
    service = Service(Settings(), open_embedded(embedder=real_embedder), real_embedder)
    found = evaluate(load(small, "test"), InProcess(service), lambda: steps.append(1), rerank=False)
    result = found.public()
    assert result["rows"].keys() == {"BM25", "dense", "hybrid"}
    assert result["nDCG@10"] == result["rows"]["hybrid"]["nDCG@10"] == 1.0
    assert result["intervals"]["hybrid nDCG@10"] == [1.0, 1.0]
    assert result["recall_curve"]["k"] == CURVE
    assert (result["queries"], result["documents"]) == (2, 3)
    assert len(steps) == 3 + 3 * 2
    service.close()


def test_a_running_service_gives_the_same(small: Path) -> None:
    benchmark = load(small, "test")
    figures = []
    for remote in (False, True):
        service = Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance())
        with client_of(service) as client:
            target = Remote(client, "into_empty") if remote else InProcess(service)
            figures.append(evaluate(benchmark, target, lambda: None, rerank=True).figures)
    assert figures[0] == figures[1]
    assert figures[0]["rows"].keys() == {"BM25", "dense", "hybrid", "hybrid + stance"}


class ShortSighted(FakeStance):
    def check(self, claim: str) -> None:
        if "mayor" in claim:
            raise ClaimTooLong("too long")


def test_a_query_too_long_for_the_stance_stays_in_the_order_of_the_search(small: Path) -> None:
    rows = []
    for remote in (False, True):
        service = Service(Settings(), ExactCorpus(), FakeEmbedder(), ShortSighted())
        with client_of(service) as client:
            target = Remote(client, "into_empty") if remote else InProcess(service)
            found = evaluate(load(small, "test"), target, lambda: None, rerank=True)
            with pytest.raises(ClaimRefused, match="'the mayor': too long"):
                target.verify("the mayor", 5)
        rows.append(found.columns["hybrid + stance nDCG@10"].tolist())
        assert rows[-1][1] == found.columns["hybrid nDCG@10"][1]
    assert rows[0] == rows[1]


def test_a_query_does_not_find_itself(small: Path) -> None:
    texts = {"q1": "The river rose by two metres.", "d1": "The river rose."}
    rows = [json.dumps({"_id": id, "text": text}) + "\n" for id, text in texts.items()]
    write(small, corpus="".join(rows), queries=rows[0], test="q1\td1\t1\n")
    service = Service(Settings(), ExactCorpus(), FakeEmbedder())
    found = evaluate(load(small, "test"), InProcess(service), lambda: None, rerank=False)
    assert found.figures["rows"]["BM25"]["nDCG@10"] == 1


def test_a_service_that_is_not_there_or_refuses(small: Path) -> None:
    with (
        at("http://127.0.0.1:9") as remote,
        pytest.raises(EvaluationError, match=r"127\.0\.0\.1:9"),
    ):
        remote.info()
    service = Service(Settings(max_document_chars=5), ExactCorpus(), FakeEmbedder())
    with client_of(service) as client, pytest.raises(EvaluationError, match="refused"):
        list(Remote(client).add([document("d", "More than five characters.")]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"corpus": '{"_id": "d1", "text": "ok"}\nnonsense\n'}, "corpus.jsonl:2: not JSON"),
        ({"corpus": '{"_id": "d1", "text": "ok"}\n' * 2}, "corpus.jsonl: a second document 'd1'"),
        ({"queries": '{"_id": "q1"}\n'}, "queries.jsonl:1: text: Field required"),
        ({"queries": "[]\n"}, "queries.jsonl:1: line: Input should be an object"),
        ({"queries": '{"_id": "q1", "text": null}\n'}, "queries.jsonl:1: text: "),
        ({"queries": '{"_id": "q1", "text": "x"}\n' * 2}, "queries.jsonl:2: a second query q1"),
        ({"test": "query-id\tcorpus-id\tscore\nq1\td1\n"}, "test.tsv:2: needs query-id"),
        ({"test": "q1\td1\tmuch\n"}, "test.tsv:1: needs query-id"),
        ({"test": "query-id\tcorpus-id\tscore\n"}, "holds no judgement"),
        ({"test": "nobody\td1\t1\n"}, "'nobody' is not in queries.jsonl"),
        ({"test": "q1\tnothing\t1\n"}, "'nothing' is not in corpus.jsonl"),
    ],
)
def test_bad_data_is_named_before_any_work(small: Path, files: dict, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        load(write(small, **files), "test")


def test_missing_split(small: Path) -> None:
    with pytest.raises(EvaluationError, match=r"dev\.tsv is missing"):
        load(small, "dev")
