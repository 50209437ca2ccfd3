"""A request's body, part by part -> the same body within its limits of size and time."""

from __future__ import annotations

from collections.abc import Mapping

import anyio
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from api.errors import Overloaded
from api.gate.slots import IMPORT_PATH, RequestSlots
from api.settings import Settings

# No route reads the body of these methods, so its end would never be seen.
BODILESS_METHODS = {"GET", "HEAD", "OPTIONS", "DELETE"}
# Endpoints whose bodies are claims and queries, and the bytes of one that the log may hold.
CLAIM_PATHS = {"/v1/verify", "/v1/verify/batch", "/v1/search", "/v1/check", "/v1/quotes"}
MAX_LOGGED_BYTES = 2000
# Time limit for a whole body, as a multiple of the limit for each of its parts.
WHOLE_BODY_TIME_FACTOR = 20


class Body:
    """Passes one request's body on, and counts what arrives: a body sent in chunks announces no
    length.

    A slot in flight is taken once the body is complete, so that clients who send slowly keep
    nobody out.
    """

    def __init__(
        self, scope: Scope, headers: Mapping[bytes, str], settings: Settings, slots: RequestSlots
    ) -> None:
        self._slots, self._part_seconds = slots, settings.body_timeout
        importing = scope["path"] == IMPORT_PATH
        self._max_bytes = settings.max_import_bytes if importing else settings.max_body_bytes
        self._length = int(headers.get(b"content-length") or 0)
        self._encoding = headers.get(b"content-encoding", "").strip().lower()
        self._expected = scope["method"] not in BODILESS_METHODS and (
            self._length > 0 or b"transfer-encoding" in headers
        )
        self._deadline = anyio.current_time() + WHOLE_BODY_TIME_FACTOR * self._part_seconds
        self._complete = False
        logged = settings.log_claims and scope["path"] in CLAIM_PATHS
        self._most_kept = MAX_LOGGED_BYTES if logged else 0
        self.kept = b""
        """The beginning of the body, if CLAIMDESK_LOG_CLAIMS asks for it in the log."""
        self.received_bytes = 0
        self.client_left = False
        """Whether the client went away before its body was complete."""

    def check_headers(self) -> None:
        """
        Raises:
            HTTPException: the body is too large (413) or compressed (415).
            Overloaded: there is no body to wait for, and no slot.
        """
        if self._length > self._max_bytes:
            raise self._too_large()
        if self._encoding not in {"", "identity"}:
            raise HTTPException(
                415, f"the body has the Content-Encoding {self._encoding!r}: send it uncompressed"
            )
        if not self._expected:
            self._slots.take_in_flight()

    def limited(self, receive: Receive) -> Receive:
        """`receive`, which raises an HTTPException once the body passes a limit."""

        async def limited() -> Message:
            if self._complete:
                return await receive()
            message = await self._next_part(receive)
            if message["type"] == "http.disconnect":
                self.client_left = True
                return message
            part: bytes = message.get("body", b"")
            self.received_bytes += len(part)
            self.kept += part[: self._most_kept - len(self.kept)]
            if self.received_bytes > self._max_bytes:
                raise self._too_large()
            self._complete = not message.get("more_body", False)
            try:
                if self._complete:
                    self._slots.check_free()
                    self._slots.take_in_flight()
                else:
                    self._slots.buffer(len(part))
            except Overloaded as error:
                # Starlette's own class: FastAPI takes any other for a body it cannot parse.
                raise HTTPException(503, str(error)) from error
            return message

        return limited

    async def _next_part(self, receive: Receive) -> Message:
        left = max(0, self._deadline - anyio.current_time())
        try:
            with anyio.fail_after(min(self._part_seconds, left)):
                return await receive()
        except TimeoutError as error:
            raise HTTPException(408, "the body did not arrive in time") from error

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"the body is larger than {self._max_bytes:,} bytes")
