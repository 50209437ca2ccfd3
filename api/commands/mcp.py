"""claimdesk mcp: tools for assistants, over an archive or a running service."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from api.options import Data, must_exist, settings
from api.terminal import fail

DEFAULT_PORT = 8001  # 8000 is that of `claimdesk serve`


def mcp(
    data: Data = None,
    url: Annotated[
        str | None,
        typer.Option(help="Ask the service that runs there, with the key of CLAIMDESK_KEY."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Offer add_document, too.")] = False,
    http: Annotated[
        bool, typer.Option("--http", help="Listen on a port, not on stdin and stdout.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: address.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="With --http: port; 0: a free one.")
    ] = DEFAULT_PORT,
) -> None:
    """Offer verify, check, search, quote and documents to assistants (Model Context Protocol)."""
    try:
        from api.mcp import serving
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        fail("claimdesk mcp needs the package mcp: pip install 'claimdesk[mcp]'")
    from api import logs
    from api.exposure import check_exposure

    chosen = settings(data, host=host, port=port)
    if not http:  # whoever starts this program can read the archive's files
        alone = {"require_keys": False, "host": "127.0.0.1"}
        chosen = chosen.model_copy(update=alone)
    logs.configure(chosen)
    if url is None or http:
        check_exposure(chosen)
    # Ends this process in order, so that its indexes are saved.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as opened:
        if url is not None:
            # On a network everybody sends his own key: this one is not for all of them.
            own = None if chosen.keys_in_force else chosen.key
            backend = serving.backend_at(url, own.get_secret_value() if own else None)
        else:
            from api.service import Service

            if not write:
                must_exist(chosen)
            with serving.quietly():
                service = opened.enter_context(Service.open(chosen, writable=write))
            backend = serving.backend_of(service, chosen)
        if http:
            serving.over_http(backend, chosen, write=write)
        else:
            serving.on_stdio(backend, write=write)
