"""SciFact's official measures on cases small enough to count by hand."""

import json
from pathlib import Path

import pytest

from api.service import Service
from evaluation import beir
from evaluation.errors import EvaluationError
from evaluation.scifact.data import Gold, as_document, load
from evaluation.scifact.evaluation import evaluate
from evaluation.scifact.scoring import Predicted, counts, score, sentence_numbers
from evaluation.target import InProcess
from index.split import split

GOLD = {
    "1": {
        "a": Gold("SUPPORTS", (frozenset({1, 2}), frozenset({5}))),
        "b": Gold("REFUTES", (frozenset({0}),)),
    },
    "2": {},
}


def f1(precision: float, recall: float) -> dict[str, float]:
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(harmonic, 4)}


def test_all_right() -> None:
    predicted = {"1": {"a": Predicted("SUPPORTS", (1, 2, 5)), "b": Predicted("REFUTES", (0,))}}
    assert list(score(counts(GOLD, predicted)).values()) == [f1(1, 1)] * 4


def test_by_hand() -> None:
    predicted = {
        # half of a rationale, a whole one, and a sentence of neither
        "1": {"a": Predicted("SUPPORTS", (1, 5, 7)), "b": Predicted("SUPPORTS", (0,))},
        "2": {"c": Predicted("REFUTES", (3,))},
    }
    assert score(counts(GOLD, predicted)) == {
        "abstract_label": f1(1 / 3, 1 / 2),
        "abstract_rationale": f1(1 / 3, 1 / 2),
        "sentence_selection": f1(2 / 5, 2 / 4),  # 5 of a, 0 of b; 1 alone is no whole rationale
        "sentence_label": f1(1 / 5, 1 / 4),
    }


def test_an_abstract_counts_only_with_a_whole_rationale_in_three_sentences() -> None:
    short = {"1": {"a": Predicted("SUPPORTS", (1,))}}
    late = {"1": {"a": Predicted("SUPPORTS", (7, 8, 9, 5))}}
    for predicted in (short, late):
        assert score(counts(GOLD, predicted))["abstract_label"] == f1(1, 1 / 2)
        assert score(counts(GOLD, predicted))["abstract_rationale"] == f1(0, 0)
    assert score(counts(GOLD, short))["sentence_selection"] == f1(0, 0)
    assert score(counts(GOLD, late))["sentence_selection"] == f1(1 / 4, 1 / 4)


def test_nothing_predicted() -> None:
    assert score(counts(GOLD, {}))["abstract_label"] == f1(0, 0)
    assert score(counts({}, {}))["sentence_label"] == f1(0, 0)


def test_spans_of_the_document_find_their_sentences_again() -> None:
    sentences = ["The river rose by 2.5 m.", "Dr. Eck saw it.", "It fell (see above).", "End"]
    document = as_document("d", "Title", sentences)
    bounds = [span for passage in split(document) for span in passage.sentences]
    spans = [(span.start, span.end) for span in bounds]
    assert set(sentence_numbers(sentences, spans)) == {0, 1, 2, 3}
    assert sentence_numbers(sentences, [(0, 10), (3, 20), (26, 30)]) == (0, 1)


EVIDENCE = {"7": [{"sentences": [1], "label": "CONTRADICT"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    abstracts = [
        {
            "doc_id": 7,
            "title": "Bridge",
            "abstract": ["It is long.", "The bridge cost 48."],
        },
        {"doc_id": 8, "title": "River", "abstract": ["The river rose.", "It fell."]},
    ]
    claims = [
        {"id": 1, "claim": "The bridge cost 71", "evidence": EVIDENCE},
        {"id": 2, "claim": "Penguins breed on the cape", "evidence": {}},
    ]  # fmt: skip
    for name, rows in (("corpus", abstracts), ("claims_dev", claims)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_the_whole_evaluation(folder: Path, weighing_service: Service) -> None:
    steps: list[None] = []
    for document in ("a", "b", "c"):
        weighing_service.corpus.delete([document])
    target = InProcess(weighing_service)
    found = evaluate(load(folder, "dev"), target, 0.5, False, lambda: steps.append(None))
    result = found.figures
    assert result["open"]["abstract_label"] == f1(1, 1)
    assert result["open"]["sentence_label"]["recall"] == 1
    assert (result["claims"], result["abstracts"], len(steps)) == (2, 2, 4)
    assert found.public()["intervals"].keys() == result["open"].keys()
    given = evaluate(load(folder, "dev"), target, 0.5, True, lambda: None).figures
    assert given["oracle"]["abstract_label"] == f1(1, 1)
    assert given["abstracts"] == 1


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("claims_dev.jsonl", "{}", r"claims_dev\.jsonl:1: id: Field required"),
        ("corpus.jsonl", "nonsense", r"corpus\.jsonl:1: line: Invalid JSON"),
        (
            "claims_dev.jsonl",
            json.dumps({"id": 1, "claim": "x", "evidence": EVIDENCE}).replace("CONTRA", "PRE"),
            "label",
        ),
        ("claims_dev.jsonl", '{"id": 1, "claim": "x", "evidence": {"7": []}}', "evidence.7: List"),
        (
            "claims_dev.jsonl",
            '{"id": 1, "claim": "x", "evidence": {}, "cited_doc_ids": [777]}',
            "claims_dev.jsonl:1: abstract 777 is not in corpus",
        ),
    ],
)  # fmt: skip
def test_a_bad_line_is_named(folder: Path, name: str, line: str, reason: str) -> None:
    (folder / name).write_text(line + "\n")
    with pytest.raises(EvaluationError, match=reason):
        load(folder, "dev")


def test_without_stances_there_is_nothing_to_score(folder: Path, service: Service) -> None:
    with pytest.raises(EvaluationError, match="without a stance model"):
        evaluate(load(folder, "dev"), InProcess(service), 0.5, False, lambda: None)


def test_its_layout_is_a_retrieval_benchmark_too(tmp_path: Path) -> None:
    abstract = {"doc_id": 7, "title": "T", "abstract": ["One.", "Two."]}
    claim = {"id": 1, "claim": "One is two.", "evidence": {}, "cited_doc_ids": [7]}
    alone = {"id": 2, "claim": "Cites nothing.", "evidence": {}, "cited_doc_ids": []}
    (tmp_path / "corpus.jsonl").write_text(json.dumps(abstract) + "\n")
    (tmp_path / "claims_dev.jsonl").write_text(json.dumps(claim) + "\n" + json.dumps(alone) + "\n")
    benchmark = beir.load(tmp_path, "dev")
    assert benchmark.qrels == {"1": {"7": 1}}
    assert benchmark.size == 1
    assert [document.text for document in benchmark.documents()] == ["One. Two."]
