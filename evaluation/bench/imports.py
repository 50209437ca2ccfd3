"""Documents -> documents a second of an import beside a plain loop, and its peak memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import faiss

from evaluation.bench.plain import load_embedder
from evaluation.bench.workplace import Workplace
from evaluation.errors import EvaluationError
from index.documents import Document

SENTENCES, STEP = 3, 2  # of a window of the plain loop, and between the starts of two
DOCUMENTS_PER_BATCH = 64  # of the plain loop
# A child begins with the peak memory of its parent, so a small process starts the import.
WATCH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
CLAIMDESK = str(Path(sys.executable).with_name("claimdesk"))


def ours(found: Sequence[Document], data: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Documents a second and peak memory of `claimdesk add`, a process of its own.

    Its start and the writing of its indexes are included.

    Raises:
        EvaluationError: the import failed.
    """
    source = data.with_suffix(".jsonl")
    with source.open("w") as lines:
        for one in found:
            row = {"id": one.id, "title": one.title, "text": one.text, "language": "en"}
            lines.write(json.dumps(row) + "\n")
    started = time.perf_counter()
    command = [CLAIMDESK, "add", str(source), "--data", str(data)]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-c", WATCH, *command],
        env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    if done.returncode:
        raise EvaluationError(f"claimdesk add ended with {done.returncode}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {
        "documents": len(found),
        "ours_per_second": round(len(found) / seconds, 1),
        "peak_memory_mb": round(int(done.stdout) / unit, 1),
    }


def plain(found: Sequence[Document], work: Workplace) -> dict[str, Any]:
    """Documents a second of a loop that splits, encodes and adds to FAISS; nothing is stored."""
    model = load_embedder(work.embedding)
    index = faiss.IndexFlatIP(model.get_embedding_dimension())
    model.encode(["warm-up"])
    started = time.perf_counter()
    for at in range(0, len(found), DOCUMENTS_PER_BATCH):
        passages = [
            passage for one in found[at : at + DOCUMENTS_PER_BATCH] for passage in _split(one.text)
        ]
        index.add(model.encode(passages, normalize_embeddings=True))
    seconds = time.perf_counter() - started
    return {"plain_per_second": round(len(found) / seconds, 1)}


def _split(text: str) -> list[str]:
    parts = re.split(r"(?<=[.!?])\s+", text)
    last = max(1, len(parts) - SENTENCES + STEP)
    return [" ".join(parts[at : at + SENTENCES]) for at in range(0, last, STEP)]
