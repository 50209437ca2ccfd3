"""How long a client waits, and when it asks again."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from api.client.errors import retry_after
from api.client.requests import Request

BUSY = (429, 503)
# Seconds of the first pause where the service names none; each further one is twice as long.
FIRST_PAUSE_SECONDS = 0.5
# Most times that a request is sent again because there was no connection: somebody who mistyped
# the port should not wait for long.
RECONNECTS = 2
# Failures after which the service has begun no answer. Every request may be sent twice: claims only
# read, and a document that is stored again is unchanged.
DISCONNECTED = (httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Longest waits, in seconds: for a connection, for each part of an answer, for each part of a
    request to be taken."""

    connect: float = 5.0
    read: float = 120.0
    write: float = 30.0

    def httpx(self) -> httpx.Timeout:
        return httpx.Timeout(self.read, connect=self.connect, write=self.write)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a busy service (429, 503) is asked, and how long it is waited for in between.

    tries: requests at most, the first among them. longest_pause: seconds; where Retry-After asks
    for a longer one, the refusal stands.
    """

    tries: int = 4
    longest_pause: float = 60.0

    def pause(
        self, attempt: int, outcome: httpx.Response | Exception, request: Request
    ) -> float | None:
        """Seconds until the request is sent again; None where its outcome stands.

        Args:
            attempt: 1 for the first.
        """
        if attempt >= self.tries:
            return None
        seconds = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
        if isinstance(outcome, Exception):
            again = isinstance(outcome, DISCONNECTED) and attempt <= RECONNECTS
            return min(seconds, self.longest_pause) if again else None
        if outcome.status_code not in BUSY or not request.when_busy:
            return None
        asked = retry_after(outcome)
        if asked is not None and asked > self.longest_pause:
            return None  # to ask earlier would be refused, too
        return min(seconds, self.longest_pause) if asked is None else asked
