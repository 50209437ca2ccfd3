"""The JavaScript client: in Node, in Chromium, its types, its package."""

import functools
import hashlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser

from api.app import create_app
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.conftest import ROOT, articles
from tests.desk.conftest import served
from tests.fakes import FakeEmbedder, FakeStance

CLIENT = ROOT / "desk" / "client"
ARTICLE = "The bridge cost 71 million euros. It opened in May."


def run(*command: str, **environment: str) -> str:
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=CLIENT, env=path | environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def page_origin() -> Iterator[str]:
    """Where the client's files are served from, as those of a newsroom's own page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(CLIENT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def url(page_origin: str) -> Iterator[str]:
    settings = Settings(cors_origins=[page_origin])
    service = Service(settings, ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), service.corpus, service.embedder))
    with served(create_app(settings, service)) as address:
        yield address
    service.close()


@pytest.mark.slow
def test_in_node(url: str) -> None:
    # Playwright brings a Node, where the machine has none.
    node = shutil.which("node") or compute_driver_executable()[0]
    test = ROOT / "tests" / "desk" / "test_client.mjs"
    told = run(node, "--test", "--test-reporter=tap", str(test), CLAIMDESK_URL=url)
    assert "# fail 0" in told
    assert "# pass 0" not in told


def test_in_a_browser(url: str, page_origin: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{page_origin}/package.json")
    lines = page.evaluate(
        """async ([url, text]) => {
            const { Claimdesk } = await import("/claimdesk.js");
            const lines = [];
            for await (const line of new Claimdesk(url).check({ text })) lines.push(line);
            return lines;
        }""",
        [url, ARTICLE],
    )
    assert [line.get("verdict") for line in lines] == ["REFUTED", "REFUTED", None]
    assert lines[-1]["summary"]["statements"] == 2
    refused = page.evaluate(
        """async (url) => {
            const { Claimdesk } = await import("/claimdesk.js");
            const error = await new Claimdesk(url).verify("").catch((error) => error);
            return [error.name, error.status, error.requestId.length];
        }""",
        url,
    )
    assert refused == ["ClaimdeskError", 422, 32]
    page.close()


def test_types_are_those_of_the_contract() -> None:
    document = (ROOT / "tests" / "api" / "openapi.json").read_bytes()
    with (CLIENT / "openapi.d.ts").open() as types:
        head = types.readline()
    assert hashlib.sha256(document).hexdigest() in head, (
        "the contract has changed: run `npm install && npm run types` in desk/client"
    )


def test_types_are_those_of_the_code(tmp_path: Path) -> None:
    tsc = CLIENT / "node_modules" / ".bin" / "tsc"
    if not tsc.exists():
        pytest.skip("no TypeScript here: run `npm install` in desk/client")
    sources = [*CLIENT.glob("*.js"), CLIENT / "tsconfig.json", CLIENT / "openapi.d.ts"]
    for source in sources:
        shutil.copy(source, tmp_path)
    # Compiled with them: a program that uses the types.
    shutil.copy(ROOT / "tests" / "desk" / "uses_types.ts", tmp_path)
    config = json.loads((CLIENT / "tsconfig.json").read_text())
    config["include"].append("uses_types.ts")
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    run(str(tsc), "--project", str(tmp_path))
    for made in ("claimdesk.d.ts", "errors.d.ts", "long.d.ts", "transport.d.ts"):
        assert (tmp_path / made).read_text() == (CLIENT / made).read_text(), "run `npm run types`"


def test_the_package_holds_code_and_types() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here")
    (packed,) = json.loads(run(npm, "pack", "--dry-run", "--json", "--offline"))
    names = {file["path"] for file in packed["files"]}
    code = {"claimdesk", "errors", "long", "transport"}
    assert names == {"package.json", "README.md", "openapi.d.ts"} | {
        f"{name}{end}" for name in code for end in (".js", ".d.ts")
    }
