"""The function by which long work reports its progress."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Told of progress: the step, how much is done, of how much."""


def untold(step: str, done: int, total: int) -> None:
    """A `Tell` for work that nobody watches."""
