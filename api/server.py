"""An application -> a listening server that stops gracefully."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.settings import Settings

# RFC 5482; Linux has it.
_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)


class _Server(uvicorn.Server):
    """Says where it listens once claims can be sent, on stdout, for whoever started it.

    Args:
        patience: seconds that a client may leave what was sent to it unread.
    """

    def __init__(self, config: uvicorn.Config, patience: float) -> None:
        super().__init__(config)
        self._patience = patience

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        for listening in self.servers if self.started else ():
            for opened in listening.sockets:
                if _USER_TIMEOUT is not None:
                    # Connections inherit it: one whose client reads no answer ends by itself.
                    patience = int(1000 * self._patience)
                    opened.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, patience)
                host, port, *_ = opened.getsockname()
                shown = f"[{host}]" if ":" in host else host
                print(f"claimdesk listens on http://{shown}:{port}", flush=True)


def run(app: FastAPI, settings: Settings) -> bool:
    """Serve until a signal; then requests in flight get `shutdown_timeout` seconds to finish.

    Returns:
        Whether it ever got to serve.
    """
    server = _Server(configured(app, settings), settings.body_timeout)
    server.run()
    return server.started


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,  # `api.logs` decides, and the gate writes the access log
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=settings.shutdown_timeout,
        server_header=False,
        # Else whoever runs here could name another address with each request, past the rate limit.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )
