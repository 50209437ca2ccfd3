"""Web archives: pages alone, each with its record; what is cut off."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.documents import Document, Refused
from index.read import read
from tests.index.formats.reading import documents, one, place, read_all, reason
from tests.index.formats.zipped import zipped

# The library's writer leaves its buffers to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
STORY = (
    "<html lang=en><head><title>{title}</title>"
    '<meta property="article:published_time" content="2021-06-15"></head><body><article>'
    "<h1>{title}</h1><p>The ferry to the outer islands runs again since Monday, the port of "
    "Lindholm said, after a winter in which ice had kept it in the harbour. {more}</p>"
    "<p>Some 2,400 people live on the islands, and most of them had done their shopping by "
    "helicopter, at a cost of 310,000 € that the county has to bear.</p></article></body></html>"
)
UTF_8 = "text/html; charset=utf-8"


def page(title: str, more: str = "") -> bytes:
    return STORY.format(title=title, more=more).encode()


class Archive:
    """A WARC file that grows."""

    def __init__(self, gzipped: bool = False) -> None:
        self.out = io.BytesIO()
        self.writer = WARCWriter(self.out, gzip=gzipped)

    def add(
        self, url: str, body: bytes, status: str = "200 OK", kind: str = UTF_8, **headers: str
    ) -> str:
        """Write an answer; return its record's id."""
        lines = [("Content-Type", kind), *((n.replace("_", "-"), v) for n, v in headers.items())]
        http = StatusAndHeaders(status, lines, protocol="HTTP/1.1")
        record = self.writer.create_warc_record(
            url, "response", payload=io.BytesIO(body), http_headers=http
        )
        self.writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Record-ID"))

    def revisit(self, url: str) -> None:
        record = self.writer.create_revisit_record(url, "sha1:AAAA", url, "2021-06-15T08:00:00Z")
        self.writer.write_record(record)

    def bytes(self) -> bytes:
        return self.out.getvalue()


@cache
def crawl(gzipped: bool = False) -> tuple[bytes, str]:
    archive = Archive(gzipped)
    archive.writer.write_record(archive.writer.create_warcinfo_record("a.warc", {"software": "x"}))
    record = archive.add("https://wire.example/ferry", page("Ferry runs"))
    archive.add("https://wire.example/gone", page("Not found here"), status="404 Not Found")
    archive.add("https://wire.example/a.png", b"\x89PNG", kind="image/png")
    archive.add("https://wire.example/moved", b"", status="301 Moved")
    archive.revisit("https://wire.example/ferry")
    archive.add("https://wire.example/zipped", gzip.compress(page("Toll raised")),
                Content_Encoding="gzip")  # fmt: skip
    return archive.bytes(), record


@pytest.mark.parametrize("gzipped", [False, True])
def test_pages_are_read_and_nothing_else(gzipped: bool) -> None:
    content, record = crawl(gzipped)
    content = gzip.decompress(content) if gzipped else content
    first, second = documents(content, "crawl.warc")
    assert (first.id, first.title) == ("https://wire.example/ferry", "Ferry runs")
    assert first.url == first.id
    assert first.published_at == dt.date(2021, 6, 15)
    at = place(first, "The ferry to")
    assert at is not None
    assert at.record == record.strip("<>")
    assert at.digest is not None
    assert at.digest.startswith("sha1:")
    assert (at.start, second.title) == (0, "Toll raised")
    assert "310,000 €" in first.text


def test_members_of_gzip_are_read_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "crawl.warc.gz").write_bytes(crawl(gzipped=True)[0])
    found = [item for item in read(tmp_path / "crawl.warc.gz") if isinstance(item, Document)]
    assert [item.title for item in found] == ["Ferry runs", "Toll raised"]


def test_the_encoding_that_the_server_stated_is_the_pages() -> None:
    archive = Archive()
    body = page("Kavárna", "Stála 48 korun.").decode().encode("iso-8859-2", "replace")
    archive.add("https://wire.example/", body, kind="text/html; charset=ISO-8859-2")
    assert one(archive.bytes(), "a.warc").title == "Kavárna"


@pytest.mark.parametrize("gzipped", [False, True])
def test_the_archives_of_a_wacz(gzipped: bool) -> None:
    name = "archive/data.warc.gz" if gzipped else "archive/data.warc"
    members: dict[str, str | bytes] = {
        "datapackage.json": "{}", name: crawl(gzipped)[0], "archive/broken.warc": b"nonsense",
    }  # fmt: skip
    refused, *found = sorted(
        read_all(zipped(members), "a.wacz"), key=lambda i: isinstance(i, Document)
    )
    assert [item.title for item in found if isinstance(item, Document)] == [
        "Ferry runs",
        "Toll raised",
    ]
    assert isinstance(refused, Refused)
    assert refused.source == "a.wacz!archive/broken.warc"


def test_a_damaged_member_of_a_wacz_ends_no_other() -> None:
    content, _ = crawl()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as members:
        members.writestr("archive/1.warc", content)
        members.writestr("archive/2.warc", content)
    damaged = file.getvalue().replace(b"Not found here", b"Not found HERE", 1)
    found = read_all(damaged, "a.wacz")
    refused = [item for item in found if isinstance(item, Refused)]
    assert [item.source for item in refused] == ["a.wacz!archive/1.warc"]
    assert "CRC" in refused[0].reason
    titles = [item.title for item in found if isinstance(item, Document)]
    assert titles == ["Ferry runs", "Toll raised"]


def test_an_archive_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    content, _ = crawl()
    first, refused = read_all(content[: content.index(b"Not found here")], "a.warc")
    assert isinstance(first, Document)
    assert refused == Refused("a.warc", "cut off in record 3")
    *_, refused, last = read_all(content[:-9], "a.warc")
    assert isinstance(refused, Refused)
    assert refused.reason == "the record is cut off"
    assert isinstance(last, Refused)


def test_members_of_gzip_before_the_damage_are_read(tmp_path: Path) -> None:
    content, _ = crawl(gzipped=True)
    (tmp_path / "a.warc.gz").write_bytes(content[:-20])
    *found, last = read(tmp_path)
    assert [item.title for item in found if isinstance(item, Document)] == ["Ferry runs"]
    assert isinstance(last, Refused)
    assert last.reason.startswith("damaged after record ")


def test_a_page_in_a_coding_that_is_not_read_is_called_by_its_name() -> None:
    archive = Archive()
    archive.add("https://wire.example/", b"x", Content_Encoding="zstd")
    (refused,) = read_all(archive.bytes(), "a.warc")
    assert isinstance(refused, Refused)
    assert refused.reason == "compressed as 'zstd', which is not read"


def test_what_is_refused_is_called_by_its_name() -> None:
    assert reason(b"nonsense", "a.warc").startswith("damaged after record 0: ")
    assert reason(zipped({"a": "b"}), "a.wacz") == "no WARC file in it"
    assert reason(b"nonsense", "a.wacz").startswith("not a whole ZIP archive")
    archive = Archive()
    archive.add("https://wire.example/", b"", status="404 Not Found")
    assert reason(archive.bytes(), "a.warc").startswith("no page in it")
    archive.add("https://wire.example/empty", b"<html></html>")
    (refused,) = read_all(archive.bytes(), "a.warc")
    assert refused == Refused(
        "a.warc:record 2 (https://wire.example/empty)", "no main text found in the page"
    )


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 4_000))
def test_nothing_hangs_on_damage(noise: bytes, at: int) -> None:
    content, _ = crawl()
    assert read_all(content[:at] + noise + content[at + len(noise) :], "a.warc")
