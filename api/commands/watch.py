"""claimdesk watch-folder: a folder's files into the corpus as they come, change and go."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.add import Key, Mapping, Url, names_of
from api.options import Data, settings
from api.terminal import fail, printable, say

if TYPE_CHECKING:
    from api.watching import Event

# Milliseconds without a change after which what changed is read, and the longest that is waited.
QUIET_MS, LONGEST_MS = 400, 5_000
# Milliseconds between two looks at whether to stop.
LOOK_MS = 500
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
    from watchfiles import watch

    from api.client import ClientError
    from api.targets import target
    from api.watching import Watched, record_of

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
            watched = Watched(folder, to, record_of(records, folder, goes_to), names)
            if once:
                _tell(watched.sync(), as_json, f"{folder}:")
                return
            own = beside.resolve()  # what is written there is no change of the folder
            changes = watch(
                folder,
                watch_filter=lambda _, path: not Path(path).resolve().is_relative_to(own),
                debounce=LONGEST_MS,
                step=QUIET_MS,
                rust_timeout=LOOK_MS,
                stop_event=stopping,
                yield_on_timeout=True,
                raise_interrupt=True,
            )
            begun = False
            for changed in changes:
                if begun and not changed:
                    continue
                # The watcher runs already when the folder is read first: no change is lost.
                if not folder.is_dir():
                    say(f"{folder} is gone: nothing is deleted")
                    continue
                try:
                    _tell(watched.sync(), as_json, None if begun else f"watching {folder}:")
                except ClientError as error:  # the service may be back at the next change
                    if not begun:
                        raise
                    say(f"{error}; tried again with the next change")
                begun = True
    except KeyboardInterrupt:
        return  # how a watch ends
    except ClientError as error:
        fail(str(error))


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
