"""A piece of HTML -> the texts of its blocks, all of them: no main text is looked for."""

from __future__ import annotations

from typing import Any

from index.errors import UnreadableFile
from index.read.markup import BLOCKS, number_items, tidy
from index.read.own import plain
from index.read.tables import open_tables

# Elements from which a piece is refused: reading it would take minutes.
MAX_ELEMENTS = 150_000
_BREAK = "\u2029"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def blocks(element: Any) -> list[str]:
    """The text of each block of a parsed element, in order, without blank ones.

    Rows of tables are lines of "header: value", items of numbered lists have their numbers.

    Raises:
        UnreadableFile: it has more than `MAX_ELEMENTS` elements.
    """
    from lxml import etree

    elements = sum(1 for _ in element.iter())
    if elements > MAX_ELEMENTS:
        raise UnreadableFile(f"has {elements:,} elements, more than {MAX_ELEMENTS:,}")
    etree.strip_elements(element, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    tidy(element)
    open_tables(element)
    number_items(element)
    for part in element.iter():
        if part.tag == "br":
            part.tail = f"\n{part.tail or ''}"
        elif part.tag in BLOCKS:
            part.text = _BREAK + (part.text or "")
            if part is not element:
                part.tail = _BREAK + (part.tail or "")
    texts = "".join(element.itertext()).split(_BREAK)
    lined = ("\n".join(" ".join(line.split()) for line in text.split("\n")) for text in texts)
    return [text.strip() for text in lined if text.strip()]


def html_blocks(markup: str) -> list[str]:
    """The text of each block of HTML; see `blocks`."""
    from lxml import html

    if not markup.strip():
        return []
    return blocks(html.fragment_fromstring(markup, create_parent="div"))


def heading(element: Any) -> str:
    """The text of the first heading, empty where there is none."""
    return next((text for part in element.iter(*_HEADINGS) if (text := plain(part))), "")
