"""Work of every kind in one queue: what is urgent goes first, faults stay with their item."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future

import pytest

from api.batching import Lane, ModelQueue
from api.errors import Overloaded, Stopping


class Work:
    """Doubles numbers; notes its batches; fails for any that holds 13. `hold()` makes it wait."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.threads: set[int] = set()
        self.go, self.started = threading.Event(), threading.Event()
        self.go.set()

    def hold(self) -> None:
        self.go.clear()
        self.started.clear()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.threads.add(threading.get_ident())
        self.started.set()
        assert self.go.wait(10)
        if 13 in items:
            raise ValueError("unlucky")
        return [2 * item for item in items]


@pytest.fixture
def work() -> Work:
    return Work()


Start = Callable[..., ModelQueue]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[ModelQueue] = []

    def starter(*lanes: Lane, **options) -> ModelQueue:
        queue = ModelQueue(lanes, **options)
        queue.start()
        started.append(queue)
        return queue

    yield starter
    for queue in started:
        queue.close()


def numbers(work: Work, name: str = "numbers", **options) -> Lane[int, int]:
    return Lane(name, work, lambda item: 1, **{"batch_cost": 8, **options})


def behind(queue: ModelQueue, work: Work, lane: Lane, items: Sequence[int]) -> list[Future]:
    """Futures of items that wait together, behind a batch of the item 0 that is held up."""
    work.hold()
    first = queue.submit(lane, 0)
    assert work.started.wait(10)
    return [first, *(queue.submit(lane, item) for item in items)]


def test_what_waits_goes_together_and_each_gets_its_own(work: Work, start: Start) -> None:
    queue, lane = None, numbers(work)
    queue = start(lane)
    futures = behind(queue, work, lane, range(40, 60))
    work.go.set()
    assert [future.result(10) for future in futures] == [0, *range(80, 120, 2)]
    assert [len(batch) for batch in work.batches] == [1, 8, 8, 4]
    assert len(work.threads) == 1


def test_a_single_item_does_not_wait_for_others(work: Work, start: Start) -> None:
    lane = numbers(work)
    queue = start(lane)
    assert queue.submit(lane, 1).result(10) == 2
    assert queue.submit(lane, 2).result(10) == 4
    assert work.batches == [[1], [2]]


def test_cost_bounds_a_batch_and_a_costly_item_goes_alone(work: Work, start: Start) -> None:
    lane = Lane("numbers", work, lambda item: item, batch_cost=10)
    queue = start(lane)
    futures = behind(queue, work, lane, [1, 50, 4, 5, 6])
    work.go.set()
    assert [future.result(10) for future in futures] == [0, 2, 100, 8, 10, 12]
    assert work.batches == [[0], [1], [50], [4, 5], [6]]


def test_the_most_urgent_work_goes_first_and_none_waits_for_ever(work: Work, start: Start) -> None:
    """Of claims (20 and up), searches (100 and up) and imports (1000 and up)."""
    urgent = numbers(work, "claims", batch_cost=1)
    later = numbers(work, "searches", batch_cost=1, most_passed=2)
    last = numbers(work, "imports", batch_cost=1, most_passed=3)
    queue = start(urgent, later, last)
    futures = behind(queue, work, urgent, [])
    futures += [queue.submit(last, item) for item in (1000, 1001)]
    futures += [queue.submit(later, item) for item in (100, 101)]
    futures += [queue.submit(urgent, item) for item in range(20, 26)]
    assert queue.lengths() == {"claims": 6, "searches": 2, "imports": 2}
    work.go.set()
    for future in futures:
        future.result(10)
    order = [item for (item,) in work.batches]
    assert order == [0, 20, 21, 100, 1000, 22, 101, 23, 1001, 24, 25]


def test_only_the_one_at_fault_fails_and_the_queue_goes_on(work: Work, start: Start) -> None:
    lane = numbers(work)
    queue = start(lane)
    _, *futures = behind(queue, work, lane, [11, 12, 13, 14])
    work.go.set()
    with pytest.raises(ValueError, match="unlucky"):
        futures.pop(2).result(10)
    assert [future.result(10) for future in futures] == [22, 24, 28]
    assert queue.submit(lane, 15).result(10) == 30
    assert work.batches == [[0], [11, 12, 13, 14], [11], [12], [13], [14], [15]]


def test_urgent_work_goes_between_items_that_are_tried_alone(work: Work, start: Start) -> None:
    def lines(items: Sequence[int]) -> list[int]:
        if list(items) == [11, 13]:
            claims.append(queue.submit(urgent, 99))  # comes in while they fail
        return work(items)

    claims: list[Future[int]] = []
    urgent = numbers(work, "claims")
    later = Lane("lines", lines, lambda item: 1, batch_cost=8, most_passed=9)
    queue = start(urgent, later)
    _, fine, unlucky = behind(queue, work, later, [11, 13])
    work.go.set()
    assert fine.result(10) == 22
    assert claims[0].result(10) == 198
    with pytest.raises(ValueError, match="unlucky"):
        unlucky.result(10)
    assert work.batches == [[0], [11, 13], [99], [11], [13]]


def test_a_panic_is_an_error_of_its_item(start: Start) -> None:
    class Panic(BaseException):
        """As libraries written in Rust raise it."""

    def panics(items: Sequence[int]) -> list[int]:
        if 13 in items:
            raise Panic("unlucky")
        return list(items)

    lane = Lane("numbers", panics, lambda item: 1, batch_cost=8)
    queue = start(lane)
    with pytest.raises(RuntimeError, match="panic: unlucky"):
        queue.submit(lane, 13).result(10)
    assert queue.submit(lane, 1).result(10) == 1


def test_work_that_loses_a_result_fails_and_ends_nothing(start: Start) -> None:
    lane = Lane("numbers", lambda items: items[1:], lambda item: 1, batch_cost=8)
    queue = start(lane)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="0 results for 1 numbers"):
            queue.submit(lane, 1).result(10)


def test_too_many_waiting_are_told(work: Work, start: Start) -> None:
    lane = numbers(work, most_waiting=3)
    queue = start(lane)
    behind(queue, work, lane, [1, 2, 3])
    with pytest.raises(Overloaded, match="3 numbers are waiting"):
        queue.submit(lane, 4)
    work.go.set()


def test_those_that_wait_are_told_when_it_stops(work: Work, start: Start) -> None:
    lane = numbers(work)
    queue = start(lane)
    futures = behind(queue, work, lane, [1, 2])
    assert queue.stop() == 3
    for future in futures:
        with pytest.raises(Stopping):
            future.result(10)
    with pytest.raises(Stopping):
        queue.submit(lane, 3)
    work.go.set()
    queue.close()
    assert work.batches == [[0]]


def test_batches_are_observed(work: Work, start: Start) -> None:
    seen: list[tuple[str, int, float]] = []
    lane = numbers(work)
    queue = start(lane, observe=lambda *batch: seen.append(batch))
    for future in behind(queue, work, lane, [1, 2]):
        work.go.set()
        future.result(10)
    queue.close()
    assert [one[:2] for one in seen] == [("numbers", 1), ("numbers", 2)]
    assert all(seconds >= 0 for _, _, seconds in seen)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 10))


def test_who_leaves_is_not_worked_for(work: Work, start: Start) -> None:
    lane = numbers(work, batch_cost=1)
    queue = start(lane)

    async def scenario() -> None:
        (first,) = behind(queue, work, lane, [])
        leaving = asyncio.ensure_future(queue.ask(lane, 1))
        staying = queue.ask(lane, 2)
        leaving.cancel()
        await asyncio.sleep(0)
        assert queue.lengths() == {"numbers": 1}
        work.go.set()
        assert await staying == 4
        assert first.result(10) == 0

    run(scenario)
    assert work.batches == [[0], [2]]


def test_the_loop_is_never_blocked(work: Work, start: Start) -> None:
    lane = numbers(work)
    queue = start(lane)

    async def scenario() -> None:
        work.hold()
        answer = queue.ask(lane, 1)
        await asyncio.sleep(0.01)  # a loop that waits for the work does not come to let it go on
        assert not answer.done()
        work.go.set()
        assert await answer == 2

    run(scenario)
    assert threading.get_ident() not in work.threads


@pytest.mark.parametrize("window", [0.0, 0.3])
def test_a_window_lets_the_first_wait_for_company(work: Work, start: Start, window: float) -> None:
    lane = numbers(work, window=window)
    queue = start(lane)
    first = queue.submit(lane, 1)
    if not window:
        first.result(10)
    second = queue.submit(lane, 2)
    assert [first.result(10), second.result(10)] == [2, 4]
    assert work.batches == ([[1, 2]] if window else [[1], [2]])
