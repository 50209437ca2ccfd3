"""An archive or a running service -> an MCP server that listens, on stdin or over HTTP."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import anyio
import httpx
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from api.client import AsyncClient
from api.gate import Gate
from api.mcp.tools import DeskOf, mcp_server
from api.metrics import Metrics
from api.server import configured
from api.service import Service
from api.settings import Settings

PATH = "/v1/mcp"  # under /v1/, where the gate looks at hosts, origins and rates
# The host that a service of this same process is asked as.
OWN_HOST = "localhost"
Backend = Callable[[], AbstractAsyncContextManager[DeskOf]]


def backend_of(service: Service, settings: Settings) -> Backend:
    """A service of this process behind its own HTTP application, so that callers meet the same
    limits, keys and messages as over HTTP.

    Args:
        settings: say whether callers need API keys; not whose hosts they name.
    """
    inner = settings.model_copy(update={"allowed_hosts": [OWN_HOST]})

    @asynccontextmanager
    async def opened() -> AsyncIterator[DeskOf]:
        app = create_app(inner, service)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with app.router.lifespan_context(app):
            yield lambda key: AsyncClient(f"http://{OWN_HOST}", key=key, transport=transport)

    return opened


def backend_at(url: str, key: str | None) -> Backend:
    """A running service. `key` is sent for callers who send none of their own."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[DeskOf]:
        yield lambda own: AsyncClient(url, key=own or key)

    return opened


def on_stdio(backend: Backend, *, write: bool) -> None:
    """Answers the program that started this one, until it closes stdin."""

    async def run() -> None:
        async with AsyncExitStack() as stack:
            with quietly():
                desk_of = await stack.enter_async_context(backend())
            await mcp_server(desk_of, write=write).run_stdio_async()

    anyio.run(run)


def over_http(backend: Backend, settings: Settings, *, write: bool) -> None:
    """Answers at the host and port of the settings until stopped."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family) as listening:

        async def run() -> None:
            async with backend() as desk_of:
                config = configured(http_app(desk_of, settings, write=write), settings)
                host = f"[{settings.host}]" if ":" in settings.host else settings.host
                address = f"http://{host}:{listening.getsockname()[1]}{PATH}"
                print(f"claimdesk mcp listens on {address}", flush=True)
                await uvicorn.Server(config).serve([listening])

        anyio.run(run)


def http_app(desk_of: DeskOf, settings: Settings, *, write: bool) -> Starlette:
    """The server behind the gate of `claimdesk serve`: its hosts, origins, rates and limits.

    Keys are looked at by what `desk_of` asks, for each tool by itself: to read a document and to
    store one takes different scopes.
    """
    app = mcp_server(desk_of, write=write).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,  # nobody's session stays in memory
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    open_gate = {"allow_network_without_keys": True, "require_keys": False}
    app.add_middleware(Gate, settings=settings.model_copy(update=open_gate), metrics=Metrics())
    app.add_middleware(_KeepsKey)
    return app


class _KeepsKey:
    """Keeps the API key of a request, which the gate takes from its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            sent = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            scheme, _, key = sent.strip().partition(" ")
            bearer = key.strip() if scheme.lower() == "bearer" else ""
            scope.setdefault("state", {})["bearer"] = bearer or None
        await self._app(scope, receive, send)


def quietly() -> contextlib.AbstractContextManager[object]:
    """Sends what libraries print while models are opened to stderr: stdout is the protocol's."""
    return contextlib.redirect_stdout(sys.stderr)
