"""An iterator -> the same items, made in advance by a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
# Seconds after which a thread that waits for room checks whether the iterator was closed.
POLL_SECONDS = 0.2
_END: Any = object()


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


def prefetch(items: Iterable[T], size: int) -> Iterator[T]:
    """The items in their order. A thread makes them; at most `size` finished ones wait in a queue.

    An error in making an item is raised in that item's place. When the iterator is closed the
    thread stops before its next item.
    """
    finished: queue.Queue[Any] = queue.Queue(size)
    closed = threading.Event()

    def put(item: Any) -> None:
        while not closed.is_set():
            try:
                finished.put(item, timeout=POLL_SECONDS)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put(item)
                if closed.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the consumer below
            put(_Failed(error))
        else:
            put(_END)

    thread = threading.Thread(target=work, name="claimdesk-prefetch", daemon=True)
    thread.start()
    try:
        while (item := finished.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        closed.set()
        thread.join()
