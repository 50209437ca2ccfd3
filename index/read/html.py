"""HTML page -> document."""

from __future__ import annotations

import re
from typing import Any

from index.documents import Document, document
from index.errors import UnreadableFile
from index.read.blocks import MAX_ELEMENTS, html_blocks
from index.read.encoding import html_text
from index.read.markup import simplify
from index.read.metadata import about

# Elements of a page up to which its main text is looked for in several ways; some of them take
# time that is quadratic in the number of paragraphs.
SEVERAL_WAYS_ELEMENTS = 3_000
# Tags from which a page is not even parsed.
MAX_TAGS = 3 * MAX_ELEMENTS
_BULLET = re.compile(r"^- (?=\S)")


def read_html(content: bytes, id: str, max_chars: int) -> Document:
    """The document of a page: its main text, as trafilatura finds it, and what it says of itself.

    Nothing is fetched.

    Raises:
        UnreadableFile: the page has no main text, or more than `MAX_ELEMENTS` elements.
        InvalidDocument: see `document`.
    """
    from trafilatura.metadata import extract_metadata
    from trafilatura.utils import load_html

    text = html_text(content)
    # Most have two tags; so many more are counted before the tree is built, which takes gigabytes.
    if text.count("<") > MAX_TAGS:
        raise UnreadableFile(f"the page has more than {MAX_TAGS:,} tags")
    page = load_html(text)
    if page is None:
        raise UnreadableFile("no main text found in the page")
    elements = sum(1 for _ in page.iter())
    if elements > MAX_ELEMENTS:
        raise UnreadableFile(f"the page has {elements:,} elements, more than {MAX_ELEMENTS:,}")
    found = about(page)
    for script in list(page.iter("script")):  # what they say is read; they may be of other stories
        script.getparent().remove(script) if not script.tail else script.clear(keep_tail=True)
    said = extract_metadata(page, date_config={"extensive_search": False, "original_date": True})
    # Where no name is stated, the library gives the domain.
    is_domain = not said.sitename or re.search(rf"[/.]{re.escape(said.sitename)}", said.url or "")
    title = found.title or said.title or ""
    text = _main_text(page, fast=elements > SEVERAL_WAYS_ELEMENTS)
    paragraphs = [_BULLET.sub("", line.strip()) for line in text.split("\n") if line.strip()]
    return document(
        id,
        "\n\n".join(line for line in paragraphs if line != title),
        title=title,
        url=found.url or said.url,
        publisher=found.publisher if is_domain and found.publisher else said.sitename,
        published_at=found.published,
        modified_at=found.modified,
        max_chars=max_chars,
    )


def _main_text(page: Any, fast: bool) -> str:
    """The main text of a page, a paragraph a line.

    Raises:
        UnreadableFile: there is none.
    """
    import trafilatura
    from trafilatura.xpaths import BODY_XPATH

    simplify(page, is_marked=any(expression(page) for expression in BODY_XPATH))
    found = trafilatura.bare_extraction(
        page, with_metadata=False, include_comments=False, include_tables=False, fast=fast
    )
    if found is None or isinstance(found, dict) or not (found.text or "").strip():
        raise UnreadableFile("no main text found in the page")
    return str(found.text)


def fragment_text(fragment: str) -> str:
    """The text that a reader sees of a piece of HTML, in lines without blank ones."""
    return "\n".join(line for block in html_blocks(fragment) for line in block.split("\n") if line)
