"""API keys and the audit log in a PostgreSQL database, which all replicas share."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.address import Database, database_of
from api.audit.chain import Piece, problems
from api.audit.export import check, export
from api.audit.log import AuditLog
from api.cli import main
from api.errors import AuditUnavailable, ExposedWithoutKeys, KeyRefused, KeysUnreadable
from api.exposure import check_exposure
from api.keys.keyring import KeyStore
from api.replay import replay
from api.service import Service
from api.settings import Settings
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one
from retrieval.claim import claim as claim_of
from tests.conftest import CENTRE, articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

# After so many seconds every replica sees what another did to the keys.
SEEN_AFTER_SECONDS = 1.0

pytestmark = pytest.mark.slow
CLAIM = "Turkey and Russia each sent 60 servicemen to the centre"
# Where nobody listens: it is refused at once.
NOBODY = database_of("postgresql://desk:hunter2@127.0.0.1:1/news")


@pytest.fixture
def place(database: str) -> Database:
    return database_of(database)


def service_over(place: Database, **settings: object) -> Service:
    chosen = Settings(**{"data": place, "audit": True, **settings})
    made = Service(chosen, ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), made.corpus, made.embedder))
    return made


@pytest.fixture
def kept(place: Database) -> Iterator[Service]:
    with service_over(place) as made:
        yield made


def changed(place: Database, *statements: str) -> None:
    """As who may do anything, past the triggers."""
    with psycopg.connect(place.secret, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def wrong(log: AuditLog) -> list[str]:
    return [problem for _, found in problems(log.entries()) for problem in found]


def run(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert not ended.value.code


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# -- keys -----------------------------------------------------------------------------------


def test_a_key_is_made_seen_by_all_and_revoked(place: Database) -> None:
    here, there = KeyStore(place), KeyStore(place)
    assert there.all() == []
    soon = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=3)
    made = [
        here.create("desk", ["verify", "write"], groups=["b", "a"], expires=soon, rate="5/minute"),
        here.create("all", ["admin"], groups=None),
    ]
    time.sleep(SEEN_AFTER_SECONDS)
    assert len(there.all()) == 2
    for key, token in made:
        assert there.identify(token) == here.identify(token) == key
    with psycopg.connect(place.secret) as connection:
        rows = str(connection.execute("SELECT * FROM claimdesk.api_keys").fetchall())
    assert not any(token.rpartition("_")[2] in rows for _, token in made)
    for name, scopes in (("one", ["verify"]), ("two", ["write"])):
        there.create(name, scopes)
    time.sleep(SEEN_AFTER_SECONDS)
    assert len(here.all()) == 4


def test_who_may_not_make_tables_uses_those_that_are_there(place: Database) -> None:
    KeyStore(place).create("first", ["verify"])
    with closing(AuditLog(place)) as log:
        log.put("a", {"at": ""}, [Piece(None, "x")]).result(30)
    changed(
        place,
        "CREATE ROLE desk LOGIN",
        "GRANT USAGE ON SCHEMA claimdesk TO desk",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA claimdesk TO desk",
    )
    desk = database_of(place.secret.replace("postgres@", "desk@"))
    try:
        key, token = KeyStore(desk).create("second", ["verify"])
        assert KeyStore(desk).identify(token) == key
        with closing(AuditLog(desk)) as log:
            log.put("b", {"at": ""}, [Piece(None, "x")]).result(30)
            assert [entry.id for entry in log.entries()] == ["a", "b"]
    finally:
        changed(place, "DROP OWNED BY desk", "DROP ROLE desk")


def test_a_revoked_key_opens_no_replica_after_a_second(place: Database) -> None:
    key, token = KeyStore(place).create("desk", ["verify"])
    services = [service_over(place, require_keys=True, audit=False) for _ in range(2)]
    with client_for(services[0]) as one, client_for(services[1]) as other:
        for client in (one, other):
            assert client.get("/v1/info", headers=bearer(token)).status_code == 200
        KeyStore(place).revoke(key.id)
        time.sleep(SEEN_AFTER_SECONDS)
        for client in (one, other):
            assert client.get("/v1/info", headers=bearer(token)).status_code == 401
        assert one.get("/v1/info").status_code == 401


def test_keys_that_cannot_be_read_let_nobody_in(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeysUnreadable) as caught:
        KeyStore(NOBODY).identify("cd_000000000000_" + 64 * "0")
    assert "hunter2" not in str(caught.value)
    with client_for(service_over(NOBODY, require_keys=True, audit=False)) as client:
        answer = client.get("/v1/info", headers=bearer("cd_000000000000_" + 64 * "0"))
        for open_to_all in ("/healthz", "/", "/docs"):
            assert client.get(open_to_all).status_code == 200, open_to_all
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["detail"] == "API keys cannot be read; see the log"
    assert "hunter2" not in caplog.text + answer.text


def test_the_command_line_makes_keys_in_the_database(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=database, host="0.0.0.0")
    with pytest.raises(ExposedWithoutKeys):
        check_exposure(settings)
    run("keys", "create", "desk", "--data", database, "--json")
    made = json.loads(capsys.readouterr().out)
    check_exposure(settings)
    run("keys", "revoke", made["id"], "--data", database)
    run("keys", "list", "--data", database)
    assert f"{made['id']}\trevoked\tverify" in capsys.readouterr().out
    with pytest.raises(KeyRefused):
        KeyStore(database_of(database)).identify(made["key"])


# -- the audit log --------------------------------------------------------------------------


def verified(client: TestClient, claim: str = CLAIM) -> str:
    answer = client.post("/v1/verify", json={"claim": claim})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["provenance"]["verdict_id"])


def test_a_verdict_is_there_when_it_is_sent_and_every_replica_shows_it(
    kept: Service, place: Database, tmp_path: Path
) -> None:
    with client_for(kept) as client:
        ids = [verified(client), verified(client, "The bridge cost 71 million euros")]
        entry = AuditLog(place).find(ids[0])
        assert entry is not None
        assert entry.head["verdict"] == "SUPPORTED"
        assert entry.pieces[0].content == CLAIM
        assert json.loads(entry.pieces[1].content or "")["document"]["id"] == "a"
    with service_over(place, audit=False) as other, client_for(other) as client:
        assert client.get(f"/v1/verdicts/{ids[0]}").json()["claim"] == CLAIM
        assert client.get(f"/v1/verdicts/{'0' * 32}").status_code == 404
        assert replay(other, ids[0]).changes == ()
    assert [entry.id for entry in AuditLog(place).entries()] == ids
    assert wrong(AuditLog(place)) == []
    export(AuditLog(place), tmp_path / "audit.jsonld")
    assert check(tmp_path / "audit.jsonld").entries == 2


def test_several_replicas_make_one_chain(place: Database) -> None:
    logs = [AuditLog(place) for _ in range(2)]

    def append(log: AuditLog, name: str) -> None:
        for number in range(25):
            log.put(f"{name}{number}", {"at": ""}, [Piece(None, "x")]).result(30)

    threads = [threading.Thread(target=append, args=(logs[n % 2], f"t{n}-")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(logs[0].entries())) == 100
    assert wrong(logs[0]) == []
    for log in logs:
        log.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claimdesk.audit_entries SET head = '{}'",
        "DELETE FROM claimdesk.audit_entries",
        "TRUNCATE claimdesk.audit_entries CASCADE",
        "UPDATE claimdesk.audit_pieces SET content = 'x'",
        "DELETE FROM claimdesk.audit_pieces",
    ],
)
def test_what_was_kept_is_not_changed_by_accident(
    kept: Service, place: Database, statement: str
) -> None:
    kept.verify([claim_of(CLAIM)], "test")
    with (
        psycopg.connect(place.secret, autocommit=True) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="only ever added to"),
    ):
        connection.execute(statement)
    assert wrong(AuditLog(place)) == []


CHANGES = {
    "head is not": "UPDATE claimdesk.audit_entries SET head = replace(head, 'SUPPORTED', 'OTHER')",
    "piece 1 is not": "UPDATE claimdesk.audit_pieces SET content = content || ' ' WHERE place = 1",
    "pieces are missing": "DELETE FROM claimdesk.audit_pieces WHERE place = 1",
    "entry 2 is missing": "DELETE FROM claimdesk.audit_entries WHERE number = 2",
}


def test_a_change_on_purpose_is_found(kept: Service, place: Database) -> None:
    for _ in range(3):
        kept.verify([claim_of(CLAIM)], "test")
    tables = ("entries", "pieces")
    changed(place, *(f"CREATE TABLE {one} AS TABLE claimdesk.audit_{one}" for one in tables))
    for said, change in CHANGES.items():
        changed(place, change)
        assert any(said in problem for problem in wrong(AuditLog(place))), said
        for one in tables:
            again = f"INSERT INTO claimdesk.audit_{one} TABLE {one}"
            changed(place, f"DELETE FROM claimdesk.audit_{one}", again)
        assert wrong(AuditLog(place)) == []


def test_an_erased_document_leaves_no_quote_and_the_chain_holds(
    kept: Service, place: Database
) -> None:
    text = "The quokkapaw bridge cost 71 million euros, said the platypus."
    ingest_one(document("secret", text), kept.corpus, kept.embedder)
    (answer,) = kept.verify([claim_of("The quokkapaw bridge cost 71 million euros")], "test")
    (other,) = kept.verify([claim_of(CLAIM)], "test")
    assert "platypus" in written(place, "audit_pieces")
    changed(place, "ANALYZE claimdesk.audit_pieces")
    # By a replica that keeps no verdicts itself.
    with service_over(place, audit=False) as eraser:
        ingest_one(document("secret", text), eraser.corpus, eraser.embedder)
        receipt = eraser.erase("secret")
    assert receipt is not None
    assert receipt.is_complete, receipt
    log = AuditLog(place)
    assert wrong(log) == []
    assert [entry.head["kind"] for entry in log.entries()] == ["verdict", "verdict", "erasure"]
    entry = log.find(str(answer.provenance.verdict_id))
    assert entry is not None
    assert [piece.content for piece in entry.pieces[:2]] == [None, None]
    untouched = log.find(str(other.provenance.verdict_id))
    assert untouched is not None
    assert CENTRE[:20] in (untouched.pieces[1].content or "")
    assert "platypus" not in written(place, "audit_pieces")
    with psycopg.connect(place.secret) as connection:
        sampled = connection.execute(
            "SELECT attname FROM pg_stats WHERE tablename = 'audit_pieces'"
        ).fetchall()
    assert not {("content",), ("document",)} & set(sampled)
    assert ("place",) in sampled
    assert log.documents() >= {"a"}
    assert log.quotes_of("secret") == []


def written(place: Database, table: str) -> str:
    """The bytes of a table's file, rows that were taken away included."""
    with psycopg.connect(place.secret, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(
            "SELECT encode(pg_read_binary_file(pg_relation_filepath(%s)), 'escape')",
            [f"claimdesk.{table}"],
        ).fetchone()
    return str(found[0]) if found else ""


def test_what_cannot_be_kept_is_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    with client_for(service_over(NOBODY)) as client:
        answer = client.post("/v1/verify", json={"claim": CLAIM})
    assert answer.status_code == 503
    assert "SUPPORTED" not in answer.text
    assert "hunter2" not in caplog.text + answer.text
    with pytest.raises(AuditUnavailable):
        AuditLog(NOBODY).find("x")
