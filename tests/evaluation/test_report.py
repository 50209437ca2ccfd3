"""results.json, the page and its pictures, and comparing two of them."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from evaluation import report, result
from evaluation.classification import scores
from evaluation.errors import EvaluationError
from evaluation.result import Result
from retrieval.types import STANCES

PICTURES = {
    "stance": {"confusion.png", "reliability.png", "coverage.png"},
    "scifact": set(),
    "retrieval": {"recall.png"},
    "articles": set(),
}


def stance_result(share: float, seed: int) -> Result:
    generator = np.random.default_rng(seed)
    gold = np.random.default_rng(0).integers(0, 3, 200)
    predicted = np.where(generator.random(200) < share, gold, (gold + 1) % 3)
    confidence = generator.uniform(0.4, 1, 200)
    names = np.array(STANCES)
    figures = scores(names[gold].tolist(), names[predicted].tolist(), confidence, STANCES)
    columns = {"gold": gold, "predicted": predicted, "confidence": confidence}
    errors = [{"claim": "A <b>claim</b>", "expected": "SUPPORTS", "got": "REFUTES", "value": 0.9,
               "evidence": "It & more"}]  # fmt: skip
    figures["without_near_duplicates"] = {**figures, "n": 123}
    about = {"models": {"stance": "fake@1"}, "version": "0.1.0"}
    return Result("stance", {**figures, **about}, columns, errors)


def scifact_result() -> Result:
    names = ("abstract_label", "abstract_rationale", "sentence_selection", "sentence_label")
    columns = {name: np.ones(3, int) for name in names}
    for kind in ("abstract", "sentence"):
        columns |= {f"{kind}_{side}": np.ones(3, int) for side in ("predicted", "gold")}
    row = {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    models = {"embedding": "fake@1", "stance": "fake@1"}
    figures = {"open": dict.fromkeys(names, row), "models": models, "version": "0.1.0"}
    return Result("scifact", figures, columns)


def retrieval_result() -> Result:
    row = {"nDCG@10": 0.5, "recall@100": 1.0}
    columns = {f"hybrid {name}": np.full(4, value) for name, value in row.items()}
    curve = {"k": [1, 10, 100], "hybrid": [0.2, 0.8, 1.0]}
    figures = {"rows": {"hybrid": row}, "recall_curve": curve, "queries": 4, "documents": 9,
               "passages": 12, "models": {"stance": None},
               "version": "0.1.0"}  # fmt: skip
    error = {"claim": "x", "expected": "a", "got": "b", "value": 0.0, "evidence": ""}
    return Result("retrieval", figures, columns, [error])


def articles_result() -> Result:
    columns = {"decided": np.array([1, 1, 1, 0]), "right": np.array([1, 1, 0, 0])}
    row = {"n": 4, "decided": 0.75, "right_where_decided": 0.6667}
    figures = {**row, "articles": 5, "labels": {"SUPPORTS": row, "REFUTES": {"n": 0}},
               "evidence": {"n": 4, "hit@1": 0.5}, "models": {"stance": "fake@1"},
               "version": "0.1.0"}  # fmt: skip
    error = {"claim": "x", "expected": "SUPPORTED", "got": "REFUTED", "value": 0.9, "evidence": ""}
    return Result("articles", figures, columns, [error])


def save(folder: Path, found: Result, data: str = "scifact") -> dict:
    return result.save(
        folder, found, data=data, data_sha256="0" * 64, settings={"threads": 0}, command="claimdesk"
    )


@pytest.mark.parametrize(
    "found",
    [stance_result(0.7, 1), scifact_result(), retrieval_result(), articles_result()],
    ids=lambda found: found.task,
)
def test_a_page_that_needs_nothing_else(tmp_path: Path, found: Result) -> None:
    page = report.write(tmp_path, save(tmp_path, found)).read_text()
    assert {file.name for file in tmp_path.glob("*.png")} == PICTURES[found.task]
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "undefined" not in page
    assert "data sha256 " + "0" * 64 in page
    if found.task == "stance":
        assert "A &lt;b&gt;claim&lt;/b&gt;" in page
        assert f"{found.figures['accuracy']:.3f}" in page
        assert '<td>without</td><td class="n">123</td>' in page
    if found.task == "scifact":
        assert "VerT5erini" in page
    if found.task == "articles":
        assert '<td>supports</td><td class="n">4</td>' in page
        assert "hit@1 0.500" in page


def test_pictures_are_pictures(tmp_path: Path) -> None:
    report.write(tmp_path, save(tmp_path, stance_result(0.7, 1)))
    for file in tmp_path.glob("*.png"):
        assert file.read_bytes().startswith(b"\x89PNG")
        assert file.stat().st_size > 5_000


def test_two_results_are_compared_item_by_item(tmp_path: Path) -> None:
    for name, found in (("good", stance_result(0.9, 1)), ("bad", stance_result(0.5, 2))):
        save(tmp_path / name, found)
    rows = result.compared(result.read(tmp_path / "good"), result.read(tmp_path / "bad"))
    assert rows["accuracy"]["difference"] > 0.2
    assert rows["accuracy"]["p"] < 0.01
    same = result.compared(*[result.read(tmp_path / "good" / "results.json")] * 2)
    assert {row["difference"] for row in same.values()} == {0}


def test_other_data_is_not_compared(tmp_path: Path) -> None:
    one = save(tmp_path / "a", stance_result(0.9, 1))
    with pytest.raises(EvaluationError, match="another data_sha256"):
        result.compared(one, {**one, "data_sha256": "1"})
    with pytest.raises(EvaluationError, match="0 and 0 items"):
        result.compared({**one, "items": {}}, {**one, "items": {}})


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"task": "stance"})])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(EvaluationError, match=r"results\.json|no results"):
        result.read(tmp_path)


def test_every_published_row_says_where_it_is_from() -> None:
    pairs = itertools.product(
        ("scifact", "climate_fever", "healthver"), ("retrieval", "stance", "scifact")
    )
    rows = [row for data, task in pairs for row in report.published(data, task)]
    assert len(rows) == 11
    assert all(row["source"] and 0 < row["value"] < 1 for row in rows)
