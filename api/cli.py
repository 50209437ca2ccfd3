"""The claimdesk command: add, verify, search, documents, reindex, serve, and what plugins add."""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from api.errors import ApiError
from api.settings import Settings
from api.terminal import err, fail, out, printable, progress, say, show_found, show_verdict
from index.documents import clean
from index.errors import CorpusError
from retrieval.errors import RetrievalError

__all__ = ["AsJson", "Data", "app", "main", "out", "progress", "settings"]
INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it
Request = TypeVar("Request", bound=BaseModel)
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
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Only what was published on this day or before; not what has no date.",
    ),
]
After = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Only what was published on this day or later; not what has no date.",
    ),
]
Publisher = Annotated[
    list[str] | None, typer.Option(help="Only what this publisher wrote; may be repeated.")
]
Language = Annotated[
    list[str] | None, typer.Option(help="Only this language, such as en; may be repeated.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"claimdesk {version('claimdesk')}")
        raise typer.Exit


@app.callback()
def _claimdesk(
    shown: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Checks a claim against your own sources."""


def settings(data: Path | None = None, **changes: Any) -> Settings:
    """Settings from the environment, with what the command line says instead."""
    given = {"data": data, **changes}
    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files (.txt .md .html .jsonl) or folders.")],
    data: Data = None,
    as_json: AsJson = False,
    mapping: Annotated[
        str, typer.Option("--map", help="Names in JSON lines, such as text=story,published_at=day.")
    ] = "",
) -> None:
    """Add or update documents."""
    from api.service import Service
    from index.documents import Outcome
    from index.read import NAMES, count, named, read

    chosen = settings(data)
    try:
        names = named(mapping) if mapping else NAMES
    except ValueError as error:
        fail(f"--map: {error}")
    unknown: Counter[str] = Counter()
    counts: Counter[str] = Counter(added=0, updated=0, unchanged=0, refused=0)
    refused: list[Outcome] = []
    total = sum(map(count, paths))
    try:
        with Service.open(chosen, writable=True, stances=False) as service:
            with progress("adding", total) as advance:
                limit = chosen.max_document_chars
                items = read(*paths, max_chars=limit, names=names, unknown=unknown)
                for outcome in service.ingest(items):
                    counts[outcome.status] += 1
                    if outcome.status == "refused":
                        refused.append(outcome)
                    advance()
            service.corpus.sync()
    except KeyboardInterrupt:
        fail(f"stopped; {_kept(counts)}", INTERRUPTED)
    except (CorpusError, RetrievalError) as error:
        if not counts.total():
            raise
        fail(f"{error}; {_kept(counts)}")
    if as_json:
        reasons = [{"source": item.id, "reason": item.reason} for item in refused]
        print(json.dumps({**counts, "reasons": reasons, "unknown_fields": unknown}))
    else:
        out.print(", ".join(f"{number:,} {status}" for status, number in counts.items()))
        for item in refused:
            err.print(printable(f"refused {item.id}: {item.reason}"), markup=False, soft_wrap=True)
        if unknown:
            fields = ", ".join(f"{name} ({lines:,})" for name, lines in unknown.most_common())
            err.print(printable(f"fields not kept (lines): {fields}"), markup=False, soft_wrap=True)
    if not counts.total():
        fail("nothing to add: no .txt, .md, .html or .jsonl file there")
    if refused:
        raise typer.Exit(1)


def _kept(counts: Counter[str]) -> str:
    """What an import that was cut off leaves behind, and how to go on."""
    stored = counts["added"] + counts["updated"]
    return (
        f"{stored:,} documents were stored and are kept. Run the same command again to go on: "
        "what is unchanged costs nothing"
    )


@app.command()
def verify(
    claim: str,
    top_k: TopK = 5,
    as_of: AsOf = None,
    after: After = None,
    publisher: Publisher = None,
    language: Language = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find the evidence for a claim."""
    from api.schemas import VerifyRequest
    from api.service import Service

    chosen = settings(data)
    filters = _filters(publisher, language, after)
    request = _checked(VerifyRequest, claim=claim, top_k=top_k, as_of=_day(as_of), filters=filters)
    query = request.to_claim(request.claim, chosen.include_undated)
    with Service.open(chosen, writable=False) as service:
        (answer,) = service.verify([query], "cli")
    if as_json:
        print(answer.model_dump_json())
        return
    show_verdict(answer)
    show_found(answer.evidence, answer.searched.documents, answer.excluded)


@app.command()
def search(
    query: str,
    top_k: TopK = 5,
    as_of: AsOf = None,
    after: After = None,
    publisher: Publisher = None,
    language: Language = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find passages."""
    from api.schemas import SearchRequest
    from api.service import Service

    chosen = settings(data)
    filters = _filters(publisher, language, after)
    request = _checked(SearchRequest, query=query, top_k=top_k, as_of=_day(as_of), filters=filters)
    asked = request.to_claim(request.query, chosen.include_undated)
    with Service.open(chosen, writable=False, stances=False) as service:
        answer = service.search(asked, "cli")
    if as_json:
        print(answer.model_dump_json())
    else:
        show_found(answer.results, answer.searched.documents, answer.excluded)


def _filters(
    publisher: list[str] | None, language: list[str] | None, after: datetime | None
) -> dict[str, Any]:
    """The `filters` of a request over HTTP."""
    return {
        "publisher": publisher or [],
        "language": language or [],
        "published_after": _day(after),
    }


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def _checked(kind: type[Request], **fields: Any) -> Request:
    """A request, which passes the checks that it would pass over HTTP."""
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


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


@documents_app.command("publishers")
def list_publishers(data: Data = None, as_json: AsJson = False) -> None:
    """Every publisher: number of documents, name; most documents first."""
    from api.schemas import PublisherInfo, Publishers
    from api.service import Service

    with Service.open(settings(data), writable=False, stances=False) as service:
        counted = service.corpus.publishers()
    if as_json:
        listed = [PublisherInfo(name=name, documents=number) for name, number in counted]
        print(Publishers(publishers=listed).model_dump_json())
        return
    for name, number in counted:
        print(f"{number}\t{printable(name)}")


def _must_exist(chosen: Settings) -> None:
    """Only adding may make a new corpus: anything else would make one of a mistyped folder."""
    from index.embedded import exists

    if not exists(chosen.data):
        fail(f"no corpus in {chosen.data}: add documents first")


@app.command()
def reindex(data: Data = None) -> None:
    """Split and embed every document again, after a change of the embedding model or an upgrade."""
    from api.service import reindexing

    chosen = settings(data)
    _must_exist(chosen)
    done = 0
    try:
        with reindexing(chosen) as (total, outcomes), progress("re-indexing", total) as advance:
            for _ in outcomes:
                done += 1
                advance()
    except KeyboardInterrupt:
        fail("stopped; the corpus is as it was. Run the same command again", INTERRUPTED)
    out.print(f"{done:,} documents re-indexed with {chosen.embedding_model}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address; default loopback.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0: a free one.")] = None,
    data: Data = None,
) -> None:
    """Answer over HTTP until stopped; requests in flight are finished first."""
    from api import logs
    from api.service import Service

    chosen = settings(data, host=host, port=port)
    logs.configure(chosen)
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

    print(json.dumps(create_app(settings(), None).openapi(), indent=2, ensure_ascii=False))


@cache
def _load_plugins() -> None:
    """Add the commands of other packages, `evaluate` and `bench` among them."""
    for command in entry_points(group="claimdesk.commands"):
        app.add_typer(command.load(), name=command.name)


def _of_setting(error: ValidationError) -> str:
    """What is wrong with the first setting that is."""
    first = error.errors()[0]
    said = first["msg"].removeprefix("Value error, ")
    name = "_".join(str(part) for part in first["loc"][:1]).upper()
    return f"CLAIMDESK_{name}: {said}" if name else said


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line, by default this process's own; an error takes one line, no traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = {"documents", "--version"} | {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    if not own & set(arguments[:1]):  # importing plugins takes a while
        _load_plugins()
    try:
        app(arguments)
    except (ApiError, CorpusError, RetrievalError) as error:
        message = str(error)
    except ValidationError as error:
        message = _of_setting(error)
    except OSError as error:
        message = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    except UnicodeError:
        message = "an argument is not valid UTF-8"
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    else:
        return
    say(message)
    sys.exit(1)
