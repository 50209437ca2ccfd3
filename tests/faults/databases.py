"""A database that is killed, fails over, has many writers: what was acknowledged stays."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import numpy as np
from psycopg import sql

from index.postgres import PostgresCorpus
from index.split import embedding_text, split
from tests.conftest import ROOT
from tests.fakes import FakeEmbedder
from tests.faults.result import Result
from tests.faults.writer import SHARED, opened, own, shared
from tests.postgres import Server, new_server

# Longest seconds of work before a kill.
LONGEST = 0.6
# Seconds within which a writer goes on after its server is back.
HEALS_SECONDS = 60.0


@dataclass
class Writer:
    """A process that writes. done: the numbers whose documents it says are durable."""

    name: str
    process: subprocess.Popen[str]
    done: list[int] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.done.append(int(line))

    def wait_for(self, more: int) -> bool:
        """Whether it stores so many more in time."""
        wanted, until = len(self.done) + more, time.monotonic() + HEALS_SECONDS
        while len(self.done) < wanted and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.done) >= wanted


@contextmanager
def writing(address: str, names: Sequence[str]) -> Iterator[list[Writer]]:
    """Processes that write until the block ends, where they are killed."""
    writers: list[Writer] = []
    for name in names:
        command = [sys.executable, "-m", "tests.faults.writer", address, name, "0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        writers.append(Writer(name, process))
    threads = []
    try:
        for writer in writers:
            assert writer.process.stdout is not None
            assert writer.process.stdout.readline() == "ready\n"
            threads.append(threading.Thread(target=writer.listen))
            threads[-1].start()
        yield writers
    finally:
        for writer in writers:
            writer.process.send_signal(signal.SIGKILL)
            writer.process.wait()
        for thread in threads:
            thread.join()
        for writer in writers:
            if writer.process.stdout is not None:
                writer.process.stdout.close()


def lost(address: str, writers: Sequence[Writer], *, at_rest: bool = True) -> Iterator[str]:
    """What was acknowledged and is not there, and, if nobody writes, what is half there."""
    acknowledged = [(writer.name, number) for writer in writers for number in [*writer.done]]
    with closing(opened(address, writable=False)) as corpus:
        there = {one.id: one for one in corpus.all_documents()}
        for new in (own(name, number) for name, number in acknowledged):
            if new.id not in there or there[new.id].text != new.text:
                yield f"{new.id} was acknowledged and is not there"
        if not at_rest:
            return
        texts = {
            shared(writer.name, number).text
            for writer in writers
            # One more: it may be stored, and not be told of.
            for number in range(len(writer.done) + 1)
        }
        for number in range(SHARED if any(len(one.done) > SHARED for one in writers) else 0):
            kept = there.get(f"shared-{number}")
            if kept is None or kept.text not in texts:
                yield f"shared-{number} is not as somebody wrote it"
        yield from half_there(corpus)


def half_there(corpus: PostgresCorpus) -> Iterator[str]:
    """Documents whose passages or vectors are not those of their text."""
    model, passages = FakeEmbedder(), 0
    for stored in corpus.contents.documents():
        for version in stored.versions:
            one = version.document
            wanted = split(one)
            if [each.text for each in version.passages] != [each.text for each in wanted]:
                yield f"{one.id} has other passages than its text"
                continue
            vectors = model.embed([embedding_text(one.title, each.text) for each in wanted])
            if not np.allclose(version.vectors, vectors, atol=1e-3):
                yield f"{one.id} has other vectors than its passages"
        passages += len(stored.versions[-1].passages)
    counted = corpus.stats().passages
    if counted != passages:
        yield f"{counted} passages are counted, {passages} are there"
    if not corpus.search_words("river boats", 3):
        yield "nothing is found by words"
    if not corpus.search_vector(model.embed(["the river"])[0], 3):
        yield "nothing is found by vectors"


def concurrent_writers(writers: int, seconds: float, server: Server | None = None) -> Result:
    """Processes that store documents of their own and change the same ones."""
    result = Result("PostgreSQL: writers at once", 0, f"{writers} processes, {seconds:g} s")
    with _server(server) as one:
        address = one.new_database()
        opened(address).close()
        with writing(address, [f"w{number}" for number in range(writers)]) as all_writers:
            if not all(writer.wait_for(1) for writer in all_writers):
                result.losses.append("a writer stored nothing")
            time.sleep(seconds)
        result.tried = sum(len(writer.done) for writer in all_writers)
        result.losses += lost(address, all_writers)
    result.held = "each document is as one of the writers wrote it, with its passages"
    return result


def kills_of_the_server(points: int, seed: int = 7) -> Result:
    """kill -9 of the server in the middle of imports, which go on once it is there again."""
    draw = random.Random(seed)
    result = Result("PostgreSQL: kill -9 of the server", points, "random moments of an import")
    with _server(None) as server:
        address = server.new_database()
        opened(address).close()
        with writing(address, ["a", "b"]) as writers:
            for _ in range(points):
                time.sleep(draw.uniform(0, LONGEST))
                server.kill()
                server.start()
                if not all(writer.wait_for(1) for writer in writers):
                    result.losses.append("a writer does not go on after the start")
                    break
                result.losses += lost(address, writers, at_rest=False)
        result.losses += lost(address, writers)
        stored = sum(len(writer.done) for writer in writers)
    result.held = (
        f"all {stored} acknowledged documents are there; the imports went on by themselves"
    )
    return result


def failover(points: int) -> Result:
    """The primary is killed; its synchronous replica is promoted, and the writers go on there."""
    result = Result("PostgreSQL: failover", points, "kill -9, then a replica is promoted")
    seconds = []
    for _ in range(points):
        with _server(None) as server:
            address = server.new_database()
            opened(address).close()
            replica = server.replica()
            try:
                _synchronous(server)
                both = address.replace(str(server.folder), f"{server.folder},{replica.folder}")
                both += "&target_session_attrs=read-write"
                with writing(both, ["a", "b"]) as writers:
                    if not all(writer.wait_for(5) for writer in writers):
                        result.losses.append("a writer does not begin")
                    server.kill()
                    began = time.monotonic()
                    replica.promote()
                    if not all(writer.wait_for(1) for writer in writers):
                        result.losses.append("a writer does not go on at the replica")
                    seconds.append(time.monotonic() - began)
                result.losses += lost(both, writers)
            finally:
                replica.remove()
    longest = max(seconds, default=0.0)
    result.held = f"every acknowledged write is there; writes went on after at most {longest:.1f} s"
    return result


def _synchronous(server: Server) -> None:
    """Let a commit wait until the replica has it: else a failover may lose the last ones."""
    server.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = '*'"))
    server.execute(sql.SQL("SELECT pg_reload_conf()"))


@contextmanager
def _server(given: Server | None) -> Iterator[Server]:
    """The given server, or one that is removed afterwards."""
    if given is not None:
        yield given
        return
    made = new_server()
    try:
        yield made
    finally:
        made.remove()
