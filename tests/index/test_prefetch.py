"""Items from a thread: same order, bounded, errors where they belong, gone when closed."""

import threading
import time

import pytest

from index.prefetch import prefetch


def running() -> int:
    return sum(thread.name == "claimdesk-prefetch" for thread in threading.enumerate())


def test_same_items_same_order() -> None:
    assert list(prefetch(range(1_000), 3)) == list(range(1_000))
    assert list(prefetch([], 1)) == []


def test_they_are_made_in_another_thread() -> None:
    idents = prefetch((threading.get_ident() for _ in range(3)), 1)
    assert threading.get_ident() not in set(idents)


def test_an_error_comes_after_the_items_before_it() -> None:
    def failing():
        yield 1
        raise ValueError("second")

    items = prefetch(failing(), 5)
    assert next(items) == 1
    with pytest.raises(ValueError, match="second"):
        next(items)
    assert running() == 0


def test_no_more_is_made_than_fits() -> None:
    made = []
    items = prefetch((made.append(n) or n for n in range(100)), 2)
    assert next(items) == 0
    time.sleep(0.1)
    assert len(made) <= 4
    items.close()
    assert running() == 0
