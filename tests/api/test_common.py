"""What the routes share: clients that leave, answers of many lines."""

import threading
import time
from collections.abc import Generator

import anyio
import pytest
from starlette.requests import ClientDisconnect, Request

from api.routes.common import Lines, lines, while_connected


async def stays() -> dict:
    await anyio.sleep_forever()
    raise AssertionError


async def leaves() -> dict:
    await anyio.sleep(0.02)
    return {"type": "http.disconnect"}


def waiting(receive) -> Request:
    return Request({"type": "http"}, receive)


def test_what_a_client_waits_for_is_given_to_it() -> None:
    async def answer() -> str:
        return "here"

    async def fails() -> str:
        raise ValueError("not here")

    assert anyio.run(while_connected, waiting(stays), answer()) == "here"
    with pytest.raises(ValueError, match="not here"):
        anyio.run(while_connected, waiting(stays), fails())


def test_what_nobody_waits_for_is_cancelled() -> None:
    cancelled = []

    async def never() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append(True)

    with pytest.raises(ClientDisconnect):
        anyio.run(while_connected, waiting(leaves), never())
    assert cancelled


def test_a_client_that_drops_a_stream_holds_nobody_up() -> None:
    closed_in = []

    def slow_to_close() -> Generator[int]:
        try:
            for n in range(100):
                yield n
                time.sleep(0.1)
        finally:
            time.sleep(0.5)
            closed_in.append(threading.get_ident())

    async def drop_it() -> None:
        with anyio.move_on_after(0.15):
            async for _ in lines(slow_to_close(), str, anyio.CapacityLimiter(1)):
                pass

    async def main() -> float:
        longest, last = 0.0, time.perf_counter()
        async with anyio.create_task_group() as group:
            group.start_soon(drop_it)
            while not closed_in:
                await anyio.sleep(0.01)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
        return longest

    assert anyio.run(main) < 0.4
    assert closed_in != [threading.get_ident()]


def test_lines_that_are_not_taken_are_closed_at_once() -> None:
    closed = []

    def many() -> Generator[int]:
        try:
            yield from range(100)
        finally:
            closed.append(True)

    async def send(message: dict) -> None:
        if message.get("body"):
            raise ValueError("not taken")

    async def main() -> None:
        answer = Lines(lines(many(), str, anyio.CapacityLimiter(1)))
        with pytest.raises(ValueError, match="not taken"):
            await answer({"type": "http"}, stays, send)
        assert closed

    anyio.run(main)


def test_closing_waits_for_no_other_stream() -> None:
    async def main() -> None:
        streams = anyio.CapacityLimiter(1)
        given = lines((n for n in range(3)), str, streams)
        assert await anext(given) == "0\n"
        async with streams:
            with anyio.fail_after(5):
                await given.aclose()

    anyio.run(main)
