"""claimdesk evaluate …"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli import AsJson, Data, out, progress, settings
from api.settings import NO_MODEL
from evaluation import beir
from evaluation.errors import EvaluationError

app = typer.Typer(help="How good it is, on your data or a public set.", no_args_is_help=True)
Work = Annotated[Path | None, typer.Option("--data", help="Keep the index here, for another run.")]


@app.callback()
def evaluate() -> None:
    """How good it is, on your data or a public set."""


@app.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="A data set in BEIR's layout.")],
    split: Annotated[str, typer.Option(help="Which judgements: qrels/SPLIT.tsv.")] = "test",
    work: Work = None,
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


@app.command()
def stance(
    pairs: Annotated[Path, typer.Argument(help="JSON lines: claim, evidence, label.")],
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many pairs.")] = None,
    as_json: AsJson = False,
) -> None:
    """Weigh labelled pairs: the stance model alone."""
    from evaluation.stance import evaluate, load
    from retrieval.stance import load_stance

    chosen = settings()
    if chosen.stance_model == NO_MODEL:
        raise EvaluationError("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    loaded = load(pairs, sample)
    model = load_stance(chosen.stance_model, chosen.cache, chosen.threads)
    with progress("weighing", len(loaded)) as advance:
        result = evaluate(loaded, model, advance)
    if as_json:
        print(json.dumps(result))
        return
    out.print(_classification(f"{pairs.name}, {result['n']:,} pairs", result))


@app.command()
def verdict(
    claims: Annotated[Path, typer.Argument(help="JSON lines: claim, verdict.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Verify claims with known verdicts over the current index."""
    from api.service import Service
    from evaluation.verdict import evaluate, load

    loaded = load(claims)
    with (
        Service.open(settings(data), writable=False) as service,
        progress("verifying", len(loaded)) as advance,
    ):
        result = evaluate(loaded, service, advance)
    if as_json:
        print(json.dumps(result))
        return
    out.print(_classification(f"{claims.name}, {result['n']:,} claims", result))
    curve = Table("threshold", "coverage", "accuracy", title="If only the surer ones are answered")
    for point in result["coverage"]:
        curve.add_row(*("" if point[name] is None else f"{point[name]:.2f}" for name in point))
    out.print(curve)
    for error in result["errors"]:
        out.print(
            f"{error['claim']}\n  expected {error['expected']}, got {error['got']} "
            f"({error['probability']:.2f}): {error['evidence']}",
            markup=False,
        )


@app.command()
def scifact(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl and claims_SPLIT.jsonl.")],
    split: Annotated[str, typer.Option(help="Which claims.")] = "dev",
    threshold: Annotated[float, typer.Option(min=0, max=1, help="Least stance probability.")] = 0.5,
    work: Work = None,
    as_json: AsJson = False,
) -> None:
    """SciFact's official scores, every claim against all abstracts."""
    from api.service import Service
    from evaluation.scifact import MEASURES, evaluate, load

    loaded = load(folder, split)
    total = len(loaded.abstracts) + len(loaded.claims)
    with TemporaryDirectory() as scratch, progress("evaluating", total) as advance:
        chosen = settings(work or Path(scratch))
        with Service.open(chosen, writable=True) as service:
            result = evaluate(loaded, service, threshold, advance)
    if as_json:
        print(json.dumps(result))
        return
    table = Table("", "precision", "recall", "F1", title=f"SciFact {split}, open retrieval")
    for name in MEASURES:
        row = result["open"][name]
        table.add_row(name.replace("_", ", "), *(f"{100 * value:.1f}" for value in row.values()))
    out.print(table)


def _classification(title: str, result: dict[str, Any]) -> Table:
    labels = result["confusion"]["labels"]
    caption = (
        f"accuracy {result['accuracy']:.3f}, macro-F1 {result['macro_f1']:.3f}, "
        f"ECE {result['ece']:.3f}"
    )
    table = Table("expected", "precision", "recall", "F1", *(f"got {x}" for x in labels))
    table.title, table.caption = title, caption
    for label, row in zip(labels, result["confusion"]["rows"], strict=True):
        per = result["per_label"][label]
        shown = (f"{per[name]:.3f}" for name in ("precision", "recall", "f1"))
        table.add_row(label, *shown, *map(str, row))
    return table
