"""What every request passes first: id, host, rate, load, size; and what it is measured by."""

from __future__ import annotations

import logging
import math
import re
import time
import uuid
from collections import Counter

import anyio
import limits
import prometheus_client as prometheus
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import (
    ApiError,
    HostRefused,
    OriginRefused,
    Overloaded,
    TooManyRequests,
    status_of,
)
from api.problems import respond
from api.settings import Settings

log = logging.getLogger(__name__)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
BODILESS_METHODS = SAFE_METHODS | {"DELETE"}
IMPORT_PATH = "/v1/documents:import"
# What lasts as long as its client likes, and how many there may be at once: an import keeps its
# body on disk until all of it is stored, and a batch is as much work as its claims. Half of them
# are for any one client, so that one who never comes to an end keeps out only itself.
MOST_AT_ONCE = {IMPORT_PATH: 4, "/v1/verify/batch": 16}
# A whole body may take so many times what one of its parts may.
MOST_PARTS_TIME = 20
# Of bodies that are not whole yet as many bytes are kept as so many whole ones have, half of them
# of one client.
MOST_UNFINISHED = 64
# Answered busy or not, and whatever name they are reached by: they tell nothing but that.
PROBES = {"/healthz", "/readyz"}
# Never sent, for nobody is there to be told; what nginx writes into its log for the same.
CLIENT_LEFT = 499
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """Prometheus metrics of one app."""

    def __init__(self) -> None:
        self.registry = prometheus.CollectorRegistry()
        labels = ["method", "route", "status"]
        self.requests = prometheus.Counter(
            "claimdesk_requests", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = prometheus.Histogram(
            "claimdesk_request_seconds", "Time to the last byte.", ["route"], registry=self.registry
        )
        self.in_flight = prometheus.Gauge(
            "claimdesk_requests_in_flight", "Requests being worked on.", registry=self.registry
        )
        self.documents = prometheus.Gauge(
            "claimdesk_documents", "Documents in the corpus.", registry=self.registry
        )
        self.passages = prometheus.Gauge(
            "claimdesk_passages", "Passages in the corpus.", registry=self.registry
        )
        self.cache_hits = prometheus.Gauge(
            "claimdesk_cache_hits", "Found in a cache.", ["cache"], registry=self.registry
        )
        self.cache_misses = prometheus.Gauge(
            "claimdesk_cache_misses", "Had to be made.", ["cache"], registry=self.registry
        )


class _NotTaken(Exception):
    """The client does not read its answer."""


class Gate:
    """ASGI middleware. A refusal is a problem document and costs no model time."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._hosts = {host.lower() for host in settings.allowed_hosts}
        self._origins = set(settings.cors_origins)
        self.max_body_bytes = settings.max_body_bytes
        self._rate = limits.parse(settings.rate_limit)
        self._limiter = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())
        self._busy = 0
        self.unfinished: Counter[str] = Counter()
        self.lasting: dict[str, Counter[str]] = {path: Counter() for path in MOST_AT_ONCE}

    def enter(self) -> None:
        self._busy += 1
        self._metrics.in_flight.inc()

    def leave(self) -> None:
        self._busy -= 1
        self._metrics.in_flight.dec()

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
            try:
                with anyio.fail_after(self._settings.body_timeout):
                    await send(message)
            except TimeoutError as error:
                raise _NotTaken from error

        client = scope["client"][0] if scope.get("client") else "unknown"
        work = _Work(self, scope, client)
        try:
            self._admit(scope, headers, client)
            if scope["path"] == IMPORT_PATH:  # its body takes room on the disk as it comes
                work.last()
            limit = self._body_limit(scope["path"])
            length = int(headers.get(b"content-length") or 0)
            if length > limit:
                raise _too_large(limit)
            announced = length > 0 or b"transfer-encoding" in headers
            # No route reads a body of these, so its end would never be seen.
            if not announced or scope["method"] in BODILESS_METHODS:
                work.begin()
            await self._app(scope, self._counted(receive, limit, work), tagged)
        except ClientDisconnect:
            status = CLIENT_LEFT
        except _NotTaken:
            status = CLIENT_LEFT
            log.warning("request %s: its answer was not read and is dropped", request_id)
        except ApiError as error:
            later = (
                {"Retry-After": str(error.seconds)} if isinstance(error, TooManyRequests) else {}
            )
            refusal = respond(status_of(error), str(error), request_id, later)
            await refusal(scope, receive, tagged)
        except HTTPException as error:
            await respond(error.status_code, error.detail, request_id)(scope, receive, tagged)
        except Exception:
            log.exception("request %s failed", request_id)
            if begun:
                raise
            await respond(500, "internal error; see the log", request_id)(scope, receive, tagged)
        finally:
            work.end()
            if work.left:  # what was answered to nobody does not matter
                status = CLIENT_LEFT
            # The template, not the path: an id in a label would make a series a document.
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    def _admit(self, scope: Scope, headers: dict[bytes, str], client: str) -> None:
        if scope["path"] in PROBES:
            return
        host = headers.get(b"host", "").lower()
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if "*" not in self._hosts and name not in self._hosts:
            raise HostRefused(f"host {name!r} is not answered: see CLAIMDESK_ALLOWED_HOSTS")
        if not scope["path"].startswith("/v1/"):
            return
        if any(ord(char) < 32 for char in scope["path"]):
            raise HTTPException(422, "the path holds a control character")
        origin = headers.get(b"origin", "")
        if scope["method"] not in SAFE_METHODS and not self._trusts(origin, host):
            # A page can send some requests without asking: CORS hides only their answers from it.
            raise OriginRefused(f"origin {origin!r} may not write: see CLAIMDESK_CORS_ORIGINS")
        if self._busy >= self._settings.max_in_flight:
            raise self._overloaded()
        if not self._limiter.hit(self._rate, client):
            again = self._limiter.get_window_stats(self._rate, client).reset_time - time.time()
            said = f"more than {self._settings.rate_limit}: slow down"
            raise TooManyRequests(said, max(1, math.ceil(again)))

    def _trusts(self, origin: str, host: str) -> bool:
        """Programs send no Origin; our own /docs page sends the host it came from."""
        own = {f"http://{host}", f"https://{host}"}
        return not origin or origin.lower() in own | self._origins or "*" in self._origins

    def _overloaded(self) -> Overloaded:
        return Overloaded(f"{self._settings.max_in_flight} requests are in flight: try again")

    def _counted(self, receive: Receive, limit: int, work: _Work) -> Receive:
        """Counts what arrives, for a body sent in chunks announces no length; does not wait for
        ever; and takes a place among the requests in flight once the body is there, so that
        clients who send slowly keep nobody out."""
        seen, complete, patience = 0, False, self._settings.body_timeout
        until = anyio.current_time() + MOST_PARTS_TIME * patience

        async def counted() -> Message:
            nonlocal seen, complete
            if complete:
                return await receive()
            try:
                with anyio.fail_after(min(patience, max(0, until - anyio.current_time()))):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, "the body did not arrive in time") from error
            if message["type"] == "http.disconnect":
                work.left = True
                return message
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
            complete = not message.get("more_body", False)
            try:
                if not complete:
                    work.keep(len(message.get("body", b"")))
                elif self._busy >= self._settings.max_in_flight and not work.begun:
                    raise self._overloaded()
                else:
                    work.begin()
            except Overloaded as error:
                raise HTTPException(503, str(error)) from error
            return message

        return counted

    def _body_limit(self, path: str) -> int:
        settings = self._settings
        return settings.max_import_bytes if path == IMPORT_PATH else settings.max_body_bytes


class _Work:
    """One request's places, among those in flight and among those that last: taken once, given
    back once."""

    def __init__(self, gate: Gate, scope: Scope, client: str) -> None:
        self._gate, self._path, self._client = gate, scope["path"], client
        self._like = gate.lasting.get(self._path) if scope["method"] == "POST" else None
        self.begun = self._lasts = False
        self._kept = 0
        self.left = False
        """Whether the client went away before all of its body was there."""

    def last(self) -> None:
        """
        Raises:
            Overloaded: of what lasts there is as much as may be.
        """
        if self._like is None or self._lasts:
            return
        total, most = self._like.total(), MOST_AT_ONCE[self._path]
        if total >= most or self._like[self._client] >= most // 2:
            raise Overloaded(f"{total} requests for {self._path} are under way: try again")
        self._lasts = True
        self._like[self._client] += 1

    def keep(self, size: int) -> None:
        """Count so many bytes of a body that is not whole.

        Raises:
            Overloaded: there are as many as may be.
        """
        if self._path == IMPORT_PATH:  # on the disk, and bounded by how many imports there may be
            return
        kept = self._gate.unfinished
        kept[self._client] += size
        self._kept += size
        most = MOST_UNFINISHED * self._gate.max_body_bytes
        if kept.total() > most or kept[self._client] > most // 2:
            raise Overloaded("too many requests are only half sent: try again")

    def _let_go(self) -> None:
        unfinished, kept = self._gate.unfinished, self._kept
        self._kept = 0
        if kept:
            unfinished[self._client] -= kept
            unfinished += Counter()  # drops who has none

    def begin(self) -> None:
        """Raises: see `last`."""
        self._let_go()
        if not self.begun:
            self.last()
            self.begun = True
            self._gate.enter()

    def end(self) -> None:
        self._let_go()
        if self.begun:
            self._gate.leave()
        if self._lasts and self._like is not None:
            self._like.subtract([self._client])
            self._like += Counter()  # drops who has none


def _too_large(limit: int) -> HTTPException:
    # Starlette's own class, for FastAPI takes any other for a body that cannot be parsed.
    return HTTPException(413, f"the body is larger than {limit:,} bytes")
