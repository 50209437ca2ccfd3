"""A rate as people write it, such as 100/minute -> a limit that can be counted against."""

from __future__ import annotations

from functools import lru_cache

import limits


@lru_cache(1_024)
def rate_of(text: str) -> limits.RateLimitItem:
    """The limit of a rate.

    Raises:
        ValueError: it is none, or it is several: of those all but the first would never count.
    """
    try:
        parsed = limits.parse_many(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no rate: write it as 100/minute") from error
    if len(parsed) != 1:
        raise ValueError(f"{text!r} is more than one rate: write one, as 100/minute")
    return parsed[0]
