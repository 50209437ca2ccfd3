"""claimdesk evaluate …"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli import AsJson, out, progress, settings
from evaluation import beir

app = typer.Typer(help="How good it is, on your data or a public set.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """How good it is, on your data or a public set."""


@app.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="A data set in BEIR's layout.")],
    split: Annotated[str, typer.Option(help="Which judgements: qrels/SPLIT.tsv.")] = "test",
    work: Annotated[
        Path | None, typer.Option(help="Keep the index in this folder, for another run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rank documents for every judged query: BM25 alone, vectors alone, both fused."""
    from evaluation.retrieval import MEASURES, ROWS, evaluate
    from index.read import count

    benchmark = beir.load(folder, split)
    total = count(benchmark.corpus) + len(ROWS) * len(benchmark.qrels)
    with progress("evaluating", total) as advance:
        result = evaluate(benchmark, settings(), work, advance)
    if as_json:
        print(json.dumps(result))
        return
    table = Table("", *MEASURES, title=f"{folder.name} {split}, {result['queries']} queries")
    for name, row in result["rows"].items():
        table.add_row(name, *(f"{row[measure]:.3f}" for measure in MEASURES))
    out.print(table)
