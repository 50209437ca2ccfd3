"""The README and docs/: commands run, answers are real, tables name what there is."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import settings
from api.cli import app
from api.errors import STATUS
from api.metrics import Metrics
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
HTTP, OPERATIONS, SETTINGS, EVALUATION, CLIENTS = (
    (ROOT / "docs" / f"{name}.md").read_text()
    for name in ("http", "operations", "settings", "evaluation", "clients")
)
# Not run here: an address is no folder (tests/test_scale.py).
SCALE = (ROOT / "docs" / "scale.md").read_text()
# Pages whose commands are run, in this order, over one corpus.
PAGES = (README, EVALUATION, HTTP, OPERATIONS, CLIENTS)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
BIN = Path(sys.executable).parent


def blocks(page: str, kind: str) -> list[str]:
    return [text for name, text in FENCED.findall(page) if name == kind]


def commands() -> list[str]:
    """The `claimdesk` lines of the pages, each once; without those that run for long."""
    lines = [
        line
        for page in PAGES
        for text in blocks(page, "sh")
        for line in text.splitlines()
        if line.startswith("claimdesk ")
        and not line.startswith(("claimdesk serve", "claimdesk bench", "claimdesk mcp"))
    ]
    return list(dict.fromkeys(lines))


@pytest.fixture(scope="module")
def environment(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        "CLAIMDESK_CACHE": str(cache),
        "CLAIMDESK_DATA": str(tmp_path_factory.mktemp("readme") / "data"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }


@pytest.fixture(scope="module")
def url(environment: dict[str, str]) -> Iterator[str]:
    """Address of a service over the example articles."""
    environment = {**environment, "CLAIMDESK_DATA": environment["CLAIMDESK_DATA"] + "-served"}
    add = ["claimdesk", "add", "examples"]
    subprocess.run(add, env=environment, cwd=ROOT, check=True, capture_output=True)
    with subprocess.Popen(
        ["claimdesk", "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().split()[-1]
        server.terminate()


def small_sets(folder: Path) -> dict[str, Path]:
    """Small data sets in place of the `path/to/…` of the pages."""
    dataset, scifact = folder / "dataset", folder / "scifact"
    pairs, claims = folder / "pairs.jsonl", folder / "claims.jsonl"
    (dataset / "qrels").mkdir(parents=True)
    scifact.mkdir()
    (dataset / "corpus.jsonl").write_text('{"_id": "d", "text": "The river rose."}\n')
    (dataset / "queries.jsonl").write_text('{"_id": "q", "text": "river"}\n')
    (dataset / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n")
    pair = {"claim": "It fell.", "evidence": "The river rose.", "label": "REFUTES"}
    pairs.write_text(json.dumps(pair) + "\n")
    claims.write_text(json.dumps({"claim": "It fell.", "verdict": "REFUTED"}) + "\n")
    abstract = {"doc_id": 1, "title": "Rivers", "abstract": ["The river rose."]}
    evidence = {"1": [{"sentences": [0], "label": "CONTRADICT"}]}
    (scifact / "corpus.jsonl").write_text(json.dumps(abstract) + "\n")
    (scifact / "claims_dev.jsonl").write_text(
        json.dumps({"id": 1, "claim": "The river fell.", "evidence": evidence}) + "\n"
    )
    articles = folder / "articles_dev.jsonl"
    article = {
        "id": "a",
        "claim": "It fell.",
        "paragraphs": ["The river rose."],
        "label": "REFUTES",
    }
    articles.write_text(json.dumps(article) + "\n")
    return {f"path/to/{file.name}": file for file in (dataset, scifact, pairs, claims, articles)}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return small_sets(tmp_path_factory.mktemp("sets"))


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_every_command_runs(
    command: str, environment: dict[str, str], sets: dict[str, Path]
) -> None:
    words = [str(sets.get(word, word)) for word in shlex.split(command)]
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_command_of_the_program_is_on_a_page() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    mentioned = set(re.findall(r"claimdesk ([\w-]+)", "".join([*PAGES, SCALE])))
    assert names <= mentioned


def split(answer: dict) -> tuple[dict, list[float]]:
    """An answer without what differs from call to call; and its probabilities and scores, which
    differ a little with what the processor can multiply."""
    numbers = [answer.pop("probability"), *answer.pop("probabilities").values()]
    answer["provenance"]["request_id"] = answer["took_ms"] = None
    for evidence in answer["evidence"]:
        numbers += evidence.pop("stance_probabilities").values()
        numbers += evidence.pop("scores").values()
    return answer, numbers


def curl(number: int, url: str) -> str:
    """The output of a curl command of docs/http.md."""
    commands = [text for text in blocks(HTTP, "sh") if text.startswith("curl")]
    command = commands[number].replace("http://127.0.0.1:8000", url)
    return subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_the_answer_to_curl_is_real(url: str) -> None:
    (shown,) = blocks(HTTP, "json")
    (answer, numbers), (page, expected) = map(split, map(json.loads, (curl(0, url), shown)))
    assert answer == page
    assert numbers == pytest.approx(expected, abs=0.06)


@pytest.mark.slow
def test_a_batch_is_answered_a_line_each(url: str) -> None:
    lines = [json.loads(line) for line in curl(1, url).splitlines()]
    assert sorted(line["index"] for line in lines) == [0, 1]
    assert {line["verdict"] for line in lines} <= {*lines[0]["probabilities"]}


@pytest.mark.slow
def test_the_request_with_every_filter_is_answered(url: str) -> None:
    (request,) = blocks(HTTP, "json5")
    body = json.loads(re.sub(r"//.*", "", request))
    answer = httpx.post(f"{url}/v1/verify", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    evidence = answer.json()["evidence"]
    assert {one["document"]["publisher"] for one in evidence} == {"Port Tribune"}


@pytest.mark.slow
def test_the_output_of_python_is_real(url: str) -> None:
    (code,) = blocks(README, "python")
    code = code.replace("http://127.0.0.1:8000", url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"```text\n{done.stdout}```" in README


@pytest.mark.slow
def test_the_output_of_javascript_is_the_same(url: str) -> None:
    node = shutil.which("node") or pytest.skip("no node here")
    (code,) = blocks(README, "js")
    code = code.replace("http://127.0.0.1:8000", url)
    command = [node, "--input-type=module", "--eval", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert f"```text\n{done.stdout}```" in README


@pytest.mark.slow
def test_the_backup_holds_every_document(url: str, environment: dict[str, str]) -> None:
    """The commands are run beside the running service."""
    (commands,) = [text for text in blocks(OPERATIONS, "console") if "claimdesk backup" in text]
    served = Path(environment["CLAIMDESK_DATA"] + "-served")
    environment = {**environment, "CLAIMDESK_DATA": str(served)}
    subprocess.run(commands, shell=True, cwd=served.parent, env=environment, check=True)
    with sqlite3.connect(served.parent / "claimdesk-restored" / "claimdesk.sqlite") as copy:
        (documents,) = copy.execute("SELECT count(*) FROM documents").fetchone()
    assert documents == httpx.get(f"{url}/v1/info").json()["documents"] > 0


def test_every_endpoint_is_on_the_page() -> None:
    contract = json.loads((ROOT / "tests" / "api" / "openapi.json").read_text())
    for path, methods in contract["paths"].items():
        lines = [line for line in HTTP.splitlines() if f"{path}`" in line]
        assert lines, path
        assert all(method.upper() in "".join(lines) for method in methods), path


def test_every_status_of_an_error_is_on_the_page() -> None:
    contract = json.loads((ROOT / "tests" / "api" / "openapi.json").read_text())
    answered = {
        int(status)
        for methods in contract["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    listed = {int(status) for status in re.findall(r"^\| (\d{3}) \|", HTTP, re.M)}
    assert {s for s in answered | set(STATUS.values()) if s >= 400} <= listed


def test_every_metric_is_on_the_page() -> None:
    for metric in Metrics().registry.collect():
        assert f"`{metric.name}" in OPERATIONS, metric.name


def test_the_settings_are_those_of_the_class() -> None:
    assert settings.table() in SETTINGS, "python -m api.settings prints the table"


def test_links_lead_to_files_that_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    links = [
        (page.relative_to(ROOT), link)
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if not link.startswith(("http:", "https:"))
    ]
    assert links
    assert not [(page, link) for page, link in links if not (ROOT / page.parent / link).exists()]
