"""An answer -> the client, once every verdict in it is durable in the audit log."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit.record import key_id, unsent
from api.errors import AuditUnavailable
from api.problems import line_problem
from api.schemas.fields import FailedLine


class AuditBarrier:
    """ASGI middleware inside the gate, which knows whose key it is.

    Before each part of an answer it waits until the verdicts in it are durable: what several
    requests wait for is written together.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Raises:
            AuditUnavailable: a verdict could not be kept: it is not sent. An answer of many lines
                that has begun ends with a line of that instead.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = scope["state"].get("caller")
        waiting: list[Future[None]] = []
        key = key_id.set(caller.key.id if caller is not None and caller.key else None)
        own = unsent.set(waiting)

        failed: AuditUnavailable | None = None
        begun = False

        async def send_durable(message: Message) -> None:
            nonlocal failed, begun
            try:
                while waiting:
                    # Shielded: a client that leaves must not take the entry back.
                    await asyncio.shield(asyncio.wrap_future(waiting.pop()))
            except AuditUnavailable as error:
                failed = error
                raise
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_durable)
        except Exception:
            if failed is None:
                raise
            if not begun:  # nothing was sent: the gate answers with a problem document
                raise failed from None
            # An answer of many lines has begun: its last line says why it ends.
            error = line_problem(failed, scope["state"]["request_id"])
            last = FailedLine(error=error).model_dump_json() + "\n"
            await send({"type": "http.response.body", "body": last.encode()})
        finally:
            unsent.reset(own)
            key_id.reset(key)
