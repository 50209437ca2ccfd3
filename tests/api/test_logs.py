"""The log: one format for all loggers, a line for each request, nothing of what was asked."""

import json
import logging
import re
from collections.abc import Callable, Iterator

import anyio
import pytest
from fastapi.testclient import TestClient

from api import logs
from api.routes.common import in_thread
from api.service import Service
from api.settings import Settings
from index.errors import DiskFull
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.conftest import articles, client_for
from tests.fakes import BrokenEmbedder, FakeEmbedder

CLAIM = "Zanzibar sent forty zeppelins"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


Serve = Callable[..., TestClient]


@pytest.fixture
def serve() -> Serve:
    def opened(embedder: FakeEmbedder | None = None, **changes: object) -> TestClient:
        settings = Settings(**changes)
        logs.configure(settings)
        service = Service(settings, ExactCorpus(), embedder or FakeEmbedder())
        list(ingest(articles(), service.corpus, FakeEmbedder()))
        return client_for(service)

    return opened


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_each_request_has_a_line(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(log_format="json") as client:
        body = {"claim": CLAIM}
        answer = client.post("/v1/verify?x=zeppelins", json=body, headers={"X-Request-ID": "abc"})
        client.get("/v1/documents/none%20of")
    verified, missing = lines_of(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", verified.pop("time"))
    assert verified.pop("ms") > 0
    assert verified == {
        "level": "info", "logger": "api.access", "request_id": "abc", "method": "POST",
        "path": "/v1/verify", "route": "/v1/verify", "status": 200,
        "bytes_in": len(answer.request.content), "bytes_out": len(answer.content),
        "client": "testclient",
    }  # fmt: skip
    assert (missing["status"], missing["path"]) == (404, "/v1/documents/none%20of")
    assert missing["route"] == "/v1/documents/{id:path}"
    assert len(missing["request_id"]) == 32


def test_a_preflight_has_a_line_too(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(log_format="json", cors_origins=["https://desk.example"]) as client:
        asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "POST"}
        allowed = client.options("/v1/verify", headers=asked)
        refused = client.options("/v1/verify", headers={**asked, "Origin": "https://x.example"})
    assert (allowed.status_code, refused.status_code) == (200, 400)
    lines = lines_of(capsys)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("OPTIONS", "/v1/verify", 200),
        ("OPTIONS", "/v1/verify", 400),
    ]


def test_text_for_people(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    with serve() as client:
        client.get("/healthz", headers={"X-Request-ID": "abc"})
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(r"Z INFO api\.access method=GET path=/healthz .*status=200 ms=", line)
    assert line.endswith(" request_id=abc")


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_of_a_claim_is_logged(
    serve: Serve, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    with serve(log_format=form) as client:
        client.post("/v1/verify", json={"claim": CLAIM})
        client.post("/v1/search", json={"query": CLAIM, "zeppelins": 1})
        client.post("/v1/verify/batch", json={"claims": [CLAIM, 5]})
    logged = capsys.readouterr().err
    assert len(logged.splitlines()) == 3
    assert "eppelin" not in logged


def test_claims_are_logged_where_that_is_set(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(log_format="json", log_claims=True) as client:
        client.post("/v1/verify", json={"claim": CLAIM})
        client.post("/v1/search", json={"query": "x" * 3_000})
        client.put("/v1/documents/new", json={"text": CLAIM})
    verified, searched, stored = lines_of(capsys)
    assert json.loads(verified["body"]) == {"claim": CLAIM}
    assert len(searched["body"]) == 2_000
    assert "body" not in stored


def test_what_is_sent_writes_no_line_of_its_own(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(log_claims=True) as client:
        body = '{"claim": "é",\r\n\n2026-11-28T00:00:00Z INFO api.access \x9b31m"}'
        client.post(
            "/v1/verify", content=body.encode(), headers={"Content-Type": "application/json"}
        )
    (line,) = capsys.readouterr().err.splitlines()
    assert "path=/v1/verify" in line
    assert r'{"claim": "é",\r\n\n2026' in line
    assert r"\x9b31m" in line


def test_a_failure_has_the_id_of_its_request_and_a_traceback(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = BrokenEmbedder("zeppelins", RuntimeError("the reason"))
    with serve(broken, log_format="json", cache_mb=0) as client:
        answer = client.put(
            "/v1/documents/new", json={"text": CLAIM}, headers={"X-Request-ID": "abc"}
        )
    failed, access = lines_of(capsys)
    assert answer.json()["detail"] == "internal error; see the log, request id abc"
    assert (failed["level"], failed["request_id"]) == ("error", "abc")
    assert "the reason" in failed["message"]
    assert "raise self.error" in failed["traceback"]
    assert (access["status"], access["request_id"]) == (500, "abc")


def test_a_line_of_a_worker_thread_has_the_id_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))

    async def main() -> None:
        logs.request_id.set("abc")
        await in_thread(lambda: logging.getLogger("index.test").warning("a\nwarning"))

    anyio.run(main)
    (warning,) = lines_of(capsys)
    assert (warning["message"], warning["request_id"]) == ("a\nwarning", "abc")


def test_a_known_failure_takes_one_line_without_a_traceback(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = BrokenEmbedder("zeppelins", DiskFull("/srv/secret: no space"))
    with serve(broken) as client:
        answer = client.put("/v1/documents/new", json={"text": CLAIM})
    assert (answer.status_code, answer.json()["detail"]) == (507, "the disk is full")
    failed, _access = capsys.readouterr().err.splitlines()
    assert "DiskFull: /srv/secret: no space" in failed


@pytest.mark.parametrize(("level", "number"), [("info", 1), ("warning", 0)])
def test_the_level_is_a_setting(
    serve: Serve, capsys: pytest.CaptureFixture[str], level: str, number: int
) -> None:
    with serve(log_level=level) as client:
        client.get("/healthz")
    assert len(capsys.readouterr().err.splitlines()) == number
