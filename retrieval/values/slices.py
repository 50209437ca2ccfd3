"""Text -> the plain text in which values are looked for; a slice of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Most characters of a text that are read, about 20 long sentences. The rest is left out.
MAX_CHARS = 8_000
# Spaces that separate thousands beside the plain one: no-break, figure, thin, narrow no-break.
_SPACES = "\u00a0\u2007\u2009\u202f"
# Character -> the one that stands for it: one space, one minus, one dash.
_SAME = {ord(char): " " for char in _SPACES} | {ord("−"): "-", ord("‒"): "–", ord("—"): "–"}


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a text. start, end: offsets in characters, the end excluded."""

    start: int
    end: int


def plain_text(text: str) -> str:
    """Returns a text with one kind of space, minus, dash and digit, each character in its place.

    What is behind `MAX_CHARS` characters is left out.
    """
    text = text[:MAX_CHARS]
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.digit(char)) if char.isdecimal() else char for char in text.translate(_SAME)
    )
