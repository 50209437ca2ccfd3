"""Claims over HTTP -> latency and throughput of claimdesk and of the plain pipeline."""

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

CLIENTS = (1, 8, 32)  # at the same time, in one load after another
# Fewest answers of a load, and for each of its clients: the first answers of a load come fastest.
ANSWERS, ANSWERS_PER_CLIENT = 8, 2
WARM_UP_SECONDS = 20  # of load before the first that counts
START_SECONDS = 180  # within which the plain pipeline must be ready


def ours(
    data: Path, environment: Mapping[str, str], claims: Sequence[str], seconds: int
) -> list[dict[str, Any]]:
    """The loads of claimdesk over a data folder, by number of clients."""
    # Without the cache of answers, because the load repeats its claims.
    alone = {**environment, "CLAIMDESK_CACHE_MB": "0"}
    with serving(data, alone) as (url, _):
        return _loads(url, claims, seconds)


def plain(
    folder: Path, environment: Mapping[str, str], claims: Sequence[str], seconds: int, weighed: int
) -> list[dict[str, Any]]:
    """The same loads on the plain pipeline, which reads `weighed` passages for a claim."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "evaluation.bench.plain", str(folder), str(port), str(weighed)]
    with running(command, environment) as server:
        _wait(url, server)
        return _loads(url, claims, seconds)


def _loads(url: str, claims: Sequence[str], seconds: int) -> list[dict[str, Any]]:
    """The loads by number of clients, each as long as `seconds` or its fewest answers take."""
    loads: list[Load] = []
    rate = measure(url, claims, 1, WARM_UP_SECONDS).per_second or 1 / WARM_UP_SECONDS
    for clients in CLIENTS:
        if loads:
            rate = loads[0].per_second or rate
            # The server still answers the last requests of the load before.
            time.sleep(loads[-1].clients / rate)
        answers = max(ANSWERS, ANSWERS_PER_CLIENT * clients)
        loads.append(measure(url, claims, clients, max(seconds, math.ceil(answers / rate))))
    return [asdict(load) for load in loads]


def _wait(url: str, server: subprocess.Popen[str]) -> None:
    """Waits until the server is ready; raises EvaluationError where it ends before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2).close()  # noqa: S310 - loopback
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise EvaluationError("the plain pipeline did not start")
