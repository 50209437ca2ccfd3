"""A restore over a corpus brings back no revoked key, no erased quote, nothing de-indexed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.audit.chain import problems
from api.audit.file import FILE as AUDIT
from api.audit.log import AuditLog
from api.commands.backup import BESIDE
from api.errors import KeyRefused
from api.keys.file import FILE as KEYS
from api.keys.keyring import KeyStore
from api.restoring import Kept
from api.service import Service
from api.settings import Settings
from index.documents import document
from index.embedded import backup, open_corpus
from index.embedded.erase import found_in_files
from index.errors import DocumentErased, DocumentHeld
from index.ingest import ingest, ingest_one
from retrieval.claim import claim as claim_of
from tests.conftest import articles
from tests.fakes import FakeEmbedder, FakeStance

TEXT = "The quokkapaw bridge cost 71 million euros, said the platypus."
CLAIM = "The quokkapaw bridge cost 71 million euros"


def opened(data: Path) -> Service:
    model = FakeEmbedder()
    corpus = open_corpus(data, identity=model.identity, dimension=model.dimension, writable=True)
    return Service(Settings(data=data, audit=True), corpus, model, FakeStance())


def restored(tmp_path: Path) -> tuple[Path, Kept, backup.Restored]:
    kept = Kept()
    done = backup.restore(
        tmp_path / "b.zip", tmp_path / "data", replace=True, carry_on=kept.carry_on
    )
    return done.folder, kept, done


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a backup beside it; since then a key was revoked and a document erased."""
    data = tmp_path / "data"
    _, old = KeyStore(data).create("old", ["verify"])
    (tmp_path / "old").write_text(old)
    service = opened(data)
    list(ingest([*articles(), document("secret", TEXT)], service.corpus, service.embedder))
    service.corpus.sync()
    service.verify([claim_of(CLAIM)], "before")
    backup.write_backup(data, tmp_path / "b.zip", beside=BESIDE, made_by="test")
    assert service.erase("secret").is_complete
    service.corpus.restrict("a", "deindexed")
    service.corpus.restrict("b", "held")
    (later,) = service.verify([claim_of("The bridge cost 48 million euros")], "after")
    (tmp_path / "later").write_text(later.provenance.verdict_id or "")
    service.close()
    (key,) = KeyStore(data).all()
    KeyStore(data).revoke(key.id)
    data.chmod(0o700)
    return data


def test_what_was_decided_since_holds(data: Path, tmp_path: Path) -> None:
    folder, kept, done = restored(tmp_path)
    assert (kept, done.erased) == (Kept(keys=True, audit=True), 1)
    with pytest.raises(KeyRefused, match="revoked"):
        KeyStore(folder).identify((tmp_path / "old").read_text())
    log = AuditLog(folder)
    assert log.find((tmp_path / "later").read_text()) is not None
    assert "secret" not in log.documents()
    service = opened(folder)
    assert service.corpus.get("a") is None
    (answer,) = service.verify([claim_of("Turkey and Russia each sent 60 servicemen")], "now")
    assert "a" not in {one.document.id for one in answer.evidence}
    with pytest.raises(DocumentHeld):
        service.corpus.delete(["b"])
    with pytest.raises(DocumentErased):
        ingest_one(document("secret", "New."), service.corpus, service.embedder)
    service.close()
    assert not [one for _, wrong in problems(AuditLog(folder).entries()) for one in wrong]
    assert found_in_files(folder, [b"platypus", b"quokkapaw"]) == 0
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in (KEYS, AUDIT):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["damaged", "changed", "gone", "another"])
def test_a_log_that_cannot_go_on_gives_way_to_the_backups(
    data: Path, tmp_path: Path, damage: str
) -> None:
    log = data / AUDIT
    if damage == "damaged":
        log.write_bytes(b"no database at all")
    elif damage == "changed":
        with closing(sqlite3.connect(log)) as connection, connection:
            connection.execute("UPDATE entries SET hash = 'x' WHERE number = 1")
    else:
        log.unlink()
    if damage == "another":
        other = opened(data)
        other.verify([claim_of("The bridge cost 48 million euros")], "another")
        other.close()
    (data / KEYS).write_text("{")
    folder, kept, done = restored(tmp_path)
    assert kept == Kept()
    assert KeyStore(folder).identify((tmp_path / "old").read_text())
    kinds = [entry.head["kind"] for entry in AuditLog(folder).entries()]
    assert kinds == ["verdict", "erasure"]
    assert not [one for _, wrong in problems(AuditLog(folder).entries()) for one in wrong]
    assert found_in_files(folder, [b"platypus", b"quokkapaw"]) == 0
    assert (done.replaced / KEYS).read_text() == "{"


def test_a_restore_into_an_empty_folder_is_the_backup(data: Path, tmp_path: Path) -> None:
    kept = Kept()
    done = backup.restore(tmp_path / "b.zip", tmp_path / "new", carry_on=kept.carry_on)
    assert (kept, done.erased) == (Kept(), 0)
    assert "secret" in AuditLog(done.folder).documents()


def test_who_reads_a_restored_log_holds_no_verdict_up(data: Path, tmp_path: Path) -> None:
    done = backup.restore(tmp_path / "b.zip", tmp_path / "new")
    log = AuditLog(done.folder)
    log.put("first", {}, []).result(5)
    reading = log.entries()
    next(reading)
    log.put("second", {}, []).result(5)
    reading.close()
    log.close()
