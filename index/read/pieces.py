"""Pieces of text in their order -> one text, and the place of each piece in it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from index.documents import Document, clean, parse_date, primary_language
from index.errors import InvalidDocument
from index.places import Place, packed

PARAGRAPH = "\n\n"
# The day at the start of a file's name, as Jekyll has it: 2021-06-15-bridge-opens.md.
_DAY_OF_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?=[-_ ].)")
_NOWHERE = Place(0, 0)


class Pieces:
    """A text that grows, in the form in which it will be stored: its offsets stay true."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._places: list[Place] = []
        self.chars = 0

    def add(self, text: str, place: Place = _NOWHERE, before: str = PARAGRAPH) -> None:
        """Append a piece.

        Args:
            place: where it was written; its range is set here.
            before: what stands between it and the piece before it.

        Raises:
            InvalidDocument: see `clean`.
        """
        text = clean(text)
        if not text.strip():
            return
        if not self._parts:
            before = ""
        elif not before and not unicodedata.is_normalized("NFC", self._parts[-1][-1] + text[0]):
            before = " "  # the two would become one character
        start = self.chars + len(before)
        self._parts.append(before + text)
        self.chars = start + len(text)
        if place is not _NOWHERE:
            self._places.append(replace(place, start=start, end=self.chars))

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def places(self) -> list[Place]:
        """Of each piece; pieces side by side that were written in the same place are one."""
        joined: list[Place] = []
        for place in self._places:
            last = joined[-1] if joined else None
            if last is not None and replace(last, start=0, end=0) == replace(place, start=0, end=0):
                joined[-1] = replace(last, end=place.end)
            else:
                joined.append(place)
        return joined


def whole(text: str, place: Place) -> list[Place]:
    """The place of all of a text."""
    return [replace(place, start=0, end=len(clean(text)))]


def day_of_name(id: str) -> str | None:
    """The day that a file's name begins with."""
    found = _DAY_OF_NAME.match(PurePath(id).name)
    return found[1] if found else None


def known_language(stated: Any) -> str | None:
    """The language that a file states; None where it is none: then it is detected."""
    with suppress(InvalidDocument):
        return primary_language(stated) if isinstance(stated, str) and stated.strip() else None
    return None


def known_day(stated: Any) -> dt.date | None:
    """The day that a file states in ISO 8601; None where it states none, or a year alone."""
    with suppress(InvalidDocument):
        return parse_date(stated) if isinstance(stated, str) else None
    return None


def placed(document: Document, place: Place, url: str | None = None) -> Document:
    """The document with a place for all of its text, and an address where it states none."""
    places = packed([replace(place, start=0, end=len(document.text))])
    return replace(document, places=places, url=document.url or url or None)
