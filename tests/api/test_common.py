"""What the routes share: clients that leave, answers of many lines, a service that stops."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import Any

import anyio
import pytest
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request

from api.errors import Stopping
from api.metrics import Metrics
from api.routes.common import while_connected
from api.routes.streams import Lines, from_thread, lines
from api.running import Running, run
from api.service import Service


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


class Line(BaseModel):
    value: int | str


def stopped(error: Stopping) -> Line:
    return Line(value=str(error))


Scenario = Callable[[Running], Coroutine[Any, Any, Any]]


@pytest.fixture
def during(service: Service) -> Callable[[Scenario], Any]:
    """Runs a scenario while the service runs."""

    async def main(scenario: Scenario) -> Any:
        running = run(service, Metrics())
        try:
            return await scenario(running)
        finally:
            await running.close()

    return lambda scenario: anyio.run(main, scenario)


def numbers(closed: list[int]) -> Generator[Line]:
    try:
        for n in range(100):
            yield Line(value=n)
    finally:
        closed.append(threading.get_ident())


def test_a_client_that_drops_a_stream_holds_nobody_up(during) -> None:
    """The generator ends its second item, and closes, only when the loop lets it."""
    at_work, may_go_on, closes, may_close = (threading.Event() for _ in range(4))
    let: list[bool] = []

    def slow() -> Generator[Line]:
        try:
            yield Line(value=0)
            at_work.set()
            let.append(may_go_on.wait(20))
            yield Line(value=1)
        finally:
            closes.set()
            let.append(may_close.wait(20))

    async def scenario(running: Running) -> None:
        async def drop_it() -> None:
            with dropped:
                async for _ in from_thread(slow(), running):
                    pass

        dropped = anyio.CancelScope()
        async with anyio.create_task_group() as group:
            group.start_soon(drop_it)
            await anyio.to_thread.run_sync(at_work.wait, 20)
            dropped.cancel()
            await anyio.sleep(0.01)
            may_go_on.set()
            await anyio.to_thread.run_sync(closes.wait, 20)
            may_close.set()

    during(scenario)
    assert let == [True, True]


def test_lines_that_are_not_taken_are_closed_at_once(during) -> None:
    closed: list[int] = []

    async def send(message: dict) -> None:
        if message.get("body"):
            raise ValueError("not taken")

    async def scenario(running: Running) -> None:
        answer = Lines(lines(from_thread(numbers(closed), running), stopped))
        with pytest.raises(ValueError, match="not taken"):
            await answer({"type": "http"}, stays, send)
        assert closed

    during(scenario)


def test_closing_waits_for_no_other_stream(during) -> None:
    async def scenario(running: Running) -> None:
        given = from_thread(numbers([]), running)
        assert await anext(given) == Line(value=0)
        running.imports.total_tokens = 1
        async with running.imports:
            with anyio.fail_after(5):
                await given.aclose()

    during(scenario)


async def sent(answer: Lines, on_line: Callable[[], None]) -> list[Any]:
    """The values of the lines of an answer, which has to end as it should."""
    bodies: list[bytes] = []
    ends: list[bool] = []

    async def send(message: dict) -> None:
        if message["type"] == "http.response.body":
            ends.append(not message["more_body"])
            bodies.append(message["body"])
            if message["body"]:
                on_line()

    await answer({"type": "http"}, stays, send)
    assert ends == [False] * (len(ends) - 1) + [True]
    return [json.loads(line)["value"] for line in b"".join(bodies).splitlines()]


def test_a_stop_ends_a_stream_with_a_line_that_says_so(during) -> None:
    """The generator is in the middle of its second item, and is closed when that is there."""
    closed: list[int] = []
    go = threading.Event()

    def slow() -> Generator[Line]:
        try:
            yield Line(value=0)
            assert go.wait(10)
            yield Line(value=1)
        finally:
            closed.append(1)

    async def scenario(running: Running) -> list[Any]:
        def on_line() -> None:
            asyncio.get_running_loop().call_later(0.05, running.stop)

        answer = Lines(lines(from_thread(slow(), running), stopped))
        with anyio.fail_after(5):
            got = await sent(answer, on_line)
        assert not closed
        assert running.closing
        go.set()
        await running.close()
        assert closed
        return got

    assert during(scenario) == [0, "stopping"]


def test_a_stop_is_noticed_where_the_generator_hears_of_it_first(during) -> None:
    async def scenario(running: Running) -> list[Any]:
        def stops() -> Generator[Line]:
            yield Line(value=0)
            raise Stopping

        return await sent(Lines(lines(from_thread(stops(), running), stopped)), lambda: None)

    assert during(scenario) == [0, "stopping"]


def test_what_fails_on_its_way_is_raised_where_it_is_read(during) -> None:
    def fails() -> Generator[Line]:
        yield Line(value=0)
        raise ValueError("broken")

    async def scenario(running: Running) -> None:
        given: AsyncGenerator[Line] = from_thread(fails(), running)
        assert await anext(given) == Line(value=0)
        with pytest.raises(ValueError, match="broken"):
            await anext(given)

    during(scenario)
