"""claimdesk evaluate … as a person runs it: report, comparison, publication."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLAIMDESK = Path(sys.executable).with_name("claimdesk")


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


def test_report_compare_publish(dataset: Path, tmp_path: Path, cache: Path, real_embedder) -> None:
    def run(*arguments: object) -> str:
        done = subprocess.run(
            [CLAIMDESK, "evaluate", *map(str, arguments)],
            env={"CLAIMDESK_CACHE": str(cache), "HOME": str(tmp_path), "PATH": "/bin"},
            capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    report = tmp_path / "report"
    printed = json.loads(run("retrieval", dataset, "--report", report, "--json"))
    assert printed["nDCG@10"] == 1
    assert printed["intervals"]["hybrid nDCG@10"] == [1, 1]
    assert {file.name for file in report.iterdir()} == {"results.json", "report.html", "recall.png"}
    kept = json.loads((report / "results.json").read_text())
    assert kept["command"] == "claimdesk evaluate retrieval path/to/rivers --split test"
    assert str(tmp_path) not in (report / "results.json").read_text()
    same = json.loads(run("compare", report, report, "--json"))
    assert {row["difference"] for row in same.values()} == {0}
    (tmp_path / "docs").mkdir()
    run("publish", report)
    assert "## rivers: retrieval" in (tmp_path / "docs" / "results.md").read_text()
