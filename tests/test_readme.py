"""What the README says is so: its commands run, its answers are real, its table is the settings."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import settings
from api.cli import app
from tests.conftest import EXAMPLES, ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.M | re.S)
COMMANDS = [
    line
    for kind, block in BLOCKS
    for line in block.splitlines()
    if kind == "sh"
    and line.startswith("claimdesk ")
    and line != "claimdesk serve"
    # It takes many minutes; tests/evaluation/test_bench.py runs a part of it.
    and not line.startswith("claimdesk bench")
]
BIN = Path(sys.executable).parent


def block(kind: str) -> str:
    (found,) = [text for name, text in BLOCKS if name == kind]
    return found


@pytest.fixture(scope="module")
def environment(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        "CLAIMDESK_CACHE": str(cache),
        "CLAIMDESK_DATA": str(tmp_path_factory.mktemp("readme") / "data"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }


@pytest.fixture(scope="module")
def url(environment: dict[str, str]) -> Iterator[str]:
    environment = {**environment, "CLAIMDESK_DATA": environment["CLAIMDESK_DATA"] + "-served"}
    add = ["claimdesk", "add", "examples"]
    subprocess.run(add, env=environment, cwd=ROOT, check=True, capture_output=True)
    with subprocess.Popen(
        ["claimdesk", "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        yield server.stdout.readline().split()[-1]
        server.terminate()


def small_sets(folder: Path) -> dict[str, Path]:
    """What stands in for the README's `path/to/…`."""
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
    return {f"path/to/{file.name}": file for file in (dataset, scifact, pairs, claims)}


def test_every_command_runs(environment: dict[str, str], tmp_path: Path) -> None:
    sets = small_sets(tmp_path)
    assert len(COMMANDS) == 11
    for command in COMMANDS:
        words = [str(sets.get(word, word)) for word in shlex.split(command)]
        done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout, command


def test_every_command_of_the_program_is_in_the_readme() -> None:
    names = {command.callback.__name__ for command in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    mentioned = set(re.findall(r"claimdesk (\w+)", README))
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


def test_the_answer_to_curl_is_real(url: str, environment: dict[str, str]) -> None:
    (command,) = [text for kind, text in BLOCKS if kind == "sh" and text.startswith("curl")]
    command = command.replace("http://127.0.0.1:8000", url)
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    (answer, numbers), (shown, expected) = map(split, map(json.loads, (done.stdout, block("json"))))
    assert answer == shown
    assert numbers == pytest.approx(expected, abs=0.06)


def test_the_output_of_python_is_real(url: str) -> None:
    code = block("python").replace("http://127.0.0.1:8000", url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"```text\n{done.stdout}```" in README


def test_the_settings_are_those_of_the_class() -> None:
    assert settings.table() in README, "python -m api.settings prints the table"


def test_the_examples_are_there() -> None:
    assert len(list(EXAMPLES.glob("*.*"))) >= 12
