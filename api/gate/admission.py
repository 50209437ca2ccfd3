"""A request's first line and headers -> admitted, or refused: host, origin, load, rate."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Mapping

import limits
from starlette.exceptions import HTTPException
from starlette.types import Scope

from api.errors import HostRefused, OriginRefused, TooManyRequests
from api.gate.slots import Slots
from api.settings import Settings

Headers = Mapping[bytes, str]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Probes skip the host, origin, load and rate checks.
PROBE_PATHS = {"/healthz", "/readyz"}
# Leading bits of an IPv6 address that name its network: one customer usually holds all of it.
IPV6_CLIENT_BITS = 64


class Admission:
    """Decides on the headers alone, before any body is read."""

    def __init__(self, settings: Settings, slots: Slots) -> None:
        self._slots = slots
        self._hosts = {host.lower() for host in settings.allowed_hosts}
        self._origins = set(settings.cors_origins)
        self._rate_limit = settings.rate_limit
        self._rate = limits.parse(settings.rate_limit)
        # A fixed window would let twice the rate through at its edge.
        self._limiter = limits.strategies.SlidingWindowCounterRateLimiter(
            limits.storage.MemoryStorage()
        )

    def check(self, scope: Scope, headers: Headers, client: str) -> None:
        """
        Raises:
            ApiError, HTTPException: why this request is not admitted.
        """
        if scope["path"] in PROBE_PATHS:
            return
        host = headers.get(b"host", "").lower()
        self._check_host(host)
        if not scope["path"].startswith("/v1/"):
            return
        if any(ord(char) < 32 for char in scope["path"]):
            raise HTTPException(422, "the path holds a control character")
        origin = headers.get(b"origin", "")
        if scope["method"] not in SAFE_METHODS:
            self._check_origin(origin, host)
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            self._refuse_preflight(origin)
        self._slots.check_free()
        self._check_rate(client)

    def _check_host(self, host: str) -> None:
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if "*" not in self._hosts and name not in self._hosts:
            raise HostRefused(f"host {name!r} is not answered: see CLAIMDESK_ALLOWED_HOSTS")

    def _check_origin(self, origin: str, host: str) -> None:
        """A page can send some requests without a preflight: CORS hides only the answers from it.
        Programs send no Origin; our own /docs page sends the host it came from."""
        own = {f"http://{host}", f"https://{host}"}
        if origin and origin.lower() not in own | self._origins and "*" not in self._origins:
            raise OriginRefused(f"origin {origin!r} may not write: see CLAIMDESK_CORS_ORIGINS")

    def _refuse_preflight(self, origin: str) -> None:
        """With origins set, `Cors` answers a preflight and none comes here."""
        raise OriginRefused(
            "no web page may call this service, for CLAIMDESK_CORS_ORIGINS is not set: "
            f"to allow this page, set it to {origin!r}"
        )

    def _check_rate(self, client: str) -> None:
        if self._limiter.hit(self._rate, client):
            return
        reset_time = self._limiter.get_window_stats(self._rate, client).reset_time
        seconds = max(1, math.ceil(reset_time - time.time()))
        raise TooManyRequests(f"more than {self._rate_limit}: slow down", seconds)


def client_of(scope: Scope) -> str:
    """Whom a request is counted for: its IPv4 address, or the /64 network of its IPv6 address."""
    address: str = scope["client"][0] if scope.get("client") else "unknown"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket, or a test
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, IPV6_CLIENT_BITS), strict=False))
