"""A database that is killed while a corpus is moved into it, or out of it."""

from __future__ import annotations

import contextlib
import io
import json
import random
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from api.cli import main
from index.embedded import open_corpus
from index.ingest import ingest
from tests.fakes import FakeEmbedder
from tests.faults.databases import half_there
from tests.faults.result import Result
from tests.faults.writer import opened, own
from tests.postgres import Server, new_server

# Kills of the server before a move is let be, and seconds within which it has to end after one.
KILLS, SECONDS = 3, 10.0


def kills_of_the_server(points: int, seed: int = 7, documents: int = 1_000) -> Result:
    """kill -9 of the server in the middle of moves, which are told to go on once it is there again.

    Args:
        points: number of moves, every other one out of the database; each is killed several times.
    """
    draw = random.Random(seed)
    result = Result("PostgreSQL: kill -9 during a move", 0, "random moments of `claimdesk move`")
    cut_off, server = 0, new_server()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            source, full = _filled(Path(scratch) / "from", documents), server.new_database()
            move(source, full)  # which imports what a move needs
            began = time.monotonic()
            _, told = move(full, Path(scratch) / "first")
            seconds, digest = time.monotonic() - began, json.loads(told)["sha256"]
            for point in range(points):
                into = server.new_database()
                places = (full, Path(scratch) / f"to-{point}") if point % 2 else (source, into)
                for _ in range(KILLS):
                    at = draw.uniform(0, seconds)
                    status, told, took = _killed(server, at, *places)
                    if not status:  # it came to its end before
                        break
                    cut_off += 1
                    if took > at + SECONDS or not _is_one_line(told):
                        result.losses.append(f"{took - at:.0f} s after its server a move: {told}")
                else:
                    status, told = move(*places)
                if status or json.loads(told)["sha256"] != digest:
                    result.losses.append(f"a move does not come to its end: {told}")
                if point % 2 == 0:
                    with closing(opened(into, writable=False)) as corpus:
                        result.losses += half_there(corpus)
            result.tried = cut_off
    finally:
        server.remove()
    result.held = f"each of {points} moves was completed; source and copy hold the same"
    return result


def move(*places: object) -> tuple[int, str]:
    """The exit status of `claimdesk move`, and what it printed: its result, or its error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(["move", *map(str, places), "--json"])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
    return status, err.getvalue() if status else out.getvalue()


def _killed(server: Server, seconds: float, *places: object) -> tuple[int, str, float]:
    """What `move` returns where the server is killed after so many seconds, and how long it took;
    the server is there again."""
    timer = threading.Timer(seconds, server.kill)
    timer.start()
    began = time.monotonic()
    status, told = move(*places)
    took = time.monotonic() - began
    timer.cancel()
    timer.join()
    if server.process is None:
        server.start()
    return status, told, took


def _is_one_line(told: str) -> bool:
    return told.count("\n") == 1 and told.startswith("claimdesk: ") and "same command" in told


def _filled(folder: Path, documents: int) -> Path:
    model = FakeEmbedder()
    corpus = open_corpus(folder, identity=model.identity, dimension=model.dimension, writable=True)
    list(ingest((own("a", number) for number in range(documents)), corpus, model))
    corpus.close()
    return folder
