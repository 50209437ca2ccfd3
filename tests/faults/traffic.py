"""A service that is asked badly, or much: slow, gone, too many, cut off, for minutes."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil

from tests.conftest import ROOT
from tests.faults.result import Result

SERVE = """
import resource
import signal
import sys
from pathlib import Path
from api import logs
from api.app import create_app
from api.memory import share_arenas
from api.server import run
from api.service import Service
from api.settings import Settings
from index.embedded import open_corpus
from tests.fakes import FakeEmbedder, FakeStance

share_arenas()  # as `claimdesk serve` does
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
settings = Settings(
    port=0, data=Path(sys.argv[1]), audit=True, shutdown_timeout=4, body_timeout=2.0,
    rate_limit="1000000/minute", cache_mb=1,
)
logs.configure(settings)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as `claimdesk serve` does
model = FakeEmbedder(delay=float(sys.argv[2]))
corpus = open_corpus(
    settings.data, identity=model.identity, dimension=model.dimension, writable=True
)
with Service(settings, corpus, model, FakeStance()) as service:
    run(create_app(settings, service), settings)
"""
DOCUMENTS = [
    {"id": f"d{n}", "text": f"The bridge in town{n} cost {n} million euros. It opened in May."}
    for n in range(50)
]
# Longest stop: the 4 seconds of grace, and the batch that the models are at on a busy machine.
MOST_STOP_SECONDS = 15.0
# Most that the service's memory may grow by under load, once it is warm: bytes.
MOST_GROWTH = 15 * 2**20
# Seconds of load from which on growth is a fault: before, caches fill.
GROWTH_FROM_SECONDS = 60


def claim(number: int) -> str:
    return f"The bridge in town{number % 50} cost {number % 50} million euros"


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[str]
    log: Path
    client: httpx.Client

    def connect(self) -> socket.socket:
        address = urlsplit(self.url)
        return socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=30)

    def verdict(self, number: int) -> tuple[int, object]:
        """Status, and what is the same whenever it is asked."""
        answer = self.client.post("/v1/verify", json={"claim": claim(number)})
        body = answer.json()
        if answer.status_code != 200:
            return answer.status_code, body.get("detail")
        quotes = [
            (one["document"]["id"], one["stance"], [each["quote"] for each in one["rationale"]])
            for one in body["evidence"][:1]
        ]
        return 200, (body["verdict"], quotes)

    def in_flight(self) -> float:
        """Requests being worked on beside the one that asks."""
        for line in self.client.get("/metrics").text.splitlines():
            if line.startswith("claimdesk_requests_in_flight "):
                return float(line.split()[1]) - 1
        raise AssertionError("no such metric")


@contextmanager
def served(delay: float = 0.0) -> Iterator[Server]:
    """A service over `DOCUMENTS` with fake models; `delay`: seconds of each call of one."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-c", SERVE, f"{folder}/data", str(delay)]
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
            ) as process,
        ):
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, log.read_text()
            url = line.split()[-1]
            lines = "\n".join(map(json.dumps, DOCUMENTS))
            many = httpx.Limits(max_connections=None)
            with httpx.Client(base_url=url, timeout=60, limits=many) as client:
                client.post("/v1/documents:import", content=lines)
                try:
                    yield Server(url, process, log, client)
                finally:
                    process.kill()


def one_byte_a_second(clients: int) -> Result:
    """Clients that send a request byte by byte: others are answered, the slow ones are let go."""
    result = Result("one byte a second", clients, "requests that are never completed")
    head = b"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"
    with served() as server:
        slow = [server.connect() for _ in range(clients)]
        for one in slow:
            one.sendall(head)
        started = time.monotonic()
        while time.monotonic() - started < 4:  # twice what a part of a body may take
            with_answer = server.verdict(3)
            if with_answer[0] != 200:
                result.losses.append(f"another client is answered {with_answer}")
            time.sleep(1)
            for one in slow[: clients // 2]:
                try:
                    one.sendall(b" ")
                except OSError:
                    continue
        for one in slow:
            one.close()
        if not _soon(lambda: server.in_flight() == 0):
            result.losses.append("a slow request is still in flight after its client left")
    result.held = "other requests are answered meanwhile"
    return result


def many_connections(number: int) -> Result:
    """Connections that say nothing, more than are worked on at once."""
    result = Result("idle connections", number, "open at once")
    with served() as server:
        idle = [server.connect() for _ in range(number)]
        for at in range(5):
            if (status := server.verdict(at)[0]) != 200:
                result.losses.append(f"a claim is answered {status}")
        if server.client.get("/readyz").status_code != 200:
            result.losses.append("the service is not ready")
        for one in idle:
            one.close()
        if server.verdict(1)[0] != 200:
            result.losses.append("a claim is not answered afterwards")
    result.held = "claims are answered"
    return result


def disconnects(number: int) -> Result:
    """Clients that leave in the middle of an answer of many lines."""
    result = Result(
        "disconnects in mid-answer", number, "batches of 50 claims whose clients leave at line 1"
    )
    with served(delay=0.02) as server:
        for at in range(number):
            body = {"claims": [claim(at + n) for n in range(50)]}
            with server.client.stream("POST", "/v1/verify/batch", json=body) as answer:
                next(answer.iter_lines())
        if not _soon(lambda: server.in_flight() == 0):
            result.losses.append("a batch is still in flight after its client left")
        if server.verdict(1)[0] != 200:
            result.losses.append("a claim is not answered afterwards")
        if "Traceback" in server.log.read_text():
            result.losses.append("a traceback in the log")
    result.held = "no request stays in flight"
    return result


def stop_under_load(batches: int) -> Result:
    """SIGTERM while batches are answered and claims come in."""
    result = Result("SIGTERM under load", batches, "batches of 100 claims that are being answered")
    with served(delay=0.2) as server:
        ends: list[str] = []

        def ask(number: int) -> None:
            body = {"claims": [claim(number * 7 + n) + f" in {n}" for n in range(100)]}
            last = ""
            try:
                with server.client.stream("POST", "/v1/verify/batch", json=body) as answer:
                    for line in answer.iter_lines():
                        last = line
            except httpx.HTTPError as error:
                last = f"cut: {error!r}"
            ends.append(last)

        clients = [threading.Thread(target=ask, args=(n,)) for n in range(batches)]
        for one in clients:
            one.start()
        _soon(lambda: server.in_flight() >= batches)
        time.sleep(0.5)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        for one in clients:
            one.join(60)
        status = server.process.wait(60)
        took = time.monotonic() - started
        for end in ends:
            said = json.loads(end) if end.startswith("{") else {}
            refused = said.get("status")  # of too many batches at once
            if 503 not in (refused, said.get("error", {}).get("status")):
                result.losses.append(f"an answer ends with {end[:100]!r}")
        if status != 0:
            result.losses.append(f"the service ended with status {status}")
        if took > MOST_STOP_SECONDS:
            result.losses.append(f"the stop took {took:.1f} s")
        lines = server.log.read_text().splitlines()
        about_stop = [line for line in lines if "stopping" in line]
        if len(about_stop) > 2 * batches or "Traceback" in "".join(lines):
            result.losses.append(f"{len(about_stop)} lines of the log are about the stop")
        result.held = f"each batch ends with an error line; the service stopped after {took:.1f} s"
    return result


def mixed_load(seconds: float, clients: int = 8, seed: int = 7) -> Result:
    """Claims, batches, searches, writes and reads together: each claim as on a quiet service."""
    result = Result("mixed load", 0, f"{seconds:.0f} s, {clients} clients")
    with served() as server:
        quiet = [server.verdict(number) for number in range(50)]
        watched = psutil.Process(server.process.pid)
        warm: list[int] = []
        until = time.monotonic() + seconds
        wrong: list[str] = []
        answered: list[int] = []

        def ask(name: int) -> None:
            draw = random.Random(seed + name)
            while time.monotonic() < until and len(wrong) < 20:
                try:
                    wrong.extend(_one(server, draw, name, quiet))
                    answered.append(1)
                except httpx.HTTPError as error:
                    wrong.append(repr(error))

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
        for one in threads:
            one.start()
        time.sleep(seconds / 3)
        warm.append(watched.memory_info().rss)
        for one in threads:
            one.join()
        grown = watched.memory_info().rss - warm[0]
        if seconds >= GROWTH_FROM_SECONDS and grown > MOST_GROWTH:
            wrong.append(f"memory grew by {grown / 2**20:.0f} MB")
        if not _soon(lambda: server.in_flight() == 0):
            wrong.append("requests stay in flight")
        wrong += [
            f"afterwards claim {number} is answered {again} and not {before}"
            for number, before in enumerate(quiet)
            if (again := server.verdict(number)) != before
        ]
        if "Traceback" in server.log.read_text():
            wrong.append("a traceback in the log")
    result.tried, result.losses = len(answered), wrong
    result.held = (
        f"the answers are those of a quiet service; memory changed by {grown / 2**20:+.0f} MB"
        " in the last two thirds of the time"
    )
    return result


def _one(
    server: Server, draw: random.Random, name: int, quiet: list[tuple[int, object]]
) -> Iterator[str]:
    number = draw.randrange(50)
    kind = draw.choice(["verify", "verify", "batch", "search", "write", "list"])
    if kind == "verify":
        if (found := server.verdict(number)) != quiet[number]:
            yield f"claim {number} is answered {found} and not {quiet[number]}"
        return
    if kind == "batch":
        body = {"claims": [claim(number + n) for n in range(10)]}
        answer = server.client.post("/v1/verify/batch", json=body)
        lines = [json.loads(line) for line in answer.text.splitlines()]
        yield from (
            f"a line of a batch is {line}"
            for line in lines
            if line.get("verdict") != quiet[(number + line.get("index", 0)) % 50][1][0]  # type: ignore[index]
        )
    elif kind == "search":
        answer = server.client.post("/v1/search", json={"query": claim(number)})
    elif kind == "list":
        answer = server.client.get("/v1/documents")
    else:
        # Of nothing that a claim asks for: it changes what is stored, not what is answered.
        path = f"/v1/documents/noise{name}"
        body = {"text": f"Zebras grazed quietly {draw.random()}."}
        answer = server.client.put(path, json=body)
    if answer.status_code not in (200, 201):
        yield f"{kind} is answered {answer.status_code}: {answer.text[:100]}"


def _soon(holds: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False
