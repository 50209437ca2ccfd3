"""Stretches of a document's text -> where each was written: page, chapter, record, row."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from index.errors import InvalidDocument

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from a page's lower left corner, before the page is
turned (its /Rotate)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text in `[start, end)`, in code points, was written; what does not apply is None.

    Pages, rows and lines are counted from 1.
    """

    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    chapter: str | None = None
    entry: str | None = None
    record: str | None = None
    digest: str | None = None
    row: int | None = None


# Most points from a page's corner to an edge of a box, far beyond what any page has.
_MOST_POINTS = 10**7
_NAMES = tuple(field.name for field in fields(Place))[2:]


def packed(places: Iterable[Place]) -> bytes | None:
    """The places in the form in which a document keeps them; None where there are none.

    Raises:
        InvalidDocument: one ends before it starts or starts before the one before it ends.
    """
    rows = []
    last = 0
    for place in places:
        if not last <= place.start <= place.end:
            raise InvalidDocument("the places of a document overlap")
        said = {name: value for name in _NAMES if (value := getattr(place, name)) is not None}
        rows.append([place.start - last, place.end - place.start, said])
        last = place.end
    if not rows:
        return None
    return zlib.compress(json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode())


def written(places: bytes) -> str:
    """The places that were packed, as JSON: the same for the same places on every machine."""
    return zlib.decompress(places).decode()


def unpacked(places: bytes | None, within: tuple[int, int] | None = None) -> list[Place]:
    """The places that were packed, in their order.

    Args:
        within: bounds of the text whose places alone are wanted: a long PDF has thousands of them.
    """
    if places is None:
        return []
    found = []
    last = 0
    for gap, length, said in json.loads(written(places)):
        start, last = last + gap, last + gap + length
        if within is not None and (last <= within[0] or start >= within[1]):
            continue
        if "box" in said:
            said["box"] = tuple(said["box"])
        found.append(Place(start, last, **said))
    return found


def places_of(rows: Any) -> list[Place]:
    """The places of rows of fields, as they come in JSON.

    Raises:
        InvalidDocument: they are none.
    """
    found = []
    for row in rows if isinstance(rows, list) else [rows]:
        fields_of = {name: value for name, value in dict(row).items() if value is not None}
        wrong = [name for name, value in fields_of.items() if not _fits(name, value)]
        if wrong or not {"start", "end"} <= fields_of.keys():
            raise InvalidDocument(f"places are not understood: {', '.join(wrong) or 'no start'}")
        if "box" in fields_of:
            fields_of["box"] = tuple(fields_of["box"])
        found.append(Place(**fields_of))
    return found


def _fits(name: str, value: object) -> bool:
    if name in ("start", "end", "page", "row"):
        return type(value) is int and value >= 0
    if name == "box":
        numbers = value if isinstance(value, list | tuple) else ()
        return len(numbers) == 4 and all(
            type(one) in (int, float) and abs(one) <= _MOST_POINTS for one in numbers
        )
    return name in _NAMES and isinstance(value, str)


def place_of(places: Iterable[Place], start: int, end: int) -> Place | None:
    """Where the text in `[start, end)` begins, with all of it that is on the same page.

    Its box is the smallest around these lines, `[start, end)` of the result what lies in them.
    """
    first: Place | None = None
    for place in places:
        if place.end <= start or place.start >= end:
            continue
        within = replace(place, start=max(start, place.start), end=min(end, place.end))
        if first is None:
            first = within
        elif replace(within, start=0, end=0, box=None) == replace(first, start=0, end=0, box=None):
            box = around(first.box, within.box)
            first = replace(first, end=within.end, box=box)
    return first


def around(one: Box | None, other: Box | None) -> Box | None:
    """The smallest box around two boxes, of which each may be missing."""
    if one is None or other is None:
        return one or other
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
