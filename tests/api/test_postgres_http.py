"""A service over PostgreSQL: other replicas' writes count, a lost connection is told and heals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.audit.chain import problems
from api.keys.keyring import keys_of
from api.opening import corpus_of
from api.service import Service
from api.settings import Settings
from index.errors import CorpusUnavailable
from index.ingest import ingest
from tests.api.answers import assert_problem
from tests.conftest import CENTRE, ROOT, articles, client_for
from tests.fakes import FakeEmbedder, FakeStance
from tests.postgres import NewDatabase, Server, _binaries, new_server

pytestmark = pytest.mark.slow
CLAIM = "Turkey and Russia each sent 60 servicemen to the centre"
NOBODY = "postgresql://desk:hunter2@127.0.0.1:1/news"
Serve = Callable[..., Service]


def service_at(address: str, **settings: object) -> Service:
    chosen = Settings(**{"data": address, **settings})
    model = FakeEmbedder()
    return Service(chosen, corpus_of(chosen, model, writable=True), model, FakeStance())


@pytest.fixture
def serve() -> Iterator[Serve]:
    opened: list[Service] = []

    def at(address: str, **settings: object) -> Service:
        opened.append(service_at(address, **settings))
        return opened[-1]

    yield at
    for one in opened:
        one.close()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that may be stopped."""
    made = new_server()
    yield made
    made.remove()


def verdict(client: TestClient) -> str:
    answer = client.post("/v1/verify", json={"claim": CLAIM})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["verdict"])


def test_another_replicas_write_takes_effect_in_remembered_answers(
    database: str, serve: Serve
) -> None:
    one, other = serve(database), serve(database)
    list(ingest(articles(), one.corpus, one.embedder))
    with client_for(one) as here, client_for(other) as there:
        assert verdict(there) == verdict(here) == "SUPPORTED"
        assert isinstance(other.models.stance, FakeStance)
        asked = len(other.models.stance.calls)
        generation = there.get("/v1/info").json()["index_generation"]
        assert verdict(there) == "SUPPORTED"
        assert len(other.models.stance.calls) == asked, "it is remembered"
        changed = CENTRE.replace("60", "90")
        assert here.put("/v1/documents/a", json={"text": changed}).status_code == 200
        assert verdict(there) == "REFUTED"
        assert there.get("/v1/documents/a").json()["text"] == changed
        assert there.get("/v1/info").json()["index_generation"] > generation
        assert here.delete("/v1/documents/a").status_code == 204
        assert verdict(there) == "NOT_ENOUGH_EVIDENCE"
        assert there.get("/v1/documents/a").status_code == 404
        assert here.post("/v1/documents/b:hold").status_code == 200
        assert_problem(there.delete("/v1/documents/b"), 409)


def test_the_connections_are_told(database: str, serve: Serve) -> None:
    with client_for(serve(database, database_connections=5)) as client:
        told = client.get("/v1/info").json()["connections"]
        assert told["most"] == 5
        assert 0 <= told["in_use"] <= told["open"] <= 5
        assert told["waiting"] == 0
        metrics = client.get("/metrics").text
        assert 'claimdesk_database_connections{state="most"} 5.0' in metrics
        assert "claimdesk_store_generation" in metrics


def test_a_lost_connection_is_told_and_heals(
    own_server: Server, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    service = serve(own_server.new_database(), database_timeout=2)
    list(ingest(articles(), service.corpus, service.embedder))
    asking = [
        ("POST", "/v1/verify", {"json": {"claim": CLAIM}}),
        ("POST", "/v1/search", {"json": {"query": CLAIM}}),
        ("GET", "/v1/documents", {}),
        ("GET", "/v1/info", {}),
        ("PUT", "/v1/documents/new", {"json": {"text": "A text."}}),
        ("DELETE", "/v1/documents/a", {}),
    ]
    with client_for(service) as client:
        assert client.get("/readyz").status_code == 200
        assert verdict(client) == "SUPPORTED"
        own_server.kill()
        for method, path, content in asking:
            answer = client.request(method, path, **content)
            assert "database" in assert_problem(answer, 503)["detail"], path
            assert answer.headers["retry-after"], path
        assert_problem(client.get("/readyz"), 503)
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 200
        lines = client.post("/v1/verify/batch", json={"claims": [CLAIM]})
        assert '"status":503' in lines.text.replace(" ", "")
        own_server.start()
        assert verdict(client) == "SUPPORTED"
        assert client.get("/readyz").status_code == 200
        assert client.put("/v1/documents/new", json={"text": "A text."}).status_code == 201
    assert "Traceback" not in caplog.text


def test_searches_ask_the_read_replica_and_else_the_database(
    own_server: Server, serve: Serve
) -> None:
    address = own_server.new_database()
    serve(address).close()
    replica = own_server.replica()
    try:
        read = address.replace(str(own_server.folder), str(replica.folder))
        service = serve(address, read_data=read)
        list(ingest(articles(), service.corpus, service.embedder))
        with client_for(service) as client:
            assert service.corpus.wait_until_indexed(service.corpus.generation(), 10)
            assert verdict(client) == "SUPPORTED"
            replica.kill()
            assert verdict(client) == "SUPPORTED"
            changed = CENTRE.replace("60", "90")
            assert client.put("/v1/documents/a", json={"text": changed}).status_code == 200
            assert verdict(client) == "REFUTED"
            assert client.get("/readyz").status_code == 200
    finally:
        replica.remove()


def test_a_dump_of_the_schema_holds_all_of_it(
    new_database: NewDatabase, serve: Serve, tmp_path: Path
) -> None:
    address, again = new_database(), new_database()
    service = serve(address, audit=True)
    list(ingest(articles(), service.corpus, service.embedder))
    with client_for(service) as client:
        assert verdict(client) == "SUPPORTED"
    _, token = keys_of(service.settings).create("desk", ["verify"])
    dump = ["pg_dump", "--schema=claimdesk", "--format=custom", f"--file={tmp_path / 'dump'}"]
    restore = ["pg_restore", "--exit-on-error", f"--dbname={again}", str(tmp_path / "dump")]
    for program, *rest in ([*dump, address], restore):
        subprocess.run([_binaries() / program, *rest], check=True, capture_output=True)
    restored = serve(again, require_keys=True)
    with client_for(restored) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert verdict(client) == "SUPPORTED"
    assert restored.audit is not None
    assert [wrong for _, wrong in problems(restored.audit.entries())] == [[]]


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(CorpusUnavailable) as caught:
        service_at(NOBODY)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_the_driver_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None; from api.cli import main;"
        f" main(['keys', 'list', '--data', {NOBODY!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install 'claimdesk[postgres]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr
