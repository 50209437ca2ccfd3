"""claimdesk evaluate …"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli import AsJson, Data, out, progress, settings
from api.settings import NO_MODEL, Settings
from evaluation import beir, result
from evaluation.errors import EvaluationError
from evaluation.result import Result
from evaluation.resume import Journal, Remembering, workplace
from evaluation.target import InProcess, Target, at

# What a claim and a document go through, and what puts them together.
PACKAGES = ("retrieval", "index", "api", "evaluation")
CODE = [Path(__file__).parent.parent / package for package in PACKAGES]
app = typer.Typer(help="How good it is, on your data or a public set.", no_args_is_help=True)
Work = Annotated[Path | None, typer.Option("--data", help="Keep the index here, for another run.")]
Url = Annotated[str | None, typer.Option(help="Evaluate the service that runs there.")]
Report = Annotated[
    Path | None,
    typer.Option(
        help="Write results.json, pictures and an HTML page into a folder. A run that was cut off "
        "goes on when it is started again with the same folder."
    ),
]


@app.callback()
def evaluate() -> None:
    """How good it is, on your data or a public set."""


@contextmanager
def _target(
    chosen: Settings, url: str | None, *, writable: bool, stances: bool
) -> Iterator[Target]:
    from api.service import Service

    if url is not None:
        with at(url) as remote:
            yield remote
        return
    with Service.open(chosen, writable=writable, stances=stances) as service:
        yield InProcess(service)


def _about(
    task: str,
    files: Sequence[Path],
    *options: Any,
    data: Path | None = None,
    url: str | None = None,
) -> dict[str, Any]:
    """What a run must have in common with one that was cut off to go on from it."""
    return {
        "task": task,
        "options": options,
        "data_sha256": result.data_hash(files),
        "settings": settings(data and data.resolve()).model_dump(mode="json"),
        "url": url,
        "version": version("claimdesk"),
        "code_sha256": result.data_hash(sorted(f for part in CODE for f in part.rglob("*.py"))),
    }


@contextmanager
def _fresh(
    work: Path | None,
    url: str | None,
    report: Path | None,
    about: dict[str, Any],
    *,
    stances: bool = True,
) -> Iterator[Target]:
    """A target for a data set of its own, whose index is thrown away unless a folder is given."""
    with (
        workplace(report, about) as place,
        _target(settings(work or place / "index"), url, writable=True, stances=stances) as target,
    ):
        yield Remembering(target, place / "answers.jsonl")


def _publish(
    found: Result,
    file: Path,
    files: Sequence[Path],
    report: Path | None,
    as_json: bool,
    options: str = "",
    url: str | None = None,
) -> bool:
    """Write the report and print the JSON, as asked; says whether a table is still wanted.

    Called while what was worked out is still on disk: if it fails, nothing has to be done again.
    """
    if report is not None:
        from evaluation.report import write

        content = result.save(
            report,
            found,
            data=file.stem,
            data_sha256=result.data_hash(files),
            # A service's settings are its own; models and version are in what it answered.
            settings=settings().model_dump(mode="json", exclude={"data", "cache"})
            if url is None
            else {"url": url},
            # Where the data lay on this machine is nobody's business.
            command=f"claimdesk evaluate {found.task} path/to/{file.name}{options}",
        )
        page = write(report, content)
        if not as_json:
            out.print(f"written: {page}", markup=False)
    if as_json:
        print(json.dumps(found.public()))
    return not as_json


@app.command()
def retrieval(
    folder: Annotated[Path, typer.Argument(help="A data set in BEIR's or SciFact's layout.")],
    split: Annotated[str, typer.Option(help="Which judgements: qrels/SPLIT.tsv.")] = "test",
    rerank: Annotated[bool, typer.Option(help="Also in the order of the stance model.")] = True,
    work: Work = None,
    url: Url = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Rank documents for every judged query: BM25, vectors, both fused, reranked by stance."""
    from evaluation.retrieval import MEASURES, ROWS, evaluate

    benchmark = beir.load(folder, split)
    about = _about("retrieval", benchmark.files, rerank, data=work, url=url)
    with _fresh(work, url, report, about, stances=rerank) as target:
        able = rerank and target.info().models.stance is not None
        total = benchmark.size + (len(ROWS) + able) * len(benchmark.qrels)
        with progress("evaluating", total) as advance:
            found = evaluate(benchmark, target, advance, rerank=able)
        options = f" --split {split}" + " --no-rerank" * (not able)
        wanted = _publish(found, folder, benchmark.files, report, as_json, options, url)
    if wanted:
        figures = found.figures
        table = Table("", *MEASURES, title=f"{folder.name} {split}, {figures['queries']} queries")
        for name, row in figures["rows"].items():
            table.add_row(name, *(f"{row[measure]:.3f}" for measure in MEASURES))
        out.print(table)


@app.command()
def stance(
    pairs: Annotated[Path, typer.Argument(help="JSON lines: claim, evidence, label.")],
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many pairs.")] = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Weigh labelled pairs: the stance model alone."""
    from api.service import stance_of
    from evaluation.stance import evaluate, load

    chosen = settings()
    if chosen.stance_model == NO_MODEL:
        raise EvaluationError("no stance model is set: see CLAIMDESK_STANCE_MODEL")
    loaded = load(pairs, sample)
    model = stance_of(chosen)
    with workplace(report, _about("stance", [pairs], sample)) as place:
        journal = Journal(place / "answers.jsonl", {"stance": model.identity})
        with progress("weighing", len(loaded)) as advance:
            found = evaluate(loaded, model, advance, journal)
        options = f" --sample {sample}" if sample else ""
        wanted = _publish(found, pairs, [pairs], report, as_json, options)
    if wanted:
        _show(f"{pairs.name}, {len(loaded):,} pairs", found)


@app.command()
def verdict(
    claims: Annotated[Path, typer.Argument(help="JSON lines: claim, verdict.")],
    data: Data = None,
    url: Url = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Verify claims with known verdicts over the current index."""
    from evaluation.verdict import evaluate, load

    loaded = load(claims)
    with _target(settings(data), url, writable=False, stances=True) as target:
        about = _about("verdict", [claims], target.info().index_generation, data=data, url=url)
        with workplace(report, about) as place:
            with progress("verifying", len(loaded)) as advance:
                found = evaluate(loaded, Remembering(target, place / "answers.jsonl"), advance)
            wanted = _publish(found, claims, [claims], report, as_json, url=url)
    if not wanted:
        return
    _show(f"{claims.name}, {len(loaded):,} claims", found)
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
def scifact(
    folder: Annotated[Path, typer.Argument(help="corpus.jsonl and claims_SPLIT.jsonl.")],
    split: Annotated[str, typer.Option(help="Which claims.")] = "dev",
    threshold: Annotated[float, typer.Option(min=0, max=1, help="Least stance probability.")] = 0.5,
    oracle: Annotated[bool, typer.Option(help="Given the gold abstracts, without search.")] = False,
    work: Work = None,
    url: Url = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """SciFact's official scores, every claim against all abstracts."""
    from evaluation.figures import MEASURES
    from evaluation.report import published
    from evaluation.scifact import evaluate, load

    loaded = load(folder, split)
    indexed = set().union(*loaded.gold.values()) if oracle else loaded.abstracts
    total = len(indexed) + len(loaded.claims)
    files = [folder / "corpus.jsonl", folder / f"claims_{split}.jsonl"]
    options = f" --split {split} --threshold {threshold}" + " --oracle" * oracle
    with _fresh(work, url, report, _about("scifact", files, oracle, data=work, url=url)) as target:
        with progress("evaluating", total) as advance:
            found = evaluate(loaded, target, threshold, oracle, advance)
        wanted = _publish(found, folder, files, report, as_json, options, url)
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
    """Which differences between two results are more than chance: a paired randomisation test."""
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
    from evaluation.publish import fill_card, keep, page

    for report in reports or []:
        keep(result.read(report), to / "results")
    (to / "results.md").write_text(page(to / "results"))
    out.print(f"written: {to / 'results.md'}", markup=False)
    if card is not None:
        card.write_text(fill_card(card.read_text(), to / "results"))
        out.print(f"written: {card}", markup=False)


def _show(title: str, found: Result) -> None:
    """Each label's figures beside what it was taken for."""
    figures: Any = found.public()
    labels = figures["confusion"]["labels"]
    headline = (
        f"{name.replace('_', '-')} {figures[name]:.3f} ({low:.3f} to {high:.3f})"
        for name, (low, high) in figures["intervals"].items()
    )
    table = Table("expected", "precision", "recall", "F1", *(f"got {label}" for label in labels))
    table.title, table.caption = title, ", ".join(headline)
    for label, row in zip(labels, figures["confusion"]["rows"], strict=True):
        per = figures["per_label"][label]
        shown = (f"{per[name]:.3f}" for name in ("precision", "recall", "f1"))
        table.add_row(label, *shown, *map(str, row))
    out.print(table)
