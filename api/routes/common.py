"""What the routes share: the service, worker threads with a deadline, documented errors."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from typing import Annotated, Any, TypeVar

import anyio
from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Send

from api.batching import Batcher
from api.contract import NDJSON, reference
from api.errors import NotReady, Overloaded, without_panics
from api.problems import MEDIA_TYPE
from api.schemas import Problem
from api.service import Service
from retrieval.types import Answer, Claim

T = TypeVar("T")


# Dependencies are coroutines: FastAPI gives others a thread each, which they may have to wait for.
async def _service(request: Request) -> Service:
    service: Service | None = request.app.state.service
    if service is None:
        raise NotReady("models and corpus are not open")
    return service


async def _request_id(request: Request) -> str:
    return str(request.scope["state"]["request_id"])


OpenService = Annotated[Service, Depends(_service)]
RequestId = Annotated[str, Depends(_request_id)]


async def _batcher(request: Request) -> Batcher[Claim, Answer]:
    batcher: Batcher[Claim, Answer] | None = request.app.state.batcher
    if batcher is None:
        raise NotReady("models and corpus are not open")
    return batcher


OpenBatcher = Annotated[Batcher[Claim, Answer], Depends(_batcher)]


async def _streams(request: Request) -> anyio.CapacityLimiter:
    streams: anyio.CapacityLimiter = request.app.state.streams
    return streams


OpenStreams = Annotated[anyio.CapacityLimiter, Depends(_streams)]


async def _writes(request: Request) -> anyio.CapacityLimiter:
    writes: anyio.CapacityLimiter = request.app.state.writes
    return writes


OpenWrites = Annotated[anyio.CapacityLimiter, Depends(_writes)]


async def _probes(request: Request) -> anyio.CapacityLimiter:
    probes: anyio.CapacityLimiter = request.app.state.probes
    return probes


OpenProbes = Annotated[anyio.CapacityLimiter, Depends(_probes)]


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


async def while_connected(request: Request, answer: Awaitable[T]) -> T:
    """What is awaited, unless its client goes away before it is there.

    Raises:
        ClientDisconnect: it did. What was awaited is cancelled.
    """
    outcome: T | Exception = ClientDisconnect()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        try:
            outcome = await answer
        except Exception as error:  # noqa: BLE001 - raised below: the group would wrap it in its own
            outcome = error
        tasks.cancel_scope.cancel()
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def in_thread(
    call: Callable[[], T],
    seconds: float | None = None,
    threads: anyio.CapacityLimiter | None = None,
) -> T:
    """Run a blocking call beside the event loop.

    Args:
        threads: those that it may take; of all that are for requests, when none are given.

    Raises:
        Overloaded: it took longer than `seconds`. What it does then is dropped.
    """
    made = without_panics(call)
    if seconds is None:
        return await anyio.to_thread.run_sync(made, limiter=threads)
    later = anyio.to_thread.run_sync(made, abandon_on_cancel=True, limiter=threads)
    return await within(seconds, later)


async def lines(
    items: Generator[T], render: Callable[[T], str], streams: anyio.CapacityLimiter
) -> AsyncGenerator[str]:
    """A blocking generator as NDJSON, a line as soon as it is there.

    Args:
        streams: the threads that all such answers share; whatever is short keeps its own.
    """
    end = object()
    following = without_panics(partial(next, items, end))
    try:
        while (item := await anyio.to_thread.run_sync(following, limiter=streams)) is not end:
            yield render(item) + "\n"
    finally:
        # Closing waits for what is in the making, and a client that left must not hold the loop up,
        # nor wait for a thread that others have.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(items.close, limiter=anyio.CapacityLimiter(1))


class Lines(StreamingResponse):
    """NDJSON of `lines`, which are closed whether or not they were all sent.

    Starlette leaves that to the garbage collector, and until it comes by the body of an import that
    nobody reads the answer of stays on disk.
    """

    media_type = NDJSON

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            assert isinstance(self.body_iterator, AsyncGenerator)
            with anyio.CancelScope(shield=True):
                await self.body_iterator.aclose()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: each of these statuses comes as a problem document."""
    reasons = {
        403: "A page of an origin that is not named may not write",
        404: "No such document", 408: "The body did not arrive in time",
        409: "The corpus cannot take this now",
        413: "Larger than a limit", 421: "A host that is not answered", 422: "Malformed input",
        429: "Too many requests; see Retry-After", 503: "Overloaded or not ready; see Retry-After",
    }  # fmt: skip
    schema = reference(Problem)
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
