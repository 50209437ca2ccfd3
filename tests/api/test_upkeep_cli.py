"""erase, deindex, hold, backup, restore and doctor on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import main
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.slow


@pytest.fixture
def run(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("CLAIMDESK_CACHE", str(cache))
    monkeypatch.setenv("CLAIMDESK_DATA", str(tmp_path / "data"))

    def run(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            main([str(word) for word in words])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    assert run("add", *sorted(EXAMPLES.glob("*.*"))[:6])[0] == 0
    return run


def test_erase_deindex_and_hold(run) -> None:
    listed = [line.split("\t")[0] for line in run("documents", "list")[1].splitlines()]
    first, second = listed[:2]
    assert run("hold", first) == (0, f"{first} is held\n", "")
    status, _, said = run("erase", first)
    assert status == 1
    assert "held" in said
    assert run("hold")[1].startswith("held\t")
    assert json.loads(run("hold", first, "--lift", "--json")[1]) == {"restrictions": []}
    assert run("deindex", second)[0] == 0
    assert second not in run("documents", "list")[1]
    assert run("deindex", second, "--undo")[0] == 0
    status, told, _ = run("erase", first)
    assert status == 0
    assert "files of the data folder" in told
    assert {line.split()[0] for line in told.splitlines()[1:]} == {"0"}
    status, _, said = run("erase", first)
    assert status == 1
    assert "no document has the id" in said
    assert run("erase", first, "--forget") == (0, f"{first} may be stored again\n", "")


def test_backup_restore_and_doctor(run, tmp_path: Path) -> None:
    file, again = tmp_path / "backup.zip", tmp_path / "again"
    status, told, _ = run("backup", file)
    assert status == 0
    assert "documents and versions" in told
    assert run("backup", "check", file)[0] == 0
    assert run("restore", file, "--data", again)[0] == 0
    status, told, _ = run("doctor", "--data", again, "--json")
    assert status == 0
    assert json.loads(told)["whole"]
    status, _, said = run("restore", file, "--data", again)
    assert status == 1
    assert "not empty" in said
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert run("backup", "check", file)[0] == 1
    assert run("backup")[0] == 2
    assert run("backup", "one", "two")[0] == 2


def test_a_kept_verdict_is_replayed_and_exported(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, said = run("audit", "export", tmp_path / "audit.jsonld")
    assert status == 1
    assert "CLAIMDESK_AUDIT" in said
    monkeypatch.setenv("CLAIMDESK_STANCE_MODEL", "none")
    monkeypatch.setenv("CLAIMDESK_AUDIT", "on")
    answer = json.loads(run("verify", "The bridge cost 48 million euros", "--json")[1])
    id = answer["provenance"]["verdict_id"]
    assert "nothing is different" in run("replay", id)[1]
    assert json.loads(run("replay", id, "--json")[1])["changes"] == []
    first = answer["evidence"][0]["document"]["id"]
    assert run("erase", first)[0] == 0
    assert "was erased" in run("replay", id)[1]
    assert run("replay", "0" * 32)[0] == 1
    file = tmp_path / "audit.jsonld"
    sealed = json.loads(run("audit", "export", file, "--json")[1])
    assert sealed["entries"] == 2
    assert run("audit", "check", file, "--seal", sealed["seal"])[0] == 0
    assert run("audit", "check", file, "--seal", "0" * 64)[0] == 1
    assert "audit log: hashes and chain" in run("doctor")[1]
    file.write_bytes(file.read_bytes().replace(b"bridge", b"tunnel", 1) + b" ")
    assert run("audit", "check", file)[0] == 1
