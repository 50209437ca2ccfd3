"""The gate alone, in front of an application that only reads its body."""

import json

import anyio
import pytest
from prometheus_client import generate_latest

from api.app import create_app
from api.gate import IMPORT_PATH, LONG_RUNNING_SLOTS, MAX_UNFINISHED_BODIES, Gate
from api.gate.admission import client_of
from api.metrics import Metrics
from api.service import Service
from api.settings import Settings

SCOPE = {
    "type": "http", "method": "POST", "path": "/v1/verify", "client": ("10.0.0.1", 1),
    "headers": [(b"host", b"localhost"), (b"content-length", b"100")],
}  # fmt: skip


async def reads_body(scope, receive, send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def gate(**settings) -> Gate:
    return Gate(reads_body, Settings(**settings), Metrics())


async def ask(
    gate: Gate, receive, path: str = "/v1/verify", client: str = "10.0.0.1"
) -> tuple[int, dict]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    await gate({**SCOPE, "path": path, "client": (client, 1)}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"] or b"{}")


async def at_once() -> dict:
    return {"type": "http.request", "body": b"x", "more_body": False}


async def ignore(message: dict) -> None:
    pass


async def never() -> dict:
    await anyio.sleep_forever()
    raise AssertionError


def test_who_sends_slowly_keeps_nobody_out() -> None:
    async def main() -> None:
        door = gate(max_in_flight=2, body_timeout=30)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask, door, never)
            await anyio.wait_all_tasks_blocked()
            assert (await ask(door, at_once))[0] == 200
            group.cancel_scope.cancel()

    anyio.run(main)


def test_a_request_that_says_it_has_no_body_takes_a_place() -> None:
    async def stays(scope, receive, send) -> None:
        await anyio.sleep_forever()

    async def main() -> None:
        door = Gate(stays, Settings(max_in_flight=1), Metrics())
        bodiless = {**SCOPE, "headers": [(b"host", b"localhost"), (b"content-length", b"0")]}
        async with anyio.create_task_group() as group:
            group.start_soon(door, dict(bodiless), never, ignore)
            await anyio.wait_all_tasks_blocked()
            assert (await ask(door, at_once))[0] == 503
            group.cancel_scope.cancel()

    anyio.run(main)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_body_that_nobody_reads_saves_no_place(method: str) -> None:
    async def main() -> None:
        seen: list[int] = []

        async def counts(scope, receive, send) -> None:
            seen.append(door.slots.in_flight)

        door = Gate(counts, Settings(), Metrics())
        await door({**SCOPE, "method": method}, never, ignore)
        assert seen == [1]
        assert door.slots.in_flight == 0

    anyio.run(main)


def test_imports_that_never_end_keep_out_only_whose_they_are() -> None:
    async def main() -> None:
        door = gate()
        async with anyio.create_task_group() as group:
            for client in ("a", "a", "b", "b"):
                status, _ = await ask(door, at_once, IMPORT_PATH, "c")
                assert status == 200
                group.start_soon(ask, door, never, IMPORT_PATH, client)
                await anyio.wait_all_tasks_blocked()
                if client == "a":
                    status, _ = await ask(door, at_once, IMPORT_PATH, "b")
                    assert status == 200
            for client in ("a", "c"):
                status, problem = await ask(door, at_once, IMPORT_PATH, client)
                assert status == 503
                assert problem["detail"] == f"4 requests for {IMPORT_PATH} are under way: try again"
            assert (await ask(door, at_once))[0] == 200
            group.cancel_scope.cancel()
        assert (await ask(door, at_once, IMPORT_PATH))[0] == 200

    anyio.run(main)


@pytest.mark.parametrize("path", LONG_RUNNING_SLOTS)
def test_one_client_does_not_take_all_places_of_what_lasts(path: str) -> None:
    async def main() -> None:
        free = anyio.Event()

        async def works(scope, receive, send) -> None:
            while (await receive()).get("more_body"):
                pass
            await free.wait()
            await reads_body(scope, at_once, send)

        door = Gate(works, Settings(), Metrics())
        async with anyio.create_task_group() as group:
            for _ in range(LONG_RUNNING_SLOTS[path] // 2):
                group.start_soon(ask, door, at_once, path)
            await anyio.wait_all_tasks_blocked()
            assert (await ask(door, at_once, path))[0] == 503
            free.set()
        assert (await ask(door, at_once, path))[0] == 200
        assert not door.slots.long_running[path]

    anyio.run(main)


def test_of_what_lasts_an_import_alone_takes_its_place_before_its_body_is_there() -> None:
    async def main() -> None:
        for path in LONG_RUNNING_SLOTS:
            status = 503 if path == IMPORT_PATH else 200
            door = gate()
            async with anyio.create_task_group() as group:
                for _ in range(LONG_RUNNING_SLOTS[path] // 2):
                    group.start_soon(ask, door, never, path)
                await anyio.wait_all_tasks_blocked()
                assert (await ask(door, at_once, path))[0] == status
                assert (await ask(door, at_once, path, "another"))[0] == 200
                group.cancel_scope.cancel()

    anyio.run(main)


def test_bodies_that_never_end_fill_no_memory() -> None:
    """Half of what may be kept of such is for one client; what ends is counted no longer."""

    async def main() -> None:
        door = gate(max_body_bytes=1024)

        async def ask_half(client: str, size: int) -> int:
            parts = iter([{"type": "http.request", "body": b"x" * size, "more_body": True}])

            async def receive() -> dict:
                return next(parts, None) or await never()

            return (await ask(door, receive, client=client))[0]

        most = MAX_UNFINISHED_BODIES * 1024
        async with anyio.create_task_group() as group:
            for client in "ab":
                for _ in range(most // 2 // 1024):
                    group.start_soon(ask_half, client, 1024)
            await anyio.wait_all_tasks_blocked()
            assert await ask_half("a", 1) == 503
            assert await ask_half("c", 1) == 503
            assert (await ask(door, at_once))[0] == 200
            group.cancel_scope.cancel()
        assert not door.slots.unfinished_bytes

    anyio.run(main)


def test_a_body_that_comes_in_drips_is_given_up() -> None:
    async def drips() -> dict:
        await anyio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    status, _ = anyio.run(ask, gate(body_timeout=0.02), drips)
    assert status == 408


def test_an_answer_that_is_not_read_gives_its_place_back(caplog: pytest.LogCaptureFixture) -> None:
    async def not_read(message: dict) -> None:
        await anyio.sleep_forever()

    async def main() -> None:
        door = gate(body_timeout=0.05)
        await door(dict(SCOPE), at_once, not_read)
        assert door.slots.in_flight == 0

    anyio.run(main)
    assert "was not read" in caplog.text


@pytest.mark.parametrize("path", ["/v1/verify", IMPORT_PATH])
def test_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours(
    path: str, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async def leaves() -> dict:
        return {"type": "http.disconnect"}

    app = create_app(service.settings, service)

    async def main() -> None:
        async with app.router.lifespan_context(app):
            kind = (b"content-type", b"application/json")
            scope = {**SCOPE, "path": path, "headers": [*SCOPE["headers"], kind]}
            await app({**scope, "query_string": b"", "app": app}, leaves, ignore)

    anyio.run(main)
    assert b'status="499"} 1.0' in generate_latest(app.state.metrics.registry)
    assert not caplog.records


def test_a_body_that_does_not_come_is_given_up() -> None:
    status, problem = anyio.run(ask, gate(body_timeout=0.05), never)
    assert (status, problem["detail"]) == (408, "the body did not arrive in time")


def test_places_are_given_back() -> None:
    async def main() -> None:
        door = gate(max_in_flight=1)
        for _ in range(3):
            assert (await ask(door, at_once))[0] == 200

    anyio.run(main)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("testclient", "testclient"),
    ],
)
def test_who_a_request_is_counted_for(address: str, client: str) -> None:
    assert client_of({"client": (address, 1)}) == client


def test_another_address_of_the_same_network_has_no_rate_of_its_own() -> None:
    async def main() -> None:
        door = gate(rate_limit="2/hour")
        for last in "12":
            assert (await ask(door, at_once, client=f"2001:db8::{last}"))[0] == 200
        assert (await ask(door, at_once, client="2001:db8::3"))[0] == 429
        assert (await ask(door, at_once, client="2001:db8:0:1::3"))[0] == 200

    anyio.run(main)


def test_a_preflight_without_origins_names_the_setting() -> None:
    preflight = (b"access-control-request-method", b"POST"), (b"origin", b"https://desk.example")
    scope = {**SCOPE, "method": "OPTIONS", "headers": [(b"host", b"localhost"), *preflight]}
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    anyio.run(gate(), scope, never, send)
    assert sent[0]["status"] == 403
    detail = json.loads(sent[1]["body"])["detail"]
    assert "CLAIMDESK_CORS_ORIGINS is not set" in detail
    assert "'https://desk.example'" in detail


@pytest.mark.parametrize(("encoding", "status"), [("gzip", 415), ("br", 415), ("identity", 200)])
def test_a_compressed_body_is_refused_before_it_is_read(encoding: str, status: int) -> None:
    async def main() -> None:
        sent: list[dict] = []

        async def send(message: dict) -> None:
            sent.append(message)

        headers = [*SCOPE["headers"], (b"content-encoding", encoding.encode())]
        receive = at_once if status == 200 else never
        await gate()({**SCOPE, "headers": headers}, receive, send)
        assert sent[0]["status"] == status
        if status == 415:
            assert "send it uncompressed" in json.loads(sent[1]["body"])["detail"]

    anyio.run(main)
