"""Claims over HTTP -> latency and throughput: claimdesk, then the plain pipeline, same load."""

from __future__ import annotations

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

from evaluation.bench.load import measure
from evaluation.bench.starting import running, serving
from evaluation.errors import EvaluationError

CLIENTS = (1, 8, 32)
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
    folder: Path, environment: Mapping[str, str], claims: Sequence[str], seconds: int
) -> list[dict[str, Any]]:
    """The same loads on the plain pipeline."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "evaluation.bench.plain", str(folder), str(port)]
    with running(command, environment) as server:
        _wait(url, server)
        return _loads(url, claims, seconds)


def _loads(url: str, claims: Sequence[str], seconds: int) -> list[dict[str, Any]]:
    measure(url, claims, 1, 3)  # warms up
    return [asdict(measure(url, claims, clients, seconds)) for clients in CLIENTS]


def _wait(url: str, server: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2).close()  # noqa: S310 - loopback
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise EvaluationError("the plain pipeline did not start")
