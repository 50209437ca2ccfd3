"""docs/results.md is made of docs/results/, and the README says nothing else."""

import json
import re
from pathlib import Path

import pytest

from evaluation import publish
from evaluation.errors import EvaluationError
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


def test_the_model_card_s_scores_are_the_kept_ones() -> None:
    card = (ROOT / "models" / "stance" / "README.md").read_text()
    assert card == publish.fill_card(card, DOCS / "results")
    manifest = json.loads((ROOT / "models" / "stance" / "manifest.json").read_text())
    assert manifest["sha256"] in card
    assert manifest["command"] in card


def test_the_readme_s_figures_of_stance_and_verdict_are_the_kept_ones() -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## How good the verdicts are") : readme.index("## How fast")]
    rows = re.findall(
        r"^\| (\w[\w-]*) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", section, re.M
    )
    assert len(rows) == 7
    for data, *shown in rows:
        task = "verdict" if data == "monitoring-centre" else "stance"
        kept = json.loads((DOCS / "results" / f"{task}-{data}.json").read_text())
        figures = [f"{kept['n']:,}", *(f"{kept[k]:.3f}" for k in ("accuracy", "macro_f1", "ece"))]
        assert shown == figures, data


def test_the_readme_s_ratios_are_those_of_the_kept_bench() -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme[readme.index("## How fast") : readme.index("## Settings")]
    kept = json.loads((DOCS / "bench" / "bench.json").read_text())
    rows = dict(re.findall(r"^\| [^|]+ \| `(\w+)` \| ([^|]+) \|$", section, re.M))
    assert rows.keys() == kept["ratios"].keys()
    for name, shown in rows.items():
        assert shown == f"{kept['ratios'][name]:.2f}", name


def test_no_sentence_of_a_data_set_is_kept(tmp_path: Path) -> None:
    for found in (stance_result(0.7, 1), scifact_result(), retrieval_result()):
        save(tmp_path / "report", found)
        kept = publish.keep(read(tmp_path / "report"), tmp_path / "results")
        assert kept.name == f"{found.task}-scifact.json"
        assert not {"items", "worst_errors"} & set(json.loads(kept.read_text()))
    with pytest.raises(EvaluationError, match="remove it"):
        publish.keep({**read(tmp_path / "report"), "command": "another"}, tmp_path / "results")
    page = publish.page(tmp_path / "results")
    assert page.count("\n## ") == 3
    assert "A <b>claim</b>" not in page
    assert "VerT5erini" in page
