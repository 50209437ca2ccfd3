"""claimdesk move on the command line: no model is loaded for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.audit.log import AuditLog
from api.cli import main
from api.keys.keyring import KeyStore
from index.documents import document
from index.ingest import ingest
from tests.conftest import OpenEmbedded
from tests.fakes import FakeEmbedder


@pytest.fixture
def source(tmp_path: Path, open_embedded: OpenEmbedded) -> Path:
    corpus = open_embedded("from")
    list(ingest([document(f"d{n}", f"River {n}.") for n in range(3)], corpus, FakeEmbedder()))
    corpus.close()
    return tmp_path / "from"


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return stopped.value.code


def test_documents_keys_and_audit_log_go_along(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture, open_embedded: OpenEmbedded
) -> None:
    key, token = KeyStore(source).create("desk", ["verify"])
    log = AuditLog(source)
    log.put("one", {"verdict": "SUPPORTED"}, []).result()
    log.close()
    (source / "watched").mkdir()
    (source / "watched" / "one").write_text("a.md")
    assert run("move", source, tmp_path / "to", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["documents"], told["copied"], told["keys"], told["audit"]) == (3, 3, 1, True)
    assert KeyStore(tmp_path / "to").identify(token).id == key.id
    assert [entry.id for entry in AuditLog(tmp_path / "to").entries()] == ["one"]
    assert (tmp_path / "to" / "keys.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "to" / "watched" / "one").read_text() == "a.md"
    corpus = open_embedded("to")
    assert corpus.index_generation() == corpus.generation()
    assert corpus.stats().documents == 3
    corpus.close()


def test_what_is_said(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run("move", source, tmp_path / "to") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "3 documents, 3 versions, 3 passages" in first
    assert second.startswith("both hold the same, SHA-256 ")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["from", "from"], "the same"),
        (["from", "from/../from"], "the same"),
        (["nowhere", "to"], "no corpus"),
        (["from", "http://host/db"], "neither a folder nor a postgresql:// address"),
        (["from", "taken"], "documents already"),
    ],
)
def test_refused_in_one_line(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
    open_embedded: OpenEmbedded, words: list[str], why: str,
) -> None:  # fmt: skip
    taken = open_embedded("taken")
    list(ingest([document("mine", "Text.")], taken, FakeEmbedder()))
    taken.close()
    KeyStore(source).create("desk", ["verify"])
    monkeypatch.chdir(tmp_path)
    assert run("move", *words) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert why in captured.err
    assert len(captured.err.splitlines()) == 1
    assert KeyStore(tmp_path / "taken").all() == []
