"""Fact-check articles: shares by hand, over a fixture of our own."""

import json
from pathlib import Path

import pytest

from api.service import Service
from api.settings import Settings
from evaluation import articles
from evaluation.errors import EvaluationError
from evaluation.target import InProcess
from index.exact import ExactCorpus
from tests.fakes import FakeEmbedder, FakeStance

ROWS = [
    {"id": "bridge", "claim": "The bridge cost 48 million", "label": "SUPPORTS",
     "paragraphs": ["A mayor spoke.", "The bridge cost 48 million."]},
    {"id": "school", "claim": "The school has 300 pupils", "label": "REFUTES",
     "paragraphs": ["The school has 90 pupils."]},
    {"id": "ferry", "claim": "The ferry carried 12 lorries", "label": "REFUTES",
     "paragraphs": ["The ferry carried 12 lorries."]},  # decided wrongly by the fake
    {"id": "park", "claim": "Penguins live there", "label": "SUPPORTS",
     "paragraphs": ["The park was opened in May."]},  # not decided
    {"id": "mixed", "claim": "The tower has 9 floors", "label": "MIXED",
     "paragraphs": ["The tower has 9 floors."]},
]  # fmt: skip


def write(path: Path, rows: list) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def target() -> InProcess:
    return InProcess(Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance()))


def test_decided_and_right_by_hand(tmp_path: Path, target: InProcess) -> None:
    loaded = articles.load(write(tmp_path / "articles.jsonl", ROWS))
    assert loaded[0].document.text == "A mayor spoke.\n\nThe bridge cost 48 million."
    steps: list[int] = []
    found = articles.evaluate(loaded, target, lambda: steps.append(1))
    figures = found.figures
    assert (figures["articles"], figures["n"], len(steps)) == (5, 4, 5 + 4)
    assert (figures["decided"], figures["right_where_decided"]) == (0.75, 0.6667)
    supports, refutes = (figures["labels"][name] for name in ("SUPPORTS", "REFUTES"))
    assert (supports["n"], supports["decided"], supports["right_where_decided"]) == (2, 0.5, 1)
    assert (refutes["n"], refutes["decided"], refutes["right_where_decided"]) == (2, 1, 0.5)
    assert refutes["verdicts"]["SUPPORTED"] == 1
    assert [error["claim"] for error in found.errors] == ["The ferry carried 12 lorries"]
    assert found.public()["intervals"].keys() == {"decided", "right_where_decided"}
    assert [row["article"] for row in found.predictions] == ["bridge", "school", "ferry", "park"]
    assert figures["evidence"]["n"] == 4


def test_a_limit_is_of_claims(tmp_path: Path, target: InProcess) -> None:
    loaded = articles.load(write(tmp_path / "articles.jsonl", ROWS))
    figures = articles.evaluate(loaded, target, lambda: None, limit=1).figures
    assert (figures["articles"], figures["n"], figures["right_where_decided"]) == (5, 1, 1)
    assert figures["labels"]["REFUTES"]["n"] == 0


def test_nothing_decided_is_zero(tmp_path: Path, target: InProcess) -> None:
    loaded = articles.load(write(tmp_path / "articles.jsonl", ROWS[3:4]))
    found = articles.evaluate(loaded, target, lambda: None)
    assert (found.figures["decided"], found.figures["right_where_decided"]) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"claim": "x", "label": "SUPPORTS"}], r"articles\.jsonl:1: paragraphs"),
        ([{**ROWS[0], "label": "TRUE"}], r"articles\.jsonl:1: label"),
        ([ROWS[0], ROWS[0]], r"articles\.jsonl:2: a second article 'bridge'"),
        ([{**ROWS[0], "paragraphs": [" "]}], r"articles\.jsonl:1: text is empty"),
        (ROWS[4:], "holds no claim that its article supports or refutes"),
        ([], "holds no claim"),
    ],
)
def test_bad_articles_are_named(tmp_path: Path, rows: list, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        articles.load(write(tmp_path / "articles.jsonl", rows))
