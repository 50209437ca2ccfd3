"""A seal is stamped by an authority, here OpenSSL behind a transport, and checked offline."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.audit.stamp import MOST_BYTES, stamp, stamped_at
from api.cli import main
from api.errors import AuditDamaged, StampUnavailable

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
SEAL = f"{7:064}"
URL = "https://authority.example/stamp"
CONFIG = """
[req]
distinguished_name = name
prompt = no
x509_extensions = root
[name]
CN = Root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[authority]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """Signs what it is sent."""

    folder: Path

    def openssl(self, *words: str) -> None:
        command = ["openssl", *words]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=60)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/timestamp-query"
        (self.folder / "query").write_bytes(request.content)
        self.openssl(
            "ts", "-reply", "-queryfile", "query", "-config", "config", "-signer", "signer.pem",
            "-inkey", "signer.key", "-out", "reply",
        )  # fmt: skip
        return httpx.Response(200, content=(self.folder / "reply").read_bytes())

    @property
    def roots(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()


def authority(folder: Path) -> Authority:
    folder.mkdir()
    (folder / "config").write_text(CONFIG)
    (folder / "serial").write_text("01")
    made = Authority(folder)
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "config")
    made.openssl("req", "-x509", *new, "-keyout", "root.key", "-out", "root.pem", "-days", "30")
    made.openssl("req", *new, "-subj", "/CN=Stamps", "-keyout", "signer.key", "-out", "asked")
    made.openssl(
        "x509", "-req", "-in", "asked", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
        "-out", "signer.pem", "-days", "30", "-extfile", "config", "-extensions", "authority",
    )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def believed(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("stamps") / "believed")


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(answer)


def test_a_stamp_says_when_the_seal_was_there(believed: Authority, tmp_path: Path) -> None:
    given = stamp(SEAL, URL, answering(believed))
    moment = stamped_at(SEAL, given, believed.roots)
    assert abs(moment - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    with pytest.raises(AuditDamaged, match="no time stamp of the seal"):
        stamped_at(f"{8:064}", given, believed.roots)
    other = authority(tmp_path / "other")
    with pytest.raises(AuditDamaged, match="certificates"):
        stamped_at(SEAL, given, other.roots)
    for roots in (b"", b"no PEM"):
        with pytest.raises(AuditDamaged, match="PEM"):
            stamped_at(SEAL, given, roots)
    for damaged in (b"", given[:-1], given[:500] + bytes([given[500] ^ 1]) + given[501:]):
        with pytest.raises(AuditDamaged):
            stamped_at(SEAL, damaged, believed.roots)


def test_what_is_no_stamp_of_this_seal_is_not_kept(believed: Authority) -> None:
    old = stamp(f"{8:064}", URL, answering(believed))
    answers = {
        "something else": lambda _: httpx.Response(200, content=old),
        "parse error": lambda _: httpx.Response(200, content=b"no stamp"),
        "503": lambda _: httpx.Response(503),
        "is longer than": lambda _: httpx.Response(200, content=bytes(MOST_BYTES + 1)),
    }
    for said, answer in answers.items():
        with pytest.raises(StampUnavailable, match=said):
            stamp(SEAL, URL, answering(answer))
    with pytest.raises(StampUnavailable, match="gives no time stamp"):
        stamp(SEAL, "no address")


def test_on_the_command_line(
    believed: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.audit.export import export
    from api.audit.log import AuditLog

    file, roots = tmp_path / "audit.jsonld", believed.folder / "root.pem"
    sealed = export(AuditLog(tmp_path), file)
    given = tmp_path / "audit.jsonld.tsr"
    given.write_bytes(stamp(sealed.seal, URL, answering(believed)))
    with pytest.raises(SystemExit) as ended:
        main(["audit", "check", str(file), "--stamp", str(given), "--roots", str(roots)])
    assert not ended.value.code
    assert ", sealed before 20" in capsys.readouterr().out
    for words, said in (
        (["check", str(file), "--stamp", str(given)], "belong together"),
        (["check", str(file), "--stamp", str(file), "--roots", str(roots)], "no time stamp"),
        (["stamp", str(file), "http://127.0.0.1:9/"], "gives no time stamp"),
    ):
        with pytest.raises(SystemExit, match="1"):
            main(["audit", *words])
        assert said in capsys.readouterr().err
