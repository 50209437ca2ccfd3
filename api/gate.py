"""What every request passes first: id, host, rate, load, size; and what it is measured by."""

from __future__ import annotations

import logging
import re
import time
import uuid

import limits
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, HostRefused, Overloaded, TooManyRequests, respond, status_of
from api.settings import Settings

log = logging.getLogger(__name__)
IMPORT_PATH = "/v1/documents:import"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """Prometheus metrics of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self.requests = Counter(
            "claimdesk_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "claimdesk_request_seconds", "Time to the last byte.", ["route"], registry=self.registry
        )
        self.in_flight = Gauge(
            "claimdesk_requests_in_flight", "Requests being worked on.", registry=self.registry
        )
        self.documents = Gauge(
            "claimdesk_documents", "Documents in the corpus.", registry=self.registry
        )
        self.passages = Gauge(
            "claimdesk_passages", "Passages in the corpus.", registry=self.registry
        )


class Gate:
    """ASGI middleware. A refusal is a problem document and costs no model time."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._hosts = {host.lower() for host in settings.allowed_hosts}
        self._rate = limits.parse(settings.rate_limit)
        self._limiter = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())
        self._busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get(b"x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, begun = time.perf_counter(), 500, False

        async def tagged(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                begun = True
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        self._busy += 1
        self._metrics.in_flight.inc()
        try:
            self._admit(scope, headers)
            limit = self._body_limit(scope["path"])
            if int(headers.get(b"content-length") or 0) > limit:
                raise _too_large(limit)
            await self._app(scope, _limited(receive, limit), tagged)
        except ApiError as error:
            await respond(status_of(error), str(error), request_id)(scope, receive, tagged)
        except HTTPException as error:
            await respond(error.status_code, error.detail, request_id)(scope, receive, tagged)
        except Exception:
            log.exception("request %s failed", request_id)
            if begun:
                raise
            await respond(500, "internal error; see the log", request_id)(scope, receive, tagged)
        finally:
            self._busy -= 1
            self._metrics.in_flight.dec()
            # The template, not the path: an id in a label would make a series a document.
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    def _admit(self, scope: Scope, headers: dict[bytes, str]) -> None:
        host = headers.get(b"host", "").lower()
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if "*" not in self._hosts and name not in self._hosts:
            raise HostRefused(f"host {name!r} is not answered: see CLAIMDESK_ALLOWED_HOSTS")
        if not scope["path"].startswith("/v1/"):
            return  # a probe must get through when the service is busy
        if self._busy > self._settings.max_in_flight:
            raise Overloaded(f"{self._settings.max_in_flight} requests are in flight: try again")
        client = scope["client"][0] if scope.get("client") else "unknown"
        if not self._limiter.hit(self._rate, client):
            raise TooManyRequests(f"more than {self._settings.rate_limit}: slow down")

    def _body_limit(self, path: str) -> int:
        settings = self._settings
        return settings.max_import_bytes if path == IMPORT_PATH else settings.max_body_bytes


def _limited(receive: Receive, limit: int) -> Receive:
    """Counts what arrives, for a body sent in chunks announces no length."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> HTTPException:
    # Starlette's own class, for FastAPI takes any other for a body that cannot be parsed.
    return HTTPException(413, f"the body is larger than {limit:,} bytes")
