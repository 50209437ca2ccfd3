"""Two services over one database, under load, of which one is killed: nobody notices for long."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.address import database_of
from api.audit.chain import problems
from api.audit.log import AuditLog
from tests.conftest import ROOT
from tests.faults.result import Result
from tests.faults.traffic import DOCUMENTS, claim
from tests.postgres import Server, new_server

SERVE = """
import signal
import sys
from api import logs
from api.app import create_app
from api.server import run
from api.opening import corpus_of
from api.service import Service
from api.settings import Settings
from tests.fakes import FakeEmbedder, FakeStance

settings = Settings(port=0, data=sys.argv[1], audit=True, rate_limit="1000000/minute", cache_mb=1)
logs.configure(settings)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as `claimdesk serve` does
model = FakeEmbedder()
corpus = corpus_of(settings, model, writable=True)
with Service(settings, corpus, model, FakeStance()) as service:
    run(create_app(settings, service), settings)
"""
PAUSE_SECONDS = 0.05
# Tries of a request at either replica, until one answers.
TRIES = 40


@dataclass
class Replica:
    """A process that serves. killed: when, on the monotonic clock."""

    process: subprocess.Popen[str]
    log: Path
    url: str = ""
    killed: float | None = None

    def wait(self) -> Replica:
        """It, once it answers."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        self.url = line.split()[-1]
        return self

    def kill(self) -> None:
        self.killed = time.monotonic()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def replica(address: str) -> Iterator[Replica]:
    """A service with fake models over the database, which starts."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-c", SERVE, address]
        with (
            log.open("w") as errors,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
            ) as process,
        ):
            try:
                yield Replica(process, log)
            finally:
                process.kill()


@dataclass
class Load:
    """What clients did and saw."""

    replicas: list[Replica]
    quiet: list[object] = field(default_factory=list)
    answered: int = 0
    cut_off: int = 0
    stored: dict[str, str] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def ask(self, client: httpx.Client, method: str, path: str, at: int, **body: object) -> object:
        """The answer of the replica that a proxy picks, or of the other where that one is gone."""
        for attempt in range(TRIES):
            one = self.replicas[(at + attempt) % len(self.replicas)]
            began = time.monotonic()
            try:
                answer = client.request(method, one.url + path, **body)  # type: ignore[arg-type]
            except httpx.TransportError as error:
                if one.killed is None:
                    self.wrong.append(f"a replica that runs does not answer: {error!r}")
                elif began < one.killed:
                    self.cut_off += 1  # in flight when it was killed
                time.sleep(PAUSE_SECONDS)
                continue
            if answer.status_code not in (200, 201):
                self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:100]}")
            self.answered += 1
            return answer.json()
        self.wrong.append(f"{method} {path} is not answered by any replica")
        return {}

    def verdict(self, client: httpx.Client, number: int, at: int) -> object:
        body = self.ask(client, "POST", "/v1/verify", at, json={"claim": claim(number)})
        assert isinstance(body, dict)
        self.verdicts.append(body["provenance"]["verdict_id"])
        first = body["evidence"][0]
        quotes = [one["quote"] for one in first["rationale"]]
        return body["verdict"], first["document"]["id"], first["stance"], quotes

    def run(self, name: int, until: float) -> None:
        """Claims, writes, and reads of what was written at the other replica."""
        draw = random.Random(name)
        with httpx.Client(timeout=30) as client:
            while time.monotonic() < until and len(self.wrong) < 20:
                at, number = draw.randrange(2), draw.randrange(50)
                if draw.random() < 0.7:
                    if (found := self.verdict(client, number, at)) != self.quiet[number]:
                        self.wrong.append(f"claim {number}: {found}, not {self.quiet[number]}")
                    continue
                id, text = f"note-{name}-{number}", f"Zebras grazed quietly {draw.random()}."
                path = f"/v1/documents/{id}"
                self.ask(client, "PUT", path, at, json={"text": text})
                self.stored[id] = text
                read = self.ask(client, "GET", path, at + 1)
                if not isinstance(read, dict) or read.get("text") != text:
                    self.wrong.append(f"{id} is read at the other replica as {read}")


def one_is_killed(seconds: float, clients: int = 6, server: Server | None = None) -> Result:
    """kill -9 of one of two services after a third of the time; later another takes its place."""
    result = Result(
        "PostgreSQL: kill -9 of one of two services", 0, f"{seconds:g} s, {clients} clients"
    )
    with ExitStack() as opened:
        if server is None:
            server = new_server()
            opened.callback(server.remove)
        address = server.new_database()
        starting = [opened.enter_context(replica(address)) for _ in range(2)]
        first, second = [one.wait() for one in starting]
        load = Load([first, second])
        with httpx.Client(timeout=30) as client:
            lines = "\n".join(map(json.dumps, DOCUMENTS))
            client.post(f"{first.url}/v1/documents:import", content=lines)
            load.quiet = [load.verdict(client, number, 1) for number in range(50)]
            until = time.monotonic() + seconds
            threads = [
                threading.Thread(target=load.run, args=(name, until)) for name in range(clients)
            ]
            for one in threads:
                one.start()
            time.sleep(seconds / 3)
            first.kill()
            time.sleep(seconds / 6)
            load.replicas[0] = opened.enter_context(replica(address)).wait()
            for one in threads:
                one.join()
            load.wrong += _afterwards(load, client, address)
        load.wrong += [
            f"a traceback in the log of {one.url}"
            for one in (second, load.replicas[0])
            if "Traceback" in one.log.read_text()
        ]
    result.tried, result.losses = load.answered, load.wrong
    result.held = (
        f"all {len(load.stored)} writes and {len(load.verdicts)} verdicts are there; "
        f"{load.cut_off} requests in flight were cut off"
    )
    return result


def _afterwards(load: Load, client: httpx.Client, address: str) -> Iterator[str]:
    for at in range(2):
        for number, before in list(enumerate(load.quiet))[at::5]:
            if (again := load.verdict(client, number, at)) != before:
                yield f"afterwards claim {number} is answered {again} and not {before}"
    for id, text in load.stored.items():
        read = load.ask(client, "GET", f"/v1/documents/{id}", 1)
        if not isinstance(read, dict) or read.get("text") != text:
            yield f"{id} is {read} and not {text}"
    log = AuditLog(database_of(address))
    kept = {entry.id for entry in log.entries()}
    yield from (f"the verdict {id} was not kept" for id in load.verdicts if id not in kept)
    yield from (problem for _, found in problems(log.entries()) for problem in found)
