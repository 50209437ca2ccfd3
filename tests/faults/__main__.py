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
        "| fault | tried | with | what held | losses | day |",
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

`make faults` tries what goes wrong in a machine room, and writes this page. The models are fakes,
which answer at once and always alike: what is tried is what is around them. The test suite tries
the same faults with fewer points (`tests/faults`).

claimdesk {version("claimdesk")}, {where}.

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
  A move (`claimdesk move`) into and out of a server that is killed ends in one line each time, and
  the same command goes on to a copy that is the same.
  The clients of two services ask the other one when one is gone, as a proxy does; every verdict
  they got is in the audit log, whose chain holds.
- *mixed load*: claims, batches, searches, writes and lists at once, with every verdict kept
  (`CLAIMDESK_AUDIT`). Each claim is answered as by the same service when nobody else asked. From a
  third of the time on the process must not grow by more than {traffic.MOST_GROWTH // 2**20} MB. It
  takes ten minutes, or the seconds of the variable `MIXED_SECONDS`.
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
