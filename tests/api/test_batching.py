"""Concurrent items share a batch; faults, cancellation and overload stay with whom they concern."""

import threading
import time
from collections.abc import Awaitable, Callable, Sequence

import anyio
import pytest

from api.app import BATCH_COST, claim_cost
from api.batching import Batcher
from api.errors import Overloaded
from retrieval.types import Claim


class Work:
    """Doubles numbers; notes its batches; fails for any that holds 13."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds, self.batches = seconds, []
        self.threads: set[int] = set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.threads.add(threading.get_ident())
        time.sleep(self.seconds)
        if 13 in items:
            raise ValueError("unlucky")
        return [2 * item for item in items]


def batcher(work: Work, **options) -> Batcher[int, int]:
    return Batcher(work, lambda item: 1, **{"most_cost": 8, "most_waiting": 100, **options})


def run(made: Batcher[int, int], scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(made.run)
            with anyio.fail_after(10):
                await scenario()
            group.cancel_scope.cancel()

    anyio.run(main)


async def ask_all(made: Batcher[int, int], items: Sequence[int]) -> dict[int, int | Exception]:
    answers: dict[int, int | Exception] = {}

    async def ask(item: int) -> None:
        try:
            answers[item] = await made(item)
        except (ValueError, Overloaded) as error:
            answers[item] = error

    async with anyio.create_task_group() as group:
        for item in items:
            group.start_soon(ask, item)
    return answers


def test_what_waits_goes_together_and_each_gets_its_own() -> None:
    work = Work()
    made = batcher(work)

    async def scenario() -> None:
        answers = await ask_all(made, range(40, 60))
        assert answers == {item: 2 * item for item in range(40, 60)}

    run(made, scenario)
    assert sorted(item for batch in work.batches for item in batch) == list(range(40, 60))
    assert max(map(len, work.batches)) == 8
    assert len(work.batches) <= 4


def test_a_single_item_does_not_wait_for_others() -> None:
    work = Work(seconds=0)
    made = batcher(work)

    async def scenario() -> None:
        assert await made(1) == 2
        assert await made(2) == 4

    run(made, scenario)
    assert work.batches == [[1], [2]]


def test_cost_bounds_a_batch_and_a_costly_item_goes_alone() -> None:
    work = Work()
    made = Batcher(work, lambda item: item, most_cost=10, most_waiting=100)

    async def scenario() -> None:
        await ask_all(made, [1, 50, 4, 5, 6])

    run(made, scenario)
    assert all(sum(batch) <= 10 or len(batch) == 1 for batch in work.batches)


def test_only_the_one_at_fault_fails_and_the_worker_goes_on() -> None:
    work = Work()
    made = batcher(work)

    async def scenario() -> None:
        answers = await ask_all(made, [11, 12, 13, 14])
        assert isinstance(answers.pop(13), ValueError)
        assert answers == {11: 22, 12: 24, 14: 28}
        assert await made(15) == 30

    run(made, scenario)


def test_a_panic_is_an_error_of_its_item() -> None:
    class Panic(BaseException):
        """As libraries written in Rust raise it."""

    def panics(items: Sequence[int]) -> list[int]:
        if 13 in items:
            raise Panic("unlucky")
        return list(items)

    made = Batcher(panics, lambda item: 1, most_cost=8, most_waiting=8)

    async def scenario() -> None:
        with pytest.raises(RuntimeError, match="panic: unlucky"):
            await made(13)
        assert await made(1) == 1

    run(made, scenario)


def test_who_leaves_is_not_worked_for() -> None:
    work = Work(seconds=0.1)
    made = batcher(work, most_cost=1)

    async def scenario() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(made, 1)
            await anyio.sleep(0.02)
            with anyio.move_on_after(0.02):
                await made(2)
        assert await made(3) == 6

    run(made, scenario)
    assert work.batches == [[1], [3]]


def test_too_many_waiting_are_told() -> None:
    work = Work(seconds=0.1)
    made = batcher(work, most_cost=1, most_waiting=3)

    async def scenario() -> None:
        answers = await ask_all(made, range(10))
        refused = [item for item, answer in answers.items() if isinstance(answer, Overloaded)]
        assert len(refused) == 7
        assert await made(20) == 40

    run(made, scenario)


def test_the_loop_is_never_blocked() -> None:
    work = Work(seconds=0.3)
    made = batcher(work)

    async def scenario() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(made, 1)
            await anyio.sleep(0.01)
            started = time.perf_counter()
            await anyio.sleep(0.01)
            assert time.perf_counter() - started < 0.2

    run(made, scenario)
    assert threading.get_ident() not in work.threads


@pytest.mark.parametrize("window", [0.0, 0.05])
def test_a_window_lets_the_first_wait_for_company(window: float) -> None:
    work = Work(seconds=0)
    made = batcher(work, window=window)

    async def scenario() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(made, 1)
            await anyio.sleep(0.01)
            group.start_soon(made, 2)

    run(made, scenario)
    assert work.batches == ([[1, 2]] if window else [[1], [2]])


def test_a_claim_costs_what_is_read_for_it() -> None:
    usual, wide = Claim("x" * 80), Claim("x" * 80, top_k=100)
    assert claim_cost(usual) == claim_cost(Claim("x" * 80, top_k=1))
    assert claim_cost(wide) == 10 * claim_cost(usual)
    assert 15 <= BATCH_COST // claim_cost(usual) <= 20
