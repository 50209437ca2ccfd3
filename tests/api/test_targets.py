"""add --url and watch-folder: what is stored, refused, sent again and deleted, where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from api.client import Client, ProblemError, Retries, Unreachable
from api.service import Service
from api.settings import Settings
from api.targets import Local, Remote, line_of
from api.watching import TOO_MANY_GONE, Record, Watched
from index.documents import Document, Outcome, Refused, document
from index.errors import CorpusError
from index.exact import ExactCorpus
from index.places import Place, unpacked
from tests.fakes import FakeEmbedder
from tests.served import served


@pytest.fixture
def service() -> Service:
    return Service(Settings(max_document_chars=5_000), ExactCorpus(), FakeEmbedder())


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with served(create_app(service.settings, service)) as address:
        yield address


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_add_sends_files_to_a_service(url: str, service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.md").write_text("# A title\n\nThe ferry sank.")
    (folder / "long.txt").write_text("x" * 5_001)
    (folder / "odd.xyz").write_text("?")
    (folder / "many.jsonl").write_text(
        '{"id": "j1", "body": "One.", "pubstatus": "withheld", "section": "A"}\nnonsense\n'
    )
    status, out, err = run("add", "--url", url, folder)
    assert (status, out) == (1, "2 added, 0 updated, 0 unchanged, 3 refused\n")
    for reason in ("more than the 5,000 allowed", "not JSON", "unknown kind of file: .xyz"):
        assert reason in err
    assert "fields not kept (lines): section (1)" in err
    stored = service.corpus.get("news/a.md")
    assert stored is not None
    assert (stored.title, stored.text) == ("A title", "The ferry sank.")
    assert service.corpus.get("j1") is None  # its rights went with it
    assert [one.id for one in service.corpus.stored_documents()] == ["j1", "news/a.md"]
    status, out, _ = run("add", "--url", url, "--json", folder / "a.md", folder / "many.jsonl")
    assert json.loads(out)["unchanged"] == 1
    assert json.loads(out)["added"] == 1  # a.md, by the id of the file alone


def test_nobody_there_takes_one_line() -> None:
    status, out, err = run("add", "--url", "http://127.0.0.1:9", __file__)
    assert (status, out) == (1, "")
    assert err.startswith("claimdesk: http://127.0.0.1:9 cannot be reached")
    assert "Traceback" not in err


def test_places_go_with_a_document(url: str, service: Service) -> None:
    places = [Place(0, 4, page=1, box=(1.0, 2.0, 3.0, 4.5)), Place(5, 9, page=2, chapter="Two")]
    given = document("p", "One. Two.", places=places, language="en")
    with Client(url) as client:
        (outcome,) = Remote(client).add([given])
    assert outcome.status == "added"
    stored = service.corpus.get("p")
    assert stored is not None
    assert unpacked(stored.places) == places
    assert stored.content_hash() == given.content_hash()


@pytest.mark.parametrize(
    "places", ["x", [1], [{}], [{"start": 0, "end": 99}], [{"start": 5, "end": 1}],
               [{"start": "0", "end": 1}], [{"start": 0, "end": 1, "other": 2}]], ids=repr,
)  # fmt: skip
def test_places_that_are_none_are_refused(url: str, places: object) -> None:
    line = json.dumps({"id": "p", "text": "One.", "places": places})
    answer = httpx.post(f"{url}/v1/documents:import", content=line).text.splitlines()
    assert "place" in json.loads(answer[0])["reason"]


class Flaky(httpx.BaseTransport):
    """Fails as told, once for each failure, and hands on what comes after."""

    def __init__(self, failures: list[Callable[[], httpx.Response]]) -> None:
        self.failures, self.real = failures, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(":import") and self.failures:
            return self.failures.pop(0)()
        return self.real.handle_request(request)

    def close(self) -> None:
        self.real.close()


def cut_off() -> httpx.Response:
    line = {"line": 1, "status": "added", "id": "a", "passages": 1}
    return httpx.Response(200, content=f"{json.dumps(line)}\n")


def disconnected() -> httpx.Response:
    raise httpx.ReadError("gone")


def forbidden() -> httpx.Response:
    return httpx.Response(403)


def test_a_part_that_is_cut_off_is_sent_again(url: str, service: Service) -> None:
    items: list[Document | Refused] = [
        Refused("x", "first"), document("a", "One."), Refused("y", "between"),
        document("b", "Two."), Refused("z", "last"),
    ]  # fmt: skip
    once = Retries(tries=1)
    with Client(url, transport=Flaky([cut_off, disconnected]), retries=once) as client:
        outcomes = list(Remote(client, pause_seconds=0).add(items))
    assert [(one.id, one.status) for one in outcomes] == [
        ("x", "refused"), ("a", "added"), ("y", "refused"), ("b", "added"), ("z", "refused"),
    ]  # fmt: skip
    for failures, error in (([disconnected] * 9, Unreachable), ([forbidden], ProblemError)):
        with (
            Client(url, transport=Flaky(failures), retries=once) as client,
            pytest.raises(error),
        ):
            list(Remote(client, pause_seconds=0).add(items))


def test_a_line_holds_what_a_document_does() -> None:
    given = document(
        "x", "Text.", title="T", url="https://x.org", publisher="P", published_at="2020-02-29",
        language="en", modified_at="2020-03-01", embargoed_until="2020-03-01T06:00:00+01:00",
        expires="2999-01-01", usageterms="U", rights="R", pubstatus="canceled",
    )  # fmt: skip
    line = line_of(given).model_dump(mode="json")
    del line["places"]
    assert document(**line).content_hash() == given.content_hash()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    (made / "sub").mkdir(parents=True)
    (made / "a.txt").write_text("The ferry sank.")
    (made / "sub" / "b.txt").write_text("The bridge opened.")
    (made / "many.jsonl").write_text('{"id": "j1", "text": "One."}\n{"id": "j2", "text": "Two."}\n')
    return made


def watched(folder: Path, service: Service) -> Watched:
    return Watched(folder, Local(service), Record(folder.parent / "record.json"))


def told(of: Watched) -> list[tuple[str, str]]:
    return sorted((one.event, one.id) for one in of.sync())


def stored(service: Service) -> list[str]:
    return [one.id for one in service.corpus.all_documents()]


def test_a_folder_is_followed(folder: Path, service: Service) -> None:
    list(Local(service).add([document("other", "Not from there.")]))
    watch = watched(folder, service)
    added = ["j1", "j2", "news/a.txt", "news/sub/b.txt"]
    assert told(watch) == [("added", id) for id in added]
    assert told(watch) == []
    (folder / "a.txt").write_text("The ferry did not sink.")
    (folder / "c.md").write_text("New.")
    (folder / "sub" / "b.txt").unlink()
    (folder / "many.jsonl").write_text('{"id": "j2", "text": "Two."}\n{"id": "j3", "text": "X."}\n')
    assert told(watch) == [
        ("added", "j3"), ("added", "news/c.md"), ("deleted", "j1"), ("deleted", "news/sub/b.txt"),
        ("unchanged", "j2"), ("updated", "news/a.txt"),
    ]  # fmt: skip
    (folder / "c.md").rename(folder / "sub" / "c.md")
    assert told(watch) == [("added", "news/sub/c.md"), ("deleted", "news/c.md")]
    assert stored(service) == ["j2", "j3", "news/a.txt", "news/sub/c.md", "other"]


def test_a_start_reads_only_what_changed_and_deletes_what_went_meanwhile(
    folder: Path, service: Service
) -> None:
    told(watched(folder, service))
    calls = service.embedder.calls  # type: ignore[attr-defined]
    assert told(watched(folder, service)) == []
    assert service.embedder.calls == calls  # type: ignore[attr-defined]
    (folder / "a.txt").unlink()
    assert told(watched(folder, service)) == [("deleted", "news/a.txt")]


def test_a_file_that_cannot_be_read_keeps_what_came_from_it(folder: Path, service: Service) -> None:
    watch = watched(folder, service)
    told(watch)
    (folder / "a.txt").write_bytes(b"\xff\xfe\x00\xd8")
    (folder / "many.jsonl").write_text("nonsense\n")
    (folder / "gone.txt").symlink_to("nowhere")
    events = list(watch.sync())
    assert {one.event for one in events} == {"refused"}
    assert len(events) == 3
    assert all(one.reason for one in events)
    assert told(watch) == []  # told once
    assert stored(service) == ["j1", "j2", "news/a.txt", "news/sub/b.txt"]
    assert len(told(watched(folder, service))) == 3  # and again by the next start
    (folder / "a.txt").write_text("Readable again.")
    assert told(watch) == [("updated", "news/a.txt")]


def test_a_file_is_left_alone_until_it_is_written_whole(folder: Path, service: Service) -> None:
    watch = Watched(folder, Local(service), Record(folder.parent / "r.json"), settle_seconds=60)
    ago = time.time() - 100
    for name in ("a.txt", "many.jsonl"):
        os.utime(folder / name, (ago, ago))
    assert told(watch) == [("added", "j1"), ("added", "j2"), ("added", "news/a.txt")]
    assert watch.is_behind
    os.utime(folder / "sub" / "b.txt", (ago, ago))
    assert told(watch) == [("added", "news/sub/b.txt")]
    assert not watch.is_behind


def test_another_file_of_the_same_time_and_size_is_read(folder: Path, service: Service) -> None:
    watch = watched(folder, service)
    told(watch)
    file = folder / "a.txt"
    before = file.stat()
    (folder.parent / "other.txt").write_text("The ferry swam.")
    os.utime(folder.parent / "other.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    (folder.parent / "other.txt").replace(file)
    assert (file.stat().st_mtime_ns, file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    assert told(watch) == [("updated", "news/a.txt")]


def test_a_document_that_must_stay_is_told_once_and_stops_nothing(
    folder: Path, service: Service
) -> None:
    watch = watched(folder, service)
    told(watch)
    service.corpus.restrict("news/a.txt", "held")
    (folder / "a.txt").unlink()
    (folder / "sub" / "b.txt").unlink()
    assert told(watch) == [("deleted", "news/sub/b.txt"), ("refused", "news/a.txt")]
    assert told(watch) == []


def test_an_id_that_another_file_holds_too_stays(folder: Path, service: Service) -> None:
    watch = watched(folder, service)
    (folder / "again.jsonl").write_text('{"id": "j1", "text": "One."}\n')
    told(watch)
    (folder / "many.jsonl").unlink()
    assert told(watch) == [("deleted", "j2")]


def test_a_folder_that_is_empty_at_the_start_is_taken_for_not_mounted(
    folder: Path, service: Service
) -> None:
    for number in range(TOO_MANY_GONE):
        (folder / f"n{number}.txt").write_text("Here.")
    told(watched(folder, service))
    before = stored(service)
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            file.unlink()
    watch = watched(folder, service)
    ((event, _),) = told(watch)
    assert event == "refused"
    assert stored(service) == before
    watch.begin_again()
    ((event, _),) = told(watch)
    assert event == "refused"
    assert stored(service) == before


@pytest.mark.slow
def test_watch_folder_as_a_process(url: str, service: Service, folder: Path) -> None:
    environment = {**os.environ, "CLAIMDESK_CACHE": str(folder.parent / "cache")}
    # A shell's background job, which the tests may be, ignores Ctrl-C, and its children do.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", heard + "from api.cli import main; main()"]
    with subprocess.Popen(
        [*command, "watch-folder", "--url", url, "--json", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        lines = (json.loads(line) for line in process.stdout)
        assert {next(lines)["event"] for _ in range(4)} == {"added"}
        time.sleep(0.5)
        (folder / "new.txt").write_text("Something new.")
        assert (next(lines)["event"], "news/new.txt" in stored(service)) == ("added", True)
        (folder / "new.txt").unlink()
        event = next(lines)
        assert (event["event"], event["id"]) == ("deleted", "news/new.txt")
        aside = folder.rename(folder.parent / "aside")
        time.sleep(1.5)  # longer than between two looks
        (aside / "new.txt").write_text("Written while the folder was away.")
        aside.rename(folder)
        event = next(lines)
        assert (event["event"], event["id"]) == ("added", "news/new.txt")
        process.send_signal(2)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    assert "watching" in err


def test_outcomes_of_a_local_target(service: Service) -> None:
    to = Local(service)
    assert list(to.add([document("a", "One.")])) == [Outcome("a", "added", 1)]
    assert to.delete(["a", "b"]) == ["a"]


@pytest.mark.parametrize("content", ["", "[]", '{"files": {"a": 1}}', '{"files": [1]}'])
def test_a_damaged_record_of_a_folder_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "record.json"
    file.write_text(content)
    with pytest.raises(CorpusError, match="is damaged, the record of a watched folder"):
        Record(file)
