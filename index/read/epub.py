"""EPUB -> documents: each chapter one, with the book's title, publisher and day."""

from __future__ import annotations

import datetime as dt
import io
import posixpath
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from index.documents import Document, document
from index.errors import UnreadableFile
from index.places import Place
from index.read.blocks import blocks, heading
from index.read.encoding import html_text
from index.read.origin import Items, Origin, kept_or_refused
from index.read.pieces import PARAGRAPH, known_day, known_language, whole
from index.read.xml import child, children, parsed, said, without_namespaces
from index.read.zips import Archive, archive

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# What obfuscates fonts alone; any other encryption is of the text.
_OF_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html")
# Most chapters of a book.
MAX_CHAPTERS = 5_000


def read_epub(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The document of each chapter; its id is the book's, `#` and the chapter's file.

    The table of contents, what is not part of the flow of reading, and pages without text are
    passed over.

    Raises:
        UnreadableFile: it is no EPUB, damaged, encrypted, or unpacks to too much.
    """
    with archive(stream) as members:
        package_name = _package(members)
        package = parsed(members.read(package_name))
        about = child(package, "metadata")
        book = _said(about, "title")
        manifest = child(package, "manifest")
        spine = child(package, "spine")
        if manifest is None or spine is None:
            raise UnreadableFile("not an EPUB: it lists no chapters")
        items = {item.get("id"): item for item in children(manifest, "item")}
        chapters = [
            item
            for part in children(spine, "itemref")
            if part.get("linear") != "no"
            and (item := items.get(part.get("idref"))) is not None
            and item.get("media-type") in _PAGES
            and "nav" not in item.get("properties", "").split()
        ]
        if len(chapters) > MAX_CHAPTERS:
            raise UnreadableFile(f"has more than {MAX_CHAPTERS:,} chapters")
        found = False
        for item in chapters:
            href = unquote(item.get("href", "")).partition("#")[0]
            name = posixpath.normpath(posixpath.join(posixpath.dirname(package_name), href))

            def chapter(name: str = name, href: str = href) -> Document | None:
                return _chapter(members.read(name), href, about, book, origin)

            made = kept_or_refused(chapter, f"{origin.source}#{href}")
            if made is not None:
                found = True
                yield made
        if not found:
            raise UnreadableFile("no text in it")


def _package(members: Archive) -> str:
    if _ENCRYPTION in members.names:
        for method in parsed(members.read(_ENCRYPTION)).iter("{*}EncryptionMethod"):
            if method.get("Algorithm", "") not in _OF_FONTS:
                raise UnreadableFile("encrypted (DRM)")
    if _CONTAINER not in members.names:
        raise UnreadableFile("not an EPUB: it has no META-INF/container.xml")
    for rootfile in parsed(members.read(_CONTAINER)).iter("{*}rootfile"):
        return str(rootfile.get("full-path", ""))
    raise UnreadableFile("not an EPUB: it names no package")


def _chapter(content: bytes, href: str, about: Any, book: str, origin: Origin) -> Document | None:
    """The document of a chapter; None where it has no text."""
    page = _parsed_page(content)
    if page is None:
        return None
    body = page.find("body")
    if body is None:
        return None
    title = heading(body)
    written = PARAGRAPH.join(block for block in blocks(body) if block != title)
    if not written.strip():
        return None
    named = f"{href}: {title}"[:300] if title else href
    return document(
        f"{origin.id}#{href}",
        written,
        title=": ".join(dict.fromkeys(part for part in (book, title) if part)),
        publisher=_said(about, "publisher") or None,
        published_at=_day(about),
        language=known_language(_said(about, "language")),
        places=whole(written, Place(0, 0, chapter=named)),
        max_chars=origin.max_chars,
    )


def _parsed_page(content: bytes) -> Any:
    """The root of a chapter: as XML, in which `<title/>` has an end, else as HTML."""
    from lxml import etree, html

    with suppress(UnreadableFile):
        page = without_namespaces(parsed(content))
        if next(page.iter(etree.Entity), None) is None:
            return page
    text = html_text(content)
    if not text.strip():
        return None
    return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))


def _said(about: Any, name: str) -> str:
    return said(child(about, name))


def _day(about: Any) -> dt.date | None:
    """The day of publication, where the book states one; a year alone is none."""
    for date in children(about, "date"):
        event = next((value for key, value in date.attrib.items() if key.endswith("event")), "")
        if event in ("", "publication", "original-publication") and (day := known_day(said(date))):
            return day
    return None
