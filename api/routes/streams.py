"""Items that come one by one -> an answer of many lines, each sent as soon as it is there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, TypeVar

import anyio
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Send

from api.contract import NDJSON
from api.errors import Stopping, without_panics
from api.running import Running

T = TypeVar("T")
# What JSON leaves in a string as it is, and Python's splitlines, so httpx and requests, cut at.
_ENDS = re.compile("[\x85\u2028\u2029]")


class Lines(StreamingResponse):
    """NDJSON of `lines`, closed whether or not all of them were sent.

    Starlette leaves that to the garbage collector, and until it comes by, the body of an import
    whose answer nobody reads stays on disk.
    """

    media_type = NDJSON

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            assert isinstance(self.body_iterator, AsyncGenerator)
            with anyio.CancelScope(shield=True):
                await self.body_iterator.aclose()


async def lines(
    items: AsyncGenerator[BaseModel], stopped: Callable[[Stopping], BaseModel]
) -> AsyncGenerator[str]:
    """Each item as a line of JSON.

    Args:
        stopped: makes the last line of an answer that is cut off because the service stops.
    """
    try:
        async with aclosing(items):
            async for item in items:
                yield line_of(item)
    except Stopping as error:
        yield line_of(stopped(error))


def line_of(item: BaseModel) -> str:
    """An item as a line of JSON, whose only end of a line is its last character."""
    return _ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", item.model_dump_json()) + "\n"


async def from_thread(items: Generator[T], running: Running) -> AsyncGenerator[T]:
    """The items of a blocking generator, which runs in one of the threads for imports.

    Raises:
        Stopping: the service stops. What the generator is at then goes on without the client.
    """
    end: Any = object()
    following = without_panics(partial(next, items, end))
    coming: asyncio.Future[T] | None = None
    try:
        while True:
            if running.stopping.is_set():
                raise Stopping
            thread = anyio.to_thread.run_sync(following, limiter=running.imports)
            coming = asyncio.ensure_future(thread)
            if (item := await _unless_stopping(coming, running)) is end:
                return
            yield item
    finally:
        # Closing waits for what is in the making, in a thread of its own.
        closing = asyncio.ensure_future(_close(items, coming))
        running.closing.add(closing)
        closing.add_done_callback(running.closing.discard)
        if not running.stopping.is_set():
            with anyio.CancelScope(shield=True):
                await asyncio.shield(closing)


def outcome(answer: asyncio.Future[T]) -> T | Exception:
    """The result of an answer that is done, or the failure that is a line of its own.

    Raises:
        Stopping: the answer will never come.
    """
    try:
        return answer.result()
    except Stopping:
        raise
    except Exception as error:  # noqa: BLE001 - the response has begun
        return error


def abandon(waiting: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel answers that nobody asks for any more, and take note of their failures."""
    for answer in waiting:
        answer.cancel()
        if answer.done() and not answer.cancelled():
            answer.exception()


async def _unless_stopping(coming: asyncio.Future[T], running: Running) -> T:
    stopping = asyncio.ensure_future(running.stopping.wait())
    either: set[asyncio.Future[Any]] = {coming, stopping}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    if not coming.done():
        raise Stopping
    return coming.result()


async def _close(items: Generator[Any], coming: asyncio.Future[Any] | None) -> None:
    if coming is not None:
        with suppress(Exception):  # whoever waited for it has heard of it
            await asyncio.shield(coming)
    await anyio.to_thread.run_sync(items.close, limiter=anyio.CapacityLimiter(1))
