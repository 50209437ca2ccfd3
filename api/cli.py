"""The claimdesk command: add, verify, search, documents, reindex, serve, and what plugins add."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import entry_points, version
from typing import Annotated

import typer

from api.commands import audit, backup, erase
from api.commands.add import add
from api.commands.check import check
from api.commands.documents import documents_app
from api.commands.embed import embed
from api.commands.keys import keys_app
from api.commands.mcp import mcp
from api.commands.move import move
from api.commands.quote import quote
from api.commands.watch import watch_folder
from api.options import (
    FORESEEN,
    INTERRUPTED,
    After,
    AsJson,
    AsOf,
    Data,
    Language,
    Publisher,
    TopK,
    checked,
    must_exist,
    said,
    searched,
    settings,
)
from api.terminal import fail, out, progress, say, show_found, show_verdict

app = typer.Typer(
    help="Checks a claim against your own sources.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(documents_app, name="documents")
app.add_typer(keys_app, name="keys")
app.command()(add)
app.command()(check)
app.command("watch-folder")(watch_folder)
app.command()(quote)
app.command()(embed)
app.command()(mcp)
app.command()(move)
erase.register(app)
backup.register(app)
audit.register(app)


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
    from api.schemas.claims import VerifyRequest
    from api.service import Service

    chosen = settings(data)
    request = checked(
        VerifyRequest,
        claim=claim,
        top_k=top_k,
        **searched(as_of, after, publisher, language),
    )
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
    from api.schemas.claims import SearchRequest
    from api.service import Service

    chosen = settings(data)
    request = checked(
        SearchRequest,
        query=query,
        top_k=top_k,
        **searched(as_of, after, publisher, language),
    )
    asked = request.to_claim(request.query, chosen.include_undated)
    with Service.open(chosen, writable=False, stances=False) as service:
        answer = service.search(asked, "cli")
    if as_json:
        print(answer.model_dump_json())
    else:
        show_found(answer.results, answer.searched.documents, answer.excluded)


@app.command()
def reindex(data: Data = None) -> None:
    """Split and embed every document again, after a change of the embedding model or an upgrade."""
    from api.opening import reindexing

    chosen = settings(data)
    must_exist(chosen)
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
    from api.exposure import check_exposure
    from api.memory import share_arenas
    from api.service import Service

    share_arenas()
    chosen = settings(data, host=host, port=port)
    logs.configure(chosen)
    check_exposure(chosen)
    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(Service.open, chosen, writable=True)
        # Meanwhile: models are read and compiled without holding up imports.
        from api.app import create_app
        from api.server import run
        from api.tracing import open_provider

        service = opening.result()
    # uvicorn hands a signal on once it has stopped: by itself this one would end the process with
    # its indexes unsaved.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with service:
        if not run(create_app(chosen, service, open_provider(chosen)), chosen):
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line, by default this process's own; an error takes one line, no traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own = {"--version", *(group.name for group in app.registered_groups)}
    for command in app.registered_commands:
        own.add(command.name or (command.callback.__name__ if command.callback else None))
    if not own & set(arguments[:1]):  # importing plugins takes a while
        _load_plugins()
    try:
        app(arguments)
    except FORESEEN as error:
        message = said(error)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    else:
        return
    say(message)
    sys.exit(1)
