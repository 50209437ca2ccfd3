"""Web archives, WARC and WACZ -> documents: each page that answered one."""

from __future__ import annotations

import gzip
import io
from typing import Any
from zipfile import BadZipFile

from index.documents import MAX_ID_CHARS, Document, Refused
from index.errors import UnreadableFile
from index.places import Place
from index.read.content import DAMAGED, limited
from index.read.encoding import in_utf_8
from index.read.html import read_html
from index.read.origin import Items, Origin, kept_or_refused
from index.read.pieces import placed
from index.read.zips import archive

_PAGES = ("text/html", "application/xhtml+xml")
_WARC = (".warc", ".warc.gz")
# Of the records, those that hold a page; requests, metadata and revisits (the same page again)
# hold none of their own.
_RECORDS = ("response", "resource")
_ANSWERED = "200"
# How a page may be compressed.
_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")


def read_warc(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The document of each page, HTML that was answered with status 200; its id is its address.

    Each has its record's id and digest as its place. One record at a time is in memory.

    Raises:
        UnreadableFile: it is no WARC, holds no page, or is damaged from some record on.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise UnreadableFile("needs warcio: pip install 'claimdesk[warc]'") from error
    records = pages = 0
    record = None
    whole = _UpToDamage(stream)
    try:
        # What is compressed was decompressed already, member by member.
        for record in ArchiveIterator(whole):
            records += 1
            if _is_page(record):
                pages += 1
                yield _page(record, f"{origin.source}:record {records}", origin)
    except ArchiveLoadFailed as error:
        said = str(error).splitlines()[0]
        raise UnreadableFile(f"damaged after record {records}: {said}") from error
    if whole.damage is not None:
        raise UnreadableFile(f"damaged after record {records}: {whole.damage}")
    if record is not None and _is_cut_off(record):
        raise UnreadableFile(f"cut off in record {records}")
    if not pages:
        raise UnreadableFile("no page in it: no HTML that was answered with status 200")


class _UpToDamage:
    """A stream that ends where it is damaged: what is before is read, and the damage is known."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.damage: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            # It gives what there is; `read` would lose that to the error of what follows.
            return self._stream.read1(size)
        except DAMAGED as error:
            self.damage = error
            return b""

    def tell(self) -> int:
        return self._stream.tell()


def read_wacz(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The documents of the WARC files in a WACZ.

    Raises:
        UnreadableFile: it is no ZIP archive, or has no WARC files.
    """
    with archive(stream) as members:
        names = sorted(name for name in members.names if name.lower().endswith(_WARC))
        if not names:
            raise UnreadableFile("no WARC file in it")
        for name in names:
            part = Origin(origin.id, f"{origin.source}!{name}", origin.max_chars)
            try:
                with members.open(name) as member:
                    if name.lower().endswith(".gz"):
                        with gzip.GzipFile(fileobj=member) as inner:
                            yield from read_warc(inner, part)
                    else:
                        yield from read_warc(member, part)
            except (UnreadableFile, BadZipFile) as error:
                yield Refused(part.source, str(error))


def _is_page(record: Any) -> bool:
    if record.rec_type not in _RECORDS:
        return False
    if record.rec_type == "resource":
        stated = record.rec_headers.get_header("Content-Type") or ""
    else:
        answer = record.http_headers
        if answer is None or answer.get_statuscode() != _ANSWERED:
            return False
        stated = answer.get_header("Content-Type") or ""
    return stated.partition(";")[0].strip().lower() in _PAGES


def _is_cut_off(record: Any) -> bool:
    """Whether a record is shorter than it says; all of it is read."""
    while record.raw_stream.read(2**16):
        pass
    return bool(record.raw_stream.limit > 0)


def _page(record: Any, source: str, origin: Origin) -> Document | Refused:
    headers = record.rec_headers
    url = headers.get_header("WARC-Target-URI") or ""
    record_id = headers.get_header("WARC-Record-ID") or ""
    where = Place(
        0,
        0,
        record=record_id.strip("<>"),
        digest=headers.get_header("WARC-Payload-Digest") or headers.get_header("WARC-Block-Digest"),
    )

    def made() -> Document:
        answer = record.http_headers
        coding = (answer.get_header("Content-Encoding") if answer else None) or ""
        if coding.strip().lower() not in _CODINGS:
            raise UnreadableFile(f"compressed as {coding[:40]!r}, which is not read")
        content = limited(record.content_stream())
        if _is_cut_off(record):
            raise UnreadableFile("the record is cut off")
        id = url if 0 < len(url) <= MAX_ID_CHARS else where.record or source
        stated = (answer.get_header("Content-Type") if answer else None) or ""
        found = read_html(in_utf_8(content, stated), id, origin.max_chars)
        return placed(found, where, url=url)

    return kept_or_refused(made, f"{source} ({url})" if url else source)
