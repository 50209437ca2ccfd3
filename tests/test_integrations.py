"""docs/integrations.md and docs/clients.md: each example, against a service with fake models."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
import yaml

from api import client
from api.app import create_app
from api.client import AsyncClient, Client
from api.mcp.tools import mcp_server
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from index.read import read
from tests.conftest import EXAMPLES, ROOT
from tests.fakes import FakeEmbedder, FakeStance
from tests.served import served

INTEGRATIONS, CLIENTS = (
    (ROOT / "docs" / f"{name}.md").read_text() for name in ("integrations", "clients")
)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
SCRIPTS = ROOT / "docs" / "integrations"
WRONG = "The museum moved its 5,200 objects to a warehouse outside the city."
RIGHT = "The museum moved its 4,200 objects to a warehouse outside the city."


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    service = Service(Settings(), ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(read(EXAMPLES), service.corpus, service.embedder))
    with served(create_app(service.settings, service)) as address:
        yield address


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"no {program} here")
    return found


def blocks(page: str, kind: str) -> list[str]:
    return [text for name, text in FENCED.findall(page) if name == kind]


def ran(*command: str, url: str, given: str = "", status: int = 0) -> str:
    """What a program prints that is to ask the service at this address."""
    own = {"CLAIMDESK_URL": url, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=ROOT, env=own, timeout=60
    )
    assert done.returncode == status, (done.stdout, done.stderr)
    return done.stdout


def shell(text: str, url: str, status: int = 0) -> str:
    command = f"set -o pipefail; {text.replace('http://127.0.0.1:8000', url)}"
    return ran("bash", "-c", command, url=url, status=status)


def test_curl_verifies_a_claim_and_checks_an_article(url: str) -> None:
    needs("curl"), needs("jq")
    verify, check, _ = blocks(INTEGRATIONS, "sh")
    assert shell(verify, url).splitlines() == ["REFUTED", "examples/museum.txt"]
    lines = [line.split("\t") for line in shell(check, url).splitlines()]
    article = (EXAMPLES / "museum.txt").read_text()
    assert lines
    assert all(statement in article for _, statement in lines)
    # -f, as the page says.
    shell(verify.replace('"top_k": 1', '"top_k": 0'), url, status=22)


def test_python_checks_an_article(url: str) -> None:
    (code,) = blocks(INTEGRATIONS, "python")
    printed = ran(sys.executable, "-c", code.replace("http://127.0.0.1:8000", url), url=url)
    assert "SUPPORTED" in printed
    gone = ran(sys.executable, "-c", code.replace(":8000", ":1"), url=url)
    assert gone.startswith("not checked: http://127.0.0.1:1 cannot be reached")


def test_node_verifies_a_claim(url: str) -> None:
    node = needs("node")
    (code,) = blocks(INTEGRATIONS, "js")
    code = code.replace("http://127.0.0.1:8000", url)
    assert ran(node, "--input-type=module", "-e", code, url=url) == "REFUTED examples/museum.txt\n"


@pytest.mark.parametrize(
    ("text", "status", "printed"),
    [(f"{WRONG} Is that wise?", 1, WRONG), (RIGHT, 0, ""), ("x" * 2_000_000, 2, "")],
)
def test_node_reads_a_check_as_it_comes(url: str, text: str, status: int, printed: str) -> None:
    node, script = needs("node"), str(SCRIPTS / "check.mjs")
    said = ran(node, script, url=url, given=text, status=status)
    assert said.startswith(printed)
    assert bool(said) == bool(printed)


def hook(url: str, post: dict, status: int) -> dict:
    command = (sys.executable, str(SCRIPTS / "pre_publish.py"))
    return json.loads(ran(*command, url=url, given=json.dumps(post), status=status))


def test_a_post_that_the_archive_refutes_is_held(url: str) -> None:
    *_, command = blocks(INTEGRATIONS, "sh")
    said = json.loads(shell(command.rstrip("\n"), url=url, status=1))
    assert said["publish"] is False
    (one,) = said["refuted"]
    assert one["statement"] == WRONG
    assert any("4,200 objects" in quote for each in one["sources"] for quote in each["quotes"])


def test_other_posts_are_published(url: str) -> None:
    post = {"status": "future", "title": "Museum", "content": {"raw": f"<p>{RIGHT}</p>"}}
    assert hook(url, post, 0) == {
        "publish": True, "message": "statements that the archive refutes: 0", "refuted": [],
    }  # fmt: skip
    assert hook(url, {"status": "draft", "content": WRONG}, 0)["publish"]
    assert hook(url, {"status": "publish", "content": "<img src='x'>"}, 0)["publish"]


def test_what_could_not_be_checked_is_never_published(url: str) -> None:
    post = {"status": "publish", "title": "Museum", "content": f"<p>{WRONG}</p>"}
    assert "claimdesk: " in hook("http://127.0.0.1:1", post, 2)["message"]
    assert "whole post" in hook(url, {"status": "publish"}, 2)["message"]
    many = " ".join(RIGHT.replace("4,200", str(number)) for number in range(201))
    said = hook(url, {**post, "content": f"<p>{many}</p>"}, 2)
    assert (said["publish"], "more than the 200" in said["message"]) == (False, True)


def test_the_workflow_is_the_one_of_the_page() -> None:
    (shown,) = blocks(INTEGRATIONS, "yaml")
    workflow = yaml.safe_load((SCRIPTS / "check-articles.yml").read_text())
    assert yaml.safe_load(shown)[0] == workflow["jobs"]["claimdesk"]["steps"][-1]
    checker = Path(sys.executable).with_name("check-jsonschema")
    schema = "--builtin-schema=vendor.github-workflows"
    subprocess.run([checker, "--quiet", schema, SCRIPTS / "check-articles.yml"], check=True)


@pytest.mark.slow
def test_the_workflow_s_step_annotates_what_is_refuted(cache: Path, tmp_path: Path) -> None:
    (shown,) = blocks(INTEGRATIONS, "yaml")
    (step,) = yaml.safe_load(shown)
    shutil.copytree(EXAMPLES, tmp_path / "archive")
    (tmp_path / "articles").mkdir()
    article = tmp_path / "articles" / "bridge.md"
    article.write_text("Ada Marlow lost the run-off in Lindholm to Jonas Eck by 312 votes.\n")
    own = {
        "CLAIMDESK_CACHE": str(cache),
        "CLAIMDESK_DATA": str(tmp_path / "data"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]  # as a runner calls it
    done = subprocess.run(command, env=own, cwd=tmp_path, capture_output=True, text=True)
    assert "file=articles/bridge.md,line=1" in done.stdout, done.stderr
    assert done.returncode == 1


def test_the_python_client_of_the_page(url: str) -> None:
    short, long = (text.replace("http://127.0.0.1:8000", url) for text in blocks(CLIENTS, "python"))
    assert ran(sys.executable, "-c", short, url=url).startswith("SUPPORTED The new bridge over")
    lines = ran(sys.executable, "-c", long, url=url).splitlines()
    assert sorted(line.split()[0] for line in lines) == ["0", "1", "2"]
    assert "2 String should have at least 1 character" in lines


def test_the_tables_of_the_page_name_what_there_is() -> None:
    methods = {name for name, one in vars(Client).items() if callable(one)} - {"send", "lines"}
    public = {name for name in methods - {"close"} if not name.startswith("_")}
    assert public == set(re.findall(r"`(\w+)\(", CLIENTS.split("| exception")[0])) - {"Client"}
    names = {name for name in dir(client) if isinstance(getattr(client, name), type)}
    assert names <= set(re.findall(r"`?(\w+)`?", CLIENTS))


def test_the_tools_of_the_page_are_those_of_the_server() -> None:
    server = mcp_server(lambda _: AsyncClient(), write=True)
    tools = {tool.name for tool in anyio.run(server.list_tools)}
    table = CLIENTS.split("| tool |")[1].split("\n\n")[0]
    assert tools == set(re.findall(r"^\| `(\w+)`", table, re.M))
