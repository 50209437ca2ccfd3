"""Which web pages may call: Starlette's answer to browsers, whose refusals are ours."""

from __future__ import annotations

import uuid

from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers
from starlette.responses import Response

from api.problems import respond


class Cors(CORSMiddleware):
    """Answers a browser that asks before it sends (a preflight), and lets it read what comes."""

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code < 400:
            return answer
        reason = bytes(answer.body).decode()
        if not self.is_allowed_origin(request_headers["origin"]):
            reason += ": see CLAIMDESK_CORS_ORIGINS"
        # No page can send an id with its preflight.
        request_id = uuid.uuid4().hex
        kept = {"X-Request-ID": request_id, "Vary": answer.headers["vary"]}
        return respond(answer.status_code, reason, request_id, kept)
