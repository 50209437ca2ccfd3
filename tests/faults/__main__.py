"""python -m tests.faults [--short] [PART …]: tries faults, prints a table, writes a page of docs/.

What came of each is kept beside that page, so that a part can be tried again alone.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from tests.conftest import ROOT
from tests.faults import databases, moves, places, replicas, traffic
from tests.faults.kills import kills
from tests.faults.result import Result

PAGE = ROOT / "docs" / "reliability.md"
KEPT = PAGE.with_suffix(".json")
Trial = Callable[[], "Result | list[Result] | None"]


def trials(short: bool) -> dict[str, list[Trial]]:
    """What is tried, by part; a short run takes a tenth of the points, seconds and connections."""
    scale = 10 if short else 1
    return {
        "kills": [lambda: kills(max(5, 50 // scale))],
        "places": [
            places.full_disk,
            places.read_only_folder,
            places.truncated_model,
            places.moved_clock,
        ],
        "traffic": [
            lambda: traffic.one_byte_a_second(40 // scale),
            lambda: traffic.many_connections(2_000 // scale),
            lambda: traffic.disconnects(max(5, 40 // scale)),
            lambda: traffic.stop_under_load(16 // min(scale, 2)),
        ],
        "databases": [
            lambda: databases.concurrent_writers(4, 20 / scale),
            lambda: databases.kills_of_the_server(max(3, 30 // scale)),
            lambda: databases.failover(max(1, 5 // scale)),
            lambda: moves.kills_of_the_server(max(3, 20 // scale)),
            lambda: replicas.one_is_killed(60 / scale),
        ],
        "load": [
            lambda: traffic.mixed_load(float(os.environ.get("MIXED_SECONDS", 600 / scale))),
        ],
    }


def rows(results: Iterable[dict[str, Any]]) -> list[str]:
    return [
        "| fault | times | how | what held | losses | day |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {one['fault']} | {one['tried']} | {one['with_what']} | {one['held']} |"
            f" {len(one['losses'])} | {one['day']} |"
            for one in results
        ),
    ]


def page(results: list[dict[str, Any]]) -> str:
    losses = sum(len(one["losses"]) for one in results)
    tried = sum(one["tried"] for one in results)
    table = "\n".join(rows(results))
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"""# Reliability

`make faults` makes claimdesk fail as machines, networks and databases fail, and writes this page.
It uses fake models, which answer at once and always alike, because it tests what is around them.
The test suite tries the same faults fewer times (`tests/faults`).

claimdesk {version("claimdesk")}, {where}.

{table}

*times* counts what is tried: kills, requests, connections, documents. In all: {tried:,}.
Losses: {losses}. A loss is something acknowledged that is missing, or an answer that is wrong or
does not come.

- *kill -9*: a process that writes is killed at a random moment of its first second of work. Then
  the test opens the folder and compares. Every document, update, deletion and erasure is as it was
  acknowledged. Documents, passages, vectors and words are of one state. `claimdesk doctor` finds
  nothing wrong. No byte of an erased text is left. A backup that was reported as written is whole.
- *disk full*, *read-only folder*: these use a file system of their own, which only root can mount;
  without root both are left out. claimdesk refuses to start over a folder that it cannot write,
  and can still back it up.
- *SIGTERM under load*: requests in flight get 4 seconds. Every answer of many lines ends with an
  `error` line of status 503.
- *PostgreSQL*: the server is a real one. Power losses are not tried (its `fsync` is off). Writers
  repeat what was not acknowledged, and go on without a restart. In the failover replication is
  synchronous. When the server is killed during `claimdesk move`, the command ends with one line;
  the same command, run again, completes the copy. When one of two services is killed, clients ask
  the other one, as a proxy does; every verdict that they got is in the audit log, and the chain
  of its entries is unbroken.
- *mixed load*: claims, batches, searches, writes and lists run at once, and every verdict is kept
  (`CLAIMDESK_AUDIT`). Each claim must get the answer that the same service gives when nobody else
  asks. After a third of the time the process must not grow by more than
  {traffic.MOST_GROWTH // 2**20} MB. The load runs for ten minutes, or for the seconds in the
  variable `MIXED_SECONDS`.
"""


def main() -> None:
    short = "--short" in sys.argv
    parts = trials(short)
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(parts)
    if unknown := set(chosen) - set(parts):
        sys.exit(f"{', '.join(sorted(unknown))}: no part; there are {', '.join(parts)}")
    others = json.loads(KEPT.read_text()) if KEPT.exists() and chosen != list(parts) else {}
    new: list[dict[str, Any]] = []
    for part in chosen:
        for trial in parts[part]:
            started, done = time.monotonic(), trial()
            for one in done if isinstance(done, list) else [done] if done else []:
                took = f"{time.monotonic() - started:.0f} s"
                print(f"{one.fault}: {one.tried} tried, {len(one.losses)} lost, {took}; {one.held}")
                for loss in one.losses[:10]:
                    print(f"  {loss}")
                sys.stdout.flush()
                new.append({**asdict(one), "part": part, "day": dt.date.today().isoformat()})
    print("\n".join(rows(new)))
    if not short:
        kept = others | {one["fault"]: one for one in new}
        order = list(parts)
        ordered = sorted(kept.values(), key=lambda one: order.index(one["part"]))
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        PAGE.write_text(page(ordered))
    sys.exit(any(one["losses"] for one in new))


if __name__ == "__main__":
    main()
