"""What the commands of `claimdesk evaluate` and `claimdesk bench` share."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from api.options import settings
from api.settings import Settings
from api.terminal import fail, out
from evaluation.errors import EvaluationError

if TYPE_CHECKING:
    # Loaded by the commands that use them: `claimdesk --help` needs no FAISS.
    from evaluation.result import Result
    from evaluation.target import Target, Writes

# Packages whose code decides the outcome of an evaluation.
PACKAGES = ("retrieval", "index", "api", "evaluation")
CODE = [Path(__file__).parent.parent / package for package in PACKAGES]
Work = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="DIR|URL",
        help="Keep the corpus here, for another run: a folder or database that is empty, or it.",
    ),
]
Url = Annotated[
    str | None,
    typer.Option(help="Evaluate the service that runs there; nothing is written to it."),
]
Import = Annotated[
    bool,
    typer.Option("--import", help="Put the data set into the service, whose corpus is empty."),
]
Report = Annotated[
    Path | None,
    typer.Option(
        help="Write results.json, pictures and an HTML page into a new folder. A run that was cut "
        "off goes on when it is started again with the same folder."
    ),
]
Predictions = Annotated[
    Path | None,
    typer.Option(help="Write each claim with its answer into a new file; --report does so, too."),
]


class Commands(TyperGroup):
    """Commands whose EvaluationError takes one line, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except EvaluationError as error:
            fail(str(error))


@contextmanager
def target_of(
    chosen: Settings, url: str | None, *, writes: Writes | None, stances: bool = True
) -> Iterator[Target]:
    """The service at the URL, or one of this process over the data folder of the settings.

    Args:
        writes: when documents may be added to it; None for a corpus that is only read.
    """
    from api.service import Service
    from evaluation.target import InProcess, at

    if url is not None:
        key = chosen.key.get_secret_value() if chosen.key else None
        with at(url, writes or "never", key) as remote:
            yield remote
        return
    with Service.open(chosen, writable=writes is not None, stances=stances) as service:
        yield InProcess(service, writes or "never")


def about(
    task: str,
    files: Sequence[Path],
    *options: Any,
    data: str | Path | None = None,
    url: str | None = None,
) -> dict[str, Any]:
    """What an evaluation must have in common with one that was cut off to go on from it."""
    from evaluation.result import data_hash

    chosen = settings(data)
    if data and isinstance(chosen.data, Path):
        chosen = settings(chosen.data.resolve())
    return {
        "task": task,
        "options": options,
        "data_sha256": data_hash(files),
        "settings": chosen.model_dump(mode="json"),
        "url": url,
        "version": version("claimdesk"),
        "code_sha256": data_hash(sorted(f for part in CODE for f in part.rglob("*.py"))),
    }


@contextmanager
def target_for_data_set(
    work: str | None,
    url: str | None,
    importing: bool,
    report: Path | None,
    common: dict[str, Any],
    *,
    stances: bool = True,
) -> Iterator[Target]:
    """A target for a data set of its own.

    Without a service or a place to keep the corpus in, it is deleted afterwards.

    Raises:
        EvaluationError: the report folder is not to be used, or the options contradict each other.
    """
    from evaluation.resume import Recorded, workplace

    if importing and url is None:
        raise EvaluationError("--import is for the service of --url")
    writes: Writes = "always" if work is None else "unless_filled"
    if url is not None:
        writes = "into_empty" if importing else "never"
    with workplace(report, common) as place:
        chosen = settings(work or place / "index")
        with target_of(chosen, url, writes=writes, stances=stances) as target:
            yield Recorded(target, place / "answers.jsonl")


def article_index(files: Sequence[Path], chosen: Settings) -> Path:
    """The folder in the cache for an index of these files, made by this code and this model."""
    import hashlib

    from evaluation.result import data_hash
    from retrieval.running.files import find_model

    code = sorted(CODE[PACKAGES.index("index")].rglob("*.py"))
    parts = (data_hash(files), data_hash(code), find_model(chosen.embedding_model).identity)
    return chosen.cache / "articles" / hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def check_new(file: Path | None) -> None:
    """Raises EvaluationError where a file to write exists already."""
    if file is not None and file.exists():
        raise EvaluationError(f"{file} exists already: name a new file")


def publish(
    found: Result,
    file: Path,
    files: Sequence[Path],
    report: Path | None,
    as_json: bool,
    options: str = "",
    url: str | None = None,
    predictions: Path | None = None,
) -> bool:
    """Writes what is asked for and prints the JSON, if it is; whether a table is still wanted.

    Called while what was worked out is still on disk: if it fails, nothing has to be done again.
    """
    from evaluation import result

    if predictions is not None:
        result.write_predictions(predictions, found.predictions)
    if report is not None:
        from evaluation.report import write

        content = result.save(
            report,
            found,
            data=file.stem,
            data_sha256=result.data_hash(files),
            # A service's settings are its own; its models and version are in what it answered.
            settings=settings().model_dump(mode="json", exclude={"data", "cache"})
            if url is None
            else {"url": url},
            # Not where the data lay on this machine.
            command=f"claimdesk evaluate {found.task} path/to/{file.name}{options}",
        )
        page = write(report, content)
        if not as_json:
            out.print(f"written: {page}", markup=False)
    if as_json:
        print(json.dumps(found.public()))
    return not as_json


def show_classification(title: str, found: Result) -> None:
    """Prints the figures of each label, and the labels that were given instead of it."""
    figures: Any = found.public()
    labels = figures["confusion"]["labels"]
    headline = (
        f"{name.replace('_', '-')} {figures[name]:.3f} ({low:.3f} to {high:.3f})"
        for name, (low, high) in figures["intervals"].items()
    )
    # In words, which a narrow terminal can break between.
    words = [label.replace("_", " ").lower() for label in labels]
    by_label = Table("expected", "precision", "recall", "F1", title=title)
    given = Table("expected", *(f"got {word}" for word in words))
    by_chance = f"ece by chance {figures['ece_by_chance']:.3f}"
    given.caption = ", ".join([*headline, by_chance])
    for label, word, row in zip(labels, words, figures["confusion"]["rows"], strict=True):
        per = figures["per_label"][label]
        by_label.add_row(word, *(f"{per[name]:.3f}" for name in ("precision", "recall", "f1")))
        given.add_row(word, *map(str, row))
    out.print(by_label)
    out.print(given)
    for field, groups in figures.get("by", {}).items():
        table = Table(field, "n", "accuracy", "macro-F1")
        for value, row in groups.items():
            shown = (f"{row[name]:.3f}" for name in ("accuracy", "macro_f1"))
            table.add_row(value, f"{row['n']:,}", *shown)
        out.print(table)
    if hits := figures.get("evidence"):
        shares = ", ".join(f"{name} {hits[name]:.3f}" for name in hits if name != "n")
        out.print(f"{hits['n']:,} claims with gold documents: {shares}")
