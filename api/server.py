"""An application -> a listening server that stops gracefully."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette

from api.settings import Settings

# The socket option of RFC 5482, where the system has it, as Linux does.
_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
# Seconds before the end of the shutdown in which clients whose answer is cut off are told so.
LAST_WORDS_SECONDS = 1.0


class _Server(uvicorn.Server):
    """Prints where it listens to stdout, once claims can be sent, for whoever started it.

    Args:
        unread_seconds: how long a client may leave what was sent to it unread.
        cut_off: answers whatever is not done shortly before requests are cancelled.
    """

    def __init__(
        self, config: uvicorn.Config, unread_seconds: float, cut_off: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._unread_seconds, self._cut_off = unread_seconds, cut_off

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        for listening in self.servers if self.started else ():
            for opened in listening.sockets:
                if _USER_TIMEOUT is not None:
                    # Connections inherit it: the system ends one whose client reads no answer.
                    milliseconds = int(1000 * self._unread_seconds)
                    opened.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, milliseconds)
                host, port, *_ = opened.getsockname()
                shown = f"[{host}]" if ":" in host else host
                print(f"claimdesk listens on http://{shown}:{port}", flush=True)

    async def shutdown(self, sockets: Any = None) -> None:
        seconds = self.config.timeout_graceful_shutdown or 0
        grace = max(seconds - LAST_WORDS_SECONDS, seconds / 2)
        asyncio.get_running_loop().call_later(grace, self._cut_off)
        await super().shutdown(sockets)


def run(app: FastAPI, settings: Settings) -> bool:
    """Serve until a signal; then requests in flight get `shutdown_timeout` seconds to finish.

    Returns:
        Whether it ever got to serve.
    """

    def cut_off() -> None:
        if (running := app.state.running) is not None:
            running.stop()

    server = _Server(configured(app, settings), settings.body_timeout, cut_off)
    server.run()
    return server.started


def configured(app: Starlette, settings: Settings) -> uvicorn.Config:
    """The configuration of uvicorn that the settings ask for."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # `api.logs` decides, and the gate writes the access log
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=settings.shutdown_timeout,
        server_header=False,
        # uvicorn would believe any program on this machine, which could then name another address
        # with each request and pass the rate limit.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )
