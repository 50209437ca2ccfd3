"""An iterator -> the same items, made in a thread that stays a few items ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
# How often a thread that waits for room looks whether anybody still wants its items.
PATIENCE_SECONDS = 0.2
_END: Any = object()


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


def ahead(items: Iterable[T], most: int) -> Iterator[T]:
    """The items in their order; at most `most` of them wait to be taken, and one is in the making.

    What goes wrong while an item is made is raised where that item would have come. When the
    iterator is closed the thread stops before its next item.
    """
    waiting: queue.Queue[Any] = queue.Queue(most)
    closed = threading.Event()

    def hand_over(item: Any) -> None:
        while not closed.is_set():
            try:
                waiting.put(item, timeout=PATIENCE_SECONDS)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                hand_over(item)
                if closed.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the items are taken
            hand_over(_Failed(error))
        else:
            hand_over(_END)

    thread = threading.Thread(target=work, name="claimdesk-ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        closed.set()
        thread.join()
