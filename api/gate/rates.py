"""A request and what it costs -> counted for its address and its key, or refused until later."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import limits

from api.errors import TooManyRequests
from api.rate import rate_of


@dataclass(frozen=True, slots=True)
class _Rate:
    """A limit that a request is under. name: "address" or "key". whose: who shares it."""

    name: str
    limit: limits.RateLimitItem
    whose: str


class Rates:
    """What every address and key has used of its rate, over a sliding window: a fixed one would
    let twice the rate through at its edge."""

    def __init__(self) -> None:
        self._limiter = limits.strategies.SlidingWindowCounterRateLimiter(
            limits.storage.MemoryStorage()
        )

    def fits(self, rate: _Rate, cost: int) -> bool:
        return self._limiter.test(rate.limit, rate.name, rate.whose, cost=cost)

    def count(self, rate: _Rate, cost: int) -> None:
        self._limiter.hit(rate.limit, rate.name, rate.whose, cost=cost)

    def left(self, rate: _Rate) -> tuple[int, int]:
        """What is left of the rate, and the seconds until all of it is there again."""
        stats = self._limiter.get_window_stats(rate.limit, rate.name, rate.whose)
        return stats.remaining, max(1, math.ceil(stats.reset_time - time.time()))


@dataclass(slots=True)
class Meter:
    """Counts one request, which costs 1 and, once it is read, 1 more for each further claim."""

    rates: Rates
    under: list[_Rate] = field(default_factory=list)

    def put_under(self, name: str, limit: str, whose: str) -> None:
        """Count the request under one more limit.

        Raises:
            TooManyRequests: the limit is reached.
        """
        rate = _Rate(name, rate_of(limit), whose)
        self.under.append(rate)
        self._check(rate, 1)
        self.rates.count(rate, 1)

    def charge(self, cost: int) -> None:
        """Count what the request costs beside itself, under each limit or under none.

        Raises:
            TooManyRequests: one of the limits would be passed.
        """
        if cost <= 0:
            return
        for rate in self.under:
            self._check(rate, cost)
        for rate in self.under:
            self.rates.count(rate, cost)

    def _check(self, rate: _Rate, cost: int) -> None:
        if self.rates.fits(rate, cost):
            return
        _, seconds = self.rates.left(rate)
        if cost >= rate.limit.amount > 1:
            detail = f"this costs {cost + 1}, more than {rate.limit} allows: send it in parts"
        else:
            detail = f"more than {rate.limit} for this {rate.name}: slow down"
        raise TooManyRequests(detail, seconds)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """RateLimit-Policy and RateLimit, as draft-ietf-httpapi-ratelimit-headers-10 has them."""
        if not self.under:
            return []
        policies, states = [], []
        for rate in self.under:
            left, seconds = self.rates.left(rate)
            policies.append(f'"{rate.name}";q={rate.limit.amount};w={rate.limit.get_expiry()}')
            states.append(f'"{rate.name}";r={left};t={seconds}')
        return [
            (b"ratelimit-policy", ", ".join(policies).encode()),
            (b"ratelimit", ", ".join(states).encode()),
        ]
