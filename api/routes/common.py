"""What the routes share: the running service, worker threads with a deadline, documented errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar, cast

import anyio
from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from api.contract import reference
from api.errors import NotReady, Overloaded, without_panics
from api.gate.rates import Meter
from api.keys.keyring import Caller
from api.problems import MEDIA_TYPE
from api.running import Running
from api.schemas.fields import Problem

T = TypeVar("T")


# Dependencies are coroutines: FastAPI runs others in a thread, for which they may have to wait.
async def _running(request: Request) -> Running:
    running: Running | None = request.app.state.running
    if running is None:
        raise NotReady("models and corpus are not open")
    return running


async def _request_id(request: Request) -> str:
    return str(request.scope["state"]["request_id"])


async def _caller(request: Request) -> Caller:
    return cast(Caller, request.scope["state"]["caller"])


async def _charge(request: Request) -> Callable[[int], None]:
    meter: Meter = request.scope["state"]["meter"]
    return meter.charge


Ready = Annotated[Running, Depends(_running)]
# Who asks: what he may see is `caller.access`.
Asking = Annotated[Caller, Depends(_caller)]
# Counts what a request costs beside itself; raises TooManyRequests.
Charge = Annotated[Callable[[int], None], Depends(_charge)]
RequestId = Annotated[str, Depends(_request_id)]


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

    The body was read, so that the next message of the client is that it is gone.

    Raises:
        ClientDisconnect: it is. What was awaited is cancelled.
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


async def in_thread(call: Callable[[], T], threads: anyio.CapacityLimiter | None = None) -> T:
    """The result of a blocking call, made in a thread.

    Args:
        threads: those that it may take; of all that are for requests, when none are given.
    """
    return await anyio.to_thread.run_sync(without_panics(call), limiter=threads)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: each of these statuses comes as a problem document."""
    reasons = {
        401: "No API key, or none that is good",
        403: "The API key has not this scope or group, or a page of no named origin writes",
        404: "No such document", 408: "The body did not arrive in time",
        409: "The corpus cannot take this now",
        413: "Larger than a limit", 415: "A compressed body",
        421: "A host that is not answered", 422: "Malformed input",
        429: "Too many requests; see Retry-After", 503: "Overloaded or not ready; see Retry-After",
        507: "The disk is full",
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
