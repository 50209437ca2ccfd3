"""claimdesk bench: every figure beside that of a plain alternative, in one run."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.address import Database
from api.options import AsJson, settings
from api.settings import NO_MODEL, Settings
from api.terminal import out, progress
from evaluation.commands import Commands
from evaluation.errors import EvaluationError

app = typer.Typer(invoke_without_command=True, cls=Commands)


class Part(StrEnum):
    """A part of the bench, which can be measured alone."""

    EMBEDDING = "embedding"
    STANCE = "stance"
    IMPORT = "import"
    SERVING = "serving"
    SEARCH = "search"
    FILTERS = "filters"
    START = "start"
    CHECK = "check"
    READING = "reading"


SIZES = (10_000, 100_000, 1_000_000)  # vectors that are searched
FILE = "bench.json"
DATABASES_FILE = "databases.json"
# Instruction sets that decide how fast the processor multiplies matrices.
INSTRUCTION_SETS = (
    "avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16"
)  # fmt: skip
# Texts that are embedded, pairs whose stance is predicted, claims that are asked.
TEXTS, PAIRS, CLAIMS = 400, 64, 400
PLAIN_DOCUMENTS = 300  # that the plain loop imports
FILTERED_DOCUMENTS = 100_000  # of two passages each, searched with a filter
STORED_DOCUMENTS = 75_000  # of two passages each, in the corpus that a start opens


@app.callback()
def bench(
    corpus: Annotated[
        Path | None, typer.Option(help="Passages, JSON lines with a text; none: made-up ones.")
    ] = None,
    passages: Annotated[int, typer.Option(min=2_000, help="How many are imported.")] = 10_000,
    seconds: Annotated[int, typer.Option(min=5, help="Of load for each number of clients.")] = 20,
    largest: Annotated[int, typer.Option(min=10_000, help="Most vectors searched.")] = SIZES[-1],
    filtered: Annotated[
        int, typer.Option(min=100, help="Documents, of two passages each, searched with a filter.")
    ] = FILTERED_DOCUMENTS,
    data: Annotated[
        str | None,
        typer.Option(help="An empty postgresql:// database: measured beside a folder, alone."),
    ] = None,
    only: Annotated[list[Part] | None, typer.Option(help="Leave the other parts out.")] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Folder for bench.json, plots.")] = None,
    as_json: AsJson = False,
) -> None:
    """How fast it is on this machine, beside what one would build instead."""
    from evaluation.bench.load import find

    chosen = settings(data)
    if data is not None:
        _show_beside(_beside(chosen, corpus, passages), to, as_json)
        return
    if chosen.stance_model == NO_MODEL:
        raise EvaluationError("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    if chosen.device != "cpu":
        raise EvaluationError("the plain side runs on the processor: set CLAIMDESK_DEVICE=cpu")
    parts = only or list(Part)
    if Part.SERVING in parts:
        find()
        if Part.IMPORT not in parts:
            parts = [Part.IMPORT, *parts]
    found = _kept(to, parts) if to is not None else {}
    with progress("measuring", len(parts)) as advance:
        for part, figures in _measure(corpus, passages, seconds, largest, filtered, parts):
            found[part] = figures
            content = {**_summary(found), **found, "about": _about()}
            if to is not None:  # a run takes long, and one that is cut off loses nothing
                _keep(content, to)
            advance()
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


def _beside(chosen: Settings, corpus: Path | None, passages: int) -> dict[str, Any]:
    """The figures of the embedded corpus and of a database.

    Raises:
        EvaluationError: the settings name a folder, or the database is not empty.
    """
    from api.opening import embedder_of
    from evaluation.bench import databases, searching, starting, texts

    if not isinstance(chosen.data, Database):
        raise EvaluationError("--data is for a postgresql:// address: folders are made here")
    documents = texts.documents(corpus, passages)
    embedder = embedder_of(chosen)
    real = embedder.embed([one.text for one in documents[: searching.REAL]])
    with tempfile.TemporaryDirectory() as scratch:
        return databases.beside(
            documents,
            texts.claims(documents, searching.QUERIES),
            lambda: starting.Perturbed(embedder, real),
            chosen.data,
            Path(scratch) / "data",
            chosen,
        )


def _show_beside(found: Mapping[str, Any], to: Path | None, as_json: bool) -> None:
    content = {**found, "about": _about()}
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        (to / DATABASES_FILE).write_text(json.dumps(content, indent=1) + "\n")
    if as_json:
        print(json.dumps(content))
        return
    table = Table("", *found, title="The same documents in a folder and in PostgreSQL, same run")
    for name in found["embedded"]:
        table.add_row(name, *(f"{figures[name]:,}" for figures in found.values()))
    out.print(table)


def _kept(folder: Path, parts: list[Part]) -> dict[str, Any]:
    """The figures of an earlier run in the folder, without those that are measured now.

    Each part holds both sides, so that parts of two runs on the same kind of machine with the same
    models may stand together; figures of another machine or model are dropped.
    """
    file = folder / FILE
    if not file.is_file():
        return {}
    earlier = json.loads(file.read_text())
    if earlier["about"] != _about():
        return {}
    return {part: earlier[part] for part in Part if part in earlier and part not in parts}


def _keep(content: Mapping[str, Any], folder: Path) -> None:
    """Writes bench.json and the pictures."""
    from evaluation.bench.pictures import write

    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(content, indent=1) + "\n")
    write(folder, content)


def _measure(
    corpus: Path | None,
    passages: int,
    seconds: int,
    largest: int,
    filtered: int,
    parts: list[Part],
) -> Iterator[tuple[Part, Any]]:
    """Yields each part with its figures, ours and plain, when it is done."""
    from api.opening import embedder_of, stance_of
    from evaluation.bench import (
        checking,
        imports,
        reading,
        searching,
        serving,
        starting,
        texts,
        throughput,
    )
    from evaluation.bench.workplace import Workplace, index_for_plain, prepare
    from retrieval.verify import READ_DOCUMENTS

    chosen = settings()
    documents = texts.documents(corpus, passages)
    claims = texts.claims(documents, CLAIMS)
    embedder = embedder_of(chosen)
    environment = {**os.environ, "CLAIMDESK_CACHE": str(chosen.cache)}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        data = folder / "data"

        @cache
        def work() -> Workplace:
            # Unpacking the stance model takes seconds, and some parts need no plain model.
            return prepare(folder, chosen.embedding_model, chosen.stance_model)

        sample = documents[:TEXTS]
        if Part.EMBEDDING in parts:
            sampled = [one.text for one in sample]
            yield Part.EMBEDDING, throughput.embedding(sampled, embedder, work())
        if Part.STANCE in parts:
            weigher = stance_of(chosen)
            pairs = [(sample[at].text, claims[at % len(claims)]) for at in range(PAIRS)]
            yield Part.STANCE, throughput.stance(pairs, weigher, work())
        if Part.IMPORT in parts:
            ours = imports.ours(documents, data, environment)
            yield Part.IMPORT, {**ours, **imports.plain(documents[:PLAIN_DOCUMENTS], work())}
        if Part.SERVING in parts:
            index_for_plain(work(), data)
            served = {
                "ours": serving.ours(data, environment, claims, seconds),
                "plain": serving.plain(folder, environment, claims, seconds, READ_DOCUMENTS),
                "passages_weighed": READ_DOCUMENTS,
            }
            yield Part.SERVING, served
        if Part.CHECK in parts:
            checked = checking.whole_and_one_by_one(chosen, folder / "checked", environment)
            yield Part.CHECK, checked
        if Part.READING in parts:
            yield Part.READING, reading.over_news(chosen, folder / "news")
        if not {Part.SEARCH, Part.FILTERS, Part.START} & set(parts):
            return
        real = embedder.embed([one.text for one in documents[: searching.REAL]])
        if Part.SEARCH in parts:
            queries = embedder.embed_queries(claims[: searching.QUERIES])
            sizes = [size for size in SIZES if size <= largest]
            yield Part.SEARCH, [searching.at_size(real, queries, size) for size in sizes]
        if Part.FILTERS in parts:
            many = searching.dated(texts.documents(None, filtered))
            asked, near = claims[: searching.QUERIES], starting.Perturbed(embedder, real)
            yield Part.FILTERS, searching.with_new_days(many, near, asked, folder / "filtered")
        if Part.START in parts:
            stance_of(chosen)  # compiled by now
            many = texts.documents(None, STORED_DOCUMENTS)
            near = starting.Perturbed(embedder, real)
            yield Part.START, starting.ready(many, near, folder / "large", environment)


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """The ratios and other headline figures; None for what was not measured."""
    served, searched = found.get("serving"), found.get("search", [])
    million = searched[-1] if len(searched) == len(SIZES) else None

    def figure(part: str, name: str) -> Any:
        return found.get(part, {}).get(name)

    def under_load(side: str, clients: int, name: str) -> Any:
        loads = served[side] if served else []
        return next((load[name] for load in loads if load["clients"] == clients), None)

    ratios = {
        name: _ratio(figure(name, "ours_per_second"), figure(name, "plain_per_second"))
        for name in ("embedding", "stance", "import")
    }
    many = under_load("ours", 32, "per_second")
    ratios |= {
        "verify_p50_1": _ratio(under_load("plain", 1, "p50"), under_load("ours", 1, "p50")),
        "throughput_32_vs_1": _ratio(many, under_load("ours", 1, "per_second")),
        "throughput_32_vs_plain": _ratio(many, under_load("plain", 32, "per_second")),
        "search_as_of": _ratio(figure("filters", "with_as_of_ms"), figure("filters", "without_ms")),
        "check_vs_one_by_one": _ratio(
            figure("check", "one_by_one_seconds"), figure("check", "whole_seconds")
        ),
        "verify_vs_one_passage": _ratio(
            figure("reading", "read_on_ms"), figure("reading", "one_passage_ms")
        ),
        "search_p50_1m_vs_10k": _ratio(million["p50_ms"], searched[0]["p50_ms"])
        if million
        else None,
    }
    return {
        "ratios": ratios,
        "recall_at_10_1m": million["recall_at_10"] if million else None,
        "start_seconds": figure("start", "start_seconds"),
        "first_statement_seconds": figure("check", "first_statement_seconds"),
        "peak_memory_mb": figure("import", "peak_memory_mb"),
        "failed_requests": sum(load["failed"] for load in served["ours"]) if served else None,
    }


def _ratio(one: float | None, other: float | None) -> float | None:
    """One figure over the other; None if one was not measured, or the other is 0."""
    return None if one is None or not other else round(one / other, 3)


def _about() -> dict[str, Any]:
    """The machine, models and settings that the figures hold for."""
    from retrieval.running.files import find_model
    from retrieval.stance import find_stance

    chosen = settings()
    return {
        "version": version("claimdesk"),
        "machine": f"{_processor()}, {os.cpu_count()} processors",
        "embedding_model": find_model(chosen.embedding_model).identity,
        "stance_model": find_stance(chosen.stance_model).identity,
        "threads": chosen.threads,
    }


def _processor() -> str:
    """The name of the processor and its instruction sets, where Linux says them."""
    from retrieval.running.forms import processor_info

    said = processor_info()
    able = said.get("flags", "").split()
    named = said.get("model name", platform.machine())
    return f"{named} ({', '.join(flag for flag in INSTRUCTION_SETS if flag in able)})"
