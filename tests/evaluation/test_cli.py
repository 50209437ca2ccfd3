"""claimdesk evaluate … as a person runs it: report, comparison, publication, refusals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.settings import Settings
from evaluation.cli import app
from evaluation.commands import article_index
from index.postgres import open_contents

CLAIMDESK = Path(sys.executable).with_name("claimdesk")
SEARCHES = {"faiss", "tantivy", "dateparser", "sentencex", "httpx"}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "rivers"
    (folder / "qrels").mkdir(parents=True)
    texts = {"d1": "The river rose by two metres.", "d2": "A bridge was built in May."}
    rows = [json.dumps({"_id": id, "text": text}) + "\n" for id, text in texts.items()]
    (folder / "corpus.jsonl").write_text("".join(rows))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "river rose"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    return folder


@pytest.mark.slow
def test_a_corpus_in_a_database_is_evaluated(
    dataset: Path, tmp_path: Path, cache: Path, real_embedder, database: str
) -> None:
    done = subprocess.run(
        [CLAIMDESK, "evaluate", "retrieval", dataset, "--no-rerank", "--data", database, "--json"],
        env={"CLAIMDESK_CACHE": str(cache), "HOME": str(tmp_path), "PATH": "/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["nDCG@10"] == 1
    with open_contents(database) as contents:
        assert contents.count() == len((dataset / "corpus.jsonl").read_text().splitlines())


@pytest.mark.slow
def test_report_compare_publish(dataset: Path, tmp_path: Path, cache: Path, real_embedder) -> None:
    report = tmp_path / "report"
    evaluated = ("retrieval", str(dataset), "--no-rerank", "--report", str(report))
    done = subprocess.run(
        [CLAIMDESK, "evaluate", *evaluated, "--json"],
        env={"CLAIMDESK_CACHE": str(cache), "HOME": str(tmp_path), "PATH": "/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert printed["nDCG@10"] == 1
    assert printed["intervals"]["hybrid nDCG@10"] == [1, 1]
    assert {file.name for file in report.iterdir()} == {"results.json", "report.html", "recall.png"}
    kept = json.loads((report / "results.json").read_text())
    assert kept["command"] == "claimdesk evaluate retrieval path/to/rivers --split test --no-rerank"
    assert str(tmp_path) not in (report / "results.json").read_text()
    assert "holds a report already" in refused(*evaluated)
    assert json.loads((report / "results.json").read_text()) == kept
    compared = CliRunner().invoke(app, ["compare", str(report), str(report), "--json"])
    assert {row["difference"] for row in json.loads(compared.stdout).values()} == {0}
    (tmp_path / "docs").mkdir()
    published = CliRunner().invoke(app, ["publish", str(report), "--to", str(tmp_path / "docs")])
    assert published.exit_code == 0, published.output
    assert "## rivers: retrieval" in (tmp_path / "docs" / "results.md").read_text()


def refused(*arguments: object) -> str:
    """The one line that a command ends with."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == 1
    assert done.output.count("\n") == 1, done.output
    return done.output


def test_an_import_is_for_a_service(dataset: Path) -> None:
    assert "--import is for the service of --url" in refused("retrieval", dataset, "--import")


def test_no_service_is_one_line(dataset: Path) -> None:
    url = "http://127.0.0.1:9"
    assert "127.0.0.1:9" in refused("retrieval", dataset, "--url", url, "--import")


def test_predictions_go_into_a_new_file(tmp_path: Path) -> None:
    claims = tmp_path / "claims.jsonl"
    claims.write_text('{"claim": "x", "verdict": "REFUTED"}\n')
    said = refused("verdict", claims, "--predictions", claims)
    assert "exists already: name a new file" in said
    assert claims.read_text() == '{"claim": "x", "verdict": "REFUTED"}\n'


def test_an_index_of_articles_is_kept_by_content(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    for file, text in ((one, "a"), (same, "a"), (other, "b")):
        file.write_text(text)
    folders = [article_index([file], Settings(cache=tmp_path)) for file in (one, same, other)]
    assert folders[0] == folders[1] != folders[2]
    assert {folder.parent for folder in folders} == {tmp_path / "articles"}


def test_help_loads_no_library_of_a_search() -> None:
    code = f"""
import sys
import evaluation.cli, evaluation.bench.cli
print(sorted({SEARCHES!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
