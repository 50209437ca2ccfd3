"""A browser's preflight -> leave to send, or a problem document that says why not."""

from __future__ import annotations

import time
import uuid

from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.logs import write_access
from api.problems import respond


class Cors(CORSMiddleware):
    """Answers preflights, and lets the pages of allowed origins read other answers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        preflight = (
            scope["type"] == "http"
            and scope["method"] == "OPTIONS"
            and {b"origin", b"access-control-request-method"} <= dict(scope["headers"]).keys()
        )
        if not preflight:  # the gate writes the access line
            await super().__call__(scope, receive, send)
            return
        started, status, size = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            await send(message)

        await super().__call__(scope, receive, counted)
        write_access(scope, status, time.perf_counter() - started, bytes_out=size)

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        reason = bytes(answer.body).decode()
        if not self.is_allowed_origin(request_headers["origin"]):
            reason += ": see CLAIMDESK_CORS_ORIGINS"
        # A page cannot send a request id with its preflight.
        request_id = uuid.uuid4().hex
        kept = {"X-Request-ID": request_id, "Vary": answer.headers["vary"]}
        return respond(answer.status_code, reason, request_id, kept)
