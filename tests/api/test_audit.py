"""Every verdict is kept before it is sent; the chain shows a change; a replay says what is new."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.audit.chain import Piece, problems
from api.audit.export import check, export
from api.audit.file import FILE
from api.audit.log import AuditLog
from api.audit.record import claim_of as kept_claim
from api.errors import AuditDamaged, AuditUnavailable, VerdictNotFound
from api.keys.keyring import KeyStore
from api.replay import replay
from api.service import Service
from api.settings import Settings
from index.documents import document
from index.embedded.erase import found_in_files
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one
from retrieval.claim import claim as claim_of
from tests.conftest import CENTRE, OpenEmbedded, articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

CLAIM = "Turkey and Russia each sent 60 servicemen to the centre"


def service_over(folder: Path, corpus=None, **settings) -> Service:
    settings = Settings(data=folder, **{"audit": True, **settings})
    made = Service(settings, corpus or ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), made.corpus, made.embedder))
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Service]:
    made = service_over(tmp_path)
    yield made
    made.close()


@pytest.fixture
def client(kept: Service) -> Iterator[TestClient]:
    with client_for(kept) as opened:
        yield opened


def wrong(log: AuditLog) -> list[str]:
    return [problem for _, found in problems(log.entries()) for problem in found]


def verified(client: TestClient, claim: str = CLAIM) -> str:
    answer = client.post("/v1/verify", json={"claim": claim})
    assert answer.status_code == 200, answer.text
    return answer.json()["provenance"]["verdict_id"]


# -- what is kept ---------------------------------------------------------------------------


def test_a_verdict_is_there_when_it_is_sent(client: TestClient, tmp_path: Path) -> None:
    answer = client.post("/v1/verify", json={"claim": CLAIM}).json()
    entry = AuditLog(tmp_path).find(answer["provenance"]["verdict_id"])
    assert entry is not None
    assert entry.head["verdict"] == answer["verdict"] == "SUPPORTED"
    assert entry.head["models"] == answer["provenance"]["models"]
    assert entry.head["generation"] == answer["provenance"]["index_generation"]
    assert entry.pieces[0].content == CLAIM
    assert [piece.document for piece in entry.pieces[1:]] == [
        item["document"]["id"] for item in answer["evidence"]
    ]
    quotes = json.loads(entry.pieces[1].content)
    assert quotes["rationale"] == answer["evidence"][0]["rationale"]
    assert "text" not in quotes["passage"]
    body = client.get(f"/v1/verdicts/{entry.id}").json()
    assert body["claim"] == CLAIM
    assert body["verdict"] == "SUPPORTED"
    assert body["evidence"][0]["content"]["document"]["id"] == "a"
    assert client.get(f"/v1/verdicts/{'0' * 32}").status_code == 404


def test_every_line_of_a_batch_and_of_an_article_is_kept(
    client: TestClient, tmp_path: Path
) -> None:
    claims = [CLAIM, "The bridge cost 71 million euros", CLAIM]
    batch = client.post("/v1/verify/batch", json={"claims": claims})
    article = client.post("/v1/check", json={"text": "The bridge cost 71 million euros in May."})
    lines = [json.loads(line) for line in (batch.text + article.text).splitlines()]
    ids = [line["provenance"]["verdict_id"] for line in lines if "provenance" in line]
    assert len(set(ids)) == len(ids) == 4
    assert {entry.id for entry in AuditLog(tmp_path).entries()} == set(ids)
    assert wrong(AuditLog(tmp_path)) == []


def test_nothing_is_kept_unless_asked(tmp_path: Path) -> None:
    service = service_over(tmp_path, audit=False)
    with client_for(service) as client:
        assert verified(client) is None
        assert client.get(f"/v1/verdicts/{'0' * 32}").status_code == 404
    service.close()
    assert not (tmp_path / FILE).exists()


def test_a_head_that_is_damaged_on_disk_is_named(kept: Service, client: TestClient) -> None:
    verified(client)
    log = kept.audit
    assert log is not None
    with sqlite3.connect(log.place.path) as connection:
        connection.execute("UPDATE entries SET head = '{'")
    with pytest.raises(AuditUnavailable, match=FILE):
        list(log.entries())


def test_an_entry_that_failed_is_told_though_a_later_one_is_kept(tmp_path: Path) -> None:
    service = service_over(tmp_path)
    assert service.audit is not None
    claims = [claim_of(CLAIM), claim_of("The bridge cost 71 million euros")]
    first, second = service.answer(claims)
    service.audit.place.path.mkdir()  # a file that cannot be opened
    service.response(first, "r1", 0.0, claims[0])
    assert not service.audit.documents()  # which answers once no entry is on its way
    service.audit.place.path.rmdir()
    service.response(second, "r2", 0.0, claims[1])
    assert service.audit.documents()
    with pytest.raises(AuditUnavailable):
        service.wait_until_kept()
    service.close()


@pytest.mark.parametrize(
    "line", ["{}", "[]", '{"head":{},"pieces":[],"hash":""}', "no JSON", "[" * 100_000]
)
def test_a_file_that_somebody_else_sealed_is_refused(tmp_path: Path, line: str) -> None:
    text = f'{{"format":"claimdesk-audit/1","entries":[\n{line}'.encode()
    file = tmp_path / "made.json"
    file.write_bytes(text + f'\n],"seal":"{hashlib.sha256(text).hexdigest()}"}}\n'.encode())
    with pytest.raises(AuditDamaged, match="sealed"):
        check(file)


def test_what_cannot_be_kept_is_not_sent(client: TestClient, tmp_path: Path) -> None:
    id = verified(client)
    (tmp_path / FILE).rename(tmp_path / "away")
    (tmp_path / FILE).mkdir()
    refused = client.post("/v1/verify", json={"claim": CLAIM})
    assert refused.status_code == 503
    assert "SUPPORTED" not in refused.text
    assert client.get("/v1/documents").status_code == 200
    (tmp_path / FILE).rmdir()
    (tmp_path / "away").rename(tmp_path / FILE)
    assert verified(client) != id
    assert wrong(AuditLog(tmp_path)) == []


def test_lines_end_with_an_error_where_a_verdict_cannot_be_kept(
    client: TestClient, kept: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The first line is of no claim at all, so that nothing has to be kept of it."""
    verified(client)
    (tmp_path / FILE).rename(tmp_path / "away")
    (tmp_path / FILE).mkdir()
    answer = client.post("/v1/verify/batch", json={"claims": ["", CLAIM, CLAIM]})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["error"]["status"] for line in lines] == [422, 503]
    assert "index" not in lines[-1]
    assert "AuditUnavailable" in caplog.text
    assert "Traceback" not in caplog.text


def test_the_hash_of_a_claim_alone(tmp_path: Path) -> None:
    service = service_over(tmp_path, audit_claims=False)
    with client_for(service) as client:
        id = verified(client, "The bridge cost 71 million euros")
        assert client.get(f"/v1/verdicts/{id}").json()["claim"] is None
    with pytest.raises(VerdictNotFound, match="--claim"):
        replay(service, id)
    with pytest.raises(VerdictNotFound, match="not the claim"):
        replay(service, id, "The bridge cost 72 million euros")
    assert replay(service, id, "The bridge cost 71 million euros").changes == ()
    service.close()
    assert found_in_files(tmp_path, [b"71 million euros"]) == 0
    assert wrong(AuditLog(tmp_path)) == []


def test_several_threads_and_logs_make_one_chain(tmp_path: Path) -> None:
    logs = [AuditLog(tmp_path) for _ in range(2)]

    def append(log: AuditLog, name: str) -> None:
        for number in range(40):
            log.put(f"{name}{number}", {"at": ""}, [Piece(None, "x")]).result(30)

    threads = [threading.Thread(target=append, args=(logs[n % 2], f"t{n}-")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(logs[0].entries())) == 160
    assert wrong(logs[0]) == []
    for log in logs:
        log.close()
    with pytest.raises(AuditUnavailable):
        logs[0].put("late", {}, [])


def test_a_key_sees_its_own_verdicts(tmp_path: Path) -> None:
    keys = KeyStore(tmp_path)
    made = [keys.create(name, scopes) for name, scopes in (
        ("one", ["verify"]), ("two", ["verify"]), ("all", ["verify", "admin"]),
    )]  # fmt: skip
    sent = [{"Authorization": f"Bearer {token}"} for _, token in made]
    service = service_over(tmp_path, require_keys=True)
    with client_for(service) as client:
        answer = client.post("/v1/verify", json={"claim": CLAIM}, headers=sent[0]).json()
        id = answer["provenance"]["verdict_id"]
        seen = [client.get(f"/v1/verdicts/{id}", headers=one) for one in sent]
        assert [one.status_code for one in seen] == [200, 404, 200]
        assert seen[0].json()["key"] == made[0][0].id
    service.close()


# -- the chain ------------------------------------------------------------------------------

CHANGES = {
    "head is not": "UPDATE entries SET head = replace(head, 'SUPPORTED', 'OTHER') WHERE number = 2",
    "piece 1 is not": "UPDATE pieces SET content = replace(content, '60', '61') WHERE place = 1",
    "piece 1 is missing": "UPDATE pieces SET content = NULL WHERE entry = 2 AND place = 1",
    "pieces are missing": "DELETE FROM pieces WHERE entry = 2 AND place = 1",
    "entry 2 is missing": "PRAGMA foreign_keys = OFF; DELETE FROM entries WHERE number = 2",
    "another document": "UPDATE pieces SET document = NULL WHERE place = 1",
    "filed under": "UPDATE pieces SET document = 'a' WHERE place = 0",
    "another id": "UPDATE entries SET id = 'x' WHERE number = 1",
    "head is not what": "UPDATE entries SET hash = 'x' WHERE number = 1",
}


@pytest.mark.parametrize(("said", "change"), CHANGES.items())
def test_a_change_is_found(client: TestClient, tmp_path: Path, said: str, change: str) -> None:
    for _ in range(3):
        verified(client)
    assert wrong(AuditLog(tmp_path)) == []
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.executescript(change)
    connection.close()
    assert any(said in problem for problem in wrong(AuditLog(tmp_path)))


def test_an_erased_document_leaves_no_quote_and_the_chain_holds(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    service = service_over(tmp_path / "data", open_embedded())
    text = "The quokkapaw bridge cost 71 million euros, said the platypus."
    ingest_one(document("secret", text), service.corpus, service.embedder)
    service.corpus.sync()
    (answer,) = service.verify([claim_of("The quokkapaw bridge cost 71 million euros")], "test")
    (other,) = service.verify([claim_of(CLAIM)], "test")
    assert answer.evidence[0].document.id == "secret"
    receipt = service.erase("secret")
    assert receipt.is_complete, receipt
    assert "audit log" in {place.name for place in receipt.places}
    log = AuditLog(tmp_path / "data")
    assert wrong(log) == []
    assert [entry.head["kind"] for entry in log.entries()] == ["verdict", "verdict", "erasure"]
    entry = log.find(answer.provenance.verdict_id)
    assert [piece.content for piece in entry.pieces[:2]] == [None, None]
    assert found_in_files(tmp_path / "data", [b"platypus"]) == 0
    gone = replay(service, answer.provenance.verdict_id, answer.claim)
    assert "its document was erased" in {change.why for change in gone.changes}
    assert gone.now != "SUPPORTED"
    assert log.find(other.provenance.verdict_id).pieces[1].content is not None
    service.close()


def test_a_document_that_was_deleted_leaves_no_quote_once_it_is_erased(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    """There may be nothing else of it, in the store or anywhere."""
    service = service_over(tmp_path / "data", open_embedded())
    text = "The quokkapaw bridge cost 71 million euros, said the platypus."
    ingest_one(document("secret", text), service.corpus, service.embedder)
    service.corpus.sync()
    (answer,) = service.verify([claim_of("THE QUOKKAPAW  bridge cost 71 million euros")], "test")
    (other,) = service.verify([claim_of(CLAIM)], "test")
    assert answer.evidence[0].document.id == "secret"
    service.corpus.delete(["secret"])
    receipt = service.erase("secret")
    assert receipt is not None
    assert receipt.is_complete, receipt
    assert receipt.versions == 0
    log = AuditLog(tmp_path / "data")
    assert wrong(log) == []
    entry = log.find(answer.provenance.verdict_id)
    assert [piece.content for piece in entry.pieces[:2]] == [None, None]
    assert log.find(other.provenance.verdict_id).pieces[1].content is not None
    assert "secret" not in log.documents()
    assert service.erase("never stored") is None
    service.close()
    assert found_in_files(tmp_path / "data", [b"platypus", b"quokkapaw", b"QUOKKAPAW"]) == 0


def test_an_entry_that_could_not_be_kept_holds_no_erasure_up(kept: Service, tmp_path: Path) -> None:
    (answer,) = kept.answer([claim_of(CLAIM)])
    (tmp_path / FILE).mkdir()
    kept.response(answer, "r1", 0.0, claim_of(CLAIM))
    with pytest.raises(AuditUnavailable):
        kept.wait_until_kept()
    (tmp_path / FILE).rmdir()
    receipt = kept.erase("a")
    assert receipt is not None
    assert receipt.is_complete


# -- the sealed file ------------------------------------------------------------------------


@pytest.fixture
def sealed(client: TestClient, kept: Service, tmp_path: Path) -> Path:
    for claim in (CLAIM, "The bridge cost 71 million euros"):
        verified(client, claim)
    kept.erase("b")
    export(AuditLog(tmp_path), tmp_path / "audit.jsonld")
    return tmp_path / "audit.jsonld"


def test_a_sealed_file_is_json_and_whole(sealed: Path, tmp_path: Path) -> None:
    content = json.loads(sealed.read_text())
    assert content["@context"]["schema"] == "https://schema.org/"
    assert [entry["head"]["kind"] for entry in content["entries"]] == 2 * ["verdict"] + ["erasure"]
    found = check(sealed)
    assert found.entries == 3
    assert found.seal == content["seal"]
    assert found.last == list(AuditLog(tmp_path).entries())[-1].hash


def test_any_changed_byte_of_a_sealed_file_is_found(sealed: Path, tmp_path: Path) -> None:
    content = sealed.read_bytes()
    other = tmp_path / "other"
    for at in [*range(0, len(content), 23), *range(len(content) - 90, len(content))]:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        other.write_bytes(changed)
        with pytest.raises(AuditDamaged):
            check(other)
    for shorter in (content[:-1], content[:50], b"", content + b"\n"):
        other.write_bytes(shorter)
        with pytest.raises(AuditDamaged):
            check(other)


def test_a_new_seal_does_not_hide_a_change(sealed: Path) -> None:
    """Who makes a new seal still has the chain against him."""
    text = sealed.read_text().replace("SUPPORTED", "REFUTED", 1)
    body = text[: text.index('\n],"seal"')]
    seal = hashlib.sha256(body.encode()).hexdigest()
    sealed.write_text(f'{body}\n],"seal":"{seal}"}}\n')
    with pytest.raises(AuditDamaged, match="head is not what was written"):
        check(sealed)


def test_an_empty_log(tmp_path: Path) -> None:
    export(AuditLog(tmp_path), tmp_path / "audit.jsonld")
    assert check(tmp_path / "audit.jsonld").entries == 0


# -- the replay -----------------------------------------------------------------------------


def replayed(service: Service, client: TestClient, id: str) -> dict[str, tuple]:
    found = replay(service, id)
    return {change.kind: (change.document, change.before, change.now) for change in found.changes}


def test_a_replay_says_what_is_different(client: TestClient, kept: Service) -> None:
    id = verified(client)
    assert replay(kept, id).changes == ()
    client.put("/v1/documents/new", json={"text": CENTRE + " More is not known."})
    assert replayed(kept, client, id) == {"evidence_new": ("new", None, "SUPPORTS")}
    client.delete("/v1/documents/new")
    client.put("/v1/documents/a", json={"text": CENTRE.replace("60", "90")})
    changes = replayed(kept, client, id)
    assert changes["evidence_corrected"] == ("a", 1, 2)
    assert changes["stance"] == ("a", "SUPPORTS", "REFUTES")
    assert changes["verdict"] == (None, "SUPPORTED", "REFUTED")
    client.post("/v1/documents/a:deindex")
    hidden = [change for change in replay(kept, id).changes if change.kind == "evidence_gone"]
    assert "its document is hidden now" in [change.why for change in hidden]
    client.delete("/v1/documents/a")
    gone = [change for change in replay(kept, id).changes if change.kind == "evidence_gone"]
    assert "its document was deleted" in [change.why for change in gone]


def test_a_replay_reads_as_the_verdict_was_read(client: TestClient, kept: Service) -> None:
    lines = client.post("/v1/check", json={"text": f"{CLAIM}."}).text.splitlines()
    id = json.loads(lines[0])["provenance"]["verdict_id"]
    head = kept.audit.find(id).head
    assert head["thorough"] is False
    assert not kept_claim(head, CLAIM).thorough
    del head["thorough"]  # as entries of before are
    assert kept_claim(head, CLAIM).thorough
    assert replay(kept, id).changes == ()


def test_a_replay_says_that_models_and_settings_are_others(tmp_path: Path, kept: Service) -> None:
    (answer,) = kept.verify([claim_of(CLAIM)], "test")

    class Other(FakeStance):
        identity = "other@2"

    settings = Settings(data=tmp_path, audit=True, verdict_threshold=0.9)
    later = Service(settings, kept.corpus, FakeEmbedder(), Other())
    changes = {
        change.kind: change for change in replay(later, answer.provenance.verdict_id).changes
    }
    assert (changes["model"].before, changes["model"].now) == ("fake-stance@1", "other@2")
    assert changes["setting"].why == "CLAIMDESK_VERDICT_THRESHOLD"
    later.close()
