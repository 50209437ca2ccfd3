"""docs/results.md is made of docs/results/, and the README says nothing else."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation import publish
from evaluation.errors import EvaluationError
from evaluation.result import read
from tests.conftest import ROOT
from tests.evaluation.test_report import (
    articles_result,
    retrieval_result,
    save,
    scifact_result,
    stance_result,
)

DOCS = ROOT / "docs"


def readme_section(title: str) -> str:
    """The text under a heading of the README."""
    _, _, rest = (ROOT / "README.md").read_text().partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def test_the_page_is_what_the_command_writes() -> None:
    assert (DOCS / "results.md").read_text() == publish.page(DOCS / "results")


def test_the_readme_takes_its_figures_from_there() -> None:
    section = readme_section("How good it is")
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
    section = readme_section("How good it is")
    rows = re.findall(
        r"^\| (\w[\w-]*) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", section, re.M
    )
    assert len(rows) == 9
    for data, *shown in rows:
        task = "verdict" if data == "monitoring-centre" else "stance"
        kept = json.loads((DOCS / "results" / f"{task}-{data}.json").read_text())
        figures = [f"{kept['n']:,}", *(f"{kept[k]:.3f}" for k in ("accuracy", "macro_f1", "ece"))]
        assert shown == figures, data


def test_the_figures_in_the_sentences_of_the_readme_and_the_card_are_the_kept_ones() -> None:
    def kept(name: str) -> dict:
        return json.loads((DOCS / "results" / f"{name}.json").read_text())

    news = [kept(f"verdict-newsroom-{name}") for name in ("politics", "courts", "world")]
    articles = kept("articles-articles_dev")
    section = readme_section("How good it is")
    shown = re.findall(r"\d\.\d{3}", section[section.index("news articles that we wrote") :])
    figures = [result["accuracy"] for result in news]
    figures += [articles["decided"], articles["right_where_decided"]]
    assert shown == [f"{figure:.3f}" for figure in figures]

    card = (ROOT / "models" / "stance" / "README.md").read_text()
    areas = kept("stance-kinds")["by"]["area"]
    names = ("notation", "arithmetic", "comparison", "role")
    told = re.findall(r"\d\.\d{3}", card[card.index("It is weak at notation") :])
    assert told == [f"{areas[name]['accuracy']:.3f}" for name in names]
    lacks = kept("stance-sufficient_facts")["per_label"]["NOT_ENOUGH_INFO"]["recall"]
    assert f"it calls only {lacks:.2f} NOT_ENOUGH_INFO" in card


def test_the_readme_s_ratios_are_those_of_the_kept_bench() -> None:
    ratios = json.loads((DOCS / "bench" / "bench.json").read_text())["ratios"]
    shown = re.findall(r"\d+\.\d\d", readme_section("How fast it is"))
    named = (
        "verify_p50_1", "throughput_32_vs_plain", "import", "search_p50_1m_vs_10k",
        "check_vs_one_by_one",
    )  # fmt: skip
    assert shown == [f"{ratios[name]:.2f}" for name in named]


def test_no_sentence_of_a_data_set_is_kept(tmp_path: Path) -> None:
    for found in (stance_result(0.7, 1), scifact_result(), retrieval_result()):
        save(tmp_path / "report", found)
        kept = publish.keep(read(tmp_path / "report"), tmp_path / "results")
        assert kept.name == f"{found.task}-scifact.json"
        assert not {"items", "worst_errors"} & set(json.loads(kept.read_text()))
        assert {file.name for file in (tmp_path / "results").glob("*.jsonl")} == set()
    with pytest.raises(EvaluationError, match="remove it"):
        publish.keep({**read(tmp_path / "report"), "command": "another"}, tmp_path / "results")
    page = publish.page(tmp_path / "results")
    assert page.count("\n## ") == 3
    assert "A <b>claim</b>" not in page
    assert "VerT5erini" in page


def test_figures_by_field_and_of_articles_are_published(tmp_path: Path) -> None:
    grouped = stance_result(0.7, 1)
    row = {"n": 1_200, "accuracy": 0.61, "macro_f1": 0.6}
    grouped = replace(grouped, figures={**grouped.figures, "by": {"area": {"role": row}}})
    save(tmp_path / "grouped", grouped, data="kinds")
    save(tmp_path / "articles", articles_result(), data="factchecks")
    for report in ("grouped", "articles"):
        publish.keep(read(tmp_path / report), tmp_path / "results")
    page = publish.page(tmp_path / "results")
    assert "## kinds: stance" in page
    assert "| role | 1,200 | 0.610 | 0.600 |" in page
    assert "| all | 4 | 0.750 | 0.667 |" in page
    assert "| REFUTES |" not in page  # no claim of that label
