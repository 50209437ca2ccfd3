"""kill -9 at a random moment of a write: what was acknowledged is there, and nothing half-there."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from index.embedded import EmbeddedCorpus, backup
from index.embedded.doctor import examine
from index.embedded.erase import found_in_files
from index.errors import CorpusError
from index.split import split
from tests.conftest import ROOT
from tests.fakes import FakeEmbedder
from tests.faults.result import Result
from tests.faults.worker import DOCUMENTS, opened, prepare, stored

ACTIONS = ("import", "update", "delete", "erase", "backup")
# Longest seconds of work before the kill.
LONGEST = 1.0


def kills(points: int, seed: int = 7) -> list[Result]:
    """A result for each action, of about as many points as the others."""
    draw = random.Random(seed)
    results = {name: Result(f"kill -9 during {name}", 0, "random moments") for name in ACTIONS}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        prepare(base)
        for point in range(points):
            action = ACTIONS[point % len(ACTIONS)]
            place = Path(folder) / f"{point}"
            shutil.copytree(base, place / "data")
            acknowledged = _killed(place / "data", action, draw.uniform(0, LONGEST))
            results[action].tried += 1
            results[action].losses += _lost(place, action, acknowledged)
            shutil.rmtree(place)
    for result in results.values():
        result.held = "every acknowledged change holds; the folder is undamaged"
    return list(results.values())


def _killed(data: Path, action: str, seconds: float) -> list[str]:
    """What the process had acknowledged when it was killed."""
    command = [sys.executable, "-m", "tests.faults.worker", str(data), action]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        kill = threading.Timer(seconds, process.send_signal, [signal.SIGKILL])
        kill.start()
        lines = process.stdout.read()
        kill.join()
    # A line that was cut off was not heard.
    return [line for line in lines.split("\n")[:-1] if line]


def _lost(place: Path, action: str, acknowledged: list[str]) -> Iterator[str]:
    data = place / "data"
    corpus = opened(data)
    try:
        yield from (f"{action}: {wrong}" for wrong in _wrong(corpus, place, action, acknowledged))
        corpus.sync()
        yield from (f"{action}: {wrong}" for wrong in _apart(corpus))
    finally:
        corpus.close()
    for finding in examine(data):
        yield from (f"{action}: {finding.check}: {problem}" for problem in finding.problems)


def _wrong(
    corpus: EmbeddedCorpus, place: Path, action: str, acknowledged: list[str]
) -> Iterator[str]:
    """What was acknowledged and is not so."""
    there = {one.id: one for one in corpus.all_documents()}
    if action in ("import", "backup", "update"):
        yield from (f"d{n} is gone" for n in range(DOCUMENTS) if f"d{n}" not in there)
    if action == "import":
        yield from (f"{id} is gone" for id in acknowledged if id not in there)
    elif action == "update":
        for id, version in dict(line.split() for line in acknowledged).items():
            number = int(id[1:])
            # It, or the one that was not acknowledged yet.
            if there[id].text not in (
                stored(number, int(version)).text, stored(number, int(version) + 1).text,
            ):  # fmt: skip
                yield f"{id} is not of version {version}"
    elif action in ("delete", "erase"):
        yield from (f"{id} is still there" for id in acknowledged if id in there)
    if action == "erase":
        needles = [f"marker{id[1:]}x".encode() for id in acknowledged]
        if found := found_in_files(place / "data", needles):
            yield f"{found} stretches of erased texts are left"
    if action == "backup":
        for name in acknowledged:
            try:
                with backup.unpacked(place / name) as (folder, _):
                    problems = [one for found in examine(folder) for one in found.problems]
            except (CorpusError, OSError) as error:
                problems = [str(error)]
            yield from (f"{name}: {problem}" for problem in problems)


def _apart(corpus: EmbeddedCorpus) -> Iterator[str]:
    """Where documents, passages, vectors and words are not of one state."""
    expected = {passage.id for one in corpus.all_documents() for passage in split(one)}
    hits = corpus.search_vector(FakeEmbedder().embed(["river"])[0], 1_000_000)
    by_vector = {one.id for one in corpus.passages([hit.key for hit in hits]).values()}
    words = corpus.search_words("river rose fell nobody marker diver", 1_000_000)
    by_words = {one.id for one in corpus.passages([hit.key for hit in words]).values()}
    if by_vector != expected:
        yield f"vectors: {len(by_vector ^ expected)} passages differ"
    if by_words != expected:
        yield f"words: {len(by_words ^ expected)} passages differ"
