"""python -m tests.faults [--short]: tries every fault, prints a table, writes the page of docs/."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version

from tests.conftest import ROOT
from tests.faults import databases, places, replicas, traffic
from tests.faults.kills import kills
from tests.faults.result import Result

PAGE = ROOT / "docs" / "reliability.md"
Trial = Callable[[], "Result | list[Result] | None"]


def trials(short: bool) -> list[Trial]:
    """What is tried; a short run takes a tenth of the points, seconds and connections."""
    scale = 10 if short else 1
    return [
        lambda: kills(max(5, 50 // scale)),
        places.full_disk,
        places.read_only_folder,
        places.truncated_model,
        places.moved_clock,
        lambda: traffic.one_byte_a_second(40 // scale),
        lambda: traffic.many_connections(2_000 // scale),
        lambda: traffic.disconnects(max(5, 40 // scale)),
        lambda: traffic.stop_under_load(16 // min(scale, 2)),
        lambda: databases.concurrent_writers(4, 20 / scale),
        lambda: databases.kills_of_the_server(max(3, 30 // scale)),
        lambda: databases.failover(max(1, 5 // scale)),
        lambda: replicas.one_is_killed(60 / scale),
        lambda: traffic.mixed_load(float(os.environ.get("MIXED_SECONDS", 600 / scale))),
    ]


def rows(results: Iterable[Result]) -> list[str]:
    return [
        "| fault | tried | with | what held | losses |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {one.fault} | {one.tried} | {one.with_what} | {one.held} | {len(one.losses)} |"
            for one in results
        ),
    ]


def page(results: list[Result], seconds: float) -> str:
    losses = sum(len(one.losses) for one in results)
    tried = sum(one.tried for one in results)
    table = "\n".join(rows(results))
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"""# Reliability

`make faults` tries what goes wrong in a machine room, and writes this page. The models are fakes,
which answer at once and always alike: what is tried is what is around them. The test suite tries
the same faults with fewer points (`tests/faults`).

claimdesk {version("claimdesk")}, {dt.date.today().isoformat()}, {where}, {seconds:.0f} seconds.

{table}

Inputs tried: {tried:,}. Losses: {losses}.

- *kill -9*: a process that writes is killed at a random moment of its first second of work. Then
  the folder is opened: every document, update, deletion and erasure is as it was acknowledged;
  documents, passages, vectors and words are of one state; `claimdesk doctor` finds nothing; no byte
  of an erased text is left; a backup whose writing was reported is whole.
- *disk full*, *read-only folder*: on a file system of its own, which only root can mount; elsewhere
  both are left out. A folder that cannot be written is refused at the start, and can be backed up.
- *SIGTERM under load*: every answer of many lines ends with an `error` line of status 503.
- *PostgreSQL*: a real server, without power losses (`fsync` is off in it). Writers try again what
  was not acknowledged, and go on without a new start. In a failover replication is synchronous.
  The clients of two services ask the other one when one is gone, as a proxy does; every verdict
  they got is in the audit log, whose chain holds.
- *mixed load*: claims, batches, searches, writes and lists at once, with every verdict kept
  (`CLAIMDESK_AUDIT`). Each claim is answered as by the same service when nobody else asked. From a
  third of the time on the process must not grow by more than {traffic.MOST_GROWTH // 2**20} MB. It
  takes ten minutes, or the seconds of the variable `MIXED_SECONDS`.
"""


def main() -> None:
    started = time.monotonic()
    results: list[Result] = []
    for trial in trials("--short" in sys.argv):
        done = trial()
        new = done if isinstance(done, list) else [done] if done else []
        for one in new:
            print(f"{one.fault}: {one.tried} tried, {len(one.losses)} lost; {one.held}", flush=True)
            for loss in one.losses[:10]:
                print(f"  {loss}", flush=True)
        results += new
    print("\n".join(rows(results)))
    if "--short" not in sys.argv:
        PAGE.write_text(page(results, time.monotonic() - started))
    sys.exit(any(one.losses for one in results))


if __name__ == "__main__":
    main()
