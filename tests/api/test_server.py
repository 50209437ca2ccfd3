"""A real server process: where it listens, how it stops, who may write beside it."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.server import configured
from api.settings import Settings
from tests.conftest import EXAMPLES, ROOT

CLAIMDESK = Path(sys.executable).with_name("claimdesk")
SLOW = """
from api.app import create_app
from api.server import run
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from tests.fakes import FakeEmbedder

settings = Settings(port=0)
run(create_app(settings, Service(settings, ExactCorpus(), FakeEmbedder(delay=1.5))), settings)
"""


def url_of(server: subprocess.Popen) -> str:
    line = server.stdout.readline()
    assert line.startswith("claimdesk listens on http://127.0.0.1:"), line
    return line.split()[-1]


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


def metrics(url: str) -> str:
    return httpx.get(f"{url}/metrics").text


def test_only_a_proxy_that_was_named_says_where_a_request_came_from() -> None:
    def believes(settings: Settings) -> bool:
        config = configured(FastAPI(), settings)
        config.load()
        return isinstance(config.loaded_app, ProxyHeadersMiddleware)

    assert not believes(Settings())
    assert believes(Settings(trusted_proxies=["10.0.0.1"]))
    assert configured(FastAPI(), Settings(trusted_proxies=["10.0.0.1"])).forwarded_allow_ips == [
        "10.0.0.1"
    ]


def test_requests_in_flight_finish() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        url = url_of(server)
        answers: list[httpx.Response] = []
        ask = threading.Thread(
            target=lambda: answers.append(
                httpx.post(f"{url}/v1/verify", json={"claim": "x"}, timeout=30)
            )
        )
        ask.start()
        # The claim, and the request that asks for the metrics.
        wait_until(lambda: "claimdesk_requests_in_flight 2.0" in metrics(url))
        server.send_signal(signal.SIGTERM)
        ask.join()
        assert answers[0].status_code == 200
        server.wait(timeout=30)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/healthz")


def test_who_leaves_is_not_waited_for() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            url = url_of(server)
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{url}/v1/verify", json={"claim": "x"}, timeout=0.3)
            wait_until(lambda: 'status="499"' in metrics(url))
        finally:
            server.terminate()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system has no RFC 5482")
def test_a_connection_that_nobody_reads_from_ends() -> None:
    impatient = SLOW.replace("port=0", "port=0, body_timeout=1.0").replace("delay=1.5", "delay=0")
    lines = (json.dumps({"id": "x" * 400 + str(n), "text": f"Text {n}."}) for n in range(12_000))
    body = "\n".join(lines).encode()
    with subprocess.Popen(
        [sys.executable, "-c", impatient], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            address = urlsplit(url_of(server))
            with socket.socket() as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.settimeout(30)
                client.connect((address.hostname, address.port))
                head = f"POST /v1/documents:import HTTP/1.1\r\nHost: {address.hostname}\r\n"
                client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                own_port = client.getsockname()[1]
                connections = psutil.Process(server.pid).net_connections
                wait_until(lambda: all(own_port not in one.raddr for one in connections("tcp")))
                with pytest.raises(ConnectionError):
                    list(iter(lambda: client.recv(2**16), b""))
        finally:
            server.terminate()


def test_serving_the_examples(tmp_path: Path, cache: Path) -> None:
    environment = {"CLAIMDESK_CACHE": str(cache), "CLAIMDESK_DATA": str(tmp_path), "PATH": "/bin"}
    add = [CLAIMDESK, "add", EXAMPLES]
    subprocess.run(add, env=environment, check=True, capture_output=True)
    with subprocess.Popen(
        [CLAIMDESK, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            url = url_of(server)
            assert httpx.get(f"{url}/readyz").status_code == 200
            beside = subprocess.run(add, env=environment, capture_output=True, text=True)
            assert beside.returncode == 1
            assert "open for writing in another process" in beside.stderr
            read = [CLAIMDESK, "search", "ferry", "--json"]
            assert subprocess.run(read, env=environment, capture_output=True).returncode == 0
            # A client that stops in the middle of a request must not stop the service.
            half = http.client.HTTPConnection(urlsplit(url).netloc)
            half.putrequest("POST", "/v1/verify")
            half.putheader("Content-Length", "100")
            half.endheaders()
            half.send(b'{"claim"')
            half.close()
            answer = httpx.post(f"{url}/v1/verify", json={"claim": "The ferry is electric"})
            assert answer.json()["evidence"][0]["document"]["id"] == "examples/ferry-electric"
        finally:
            server.terminate()
    assert server.returncode == 0
    # Closed, and not only stopped: the next start has nothing to build.
    assert list((tmp_path / "vectors").glob("*.faiss"))
    assert not list(tmp_path.glob("*-wal"))
