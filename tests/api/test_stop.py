"""SIGTERM in the middle of answers of many lines: they end as they should, and say why."""

import json
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from tests.api.test_server import url_of
from tests.conftest import ROOT

# Each call of the model takes 0.3 seconds; whatever is not done 0.5 seconds after the signal is cut
# off.
SLOW = """
from api.app import create_app
from api.server import run
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from tests.fakes import FakeEmbedder

settings = Settings(port=0, shutdown_timeout=1, cache_mb=0)
run(create_app(settings, Service(settings, ExactCorpus(), FakeEmbedder(delay=0.3))), settings)
"""
CLAIMS = {"claims": [f"Bridge {n} fell" for n in range(100)]}
DOCUMENTS = "\n".join(
    json.dumps({"id": f"d{n}", "text": f"Bridge {n} fell. " * 400}) for n in range(400)
)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/verify/batch", {"json": CLAIMS}), ("/v1/documents:import", {"content": DOCUMENTS})],
)
def test_a_stop_in_the_middle_is_the_last_line(path: str, body: dict) -> None:
    command = [sys.executable, "-c", SLOW]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, cwd=ROOT) as server:
        url = url_of(server)
        asked = threading.Event()
        lines: list[dict] = []

        def ask() -> None:
            with httpx.stream("POST", url + path, **body, timeout=60) as answer:
                asked.set()
                lines.extend(json.loads(line) for line in answer.iter_lines())

        client = threading.Thread(target=ask)
        client.start()
        assert asked.wait(60)
        server.send_signal(signal.SIGTERM)
        client.join(30)
        _, log = server.communicate(timeout=30)
    assert lines[-1]["error"]["status"] == 503
    assert lines[-1]["error"]["detail"] == "stopping"
    assert "index" not in lines[-1]
    assert not any("error" in line for line in lines[:-1])
    assert len(lines) < 100
    assert "Traceback" not in log
    assert len([line for line in log.splitlines() if "stopping" in line]) == 1
