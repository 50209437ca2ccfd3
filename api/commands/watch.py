"""claimdesk watch-folder: a folder's files into the corpus as they come, change and go."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.add import Key, Mapping, Url, names_of
from api.options import Data, settings
from api.terminal import fail, printable, say
from index.errors import CorpusError

if TYPE_CHECKING:
    from api.watching import Event, Watched

# Milliseconds without a change after which what changed is read, and the longest that is waited.
QUIET_MS, LONGEST_MS = 400, 5_000
# Milliseconds between two looks at whether to stop.
LOOK_MS = 500
# Seconds after which a service that did not answer is tried again.
AGAIN_SECONDS = 10
RECORDS = "watched"


def watch_folder(
    folder: Annotated[Path, typer.Argument(help="Its files are added, updated and deleted.")],
    data: Data = None,
    url: Url = None,
    key: Key = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each event as a line of JSON.")
    ] = False,
    mapping: Mapping = "",
    once: Annotated[bool, typer.Option("--once", help="Bring it up to date, and end.")] = False,
) -> None:
    """Keep the corpus as a folder is: documents come, change and go with its files.

    Only what came from this folder is ever deleted.
    """
    from api.client import ClientError
    from api.targets import target
    from api.watching import SETTLE_SECONDS, Watched, record_of

    if not folder.is_dir():
        fail(f"{folder}: no such folder")
    chosen, names = settings(data, key=key), names_of(mapping)
    # The record of what came from the folder lies beside the corpus, if that is on this machine.
    beside = chosen.data if isinstance(chosen.data, Path) else chosen.cache
    records = (beside if url is None else chosen.cache) / RECORDS
    goes_to = url or (None if isinstance(chosen.data, Path) else str(chosen.data))
    stopping = Flag()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    try:
        with target(chosen, url) as to:
            settle = 0 if once else SETTLE_SECONDS
            watched = Watched(folder, to, record_of(records, folder, goes_to), names, settle)
            if once:
                _tell(watched.sync(), as_json, f"{folder}:")
                return
            own = beside.resolve()  # what is written there is no change of the folder
            _follow(folder, watched, own, stopping, as_json)
    except KeyboardInterrupt:
        return  # how a watch ends
    except ClientError as error:
        fail(str(error))


def _follow(folder: Path, watched: Watched, own: Path, stopping: Flag, as_json: bool) -> None:
    """Bring the target up to date with each change of the folder, until it is to stop.

    Where a service does not answer, and where files may not be whole yet, it is tried again soon.

    Raises:
        ClientError: the service does not answer at the start.
    """
    from watchfiles import watch

    from api.client import ClientError

    begun = False
    again_at = 0.0
    while not stopping.is_set():
        identity = _identity(folder)
        if identity is None:  # a watcher sees nothing of a folder that comes back
            stopping.wait(LOOK_MS / 1_000)
            continue
        watched.begin_again()
        is_new = True  # what happened before this watcher was there is to be seen
        for changed in watch(
            folder,
            watch_filter=lambda _, path: not Path(path).resolve().is_relative_to(own),
            debounce=LONGEST_MS,
            step=QUIET_MS,
            rust_timeout=LOOK_MS,
            stop_event=stopping,
            yield_on_timeout=True,
            raise_interrupt=True,
        ):
            if _identity(folder) != identity:
                say(f"{folder} is gone: nothing is deleted")
                break
            # The watcher runs already when the folder is read first: no change is lost.
            is_due = is_new or (watched.is_behind and time.monotonic() >= again_at)
            if not changed and not is_due:
                continue
            is_new = False
            again_at = 0.0
            try:
                _tell(watched.sync(), as_json, None if begun else f"watching {folder}:")
            except (ClientError, CorpusError) as error:
                if not begun:
                    raise
                again_at = time.monotonic() + AGAIN_SECONDS
                say(f"{error}; tried again in {AGAIN_SECONDS} seconds")
            begun = True


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one that takes its place; None where there is none."""
    with suppress(OSError):
        status = folder.stat()
        return (status.st_dev, status.st_ino) if folder.is_dir() else None
    return None


def _tell(events: Iterable[Event], as_json: bool, sum_as: str | None) -> None:
    """Print a line an event, and for the first time a sum; what is unchanged is only counted."""
    counts: Counter[str] = Counter()
    for event in events:
        counts[event.event] += 1
        if event.event == "unchanged":
            continue
        if as_json:
            said = {name: value for name, value in asdict(event).items() if value is not None}
            print(json.dumps(said), flush=True)
        else:
            reason = f": {event.reason}" if event.reason else ""
            print(printable(f"{event.event}\t{event.id}{reason}"), flush=True)
    if sum_as is not None:
        told = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        line = f"{sum_as} {told or 'nothing new'}"
        say(line) if as_json else print(line, flush=True)
