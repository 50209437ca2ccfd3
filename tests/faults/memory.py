"""python -m tests.faults.memory [GIGABYTES] [FOLDER]: stores a large folder, shows the memory."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from index.ingest import ingest
from index.read import read
from tests.conftest import ROOT
from tests.fakes import FakeEmbedder
from tests.faults.worker import opened

# Bytes of one file of many documents, and of the pictures and scripts of one page: a page of the
# web is mostly not text.
FILE_BYTES, AROUND_BYTES = 256 * 10**6, 150_000
SENTENCES, WORDS = 25, 4_000
# Share of the folder after which all that is there once has been made: caches, buffers, threads.
WARM = 0.2
# Times its size that the index may take while it grows (arrays are allocated in advance), and MiB
# by which all else may grow.
INDEX_TIMES, MAX_GROWTH_MIB = 2, 50
# Prints the memory that an index takes which a process has just opened, in MiB.
OPEN = """
import sys
from pathlib import Path
from tests.faults.memory import resident_mib
from tests.faults.worker import opened
from tests.conftest import ROOT
from tests.fakes import FakeEmbedder
FakeEmbedder().embed(["warm"])
before = resident_mib()
corpus = opened(Path(sys.argv[1]))
corpus.sync()
corpus.search_vector(FakeEmbedder().embed(["word1"])[0], 10)
print(resident_mib() - before)
"""


def text(chance: random.Random) -> str:
    """A text of paragraphs, about four kilobytes."""
    sentences = [
        " ".join(f"word{chance.randrange(WORDS)}" for _ in range(18)).capitalize() + "."
        for _ in range(SENTENCES)
    ]
    return "\n\n".join(" ".join(sentences[at : at + 5]) for at in range(0, SENTENCES, 5))


def page(number: int, chance: random.Random) -> bytes:
    """A page of HTML."""
    picture = base64.b64encode(chance.randbytes(AROUND_BYTES * 3 // 8)).decode()
    script = "function f(a){return a<3};" * (AROUND_BYTES // 2 // 26)
    body = "".join(f"<p>{part}</p>" for part in text(chance).split("\n\n"))
    return (
        f"<html lang='en'><head><title>Page {number}</title><script>{script}</script></head><body>"
        f"<article><h1>Page {number}</h1>{body}<img src='data:image/png;base64,{picture}'>"
        "</article></body></html>"
    ).encode()


def line(number: int, chance: random.Random) -> bytes:
    """A line of JSON with a field that is not kept."""
    row = {"id": f"line-{number}", "text": text(chance), "raw": "<p>x</p>" * 2_000}
    return json.dumps(row).encode() + b"\n"


def row(number: int, chance: random.Random) -> bytes:
    """A row of CSV."""
    into = io.StringIO()
    csv.writer(into).writerow([f"row-{number}", text(chance), "x" * 16_000])
    return into.getvalue().encode()


def record(number: int, chance: random.Random) -> bytes:
    """A page in a record of WARC."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(number, chance)
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: https://x.example/{number}\r\nWARC-Date: 2021-06-15T10:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def write(folder: Path, size: int) -> None:
    """Fill a folder: half of it is pages, the rest long files of lines, rows and records."""
    chance = random.Random(1)
    numbers = itertools.count()
    written = 0
    while written < size // 2:
        number = next(numbers)
        content = page(number, chance)
        part = folder / f"{number // 500:03}"
        part.mkdir(exist_ok=True)
        (part / f"{number}.html").write_bytes(content)
        written += len(content)
    kinds: dict[str, tuple[bytes, Callable[[int, random.Random], bytes]]] = {
        "jsonl": (b"", line), "csv": (b"id,text,other\n", row), "warc": (b"", record),
    }  # fmt: skip
    for count, (ending, (head, made)) in enumerate(itertools.cycle(kinds.items())):
        if written >= size:
            return
        with (folder / f"long-{count}.{ending}").open("wb") as file:
            written += file.write(head)
            end = min(size, written + min(FILE_BYTES, size // 6))
            while written < end:
                written += file.write(made(next(numbers), chance))


def resident_mib() -> float:
    """The memory of this process that is in use, in MiB."""
    return psutil.Process().memory_info().rss / 2**20


def stored(folder: Path, data: Path) -> Iterator[tuple[int, int, float]]:
    """Documents and passages that are stored, and the memory in MiB, each thousand documents."""
    embedder = FakeEmbedder()
    corpus = opened(data)
    passages = documents = 0
    for outcome in ingest(read(folder), corpus, embedder):
        assert outcome.status == "added", outcome
        documents, passages = documents + 1, passages + outcome.passages
        if documents % 1_000 == 0:
            yield documents, passages, resident_mib()
    corpus.sync()
    yield documents, passages, resident_mib()
    corpus.close()


def index_mib(data: Path) -> float:
    """The memory of the index of a corpus, as a process has it that only opens it, in MiB."""
    command = [sys.executable, "-c", OPEN, str(data)]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return float(said.stdout)


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    where = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder, data = Path(name) / "folder", Path(name) / "data"
        folder.mkdir()
        write(folder, int(gigabytes * 10**9))
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{size / 10**9:.2f} GB written; documents, passages, MiB, seconds:", flush=True)
        started = time.monotonic()
        seen = []
        for documents, passages, resident in stored(folder, data):
            seen.append(resident)
            print(
                documents, passages, f"{resident:.0f} {time.monotonic() - started:.0f}", flush=True
            )
        index = index_mib(data)
        grown = seen[-1] - seen[int(WARM * len(seen))]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        print(
            f"peak {peak:.0f} MiB; grown by {grown:.0f} MiB from a fifth of the folder to its end; "
            f"a process that opens the index takes {index:.0f} MiB for it"
        )
        sys.exit(grown > INDEX_TIMES * index + MAX_GROWTH_MIB)


if __name__ == "__main__":
    main()
