"""The table of formats: endings, media types and the reader of each; bytes -> documents."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from index.documents import MAX_DOCUMENT_CHARS, Document, Refused, document
from index.read.content import DAMAGED, decoded, kind
from index.read.docx import read_docx
from index.read.eml import read_eml
from index.read.encoding import in_utf_8
from index.read.epub import read_epub
from index.read.feed import read_feed
from index.read.html import read_html
from index.read.lines import NAMES, Names, read_lines
from index.read.markdown import read_markdown
from index.read.ninjs import read_ninjs
from index.read.origin import Items, Origin, Reader, refused, whole
from index.read.pdf import read_pdf
from index.read.table import read_table
from index.read.warc import read_wacz, read_warc
from index.read.xmlfile import read_xml


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file."""

    name: str
    endings: tuple[str, ...]
    """Of file names, in lower case."""
    media_types: tuple[str, ...]
    read: Reader
    states_ids: bool = False
    """Whether its documents state their own ids: files of one name may stand side by side."""
    has_lines: bool = False
    """Whether each line is about a document."""


def read_text(content: bytes, id: str, max_chars: int) -> Document:
    """A document of plain text."""
    return document(id, decoded(content), max_chars=max_chars)


def _lines(stream: io.BufferedIOBase, origin: Origin) -> Items:
    yield from read_lines(stream, origin.source, origin.max_chars, origin.names, origin.unknown)


FORMATS = (
    Format("plain text", (".txt",), ("text/plain",), whole(read_text)),
    Format("Markdown", (".md", ".markdown"), ("text/markdown",), whole(read_markdown)),
    Format(
        "HTML",
        (".html", ".htm", ".xhtml"),
        ("text/html", "application/xhtml+xml"),
        whole(read_html),
    ),
    Format("PDF", (".pdf",), ("application/pdf",), whole(read_pdf)),
    Format(
        "Word",
        (".docx",),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
        whole(read_docx),
    ),
    Format("EPUB", (".epub",), ("application/epub+zip",), read_epub),
    Format("e-mail", (".eml",), ("message/rfc822",), whole(read_eml)),
    Format(
        "RSS and Atom",
        (".rss", ".atom"),
        ("application/rss+xml", "application/atom+xml"),
        read_feed,
        states_ids=True,
    ),
    Format(
        "XML: RSS, Atom, NewsML-G2, NITF",
        (".xml",),
        (
            "application/xml",
            "text/xml",
            "application/vnd.iptc.g2.newsitem+xml",
            "application/vnd.iptc.g2.newsmessage+xml",
            "application/vnd.iptc.g2.packageitem+xml",
        ),
        read_xml,
        states_ids=True,
    ),
    Format("ninjs", (".json", ".ninjs"), ("application/ninjs+json",), read_ninjs, states_ids=True),
    Format("WARC", (".warc",), ("application/warc",), read_warc, states_ids=True),
    Format("WACZ", (".wacz",), ("application/wacz",), read_wacz, states_ids=True),
    Format(
        "tables: CSV and TSV",
        (".csv", ".tsv"),
        ("text/csv", "text/tab-separated-values"),
        read_table,
        states_ids=True,
        has_lines=True,
    ),
    Format(
        "lines of JSON",
        (".jsonl", ".ndjson"),
        ("application/jsonl", "application/x-ndjson", "application/jsonlines"),
        _lines,
        states_ids=True,
        has_lines=True,
    ),
)
BY_ENDING: Mapping[str, Format] = MappingProxyType(
    {ending: one for one in FORMATS for ending in one.endings}
)
BY_MEDIA_TYPE: Mapping[str, Format] = MappingProxyType(
    {media_type: one for one in FORMATS for media_type in one.media_types}
)


def read_bytes(
    content: bytes,
    media_type: str | None,
    name: str,
    *,
    max_chars: int = MAX_DOCUMENT_CHARS,
    names: Names = NAMES,
    unknown: Counter[str] | None = None,
) -> Items:
    """Every document of a file's bytes; what cannot be read is `Refused`, and the rest goes on.

    Args:
        media_type: as `Content-Type` says it, with parameters or without; the charset of a text is
            told from the bytes where it states none. None, or one that says nothing
            (application/octet-stream), leaves it to the ending of the name.
        name: the id of the document, where the file states none.
        max_chars, names, unknown: see `Origin`.
    """
    told = (media_type or "").partition(";")[0].strip().lower()
    found = BY_MEDIA_TYPE.get(told)
    if found is None and told in ("", "application/octet-stream"):
        found = BY_ENDING.get(kind(PurePath(name)))
        told = kind(PurePath(name)) or "its name has no ending"
    if found is None:
        yield Refused(name, unknown_kind(told))
        return
    if told.startswith("text/") and told != "text/xml":  # XML says its encoding itself
        try:
            content = in_utf_8(content, media_type or "", "strict")
        except UnicodeDecodeError as error:
            yield Refused(name, f"not {error.encoding}, as its charset says (byte {error.start})")
            return
    origin = Origin(name, name, max_chars, names, unknown)
    yield from read_stream(io.BytesIO(content), found, origin)


def unknown_kind(said: str) -> str:
    """The reason why a file that no reader reads is refused."""
    return f"unknown kind of file: {said}"


def read_stream(stream: io.BufferedIOBase, found: Format, origin: Origin) -> Items:
    """The documents of an open file; where reading fails, the last item says why."""
    try:
        yield from found.read(stream, origin)
    except DAMAGED as error:
        yield Refused(origin.source, f"the compressed file is damaged: {error}")
    except OSError as error:
        yield Refused(origin.source, error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - a parser that fails on one file must not end the run
        yield refused(origin.source, error)


def endings() -> str:
    """The endings of all files that are read, in the order of the table: .txt .md …"""
    return " ".join(BY_ENDING)
