"""docs/results.md is made of docs/results/, and the README says nothing else."""

import json
import re
from pathlib import Path

from evaluation import publish
from evaluation.result import read
from tests.conftest import ROOT
from tests.evaluation.test_report import retrieval_result, save, scifact_result, stance_result

DOCS = ROOT / "docs"


def test_the_page_is_what_the_command_writes() -> None:
    assert (DOCS / "results.md").read_text() == publish.page(DOCS / "results")


def test_the_readme_takes_its_figures_from_there() -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## How good the search is") : readme.index("## Settings")]
    rows = re.findall(
        r"^\| (\w+) \| ([^|]+) \| ([^|]+) \| \*\*([^|]+)\*\* \| ([^|]+) \|$", section, re.M
    )
    assert len(rows) == 4
    for data, *shown in rows:
        kept = json.loads((DOCS / "results" / f"retrieval-{data}.json").read_text())["rows"]
        figures = [kept[name]["nDCG@10"] for name in ("BM25", "dense", "hybrid")]
        figures.append(kept["hybrid"]["recall@100"])
        assert shown == [f"{value:.3f}" for value in figures], data


def test_no_sentence_of_a_data_set_is_kept(tmp_path: Path) -> None:
    for found in (stance_result(0.7, 1), scifact_result(), retrieval_result()):
        save(tmp_path / "report", found)
        kept = publish.keep(read(tmp_path / "report"), tmp_path / "results")
        assert kept.name == f"{found.task}-scifact.json"
        assert not {"items", "worst_errors"} & set(json.loads(kept.read_text()))
    page = publish.page(tmp_path / "results")
    assert page.count("\n## ") == 3
    assert "A <b>claim</b>" not in page
    assert "VerT5erini" in page
