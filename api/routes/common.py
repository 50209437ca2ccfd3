"""What the routes share: the service, worker threads with a deadline, documented errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import Depends, Request

from api.batching import Batcher
from api.errors import MEDIA_TYPE, NotReady, Overloaded
from api.schemas import Problem
from api.service import Service
from retrieval.types import Answer, Claim

T = TypeVar("T")


def _service(request: Request) -> Service:
    service: Service | None = request.app.state.service
    if service is None:
        raise NotReady("models and corpus are not open")
    return service


def _request_id(request: Request) -> str:
    return str(request.scope["state"]["request_id"])


OpenService = Annotated[Service, Depends(_service)]
RequestId = Annotated[str, Depends(_request_id)]


def _batcher(request: Request) -> Batcher[Claim, Answer]:
    batcher: Batcher[Claim, Answer] | None = request.app.state.batcher
    if batcher is None:
        raise NotReady("models and corpus are not open")
    return batcher


OpenBatcher = Annotated[Batcher[Claim, Answer], Depends(_batcher)]


def _streams(request: Request) -> anyio.CapacityLimiter:
    streams: anyio.CapacityLimiter = request.app.state.streams
    return streams


OpenStreams = Annotated[anyio.CapacityLimiter, Depends(_streams)]


async def within(seconds: float, answer: Awaitable[T]) -> T:
    """What is awaited, if it comes in time.

    Raises:
        Overloaded: it did not.
    """
    try:
        with anyio.fail_after(seconds):
            return await answer
    except TimeoutError as error:
        raise Overloaded(f"no answer within {seconds:g} seconds: try again later") from error


async def in_thread(call: Callable[[], T], seconds: float | None = None) -> T:
    """Run a blocking call beside the event loop.

    Raises:
        Overloaded: it took longer than `seconds`. What it does then is dropped.
    """
    if seconds is None:
        return await anyio.to_thread.run_sync(call)
    return await within(seconds, anyio.to_thread.run_sync(call, abandon_on_cancel=True))


async def lines(
    items: Iterator[T], render: Callable[[T], str], streams: anyio.CapacityLimiter
) -> AsyncIterator[str]:
    """A blocking iterator as NDJSON, a line as soon as it is there.

    Args:
        streams: the threads that all such answers share; whatever is short keeps its own.
    """
    end = object()
    while (item := await anyio.to_thread.run_sync(next, items, end, limiter=streams)) is not end:
        yield render(item) + "\n"  # type: ignore[arg-type]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: each of these statuses comes as a problem document."""
    reasons = {
        404: "No such document", 409: "The corpus cannot take this now",
        413: "Larger than a limit", 422: "Malformed input",
        429: "Too many requests; see Retry-After", 503: "Overloaded or not ready; see Retry-After",
    }  # fmt: skip
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    example = {"type": "about:blank", "status": 0, "title": "", "detail": "", "request_id": "4f1c"}
    return {
        status: {
            "description": reasons[status],
            "content": {
                MEDIA_TYPE: {
                    "schema": schema,
                    "example": {**example, "status": status, "title": reasons[status]},
                }
            },
        }
        for status in statuses
    }
