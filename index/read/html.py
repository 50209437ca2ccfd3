"""HTML page -> document."""

from __future__ import annotations

from index.documents import Document, document
from index.errors import UnreadableFile


def read_html(content: bytes, id: str, max_chars: int) -> Document:
    """The document of a page: its main text and metadata, as trafilatura extracts them.

    Nothing is fetched.

    Raises:
        UnreadableFile: the page has no main text.
        InvalidDocument: see `document`.
    """
    import trafilatura

    page = trafilatura.bare_extraction(
        content,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        date_extraction_params={"extensive_search": False},  # the date is `_published`, below
    )
    if page is None or isinstance(page, dict) or not (page.text or "").strip():
        raise UnreadableFile("no main text found in the page")
    paragraphs = [line for line in page.text.split("\n") if line.strip() and line != page.title]
    return document(
        id,
        "\n\n".join(paragraphs),
        title=page.title,
        url=page.url,
        publisher=page.sitename,
        published_at=_published(content),
        max_chars=max_chars,
    )


def _published(content: bytes) -> str | None:
    """The day in the page's head or marked in its body as its own, as htmldate reads it.

    Any other day may be the footer's or another story's, and `as_of` would take it for the page's.
    """
    from htmldate import find_date
    from lxml import html

    page = html.fromstring(content)
    said = html.Element("html")
    said.extend(page.xpath("//head"))
    body = html.Element("body")
    body.extend(page.xpath("//body//script[@type='application/ld+json']"))
    body.extend(page.xpath("//body//time[@pubdate or @itemprop='datePublished']"))
    said.append(body)
    found = find_date(said, extensive_search=False, original_date=True)
    return str(found) if found else None


def fragment_text(fragment: str) -> str:
    """The text that a reader sees of a piece of HTML, in lines without blank ones."""
    from lxml import etree, html

    element = html.fragment_fromstring(fragment, create_parent="div")
    etree.strip_elements(element, "script", "style", etree.Comment, with_tail=False)
    for apart in element.iter("br", "p", "div", "li", "tr", "td", "th"):  # 12<br>15 is not 1215
        if apart is not element:
            apart.tail = f"\n{apart.tail or ''}"
    lines = str(element.text_content()).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())
