"""Inline tokens of Markdown -> the text that a reader sees of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

# Elements of HTML whose content is not said any more.
STRUCK_OUT = ("del", "s", "strike")
# Those whose content no reader sees.
_UNSEEN = ("script", "style", "template", "noscript")
# Those that have no end.
_VOID = ("br", "img", "wbr", "hr", "input")
_TAG = re.compile(r"<(/?)(\w+)([^>]*)")
# Styles of what is not shown, or struck out.
HIDING = (
    r"display\s*:\s*none|visibility\s*:\s*hidden"
    r"|text-decoration(?:-line)?\s*:[^;:]*line-through"
)
_HIDDEN = re.compile(rf"\shidden\b|aria-hidden\s*=\s*.?true|line-through|{HIDING}", re.I)
# Pandoc's marks: 10^6^ and H~2~O.
_MARKED = re.compile(r"(?<=[\w)])(?:\^([^\s^]{1,4})\^|~(\d{1,3})~)")
_NUMBER = re.compile(r"[-−+]?\d+")
# What a raised number is an exponent of: ten, a number of one digit, a unit or a variable. Any
# other raised number is the mark of a footnote: "11² days" says nothing of 112 or of 121.
_BASE = re.compile(r"(?<![\d.,])(?:10|\d)\Z|\b[^\W\d_]{1,2}\Z|\)\Z")
_WORD = re.compile(r"(?![IVXLCDM]+\Z)\b[^\W\d_]{3,}\Z")
# Code points before raised text by which it is judged.
_JUDGED_BY = 24
_SUPERSCRIPT = str.maketrans("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺")
_SUBSCRIPT = str.maketrans("0123456789-−+", "₀₁₂₃₄₅₆₇₈₉₋₋₊")


def shown(parts: Iterable[Token]) -> str:  # noqa: C901
    """The text that a reader sees: without what is struck out and without the marks of footnotes.

    Raised and lowered digits do not join the digits before them (see `raised`).
    """
    text = ""
    struck = 0  # elements around that strike out or hide
    hiding, depth = "", 0  # the outermost element that hides, and those of its name that are open
    dropped = False  # something was left out since the last text
    script: tuple[str, str] | None = None  # the open <sup> or <sub>, and the text before it
    linked = False  # there is a link in it
    for part in parts:
        tag = _TAG.match(part.content) if part.type == "html_inline" else None
        closing, name = (tag[1], tag[2].lower()) if tag else ("", "")
        piece = ""
        if tag and hiding == name:
            depth += -1 if closing else 1
            if not depth:
                hiding, struck = "", struck - 1
        elif tag and not (closing or hiding or name in _VOID) and _HIDDEN.search(tag[3]):
            hiding, depth = name, 1
            struck, dropped = struck + 1, True
        elif part.type in {"s_open", "s_close"} or name in (*STRUCK_OUT, *_UNSEEN):
            struck = max(0, struck + (-1 if closing or part.nesting < 0 else 1))
            dropped = True
        elif name in {"sup", "sub"} and not struck:
            if tag and not closing:
                script, text, linked = (name, text), "", False
            elif script is not None:
                kept = "" if linked else raised(script[1], text, script[0])
                text = script[1] + kept
                script = None
        elif part.type == "link_open" or name == "a":
            linked = True
        elif part.type == "footnote_ref":
            dropped = True
        elif part.type == "text":
            piece = _MARKED.sub(_of_marks, part.content)
        elif part.type == "code_inline":
            piece = part.content
        elif "break" in part.type or name == "br":
            piece = "\n"
        if piece and not struck:
            text = _joined(text, piece) if dropped else text + piece
            dropped = False
    return text if script is None else script[1] + " " + text


def _of_marks(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _JUDGED_BY) : found.start()]
    return raised(before, found[1] or found[2], "sup" if found[1] else "sub")


def raised(before: str, text: str, name: str) -> str:
    """What is written for text in `<sup>` or `<sub>`: 10⁶, CO2, 1st, and nothing for a footnote.

    Args:
        before: the text before it, of any length.
        name: sup or sub.
    """
    before, text = before[-_JUDGED_BY:], text.strip()
    if name == "sub":
        return text.translate(_SUBSCRIPT) if before[-1:].isdigit() else text
    if _NUMBER.fullmatch(text):
        # No footnote has a sign: 12⁺³ is a bound of an error.
        is_signed = not text[0].isdigit() and before[-1:].isdigit()
        return text.translate(_SUPERSCRIPT) if is_signed or _BASE.search(before) else ""
    if not text.isalpha() or (len(text) == 1 and _WORD.search(before)):
        return ""
    return text


def _joined(text: str, piece: str) -> str:
    """Two texts between which something was left out: one space, and none before a full stop."""
    if text[-1:].isalnum() and piece[:1].isalnum():
        return f"{text} {piece}"
    if not text or text[-1].isspace():
        piece = piece.lstrip(" ")
    return (text.rstrip(" ") if piece[:1] in tuple(".,;:!?)") else text) + piece
