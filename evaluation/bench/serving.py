"""Claims over HTTP -> latency and throughput: claimdesk, then the plain pipeline, same load."""

from __future__ import annotations

import math
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evaluation.bench.load import Load, measure
from evaluation.bench.starting import running, serving
from evaluation.errors import EvaluationError

CLIENTS = (1, 8, 32)
# Of each load at least, and of each of its clients: the first to be answered are the fastest.
ANSWERS, ANSWERS_A_CLIENT = 8, 2
WARM_UP_SECONDS = 20
PATIENCE_SECONDS = 180


def ours(
    data: Path, environment: Mapping[str, str], claims: Sequence[str], seconds: int
) -> list[dict[str, Any]]:
    """Loads by number of clients."""
    # Answers given before would flatter us: the load comes round to the same claims.
    alone = {**environment, "CLAIMDESK_CACHE_MB": "0"}
    with serving(data, alone) as (url, _):
        return _loads(url, claims, seconds)


def plain(
    folder: Path, environment: Mapping[str, str], claims: Sequence[str], seconds: int, weighed: int
) -> list[dict[str, Any]]:
    """The same loads on the plain pipeline, which weighs so many passages for a claim."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "evaluation.bench.plain", str(folder), str(port), str(weighed)]
    with running(command, environment) as server:
        _wait(url, server)
        return _loads(url, claims, seconds)


def _loads(url: str, claims: Sequence[str], seconds: int) -> list[dict[str, Any]]:
    """For as long as it takes to get some answers, if that is more than `seconds`."""
    loads: list[Load] = []
    rate = measure(url, claims, 1, WARM_UP_SECONDS).per_second or 1 / WARM_UP_SECONDS
    for clients in CLIENTS:
        if loads:
            rate = loads[0].per_second or rate
            # What was asked last and not waited for is still worked on.
            time.sleep(loads[-1].clients / rate)
        answers = max(ANSWERS, ANSWERS_A_CLIENT * clients)
        loads.append(measure(url, claims, clients, max(seconds, math.ceil(answers / rate))))
    return [asdict(load) for load in loads]


def _wait(url: str, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2).close()  # noqa: S310 - loopback
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise EvaluationError("the plain pipeline did not start")
