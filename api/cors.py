"""Which web pages may call: Starlette's answer to browsers, whose refusals are ours."""

from __future__ import annotations

import uuid

from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers
from starlette.responses import Response

from api.errors import respond


class Cors(CORSMiddleware):
    """Answers a browser that asks before it sends (a preflight), and lets it read what comes."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        refused = bytes(response.body).decode()
        kept = {
            name: value
            for name, value in response.headers.items()
            if name == "vary" or name.startswith("access-control-")
        }
        # No page can send an id with its preflight.
        request_id = uuid.uuid4().hex
        return respond(
            400,
            f"{refused}: see CLAIMDESK_CORS_ORIGINS",
            request_id,
            {**kept, "X-Request-ID": request_id},
        )
