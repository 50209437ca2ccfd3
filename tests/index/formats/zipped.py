"""Writes small DOCX and EPUB files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, **others: str) -> bytes:
    """A Word file of the elements of its body; others: the elements of styles, footnotes, core."""
    wrap = f'<w:{{0}} xmlns:w="{W}" xmlns:m="urn:m" xmlns:mc="urn:mc">{{1}}</w:{{0}}>'
    members = {
        "_rels/.rels": f'<Relationships><Relationship Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": wrap.format("document", f"<w:body>{body}</w:body>"),
    }
    if "styles" in others:
        members["word/styles.xml"] = wrap.format("styles", others["styles"])
    if "footnotes" in others:
        members["word/footnotes.xml"] = wrap.format("footnotes", others["footnotes"])
    if "core" in others:
        members["docProps/core.xml"] = (
            '<c:coreProperties xmlns:c="urn:c" xmlns:dc="urn:dc" xmlns:dcterms="urn:t">'
            f"{others['core']}</c:coreProperties>"
        )
    return zipped(members)


def p(text: str, style: str = "", inside: str = "") -> str:
    """A paragraph of one run."""
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{text}</w:t></w:r>{inside}</w:p>'


NAV = " properties='nav'"


def epub(chapters: Mapping[str, str], metadata: str = "", **others: str) -> bytes:
    """A book of XHTML files."""
    items = "".join(
        f'<item id="c{number}" href="text/{name}" media-type="application/xhtml+xml"'
        f"{NAV if name.startswith('nav') else ''}/>"
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<container xmlns='urn:oasis'><rootfiles><rootfile "
            "full-path='OEBPS/book.opf'/></rootfiles></container>",
            "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="urn:dc" '
            f'xmlns:opf="http://www.idpf.org/2007/opf"><metadata>{metadata}</metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
            **{f"OEBPS/text/{name}": content for name, content in chapters.items()},
            **others,
        }
    )


def xhtml(body: str, title: str = "<title/>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"{title}</head><body>{body}</body></html>"
    )
