"""python -m tests.faults.memory [GIGABYTES] [FOLDER]: stores a large folder, shows the memory."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from index.ingest import ingest
from index.read import read
from tests.fakes import FakeEmbedder
from tests.faults.worker import opened

# Bytes of one file of many documents, and of the pictures and scripts of one page: a page of the
# web is mostly not text.
FILE_BYTES, AROUND_BYTES = 256 * 10**6, 150_000
SENTENCES, WORDS = 25, 4_000
# MiB by which the memory may grow over the last two thirds of the folder, beside the index, which
# holds so many bytes for a passage: its vector, its identifier, what is known of it in each filter.
MAX_GROWTH_MIB, BYTES_OF_PASSAGE = 100, 1_000


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
    for count, (ending, (head, made)) in zip(itertools.count(), itertools.cycle(kinds.items())):
        if written >= size:
            return
        with (folder / f"long-{count}.{ending}").open("wb") as file:
            written += file.write(head)
            end = min(size, written + min(FILE_BYTES, size // 6))
            while written < end:
                written += file.write(made(next(numbers), chance))


def resident_mib() -> float:
    """The memory of this process that is in use, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


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


def growth_mib(seen: list[tuple[int, int, float]]) -> float:
    """The growth over the last two thirds, without what the index holds of each passage.

    The ends are medians: memory goes up and down with what is in work.
    """
    third = max(1, len(seen) // 3)
    first, last = seen[third : 2 * third] or seen[:1], seen[-third:]
    grown = statistics.median(one[2] for one in last) - statistics.median(one[2] for one in first)
    passages = statistics.median(one[1] for one in last) - statistics.median(
        one[1] for one in first
    )
    return grown - passages * BYTES_OF_PASSAGE / 2**20


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    where = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name) / "folder"
        folder.mkdir()
        write(folder, int(gigabytes * 10**9))
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{size / 10**9:.2f} GB written; documents, passages, MiB, seconds:", flush=True)
        started = time.monotonic()
        seen = []
        for point in stored(folder, Path(name) / "data"):
            seen.append(point)
            print(*point[:2], f"{point[2]:.0f} {time.monotonic() - started:.0f}", flush=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        grown = growth_mib(seen)
        print(f"peak {peak:.0f} MiB; {grown:+.0f} MiB over the last two thirds beside the index")
        sys.exit(grown > MAX_GROWTH_MIB)


if __name__ == "__main__":
    main()
