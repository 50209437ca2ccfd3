"""Damaged, mixed-up and hostile files: every reader answers in time, within memory, by its types.

The suite draws a few for each format, `make fuzz` as many as FUZZ_EXAMPLES says.
"""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from index.read.formats import FORMATS, Format, read_bytes
from tests.index.formats.pdfs import pdf

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
# Longest time in seconds, and most memory in bytes beside what was taken, that one file may take.
MOST_SECONDS, MOST_BYTES = 5.0, 400 * 2**20
ARTICLE = "The bridge cost 48 million euros. It opened in May 2021, the mayor said."
PAGE = (
    f'<html lang="en"><head><title>Bridge</title></head><body><article><h1>Bridge</h1>'
    f"<p>{ARTICLE}</p><table><tr><td>1</td></tr></table></article></body></html>"
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(**files: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return into.getvalue()


def warc() -> bytes:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        "WARC-Date: 2021-05-02T00:00:00Z\r\nWARC-Target-URI: https://example.org/a\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


DOCX = zipped(
    **{
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>{ARTICLE}'
        "</w:t></w:r></w:p></w:body></w:document>",
    }
)
EPUB = zipped(
    **{
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
        'container"><rootfiles><rootfile full-path="a.opf" '
        'media-type="application/oebps-package+xml"/></rootfiles></container>',
        "a.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>',
        "a.xhtml": PAGE,
    }
)
RSS = (
    f"<rss><channel><title>News</title><item><title>Bridge</title><guid>a</guid>"
    f"<description>{ARTICLE}</description></item></channel></rss>"
)
ROW = {"id": "a", "text": ARTICLE, "title": "Bridge", "published_at": "2021-05-02"}
SEEDS: dict[str, bytes] = {
    "plain text": ARTICLE.encode(),
    "Markdown": f"---\ntitle: Bridge\n---\n# Bridge\n\n{ARTICLE}[^1]\n\n[^1]: note\n".encode(),
    "HTML": PAGE.encode(),
    "PDF": pdf([[(50, 700, 12, ARTICLE)]]),
    "Word": DOCX,
    "EPUB": EPUB,
    "e-mail": f"From: a@example.org\r\nSubject: Bridge\r\nDate: Sun, 2 May 2021 10:00:00 +0000\r\n"
    f"Content-Type: text/plain\r\n\r\n{ARTICLE}\r\n".encode(),
    "RSS and Atom": RSS.encode(),
    "XML: RSS, Atom, NewsML-G2, NITF": RSS.encode(),
    "ninjs": json.dumps({"uri": "a", "headline": "Bridge", "body_text": ARTICLE}).encode(),
    "WARC": warc(),
    "WACZ": zipped(**{"archive/data.warc": warc().decode(), "datapackage.json": "{}"}),
    "tables: CSV and TSV": f'id,title,text\na,Bridge,"{ARTICLE}"\n'.encode(),
    "lines of JSON": json.dumps(ROW).encode() + b"\n",
}
# What parsers have stumbled over: deep nesting, entities that expand, lying lengths, odd encodings.
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = [
    b"[" * 100_000, b'{"a":' * 50_000, b"<a>" * 20_000, b"> " * 5_000, b"*_" * 5_000, b"(" * 20_000,
    f'<!DOCTYPE r [<!ENTITY e0 "lol">{BOMB}]><rss><channel><item><title>&e9;</title></item>'
    "</channel></rss>".encode(),
    b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><guid>a</guid>'
    b"<title>t</title><description>&x;</description></item></channel></rss>",
    b"\xff\xfe" + b"<\x00" * 1_000, b"\x00" * 10_000, b"%PDF-1.7\n" * 500, b"PK\x03\x04" * 500,
    b"\x1f\x8b" * 100, b"\r\n" * 50_000, "e\u0301".encode() * 20_000, "\u0300".encode() * 20_000,
    b"a,b\n" + b'"' * 50_001,
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 9_000,
    b"(data:" * 30_000, b"<i style='" + b"text-decoration" * 20_000 + b"'>x",
    b"<html>\xe9" + b"<script " * 20_000,
    b"<script type='application/ld+json'>" + b" " * 60_000 + b"x</script>",
    b"x <b hidden>" + b"<i>" * 40_000 + b"</u>" * 40_000,
    b"<article><h1>a</h1><p>" + b"<a href='/x'>one two three four</a> " * 5_000,
]  # fmt: skip
EACH = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with pieces cut out, repeated, exchanged or written over."""
    content = whole
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 64)))
        piece = draw(
            st.binary(max_size=16)
            | st.sampled_from(HOSTILE).map(lambda bad: bad[:2_000])
            | st.just(content[start:end] * draw(st.sampled_from([0, 2, 1_000])))
        )
        content = content[:start] + piece + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


def check(content: bytes, form: Format) -> list[Document | Refused]:
    """What is read of a file, in time and within memory."""
    _forget_peak()
    before, started = _peak_bytes(), time.process_time()
    items = list(read_bytes(content, form.media_types[0], f"a{form.endings[0]}", max_chars=100_000))
    assert time.process_time() - started < MOST_SECONDS
    assert _peak_bytes() - before < MOST_BYTES
    for item in items:
        assert isinstance(item, (Document, Refused))
        if isinstance(item, Document):
            assert item.text.strip()
            assert len(item.text) <= 100_000
            assert "root:" not in item.text  # no file of this machine was read into it
        else:
            assert "MemoryError" not in item.reason
    return items


def test_every_format_has_a_file_to_begin_with() -> None:
    assert {form.name for form in FORMATS} == set(SEEDS)


@EACH
def test_a_file_that_is_whole_is_read(form: Format) -> None:
    items = check(SEEDS[form.name], form)
    assert any(isinstance(item, Document) and "48 million" in item.text for item in items)


@pytest.mark.timeout(120)
@EACH
def test_damaged_files_are_read_or_refused(form: Format) -> None:
    @given(content=damaged(SEEDS[form.name]))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES < 100,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def holds(content: bytes) -> None:
        check(content, form)

    holds()


@pytest.mark.timeout(120)
@EACH
def test_hostile_files_are_read_or_refused(form: Format) -> None:
    for content in HOSTILE:
        check(content, form)


def _forget_peak() -> None:
    if (refs := Path("/proc/self/clear_refs")).exists():
        refs.write_text("5")


def _peak_bytes() -> int:
    """The most memory that this process has taken since `_forget_peak`."""
    if not (status := Path("/proc/self/status")).exists():
        pytest.skip("only Linux tells the memory taken")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])
