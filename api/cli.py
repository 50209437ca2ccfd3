"""claimdesk add | verify | search | documents | reindex | serve, and what other packages add."""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from api.errors import ApiError
from api.schemas import VerifyResponse
from api.settings import Settings
from index.documents import clean
from index.errors import CorpusError
from retrieval.errors import RetrievalError

app = typer.Typer(
    help="Checks a claim against your own sources.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
documents_app = typer.Typer(help="What is in the corpus.", no_args_is_help=True)
app.add_typer(documents_app, name="documents")

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the corpus.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the HTTP body and nothing else.")]
TopK = Annotated[int, typer.Option(min=1, max=100, help="Most documents to return.")]
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False)


def settings(data: Path | None = None, **changes: Any) -> Settings:
    """Settings from the environment, with what the command line says instead."""
    given = {"data": data, **changes}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def fail(message: str) -> None:
    """One line on stderr, and a non-zero exit."""
    err.print(f"claimdesk: {' '.join(message.split())}", markup=False, soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Any]:
    """A bar with rate and time left on a terminal; nothing in a pipe. Yields `advance()`."""
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files (.txt .md .html .jsonl) or folders.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add or update documents."""
    from api.service import Service
    from index.documents import Outcome
    from index.read import count, read

    chosen = settings(data)
    counts: Counter[str] = Counter(added=0, updated=0, unchanged=0, refused=0)
    refused: list[Outcome] = []
    total = sum(map(count, paths))
    with (
        Service.open(chosen, writable=True, stances=False) as service,
        progress("adding", total) as advance,
    ):
        for outcome in service.ingest(read(*paths, max_chars=chosen.max_document_chars)):
            counts[outcome.status] += 1
            if outcome.status == "refused":
                refused.append(outcome)
            advance()
    if as_json:
        reasons = [{"source": item.id, "reason": item.reason} for item in refused]
        print(json.dumps({**counts, "reasons": reasons}))
    else:
        out.print(", ".join(f"{number:,} {status}" for status, number in counts.items()))
        for item in refused:
            err.print(f"refused {item.id}: {item.reason}", markup=False, soft_wrap=True)
    if refused or not counts.total():
        if not counts.total():
            fail("nothing to add: no .txt, .md, .html or .jsonl file there")
        raise typer.Exit(1)


def _claim(kind: type[BaseModel], fields: dict[str, Any], as_of: datetime | None) -> Any:
    """The same checks that the HTTP door makes."""
    day: date | None = as_of.date() if as_of else None
    try:
        return kind(**fields, as_of=day)
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Only what was published on this day or before; not what has no date.",
    ),
]


@app.command()
def verify(
    claim: str, top_k: TopK = 5, as_of: AsOf = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Find the evidence for a claim."""
    from api.schemas import VerifyRequest
    from api.service import Service

    chosen = settings(data)
    request = _claim(VerifyRequest, {"claim": claim, "top_k": top_k}, as_of)
    with Service.open(chosen, writable=False) as service:
        query = request.to_claim(request.claim, chosen.include_undated)
        (answer,) = service.verify([query], "cli")
    if as_json:
        print(answer.model_dump_json())
        return
    out.print(f"[bold]{escape(answer.claim)}[/bold]\n{_verdict(answer)}")
    _show(answer.evidence, answer.excluded.undated)


_COLOURS = {
    "SUPPORTED": "green", "SUPPORTS": "green", "REFUTED": "red", "REFUTES": "red",
    "CONFLICTING_EVIDENCE": "yellow",
}  # fmt: skip


def _verdict(answer: VerifyResponse) -> str:
    if answer.verdict is None or answer.probability is None:
        return "no verdict: no stance model is set"
    colour = _COLOURS.get(answer.verdict, "dim")
    said = answer.verdict.replace("_", " ").lower()
    line = f"[{colour}]{said}[/{colour}], probability {answer.probability:.2f}"
    if answer.sources:
        line += f" ({answer.sources.supporting} for, {answer.sources.refuting} against)"
    return line


@app.command()
def search(
    query: str, top_k: TopK = 5, as_of: AsOf = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Find passages."""
    from api.schemas import SearchRequest
    from api.service import Service

    chosen = settings(data)
    request = _claim(SearchRequest, {"query": query, "top_k": top_k}, as_of)
    with Service.open(chosen, writable=False, stances=False) as service:
        answer = service.search(request.to_claim(request.query, chosen.include_undated), "cli")
    if as_json:
        print(answer.model_dump_json())
    else:
        _show(answer.results, answer.excluded.undated)


def _show(found: Iterable[Any], undated: int) -> None:
    """Passages with their deciding sentences in bold, best first, and how many documents were left
    out for want of a date."""
    number = 0
    for number, item in enumerate(found, start=1):
        document, passage, scores = item.document, item.passage, item.scores
        origin = ", ".join(
            str(part) for part in (document.publisher, document.published_at) if part
        )
        title = escape(printable(document.title or document.id))
        out.print(f"\n{number}. {title}" + (f" ({escape(printable(origin))})" if origin else ""))
        text, at, shown = printable(passage.text), 0, ""
        for quote in item.rationale:
            first, last = quote.start - passage.start, quote.end - passage.start
            shown += f"{escape(text[at:first])}[bold]{escape(text[first:last])}[/bold]"
            at = last
        out.print(f"   {shown}{escape(text[at:])}")
        out.print(
            f"   [dim]{escape(printable(document.id))} {passage.start}-{passage.end}  "
            f"dense {scores.dense:.2f}  lexical {scores.lexical:.1f}  "
            f"fused {scores.fused:.2f}[/dim]"
        )
        if stance := getattr(item, "stance", None):
            share = item.stance_probabilities[stance]
            colour = _COLOURS.get(stance, "dim")
            out.print(f"   [{colour}]{stance.replace('_', ' ').lower()} {share:.2f}[/{colour}]")
            for one in item.differences:
                out.print(
                    f"   {one.kind}: “{one.claim.text}” here, “{one.evidence.text}” there",
                    markup=False,
                )
    if not number:
        out.print("no evidence found")
    if undated:
        out.print(f"left out, for they carry no date: {undated}")


@documents_app.command("list")
def list_documents(data: Data = None, as_json: AsJson = False) -> None:
    """Every document: id, date, publisher, title."""
    from api.schemas import DocumentInfo, DocumentPage
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        if as_json:
            every = [DocumentInfo.of(document) for document in service.corpus.all_documents()]
            print(DocumentPage(documents=every, next_cursor=None).model_dump_json())
            return
        for document in service.corpus.all_documents():
            parts = (document.id, document.published_at, document.publisher, document.title)
            print("\t".join(printable(str(part or "")) for part in parts))


@documents_app.command("show")
def show_document(id: str, data: Data = None, as_json: AsJson = False) -> None:
    """A document's text."""
    from api.schemas import DocumentBody
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        document = service.corpus.get(clean(id))
    if document is None:
        fail(f"no document has the id {id!r}")
    else:
        body = DocumentBody.of(document)
        print(body.model_dump_json() if as_json else printable(document.text))


@documents_app.command("delete")
def delete_document(id: str, data: Data = None, as_json: AsJson = False) -> None:
    """Remove a document and its passages."""
    from api.service import Service

    chosen = settings(data)
    _must_exist(chosen)
    with Service.open(chosen, writable=True, stances=False) as service:
        if not service.corpus.delete([clean(id)]):
            fail(f"no document has the id {id!r}")
    if not as_json:  # the HTTP body is empty
        out.print(f"deleted {printable(id)}", markup=False)


def _must_exist(chosen: Settings) -> None:
    """Only adding may make a new corpus: a mistyped folder is a mistake, not a wish."""
    from index.embedded import exists

    if not exists(chosen.data):
        fail(f"no corpus in {chosen.data}: add documents first")


_CONTROLS = {code: "�" for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"}


def printable(text: str) -> str:
    """Without the control characters by which a document could steer the terminal."""
    return text.translate(_CONTROLS)


@app.command()
def reindex(data: Data = None) -> None:
    """Embed every document again, after a change of the embedding model."""
    from api.service import reindex as every_document

    chosen = settings(data)
    _must_exist(chosen)
    done = 0
    with progress("re-indexing", None) as advance:
        for _ in every_document(chosen):
            done += 1
            advance()
    out.print(f"{done:,} documents re-indexed with {chosen.embedding_model}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; default loopback.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0: a free one.")] = None,
    data: Data = None,
) -> None:
    """Answer over HTTP until stopped; requests in flight are finished first."""
    from api.service import Service

    chosen = settings(data, host=host, port=port)
    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(Service.open, chosen, writable=True)
        # Meanwhile: models are read and compiled without holding up imports.
        from api.app import create_app
        from api.server import run

        service = opening.result()
    # uvicorn hands a signal on once it has stopped: by itself this one would end the process with
    # its indexes unsaved.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with service:
        if not run(create_app(chosen, service), chosen):
            raise typer.Exit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document, for client generators."""
    from api.app import create_app

    print(json.dumps(create_app(settings()).openapi(), indent=2, ensure_ascii=False))


def main() -> None:
    """Entry point: what is wrong takes one line, not a traceback."""
    for command in entry_points(group="claimdesk.commands"):
        app.add_typer(command.load(), name=command.name)
    try:
        app()
    except (ApiError, CorpusError, RetrievalError) as error:
        message = str(error)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        message = f"CLAIMDESK_{name}: {first['msg']}"
    except OSError as error:
        message = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    except UnicodeError:
        message = "an argument is not valid UTF-8"
    except KeyboardInterrupt:
        sys.exit(130)
    else:
        return
    err.print(f"claimdesk: {' '.join(message.split())}", markup=False, soft_wrap=True)
    sys.exit(1)
