"""What can go wrong when a service is asked.

ClientError            also: an answer that is not claimdesk's
├── Unreachable        no answer came: nobody listens, or it took too long
├── CutOff             an answer of many lines ended before it was whole
└── ProblemError       the service said why not: a problem document (RFC 9457)
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx
from pydantic import ValidationError

from api.schemas.fields import Problem


class ClientError(Exception):
    """Base of the client's errors: the answer is none that claimdesk gives."""


class Unreachable(ClientError):
    """Nobody listens there, or no answer came in time."""


class CutOff(ClientError):
    """An answer of many lines ended early. The lines before hold; asking again does no harm."""


class ProblemError(ClientError):
    """The service refused, or failed, and said why.

    Attributes: `status` of HTTP; `title`, its phrase; `detail`, the reason in a sentence;
    `request_id`, which finds the request in the service's log ("" where a proxy answered);
    `retry_after`, the seconds after which it may be asked again, None where it does not say.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        request_id: str,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {title}" + (f": {detail}" if detail else ""))
        self.status, self.title, self.detail = status, title, detail
        self.request_id, self.retry_after = request_id, retry_after

    @classmethod
    def of(cls, problem: Problem, retry_after: float | None = None) -> ProblemError:
        """The error for a problem document, or for one that is a line of an answer."""
        return cls(problem.status, problem.title, problem.detail, problem.request_id, retry_after)


def refused(answer: httpx.Response) -> ProblemError:
    """The error for an answer that is no success, whose body was read."""
    wait = retry_after(answer)
    try:
        return ProblemError.of(Problem.model_validate_json(answer.content), wait)
    except ValidationError:  # of a proxy, or of another program
        status = answer.status_code
        title = HTTPStatus(status).phrase if status in set(HTTPStatus) else answer.reason_phrase
        return ProblemError(status, title, "", answer.headers.get("x-request-id", ""), wait)


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds that Retry-After asks for, by a number or a date; None where it is neither."""
    header = answer.headers.get("retry-after", "").strip()
    if header.isdecimal():
        return float(header)
    with suppress(ValueError):
        until = parsedate_to_datetime(header)
        if until.tzinfo is None:  # "-0000": UTC, of a place that is not told
            until = until.replace(tzinfo=dt.UTC)
        return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())
    return None


def unreachable(url: object, error: Exception) -> Unreachable:
    """The error for a connection that failed before there was an answer."""
    return Unreachable(f"{url} {_why(error)}")


def cut_off(url: object, error: Exception) -> CutOff:
    """The error for a connection that failed in the middle of an answer."""
    return CutOff(f"{url} {_why(error)}, in the middle of its answer")


def strange(url: object, error: ValidationError) -> ClientError:
    """The error for an answer that does not fit the contract."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return ClientError(f"{url} does not answer as claimdesk does: {place}: {first['msg']}")


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    return f"cannot be reached: {error}"
