"""Who may see a document, and from when to when: its status, its embargo, its expiry.

A moment is a `datetime` in UTC. Every corpus asks its clock; a test gives one of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, Literal, get_args

from index.errors import InvalidDocument, shortened

Clock = Callable[[], dt.datetime]
PubStatus = Literal["usable", "withheld", "canceled"]
"""IPTC's publishing status: http://cv.iptc.org/newscodes/pubstatusg2/"""
USABLE: Final[PubStatus] = "usable"
WITHHELD: Final[PubStatus] = "withheld"
CANCELED: Final[PubStatus] = "canceled"
_SPELLINGS = {"cancelled": "canceled", "withdrawn": "canceled"}
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
# A clock that was set back by less than this changes nothing.
CLOCK_STEP = dt.timedelta(seconds=1)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def is_shown(
    pubstatus: str,
    embargoed_until: dt.datetime | None,
    expires: dt.datetime | None,
    now: dt.datetime,
) -> bool:
    """Whether a document of these rights may be in an answer at that moment."""
    return (
        pubstatus == USABLE
        and (embargoed_until is None or embargoed_until <= now)
        and (expires is None or now < expires)
    )


def next_moment(moments: Iterable[dt.datetime | None], now: dt.datetime) -> dt.datetime:
    """The first of the moments that is yet to come; `NEVER` where none is."""
    return min((one for one in moments if one is not None and one > now), default=NEVER)


def parse_moment(value: str | dt.datetime | None, name: str) -> dt.datetime | None:
    """The moment, in UTC, of an ISO 8601 timestamp: 2026-12-01T06:00:00+01:00.

    Without an offset it is UTC, and a day is its beginning. No value, or an empty one, is none.

    Args:
        name: how a refusal names the field.

    Raises:
        InvalidDocument: anything else.
    """
    if value is None or value == "":
        return None
    with suppress(ValueError, OverflowError):
        moment = dt.datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        if isinstance(moment, dt.datetime):
            aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
            return aware.astimezone(dt.UTC)
    shown = shortened(repr(value), 60)
    raise InvalidDocument(f"{name} {shown} is not understood: write it as 2026-12-01T06:00:00Z")


def parse_pubstatus(value: str | None) -> PubStatus:
    """The publishing status of its name or of its code in NewsML-G2 ("stat:withheld").

    Raises:
        InvalidDocument: it is another: what is not known to be usable must not become so.
    """
    if value is None or value == "":
        return USABLE
    if isinstance(value, str):
        name = value.strip().lower().removeprefix("stat:")
        name = _SPELLINGS.get(name, name)
        for status in get_args(PubStatus):
            if name == status:
                return status  # type: ignore[no-any-return]
    shown = shortened(repr(value), 60)
    raise InvalidDocument(f"pubstatus {shown} is none of {', '.join(get_args(PubStatus))}")
