"""A request's first line and headers -> admitted, or refused: host, origin, load, rate."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import anyio
from starlette.exceptions import HTTPException
from starlette.types import Scope as Request

from api.errors import HostRefused, KeyMissing, KeyRefused, OriginRefused, ScopeMissing
from api.gate.rates import Meter, Rates
from api.gate.scopes import scope_of
from api.gate.slots import Slots
from api.keys.key import Scope
from api.keys.keyring import ANYBODY, Caller, keys_of
from api.settings import Settings

Headers = Mapping[bytes, str]
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Probes skip the host, origin, load, rate and key checks.
PROBE_PATHS = {"/healthz", "/readyz"}
# Leading bits of an IPv6 address that name its network: one customer usually holds all of it.
IPV6_CLIENT_BITS = 64


class Admission:
    """Decides on the headers alone, before any body is read."""

    def __init__(self, settings: Settings, slots: Slots) -> None:
        self._slots = slots
        self._hosts = {host.lower() for host in settings.allowed_hosts}
        self._origins = set(settings.cors_origins)
        self._settings, self._rates = settings, Rates()
        self._looking = anyio.Lock()
        self._keys = keys_of(settings) if settings.keys_in_force else None

    async def look(self, scope: Request) -> None:
        """Have the keys at hand that a request needs, without blocking others.

        Raises:
            KeysUnreadable: the database that holds them cannot be asked.
        """
        if self._keys is None or self._keys.kept.at_hand:
            return
        if scope_of(scope["method"], scope["path"]) is not None:
            async with self._looking:
                if not self._keys.kept.at_hand:
                    await anyio.to_thread.run_sync(self._keys.kept.refresh)

    def meter(self) -> Meter:
        """What counts one request."""
        return Meter(self._rates)

    def check(self, scope: Request, headers: Headers, client: str, meter: Meter) -> Caller:
        """Who sends this request.

        Args:
            meter: counts it, before its key is looked at: guessing at keys costs like asking.

        Raises:
            ApiError, HTTPException: why it is not admitted.
        """
        if scope["path"] in PROBE_PATHS:
            return ANYBODY
        host = headers.get(b"host", "").lower()
        self._check_host(host)
        needed = scope_of(scope["method"], scope["path"])
        if not scope["path"].startswith("/v1/"):
            if needed is not None:
                meter.put_under("address", self._settings.rate_limit, client)
            return self._caller(needed, headers)
        if any(ord(char) < 32 for char in scope["path"]):
            raise HTTPException(422, "the path holds a control character")
        origin = headers.get(b"origin", "")
        if scope["method"] not in SAFE_METHODS:
            self._check_origin(origin, host)
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            self._refuse_preflight(origin)
        self._slots.check_free()
        meter.put_under("address", self._settings.rate_limit, client)
        caller = self._caller(needed, headers)
        if caller.key is not None:
            rate = caller.key.rate or self._settings.key_rate_limit
            meter.put_under("key", rate, caller.key.id)
        return caller

    def _caller(self, needed: Scope | None, headers: Headers) -> Caller:
        """The bearer of the key that was sent, if it has the scope that is needed."""
        if self._keys is None or needed is None:
            return ANYBODY
        if needed == "metrics" and self._settings.metrics_without_key:
            return ANYBODY
        scheme, _, token = headers.get(b"authorization", "").strip().partition(" ")
        if not scheme:
            raise KeyMissing("send an API key, as Authorization: Bearer cd_…")
        if scheme.lower() != "bearer":
            raise KeyRefused("this is no API key: send it as Authorization: Bearer cd_…")
        key = self._keys.identify(token.strip())
        if needed not in key.scopes:
            raise ScopeMissing(f"the API key {key.id} has not the scope {needed}", needed)
        return Caller(key)

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


def client_of(scope: Request) -> str:
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
