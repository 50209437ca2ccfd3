"""Fact-check pairs: named by how they were made, without rulings that forgive a wrong number."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.errors import EvaluationError
from evaluation.pairs import Pair, read_pairs
from training.errors import TrainingError
from training.factchecks import FORGIVING, factcheck_pairs, main

app = typer.Typer()
app.command()(main)
ARTICLES = [
    {"claim": "Taxes rose by 40 per cent.", "verdict": "Mostly-True"},
    {"claim": "The bridge was sold.", "verdict": "False"},
    {"claim": "The mill burned down.", "verdict": "TRUE"},
]
PAIRS = [
    ("Taxes rose by 40 per cent.", "Taxes rose by 38 per cent.", "SUPPORTS", "ruling"),
    ("Taxes rose by 40 per cent.", "He spoke of 40 per cent.", "NOT_ENOUGH_INFO", "statement"),
    ("The bridge was sold.", "It was never for sale.", "REFUTES", "ruling"),
    ("The mill burned down.", "The mill burned down in May.", "SUPPORTS", "ruling"),
    ("A claim without an article.", "Nobody rated it.", "NOT_ENOUGH_INFO", "other"),
]


def write(file: Path, rows: list[dict]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = ("claim", "evidence", "label", "how")
    write(tmp_path / "articles.jsonl", ARTICLES)
    write(tmp_path / "pairs.jsonl", [dict(zip(names, row, strict=True)) for row in PAIRS])
    return tmp_path


def test_a_pair_is_named_after_how_it_was_made(folder: Path) -> None:
    claim, evidence, label, how = PAIRS[2]
    assert factcheck_pairs(folder)[1] == Pair(claim, evidence, label, f"factcheck_{how}")


def test_only_the_rulings_of_a_forgiving_rating_are_left_out(folder: Path) -> None:
    left_out = [PAIRS[0]]
    kept = [(p.claim, p.evidence, p.label, p.dataset) for p in factcheck_pairs(folder)]
    wanted = [(*row[:3], f"factcheck_{row[3]}") for row in PAIRS if row not in left_out]
    assert kept == wanted


@pytest.mark.parametrize("rating", sorted(FORGIVING))
def test_each_forgiving_rating_counts_in_any_case(folder: Path, rating: str) -> None:
    write(folder / "articles.jsonl", [{"claim": PAIRS[2][0], "verdict": rating.upper()}])
    assert PAIRS[2][1] not in {pair.evidence for pair in factcheck_pairs(folder)}


def test_the_command_writes_pairs_that_training_reads(folder: Path) -> None:
    out = folder / "out.jsonl"
    done = CliRunner().invoke(app, [str(folder), str(out)])
    assert (done.exit_code, done.stdout) == (0, f"4 pairs: {out}\n")
    assert list(read_pairs(out)) == factcheck_pairs(folder)


def test_a_bad_line_and_missing_articles_are_named(folder: Path) -> None:
    write(folder / "pairs.jsonl", [{"claim": "x", "evidence": "y", "label": "MAYBE", "how": "z"}])
    with pytest.raises(EvaluationError, match=r"pairs\.jsonl:1: label"):
        factcheck_pairs(folder)
    (folder / "articles.jsonl").unlink()
    with pytest.raises(TrainingError, match=r"articles\.jsonl"):
        factcheck_pairs(folder)
    done = CliRunner().invoke(app, [str(folder), "out.jsonl"])
    assert done.exit_code == 1
    assert done.stderr.startswith("training: ")
