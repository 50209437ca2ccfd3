"""Work for the models, from every door -> batches, one at a time, the most urgent work first."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api.errors import Overloaded, Stopping, without_panics

Item = TypeVar("Item")
Result = TypeVar("Result")
# Told of each batch that was run: name of its lane, number of items, seconds.
Observer = Callable[[str, int, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Lane(Generic[Item, Result]):
    """A kind of work, with a line of items that wait for it.

    work: called with the items of a batch; returns as many results. cost: of an item, in tokens.
    batch_cost: largest sum of them in a batch; an item above it goes alone. most_waiting: number
    of items that may wait; None for no limit. most_passed: number of batches of more urgent lanes
    that may go first while an item waits here. window: seconds that a first item waits for others
    when the models are idle.
    """

    name: str
    work: Callable[[Sequence[Item]], Sequence[Result]]
    cost: Callable[[Item], int]
    batch_cost: int
    most_waiting: int | None = None
    most_passed: int = 0
    window: float = 0.0


@dataclass(eq=False, slots=True)
class _Waiter:
    item: Any
    cost: int
    future: Future[Any]
    context: Context
    alone: bool = False


class ModelQueue:
    """Runs the work of several lanes in one thread, so that no model is called twice at once.

    While one batch runs the next ones gather. A batch is of one lane: of the most urgent one that
    has work, unless a less urgent lane has let `most_passed` batches go first.

    One item at fault must not fail its neighbours, which other clients sent: after a failed batch
    each of its items is tried alone. No error ends the thread.

    Args:
        lanes: the most urgent one first.
    """

    def __init__(self, lanes: Sequence[Lane[Any, Any]], observe: Observer | None = None) -> None:
        self._lanes, self._observe = lanes, observe
        self._waiting: dict[Lane[Any, Any], deque[_Waiter]] = {lane: deque() for lane in lanes}
        self._passed = dict.fromkeys(lanes, 0)
        self._running: Sequence[_Waiter] = ()
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="claimdesk-models", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> int:
        """Answer all that wait with `Stopping`, and let none in; returns how many waited.

        A batch that runs goes on, but nobody waits for it any more.
        """
        with self._changed:
            self._stopped = True
            waiters = [*self._running, *(one for each in self._waiting.values() for one in each)]
            for each in self._waiting.values():
                each.clear()
            self._changed.notify_all()
            return sum(_settle(waiter.future, error=Stopping()) for waiter in waiters)

    def close(self) -> None:
        """Stop, and wait for the batch that runs."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    def lengths(self) -> Mapping[str, int]:
        """Number of waiting items by lane."""
        with self._changed:
            return {lane.name: len(waiting) for lane, waiting in self._waiting.items()}

    def submit(self, lane: Lane[Item, Result], item: Item) -> Future[Result]:
        """The result of an item, some time later; cancel it and the item is not worked on.

        Its errors are `Stopping`, and whatever `lane.work` raises for this item.

        Raises:
            Overloaded: too many items wait already.
            Stopping: the queue is closed.
        """
        waiter = _Waiter(item, lane.cost(item), Future(), copy_context())
        with self._changed:
            if self._stopped:
                raise Stopping
            waiting = self._waiting[lane]
            if lane.most_waiting is not None and len(waiting) >= lane.most_waiting:
                raise Overloaded(f"{lane.most_waiting} {lane.name} are waiting: try again")
            waiting.append(waiter)
            self._changed.notify_all()
        waiter.future.add_done_callback(lambda _: self._forget(lane, waiter))
        return waiter.future

    def ask(self, lane: Lane[Item, Result], item: Item) -> asyncio.Future[Result]:
        """`submit`, to be awaited; what cancels the awaiting task cancels the item."""
        return asyncio.wrap_future(self.submit(lane, item))

    def _forget(self, lane: Lane[Any, Any], waiter: _Waiter) -> None:
        """Remove a waiter that was cancelled: its client has left."""
        if waiter.future.cancelled():
            with self._changed:
                if waiter in self._waiting[lane]:
                    self._waiting[lane].remove(waiter)

    def _run(self) -> None:
        while (lane := self._next_lane()) is not None:
            self._serve(lane, self._take_batch(lane))

    def _next_lane(self) -> Lane[Any, Any] | None:
        """The lane whose turn it is, once there is work; None when stopped."""
        with self._changed:
            idle = not self._with_work()
            self._changed.wait_for(lambda: self._stopped or self._with_work())
            if self._stopped:
                return None
            lane = self._with_work()[0]
        if idle and lane.window:
            time.sleep(lane.window)
        with self._changed:
            lanes = self._with_work()
            if not lanes:  # those that waited have left
                return lane
            overdue = [lane for lane in lanes[1:] if self._passed[lane] >= lane.most_passed]
            chosen = overdue[0] if overdue else lanes[0]
            for lane in lanes:
                self._passed[lane] = 0 if lane is chosen else self._passed[lane] + 1
            return chosen

    def _with_work(self) -> list[Lane[Any, Any]]:
        return [lane for lane in self._lanes if self._waiting[lane]]

    def _take_batch(self, lane: Lane[Any, Any]) -> list[_Waiter]:
        batch: list[_Waiter] = []
        cost = 0
        with self._changed:
            waiting = self._waiting[lane]
            while waiting and (not batch or cost + waiting[0].cost <= lane.batch_cost):
                if batch and (waiting[0].alone or batch[0].alone):
                    break
                waiter = waiting.popleft()
                if waiter.future.cancelled():
                    continue
                cost += waiter.cost
                batch.append(waiter)
            self._running = batch
        return batch

    def _serve(self, lane: Lane[Any, Any], batch: Sequence[_Waiter]) -> None:
        if not batch:
            return
        started = time.perf_counter()
        results: Sequence[Any] = ()
        failure: Exception | None = None
        try:
            # Logs and spans of a batch are those of the request whose item is first.
            work = without_panics(lane.work)
            results = batch[0].context.run(work, [waiter.item for waiter in batch])
            if len(results) != len(batch):
                raise RuntimeError(f"{len(results)} results for {len(batch)} {lane.name}")
        except Exception as error:  # noqa: BLE001 - whoever waits hears of it
            failure = error
        with self._changed:
            self._running = ()
            if failure is None:
                for waiter, result in zip(batch, results, strict=True):
                    _settle(waiter.future, result)
            elif len(batch) == 1:
                _settle(batch[0].future, error=failure)
            elif not self._stopped:
                for waiter in batch:
                    waiter.alone = True
                self._waiting[lane].extendleft(reversed(batch))
        if self._observe is not None:
            self._observe(lane.name, len(batch), time.perf_counter() - started)


def _settle(future: Future[Any], result: Any = None, error: Exception | None = None) -> bool:
    """Give a future its outcome, unless it has one already; whether it had none."""
    if future.done() or not future.set_running_or_notify_cancel():
        return False
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
    return True
