"""docs/scale.md: its commands lead from the installation to a verdict on PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.test_readme import BIN, FENCED

pytestmark = pytest.mark.slow
ADDRESS = re.compile(r"postgresql://\S+")


def commands() -> list[str]:
    """The lines of the section."""
    page = (ROOT / "docs" / "scale.md").read_text()
    section = page.partition("## From install to a verdict\n")[2].partition("\n## ")[0]
    ((kind, text),) = FENCED.findall(section)
    assert kind == "sh"
    return text.splitlines()


def test_the_commands_lead_from_the_installation_to_a_verdict(cache: Path, database: str) -> None:
    lines = [ADDRESS.sub(f"'{database}'", line) for line in commands()]
    assert lines[0].startswith("pip install 'claimdesk[postgres]'")
    assert lines[-1] == "claimdesk serve"
    environment = {"CLAIMDESK_CACHE": str(cache), "PATH": f"{BIN}:{os.environ['PATH']}"}
    # What is installed already is not asked for anywhere.
    script = "\n".join(["set -e", *lines[:-1]]).replace("pip install", "pip install --no-index")
    done = subprocess.run(
        ["bash", "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^supported\b", done.stdout, re.I | re.M), done.stdout
    (token,) = re.findall(r"^cd_\w+$", done.stdout, re.M)
    environment |= {"CLAIMDESK_DATA": database, "CLAIMDESK_REQUIRE_KEYS": "true"}
    serve = ["claimdesk", "serve", "--port", "0"]
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        asked = {"claim": "Ferry crews got 4.5 per cent more pay"}
        sent = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{url}/v1/verify", json=asked, headers=sent, timeout=60)
        server.terminate()
    assert answer.status_code == 200, answer.text
    assert answer.json()["verdict"] == "SUPPORTED"
