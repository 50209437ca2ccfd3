"""Claims that come at the same time -> one pass of the models over all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from api.errors import Overloaded, without_panics

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _Waiter(Generic[Item, Result]):
    item: Item
    done: anyio.Event = field(default_factory=anyio.Event)
    result: Result | None = None
    error: BaseException | None = None


class Batcher(Generic[Item, Result]):
    """Gathers what waits while the models are busy, and gives it to them at once.

    A request that finds them idle waits for `window` seconds at most; under load no window is
    needed, for the next batch gathers while the last one runs. A batch is bounded by cost, not by
    count: a long claim is worth several short ones.

    One item at fault must not fail its neighbours, which other clients sent: after a failed batch
    each of its items is tried alone. Nothing ends the worker but its cancellation.

    Args:
        work: called in a thread with the items of a batch; returns as many results.
        cost: of an item, in the unit of `most_cost`.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        cost: Callable[[Item], int],
        *,
        most_cost: int,
        most_waiting: int,
        window: float = 0.0,
    ) -> None:
        self._work, self._cost = without_panics(work), cost
        self._most_cost, self._most_waiting, self._window = most_cost, most_waiting, window
        self._waiting: deque[_Waiter[Item, Result]] = deque()
        self._arrived = anyio.Event()
        # Of its own: however many documents are being stored, the next batch begins at once.
        self._thread = anyio.CapacityLimiter(1)

    async def __call__(self, item: Item) -> Result:
        """The result for one item.

        Raises:
            Overloaded: too many wait already.
            Exception: whatever `work` raised for this item.
        """
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded(f"{self._most_waiting} claims are waiting: try again")
        waiter: _Waiter[Item, Result] = _Waiter(item)
        self._waiting.append(waiter)
        self._arrived.set()
        try:
            await waiter.done.wait()
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)  # the client is gone: nobody wants the answer
        if waiter.error is not None:
            raise waiter.error
        assert waiter.result is not None
        return waiter.result

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            if not self._waiting:
                self._arrived = anyio.Event()
                await self._arrived.wait()
                await anyio.sleep(self._window)
            if batch := self._next():
                await self._serve(batch)

    def _next(self) -> list[_Waiter[Item, Result]]:
        batch: list[_Waiter[Item, Result]] = []
        cost = 0
        while self._waiting and (
            not batch or cost + self._cost(self._waiting[0].item) <= self._most_cost
        ):
            cost += self._cost(self._waiting[0].item)
            batch.append(self._waiting.popleft())
        return batch

    async def _serve(self, batch: Sequence[_Waiter[Item, Result]]) -> None:
        items = [waiter.item for waiter in batch]
        try:
            results = await anyio.to_thread.run_sync(self._work, items, limiter=self._thread)
        except Exception as error:  # noqa: BLE001 - every waiter hears of it
            if len(batch) > 1:
                for waiter in batch:
                    await self._serve([waiter])
                return
            batch[0].error = error
        else:
            for waiter, result in zip(batch, results, strict=True):
                waiter.result = result
        finally:
            for waiter in batch:
                waiter.done.set()
