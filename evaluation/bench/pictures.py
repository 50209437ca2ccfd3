"""bench.json -> pictures: latency by number of clients, search by size of the corpus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluation import plots


def write(folder: Path, content: Mapping[str, Any]) -> None:
    """Writes the pictures whose figures were measured."""
    if served := content.get("serving"):
        lines = {
            f"{side} {measure}": [(load["clients"], load[measure]) for load in served[side]]
            for side in ("ours", "plain")
            for measure in ("p50", "p99")
        }
        image = plots.lines(lines, "clients at the same time", "ms until the answer", log=True)
        (folder / "latency.png").write_bytes(image)
        rates = {
            side: [(load["clients"], load["per_second"]) for load in served[side]]
            for side in ("ours", "plain")
        }
        image = plots.lines(rates, "clients at the same time", "claims a second")
        (folder / "throughput.png").write_bytes(image)
    if searched := content.get("search"):
        sizes = {"p50": [(row["passages"], row["p50_ms"]) for row in searched]}
        image = plots.lines(sizes, "passages", "ms a search", log=True)
        (folder / "search.png").write_bytes(image)
