"""A service's URL and claims -> latency and throughput, by wrk (github.com/wg/wrk)."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import EvaluationError

# wrk leaves out the requests that are in flight when its time is up: up to 16 of a service that
# answers 16 at once. So this script counts the seconds until the last answer.
SCRIPT = """
local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, micro; } instant; int gettimeofday(instant *, void *);")
local function now()
  local at = ffi.new("instant[1]")
  ffi.C.gettimeofday(at, nil)
  return tonumber(at[0].seconds) + tonumber(at[0].micro) / 1e6
end
local bodies, at, threads = {}, 0, {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
function request()
  at = at % #bodies + 1
  return wrk.format("POST", "/v1/verify", {["Content-Type"] = "application/json"}, bodies[at])
end
function setup(thread) threads[#threads + 1] = thread end
function init() started, answered, last = now(), 0, 0 end
function response(status)
  if status < 400 then answered, last = answered + 1, now() - started end
end
function done(summary, latency)
  local e, client = summary.errors, threads[1]
  print(string.format(
    'JSON{"p50": %f, "p95": %f, "p99": %f, "answered": %d, "seconds": %f, "failed": %d}',
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    client:get("answered"), client:get("last"),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One run: latencies in ms, answers a second until the last one, and failed requests."""

    clients: int
    p50: float
    p95: float
    p99: float
    per_second: float
    failed: int


def find() -> str:
    """The path of wrk.

    Raises:
        EvaluationError: it is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise EvaluationError("wrk, which sends the requests, is not installed: apt install wrk")
    return found


def measure(url: str, claims: Sequence[str], clients: int, seconds: int) -> Load:
    """The load of `clients` for `seconds`; each sends its next claim when the last is answered.

    Raises:
        EvaluationError: wrk failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        script, bodies = Path(folder) / "claims.lua", Path(folder) / "bodies"
        script.write_text(SCRIPT)
        bodies.write_text("".join(json.dumps({"claim": claim}) + "\n" for claim in claims))
        done = subprocess.run(  # noqa: S603 - our own arguments
            [find(), "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "120s", "-s", str(script),
             url],
            capture_output=True, text=True, env={"BODIES": str(bodies)}, check=False,
        )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if line.startswith("JSON")]
    if not said:
        raise EvaluationError(f"wrk failed: {done.stderr or done.stdout}")
    found = json.loads(said[0].removeprefix("JSON"))
    return Load(
        clients,
        round(found["p50"], 2),
        round(found["p95"], 2),
        round(found["p99"], 2),
        round(found["answered"] / found["seconds"], 3) if found["answered"] else 0.0,
        found["failed"],
    )
