"""Every request over HTTP: who may ask, how much, and what a failure looks like."""

import json
import threading
import time

import pytest
from fastapi.testclient import TestClient

from api.gate import LONG_RUNNING_SLOTS
from api.schemas.claims import Info
from api.service import Service
from api.settings import Settings
from index.errors import CorpusError
from index.exact import ExactCorpus
from tests.api.answers import CLAIM, assert_problem, ndjson, with_settings
from tests.conftest import client_for
from tests.fakes import BrokenEmbedder, FakeEmbedder


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/verify/batch", {"claims": ["stuck"]}),
        ("PUT", "/v1/documents/stuck", {"text": "stuck"}),
    ],
)
def test_long_work_leaves_threads_for_the_rest(
    method: str, path: str, body: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LONG_RUNNING_SLOTS, "/v1/verify/batch", 100)  # half of them for one client

    model = Stuck()
    with client_for(Service(Settings(), ExactCorpus(), model)) as client:
        streams = [
            threading.Thread(target=client.request, args=(method, path), kwargs={"json": body})
            for _ in range(50)
        ]
        for stream in streams:
            stream.start()
        try:
            wait_for_in_flight(client, 50)
            # The models are held up: whatever needs none of them is answered.
            for path in ("/readyz", "/v1/info", "/v1/documents", "/v1/publishers"):
                assert client.get(path).status_code == 200
        finally:
            model.free.set()
            for stream in streams:
                stream.join()


def test_health_info_metrics(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    generations = {"store_generation": 1, "index_generation": 1}
    assert client.get("/readyz").json() == {"status": "ok", **generations}
    info = client.get("/v1/info").json()
    Info.model_validate(info)
    assert (info["documents"], info["passages"]) == (3, 3)
    assert generations.items() <= info.items()
    client.get("/v1/documents/a")
    text = client.get("/metrics").text
    for name, value in {"documents": 3, **generations}.items():
        assert f"claimdesk_{name} {value}.0" in text
    assert (
        'claimdesk_requests_total{method="GET",route="/v1/documents/{id:path}",status="200"} 1.0'
        in text
    )


def test_not_ready_before_and_after(service: Service) -> None:
    client = client_for(service)
    assert client.get("/healthz").status_code == 200
    assert_problem(client.get("/readyz"), 503)
    assert_problem(client.post("/v1/verify", json={"claim": CLAIM}), 503)


def test_docs_page_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text.replace("http://localhost", "")


def test_request_id_is_kept_or_made(client: TestClient) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    made = client.get("/healthz", headers={"X-Request-ID": "no spaces, please"})
    assert len(made.headers["x-request-id"]) == 32


def test_cors_is_off_unless_an_origin_is_set() -> None:
    origin = {"Origin": "https://newsroom.example.org"}
    with with_settings() as client:
        assert "access-control-allow-origin" not in client.get("/v1/info", headers=origin).headers
    with with_settings(cors_origins=[origin["Origin"]]) as client:
        allowed = client.get("/v1/info", headers=origin).headers
        assert allowed["access-control-allow-origin"] == origin["Origin"]
        other = client.get("/v1/info", headers={"Origin": "https://evil.example.org"}).headers
        assert "access-control-allow-origin" not in other


def test_a_browser_that_asks_first() -> None:
    page = {"Origin": "https://newsroom.example.org", "Access-Control-Request-Method": "POST"}
    local = {"Access-Control-Request-Private-Network": "true"}
    with with_settings(cors_origins=[page["Origin"]]) as client:
        allowed = client.options("/v1/verify", headers={**page, **local})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == page["Origin"]
        assert allowed.headers["access-control-allow-private-network"] == "true"
        evil = {**page, **local, "Origin": "https://evil.example.org"}
        refused = client.options("/v1/verify", headers=evil)
        assert "CLAIMDESK_CORS_ORIGINS" in assert_problem(refused, 400)["detail"]
        assert not [name for name in refused.headers if name.startswith("access-control-")]
        method = client.options(
            "/v1/verify", headers={**page, "Access-Control-Request-Method": "TRACE"}
        )
        assert assert_problem(method, 400)["detail"] == "Disallowed CORS method"
    with with_settings(cors_origins=["*"]) as client:
        anyone = client.options("/v1/verify", headers={**page, **local})
        assert "access-control-allow-private-network" not in anyone.headers


def test_a_foreign_page_cannot_write(service: Service) -> None:
    line = json.dumps({"id": "planted", "text": "Planted."})
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    with client_for(service) as client:
        refused = client.post("/v1/documents:import", content=line, headers=headers)
        assert_problem(refused, 403)
        assert client.get("/v1/documents/planted").status_code == 404
        assert client.get("/healthz", headers=headers).status_code == 200
        for origin in ("http://localhost", ""):
            own = client.post("/v1/verify", json={"claim": "x"}, headers={"Origin": origin})
            assert own.status_code == 200
    service.settings = Settings(cors_origins=["https://evil.example"])
    with client_for(service) as client:
        let_in = client.post("/v1/documents:import", content=line, headers=headers)
        assert let_in.status_code == 200


def test_another_host_is_refused() -> None:
    with with_settings() as client:
        assert_problem(client.get("/v1/info", headers={"Host": "evil.example.org"}), 421)
        assert client.get("/v1/info", headers={"Host": "127.0.0.1:8000"}).status_code == 200
        assert client.get("/v1/info", headers={"Host": "[::1]:8000"}).status_code == 200
        # A container asks itself by an address that need not be among the names it is called by.
        assert client.get("/readyz", headers={"Host": "172.17.0.2"}).status_code == 200
        assert_problem(client.get("/metrics", headers={"Host": "172.17.0.2"}), 421)
    with with_settings(allowed_hosts=["*"]) as client:
        assert client.get("/v1/info", headers={"Host": "x.example.org"}).status_code == 200


def test_rate_limit_lets_probes_through() -> None:
    with with_settings(rate_limit="2/minute") as client:
        assert [client.get("/v1/info").status_code for _ in range(2)] == [200, 200]
        refused = client.get("/v1/info")
        assert_problem(refused, 429)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert client.get("/healthz").status_code == 200


def test_body_limits() -> None:
    with with_settings(max_body_bytes=500, max_import_bytes=600) as client:
        big = json.dumps({"claim": "x" * 600}).encode()
        assert_problem(client.post("/v1/verify", content=big), 413)
        chunks = (big[at : at + 50] for at in range(0, len(big), 50))
        headers = {"Content-Type": "application/json"}
        assert_problem(client.post("/v1/verify", content=chunks, headers=headers), 413)
        assert_problem(client.post("/v1/documents:import", content=b"x" * 601), 413)
        chunks = (b"x" * 100 for _ in range(7))
        assert_problem(client.post("/v1/documents:import", content=chunks), 413)


class Stuck(FakeEmbedder):
    """Embeds the text "stuck" only when it is set free."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.free = threading.Event(), threading.Event()

    def embed(self, texts):
        if "stuck" in texts:
            self.asked.set()
            assert self.free.wait(120)
        return super().embed(texts)


def test_too_many_in_flight() -> None:
    model = Stuck()
    with client_for(Service(Settings(max_in_flight=1), ExactCorpus(), model)) as client:
        answers = []
        ask = {"url": "/v1/verify", "json": {"claim": "stuck"}}
        first = threading.Thread(target=lambda: answers.append(client.post(**ask)))
        first.start()
        assert model.asked.wait(60)  # asking for the metrics would take the only place
        detail = assert_problem(client.post(**ask), 503)["detail"]
        assert detail.startswith("1 requests are in flight")
        model.free.set()
        first.join()
        assert answers[0].status_code == 200


def test_an_answer_that_takes_too_long() -> None:
    model = Stuck()
    slow = Service(Settings(request_timeout=0.05), ExactCorpus(), model)
    with client_for(slow) as client:
        detail = assert_problem(client.post("/v1/verify", json={"claim": "stuck"}), 503)["detail"]
        assert detail.startswith("no answer within 0.05 seconds")
        model.free.set()


def wait_for_in_flight(client: TestClient, number: int) -> None:
    """Return once so many requests are worked on, beside the one that asks for the metrics."""
    until = time.monotonic() + 60
    while f"claimdesk_requests_in_flight {number + 1}.0" not in client.get("/metrics").text:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_unexpected_error_gives_nothing_away() -> None:
    broken = BrokenEmbedder("poison", RuntimeError("secret path"))
    with client_for(Service(Settings(), ExactCorpus(), broken)) as client:
        body = assert_problem(client.post("/v1/verify", json={"claim": "poison"}), 500)
        assert "secret" not in json.dumps(body)
        assert client.post("/v1/verify", json={"claim": "fine"}).status_code == 200


class Panic(BaseException):
    """As libraries written in Rust raise it."""


def test_a_panic_is_a_problem_like_any_other() -> None:
    service = Service(Settings(), ExactCorpus(), BrokenEmbedder("poison", Panic("at line 7")))
    with client_for(service) as client:
        for path, body in (("verify", {"claim": "poison"}), ("search", {"query": "poison"})):
            assert_problem(client.post(f"/v1/{path}", json=body), 500)
        assert_problem(client.put("/v1/documents/x", json={"text": "poison"}), 500)
        body = {"claims": ["fine", "poison", "good"]}
        rows = ndjson(client.post("/v1/verify/batch", json=body))
        assert [row.get("error", {}).get("status") for row in rows] == [None, 500, None]


def test_a_probe_is_told_no_more_than_that(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise CorpusError("/srv/secret.sqlite: unable to open")

    with client_for(service) as client:
        monkeypatch.setattr(service.corpus, "stats", broken)
        problem = assert_problem(client.get("/readyz"), 503)
    assert "secret" not in json.dumps(problem)
