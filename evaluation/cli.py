"""claimdesk evaluate retrieval | stance | verdict | articles | scifact | compare | publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.options import AsJson, Data, settings
from api.settings import NO_MODEL
from api.terminal import out, progress
from evaluation import commands
from evaluation.commands import Commands, Import, Predictions, Report, Url, Work
from evaluation.errors import EvaluationError

app = typer.Typer(
    help="How good it is, on your data or a public set.", no_args_is_help=True, cls=Commands
)


@app.callback()
def evaluate() -> None:
    """How good it is, on your data or a public set."""


@app.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="A data set in BEIR's or SciFact's layout.")],
    split: Annotated[str, typer.Option(help="Which judgements: qrels/SPLIT.tsv.")] = "test",
    rerank: Annotated[bool, typer.Option(help="Also in the order of the stance model.")] = True,
    work: Work = None,
    url: Url = None,
    importing: Import = False,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Rank documents for every judged query: BM25, vectors, both fused, reranked by stance."""
    from evaluation import beir
    from evaluation.retrieval import MEASURES, ROWS, evaluate

    benchmark = beir.load(folder, split)
    common = commands.about("retrieval", benchmark.files, rerank, data=work, url=url)
    with commands.target_for_data_set(
        work, url, importing, report, common, stances=rerank
    ) as target:
        able = rerank and target.info().models.stance is not None
        total = benchmark.size + (len(ROWS) + able) * len(benchmark.qrels)
        with progress("evaluating", total) as advance:
            found = evaluate(benchmark, target, advance, rerank=able)
        options = f" --split {split}" + " --no-rerank" * (not able)
        wanted = commands.publish(found, folder, benchmark.files, report, as_json, options, url)
    if wanted:
        figures = found.figures
        table = Table("", *MEASURES, title=f"{folder.name} {split}, {figures['queries']} queries")
        for name, row in figures["rows"].items():
            table.add_row(name, *(f"{row[measure]:.3f}" for measure in MEASURES))
        out.print(table)


@app.command()
def stance(
    pairs: Annotated[Path, typer.Argument(help="JSON lines: claim, evidence, label.")],
    sample: Annotated[
        int | None, typer.Option(min=1, help="Number of pairs, drawn at random.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Also for each value of this field of the lines, such as kind."),
    ] = None,
    as_read: Annotated[
        bool,
        typer.Option("--as-read", help="Also as a service reads: sentences, values, speakers."),
    ] = False,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Score the stance model alone on labelled pairs."""
    from api.opening import stance_of
    from evaluation.resume import Journal, workplace
    from evaluation.stance import evaluate, load

    chosen = settings()
    if chosen.stance_model == NO_MODEL:
        raise EvaluationError("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    loaded = load(pairs, sample)
    with workplace(report, commands.about("stance", [pairs], sample)) as place:
        model = stance_of(chosen)
        journal = Journal(place / "answers.jsonl", {"stance": model.identity})
        with progress("predicting", len(loaded) * (1 + as_read)) as advance:
            found = evaluate(loaded, model, advance, journal, by or (), as_read=as_read)
        options = (f" --sample {sample}" if sample else "") + "".join(
            f" --by {name}" for name in by or ()
        )
        options += " --as-read" if as_read else ""
        wanted = commands.publish(found, pairs, [pairs], report, as_json, options)
    if wanted:
        commands.show_classification(f"{pairs.name}, {len(loaded):,} pairs", found)


@app.command()
def verdict(
    claims: Annotated[Path, typer.Argument(help="JSON lines: claim, verdict.")],
    data: Data = None,
    url: Url = None,
    report: Report = None,
    predictions: Predictions = None,
    as_json: AsJson = False,
) -> None:
    """Verify claims with known verdicts over the current index.

    A line may restrict its claim as /v1/verify does, by as_of and filters, and name the documents
    that decide it, as documents: [ids].
    """
    from evaluation.resume import Recorded, workplace
    from evaluation.verdict import evaluate, load

    loaded = load(claims)
    commands.check_new(predictions)
    with commands.target_of(settings(data), url, writes=None) as target:
        generation = target.info().index_generation
        common = commands.about("verdict", [claims], generation, data=data, url=url)
        with workplace(report, common) as place:
            with progress("verifying", len(loaded)) as advance:
                found = evaluate(loaded, Recorded(target, place / "answers.jsonl"), advance)
            wanted = commands.publish(
                found, claims, [claims], report, as_json, url=url, predictions=predictions
            )
    if not wanted:
        return
    commands.show_classification(f"{claims.name}, {len(loaded):,} claims", found)
    curve = Table("threshold", "coverage", "accuracy", title="If only the surer ones are answered")
    for point in found.figures["coverage"]:
        curve.add_row(*("" if point[name] is None else f"{point[name]:.2f}" for name in point))
    out.print(curve)
    for error in found.errors:
        out.print(
            f"{error['claim']}\n  expected {error['expected']}, got {error['got']} "
            f"({error['value']:.2f}): {error['evidence']}",
            markup=False,
        )


@app.command()
def articles(
    file: Annotated[Path, typer.Argument(help="JSON lines: claim, paragraphs, label.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="Number of claims, the first ones.")
    ] = None,
    report: Report = None,
    predictions: Predictions = None,
    as_json: AsJson = False,
) -> None:
    """Verify the claims of fact-check articles over an index of all of them.

    The index is kept in the cache folder, for another run over the same file.
    """
    from evaluation.articles import evaluate, judged, load
    from evaluation.resume import Recorded, workplace

    loaded = load(file)
    commands.check_new(predictions)
    index = commands.article_index([file], settings())
    with workplace(report, commands.about("articles", [file], limit)) as place:
        with commands.target_of(settings(index), None, writes="always") as target:
            recorded = Recorded(target, place / "answers.jsonl")
            with progress("evaluating", len(loaded) + len(judged(loaded, limit))) as advance:
                found = evaluate(loaded, recorded, advance, limit)
        options = f" --limit {limit}" if limit else ""
        wanted = commands.publish(
            found, file, [file], report, as_json, options, predictions=predictions
        )
    if wanted:
        figures = found.figures
        table = Table("", "claims", "decided", "right where decided", title=file.name)
        for name, row in {"all": figures, **figures["labels"]}.items():
            if row["n"]:
                shown = (f"{row[key]:.3f}" for key in ("decided", "right_where_decided"))
                table.add_row(name, f"{row['n']:,}", *shown)
        out.print(table)
        shares = figures["evidence"]
        out.print(", ".join(f"{key} {shares[key]:.3f}" for key in shares if key != "n"))


@app.command()
def scifact(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl and claims_SPLIT.jsonl.")],
    split: Annotated[str, typer.Option(help="Which claims.")] = "dev",
    threshold: Annotated[float, typer.Option(min=0, max=1, help="Least stance probability.")] = 0.5,
    oracle: Annotated[bool, typer.Option(help="Given the gold abstracts, without search.")] = False,
    work: Work = None,
    url: Url = None,
    importing: Import = False,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Score claims against all abstracts of SciFact, by its official measures."""
    from evaluation.figures import MEASURES
    from evaluation.report import published
    from evaluation.scifact.data import load
    from evaluation.scifact.evaluation import evaluate

    loaded = load(folder, split)
    indexed = set().union(*loaded.gold.values()) if oracle else loaded.abstracts
    total = len(indexed) + len(loaded.claims)
    files = [folder / "corpus.jsonl", folder / f"claims_{split}.jsonl"]
    options = f" --split {split} --threshold {threshold}" + " --oracle" * oracle
    common = commands.about("scifact", files, oracle, data=work, url=url)
    with commands.target_for_data_set(work, url, importing, report, common) as target:
        with progress("evaluating", total) as advance:
            found = evaluate(loaded, target, threshold, oracle, advance)
        wanted = commands.publish(found, folder, files, report, as_json, options, url)
    if not wanted:
        return
    table = Table("", "precision", "recall", "F1", title=f"SciFact {split}")
    for name in MEASURES:
        row = found.figures["oracle" if oracle else "open"][name]
        table.add_row(name.replace("_", ", "), *(f"{100 * value:.1f}" for value in row.values()))
    out.print(table)
    for row in () if oracle else published(folder.name, "scifact"):
        differs = f" ({row['differs']})" if "differs" in row else ""
        out.print(f"{row['system']}: {100 * row['value']:.1f} abstract, label{differs}")


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(help="A results.json, or the folder of a report.")],
    other: Annotated[Path, typer.Argument(help="Another one over the same data.")],
    as_json: AsJson = False,
) -> None:
    """Which differences between two results are more than chance: a paired permutation test."""
    from evaluation import result

    rows = result.compared(result.read(one), result.read(other))
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("", str(one), str(other), "difference", "p", "p, adjusted", "")
    for name, row in rows.items():
        said = "differ" if row["adjusted_p"] < 0.05 else "may be chance"
        values = (f"{row[key]:.4f}" for key in ("one", "other", "difference", "p", "adjusted_p"))
        table.add_row(name, *values, said if row["difference"] else "same")
    out.print(table)


@app.command()
def publish(
    reports: Annotated[list[Path] | None, typer.Argument(help="Folders of reports.")] = None,
    to: Annotated[Path, typer.Option(help="Folder of the documentation.")] = Path("docs"),
    card: Annotated[Path | None, typer.Option(help="A model card to put the scores into.")] = None,
) -> None:
    """Keep the figures of reports in docs/results/ and write docs/results.md from all of them."""
    from evaluation import result
    from evaluation.publish import fill_card, keep, page

    for report in reports or []:
        keep(result.read(report), to / "results")
    (to / "results.md").write_text(page(to / "results"))
    out.print(f"written: {to / 'results.md'}", markup=False)
    if card is not None:
        card.write_text(fill_card(card.read_text(), to / "results"))
        out.print(f"written: {card}", markup=False)
