"""claimdesk bench: every figure beside its plain alternative, in one run."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli import AsJson, out, progress, settings
from api.settings import NO_MODEL
from evaluation.errors import EvaluationError

app = typer.Typer(invoke_without_command=True)


class Part(StrEnum):
    """What can be measured alone."""

    EMBEDDING = "embedding"
    STANCE = "stance"
    IMPORT = "import"
    SERVING = "serving"
    SEARCH = "search"


SIZES = (10_000, 100_000, 1_000_000)
FILE = "bench.json"
TEXTS, PAIRS, CLAIMS = 400, 64, 400
PLAIN_DOCUMENTS = 300


@app.callback()
def bench(
    corpus: Annotated[
        Path | None, typer.Option(help="Passages, JSON lines with a text; none: made-up ones.")
    ] = None,
    passages: Annotated[int, typer.Option(min=2_000, help="How many are imported.")] = 10_000,
    seconds: Annotated[int, typer.Option(min=5, help="Of load for each number of clients.")] = 20,
    largest: Annotated[int, typer.Option(min=10_000, help="Most vectors searched.")] = SIZES[-1],
    only: Annotated[list[Part] | None, typer.Option(help="Leave the other parts out.")] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Folder for bench.json, plots.")] = None,
    as_json: AsJson = False,
) -> None:
    """How fast it is on this machine, beside what one would build instead."""
    from evaluation.bench.load import find

    chosen = settings()
    if chosen.stance_model == NO_MODEL:
        raise EvaluationError("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    parts = only or list(Part)
    if Part.SERVING in parts:
        find()
        if Part.IMPORT not in parts:
            parts = [Part.IMPORT, *parts]
    with progress("measuring", len(parts)) as advance:
        found = _measure(corpus, passages, seconds, largest, parts, advance)
    content = {**_summary(found), **found, "about": _about()}
    if to is not None:
        from evaluation.bench.pictures import write

        to.mkdir(parents=True, exist_ok=True)
        (to / FILE).write_text(json.dumps(content, indent=1) + "\n")
        write(to, content)
    if as_json:
        print(json.dumps(content))
        return
    table = Table("", "ratio", title="claimdesk against the plain alternative, same run")
    for name, value in content["ratios"].items():
        table.add_row(name, "not measured" if value is None else f"{value:.2f}")
    out.print(table)
    for part in Part:
        if part in found:
            out.print(f"{part}: {json.dumps(found[part])}", markup=False)


def _measure(
    corpus: Path | None, passages: int, seconds: int, largest: int, parts: list[Part], advance: Any
) -> dict[str, Any]:
    """Each part's raw figures, ours and plain."""
    from evaluation.bench import imports, models, searching, serving, texts
    from evaluation.bench.workplace import index_for_plain, prepare
    from index.split import embedding_text, split
    from retrieval.embed import load_embedder
    from retrieval.stance import load_stance

    chosen = settings()
    documents = texts.documents(corpus, passages)
    claims = texts.claims(documents, CLAIMS)
    embedder = load_embedder(chosen.embedding_model, chosen.cache, chosen.threads)
    found: dict[str, Any] = {}
    environment = {**os.environ, "CLAIMDESK_CACHE": str(chosen.cache)}
    with tempfile.TemporaryDirectory() as scratch:
        work = prepare(Path(scratch), chosen.embedding_model, chosen.stance_model)
        sample = documents[:TEXTS]
        if "embedding" in parts:
            found["embedding"] = models.embedding([one.text for one in sample], embedder, work)
            advance()
        if "stance" in parts:
            weigher = load_stance(chosen.stance_model, chosen.cache, chosen.threads)
            pairs = [(sample[at].text, claims[at % len(claims)]) for at in range(PAIRS)]
            found["stance"] = models.stance(pairs, weigher, work)
            advance()
        if "import" in parts:
            found["import"] = {
                **imports.ours(documents, work.folder / "data", environment),
                **imports.plain(documents[:PLAIN_DOCUMENTS], work),
            }
            advance()
        if Part.SERVING in parts:
            windows = [embedding_text(one, p) for one in documents for p in split(one)]
            index_for_plain(work, windows, embedder.embed(windows))
            loads, start = serving.ours(work.folder / "data", environment, claims, seconds)
            found["serving"] = {
                "ours": loads,
                "plain": serving.plain(work.folder, environment, claims, seconds),
                "start_seconds": start,
            }
            advance()
        if "search" in parts:
            real = embedder.embed([one.text for one in documents[: searching.REAL]])
            queries = embedder.embed(claims[: searching.QUERIES])
            sizes = [size for size in SIZES if size <= largest]
            found["search"] = [searching.at_size(real, queries, size) for size in sizes]
            advance()
    return found


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """The ratios, and what else a reader looks for first; None for what was not measured."""
    served, searched = found.get("serving"), found.get("search", [])
    ours = {load["clients"]: load for load in served["ours"]} if served else {}
    plain = {load["clients"]: load for load in served["plain"]} if served else {}
    ratios: dict[str, float | None] = {
        name: _ratio(found.get(name, {}), "ours_per_second", "plain_per_second")
        for name in ("embedding", "stance", "import")
    }
    ratios |= {
        "verify_p50_1": round(plain[1]["p50"] / ours[1]["p50"], 3) if served else None,
        "throughput_32_vs_1": _ratio({"a": ours[32]["per_second"], "b": ours[1]["per_second"]},
                                     "a", "b") if served else None,
        "throughput_32_vs_plain": _ratio(
            {"a": ours[32]["per_second"], "b": plain[32]["per_second"]}, "a", "b"
        ) if served else None,
    }  # fmt: skip
    million = searched[-1] if len(searched) == len(SIZES) else None
    ratios["search_p50_1m_vs_10k"] = (
        round(million["p50_ms"] / searched[0]["p50_ms"], 3) if million else None
    )
    return {
        "ratios": ratios,
        "recall_at_10_1m": million["recall_at_10"] if million else None,
        "start_seconds": served["start_seconds"] if served else None,
        "peak_memory_mb": found.get("import", {}).get("peak_memory_mb"),
        "failed_requests": sum(load["failed"] for load in served["ours"]) if served else None,
    }


def _ratio(figures: Mapping[str, float], one: str, other: str) -> float | None:
    return round(figures[one] / figures[other], 3) if figures.get(other) else None


def _about() -> dict[str, Any]:
    """What the figures hold for."""
    chosen = settings()
    return {
        "version": version("claimdesk"),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "embedding_model": chosen.embedding_model,
        "stance_model": chosen.stance_model,
        "threads": chosen.threads,
    }
