"""The table of formats: how one is told, what holds for each, places from file to answer."""

from __future__ import annotations

import io
import json
import re
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.documents import Document, Refused, document
from index.errors import InvalidDocument
from index.ingest import ingest
from index.places import Place, packed, place_of, unpacked
from index.read import BY_MEDIA_TYPE, endings, read, read_bytes
from index.read.formats import BY_ENDING, FORMATS, read_stream
from index.read.markdown import KEYS
from index.read.origin import Origin
from tests.conftest import OpenEmbedded
from tests.fakes import FakeEmbedder
from tests.index.formats.pdfs import column, pdf
from tests.index.formats.reading import documents, one, reason
from tests.index.formats.test_newsml import inline, item
from tests.index.formats.test_warc import crawl
from tests.index.formats.zipped import docx, epub, p, xhtml, zipped

WORDS = "The ferry runs again."


def test_no_ending_and_no_media_type_is_of_two_formats() -> None:
    for said in ("endings", "media_types"):
        every = [name for form in FORMATS for name in getattr(form, said)]
        assert len(every) == len(set(every))
        assert every == [name.lower() for name in every]
    assert endings().split() == [*BY_ENDING]


@pytest.mark.parametrize("media_type", sorted(BY_MEDIA_TYPE))
def test_every_media_type_is_read_by_its_reader(media_type: str) -> None:
    (found,) = read_bytes(b"\0\0\0", media_type, "a")
    assert not (isinstance(found, Refused) and found.reason.startswith("unknown kind"))


@pytest.mark.parametrize(
    ("content", "media_type", "text"),
    [
        (b"The ferry runs.", "text/plain; charset=utf-8", "The ferry runs."),
        (b"# Ferry\n\nIt *runs*.", "Text/Markdown", "It runs."),
        (docx(p(WORDS)), None, WORDS),
        (docx(p(WORDS)), "application/octet-stream", WORDS),
        (pdf([[(50, 700, 10, WORDS)]]), "application/pdf", WORDS),
        (f"id,text\n1,{WORDS}\n".encode(), "text/csv", WORDS),
        (json.dumps({"uri": "a", "body_text": WORDS}).encode(), "application/ninjs+json", WORDS),
    ],
)
def test_bytes_are_read_by_media_type_or_name(
    content: bytes, media_type: str | None, text: str
) -> None:
    (found,) = read_bytes(content, media_type, "desk/a.docx")
    assert isinstance(found, Document)
    assert found.text == text
    assert found.id in ("desk/a.docx", "1", "a")


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "text/markdown"])
def test_the_charset_of_a_text_is_the_one_that_is_stated(media_type: str) -> None:
    text = "Мост через реку стоил сорок восемь миллионов рублей, сказал он в понедельник."
    content = f"<html><body><p>{text}</p></body>" if media_type == "text/html" else text
    (found,) = read_bytes(content.encode("koi8-r"), f'{media_type}; charset="KOI8-R"', "a")
    assert isinstance(found, Document)
    assert found.text == text
    (refused,) = read_bytes(content.encode("koi8-r"), f"{media_type}; charset=utf-8", "a")
    assert isinstance(refused, Refused)
    assert "as its charset says" in refused.reason


def test_bytes_of_another_kind_are_refused() -> None:
    assert list(read_bytes(b"\x89PNG", "image/png", "a.txt")) == [
        Refused("a.txt", "unknown kind of file: image/png")
    ]
    assert list(read_bytes(b"x", None, "a")) == [
        Refused("a", "unknown kind of file: its name has no ending")
    ]


@pytest.mark.parametrize(
    ("library", "name", "extra"),
    [
        ("pypdfium2", "a.pdf", "pdf"),
        ("feedparser", "a.rss", "feeds"),
        ("warcio.archiveiterator", "a.warc", "warc"),
    ],
)
def test_a_library_that_is_missing_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, library: str, name: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # as if it was not installed
    assert reason(b"x", name) == f"needs {library.split('.')[0]}: pip install 'claimdesk[{extra}]'"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", b"a\n\n" * 75_001, "has more than 150,000 lines"),
        ("a.md", b"[a](b) " * 100_001, "has more than 200,000 marks of Markdown"),
        ("a.html", b"<p>" * 450_001, "the page has more than 450,000 tags"),
        ("a.xml", b"<r>" + b"<a/>" * 2_000_000 + b"</r>", "has more than 2,000,000 tags"),
        ("a.rss", b"<rss>" + b"<item>" * 100_001, "has more than 100,000 entries"),
        ("a.eml", b"X-A: b\n" * 150_000 + b"\ntext", "its head is longer than 1,048,576 bytes"),
        ("a.eml", b"A: b\n\n" + b"--b\n" * 20_001, "has more than 20,000 parts"),
        ("a.json", b"[" + b"1," * 100_000 + b"1]", "not ninjs: it has no uri"),
        (
            "a.csv",
            b"id,text\na," + b"x" * 3_000_000,
            "line 2: a cell in quotation marks that has no end, or is longer than a document may "
            "be; nothing after it was read",
        ),
    ],
)
def test_what_would_take_minutes_is_refused_by_name(name: str, content: bytes, reason: str) -> None:
    start = time.process_time()
    assert list(read_bytes(content, None, name)) == [Refused(name, reason)]
    assert time.process_time() - start < 5


def test_a_folder_of_many_kinds_is_read_and_what_fails_is_named(tmp_path: Path) -> None:
    files = {
        "a.pdf": pdf([[(50, 700, 10, WORDS)]]), "b.docx": docx(p(WORDS)),
        "c.epub": epub({"1.xhtml": xhtml(f"<p>{WORDS}</p>")}),
        "d.csv": f"id,text\nd,{WORDS}".encode(),
        "broken.pdf": b"%PDF", "broken.docx": b"PK", "broken.epub": b"PK", "broken.rss": b"<",
        "broken.xml": b"<", "broken.json": b"{", "broken.warc": b"W", "broken.wacz": b"P",
        "broken.csv": b"a,b", "broken.eml": b"",
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = list(read(tmp_path))
    texts = [item.text for item in found if isinstance(item, Document)]
    assert texts == [WORDS] * 4
    refused = {Path(item.source).name for item in found if isinstance(item, Refused)}
    assert refused == {name for name in files if name.startswith("broken")}


class Rows(io.RawIOBase):
    """A table of any size that is made as it is read."""

    def __init__(self, rows: int) -> None:
        self._left = self._parts(rows)
        self._rest = b""

    def _parts(self, rows: int) -> Iterator[bytes]:
        yield b"id,text\n"
        for number in range(rows):
            yield f"{number},{'The ferry runs again. ' * 200}\n".encode()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        self._rest = self._rest or next(self._left, b"")
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def test_a_large_table_is_never_in_memory_whole() -> None:
    stream = io.BufferedReader(Rows(1_500))  # 7 MB
    tracemalloc.start()
    count = sum(1 for _ in read_stream(stream, BY_ENDING[".csv"], Origin("a", "a")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_500
    assert peak < 3 * 2**20


# One file of each format that has places.
PLACED = {
    ".pdf": lambda: pdf([[(50, 700, 10, WORDS)]]),
    ".docx": lambda: docx(p("One", "Heading 1") + p(WORDS)),
    ".epub": lambda: epub({"1.xhtml": xhtml(f"<p>{WORDS}</p>")}),
    ".atom": lambda: f"<feed><entry><title>{WORDS}</title></entry></feed>".encode(),
    ".rss": lambda: f"<rss version='2.0'><channel><item><title>{WORDS}</title></item>".encode(),
    ".xml": lambda: item(inline(f"<p>{WORDS}</p>")).encode(),
    ".json": lambda: json.dumps({"uri": "a", "body_text": WORDS}).encode(),
    ".warc": lambda: crawl()[0],
    ".wacz": lambda: zipped({"archive/a.warc": crawl()[0]}),
    ".csv": lambda: f"id,text\n1,{WORDS}\n".encode(),
}


PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()


def overview() -> list[list[str]]:
    """The cells of each row of the page's first table; the first cell is empty."""
    return [line.split("|") for line in PAGE.splitlines() if line.startswith("| `.")]


def example(heading: str) -> list[str]:
    """The blocks of code in a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\w+\n(.*?)^```", section, re.M | re.S)


def test_the_examples_of_the_documentation_are_read_as_it_says() -> None:
    source, shown = example("Markdown")
    (found,) = read_bytes(source.encode(), None, "a.md")
    assert isinstance(found, Document)
    assert (found.id, found.title) == ("bridge", "Bridge opens in Lindholm")
    assert found.text + "\n" == shown
    table, line = example("Tables")
    (row,) = read_bytes(table.encode(), None, "a.csv")
    (same,) = read_bytes(line.encode(), None, "a.jsonl")
    assert isinstance(row, Document)
    assert replace(row, places=None) == same


def test_the_documentation_names_the_fields_of_front_matter() -> None:
    section = PAGE.partition("- Front matter may hold")[2].partition("Other fields")[0]
    assert set(re.findall(r"`(\w+)`", section)) == {*sum(KEYS.values(), ())}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_documentation_says_which_extra_a_format_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {ending: make() for ending, make in PLACED.items()}
    for name in [*sys.modules, "pypdfium2", "feedparser", "warcio"]:
        if name.partition(".")[0] in ("pypdfium2", "feedparser", "warcio"):
            monkeypatch.setitem(sys.modules, name, None)
    for row in overview():
        needed = set()
        for ending in re.findall(r"`(\.\w+)`", row[1]):
            for found in read_bytes(files.get(ending, b""), None, f"a{ending}"):
                if isinstance(found, Refused):
                    needed |= set(re.findall(r"claimdesk\[(\w+)\]", found.reason))
        assert needed == set(re.findall(r"`(\w+)`", row[3])), row[1]


# The library's writer, by which the test makes an archive, leaves its buffers open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_documentation_says_which_places_each_format_has() -> None:
    rows = overview()
    names = {part.name for part in fields(Place)}
    compared = set()
    for row in rows:
        said = set(re.findall(r"`(\w+)`", row[4])) & names
        for ending in re.findall(r"`(\.\w+)`", row[1]):
            if ending not in PLACED:
                assert not said or BY_ENDING[ending].read in {BY_ENDING[one].read for one in PLACED}
                continue
            read = read_bytes(PLACED[ending](), None, f"a{ending}")
            found = next(item for item in read if isinstance(item, Document))
            first, *_ = unpacked(found.places)
            given = {name for name in names if getattr(first, name) is not None}
            assert given - {"start", "end"} == said, ending
            compared.add(ending)
    assert compared == PLACED.keys()


# -- places -----------------------------------------------------------------------------------


def test_places_are_kept_as_they_were_given() -> None:
    places = [Place(0, 3, page=1, box=(1.0, 2.0, 3.5, 4.0)), Place(5, 9, chapter="é", row=7)]
    assert unpacked(packed(places)) == places
    for start, end in ((0, 1), (5, 25), (20, 21), (10, 900)):
        some = unpacked(packed(places), (start, end))
        assert some == [one for one in places if one.start < end and one.end > start]
    assert packed([]) is None
    assert unpacked(None) == []
    many = [Place(n * 40, n * 40 + 39, page=n // 50, box=(50.0, n % 700, 300.5, 12.0 + n % 700))
            for n in range(2_000)]  # fmt: skip
    kept = packed(many)
    assert kept is not None
    assert len(kept) < 20 * len(many)  # bytes


@pytest.mark.parametrize("places", [[Place(2, 1)], [Place(0, 5), Place(4, 6)], [Place(0, 99)]])
def test_places_that_cannot_be_are_refused(places: list[Place]) -> None:
    with pytest.raises(InvalidDocument):
        document("a", "Some words.", places=places)


def test_the_place_of_a_quote_is_that_of_its_lines_on_one_page() -> None:
    places = [
        Place(0, 10, page=1, box=(50, 100, 200, 110)), Place(11, 20, page=1, box=(40, 80, 190, 98)),
        Place(21, 30, page=2, box=(50, 700, 200, 710)),
    ]  # fmt: skip
    assert place_of(places, 2, 5) == Place(2, 5, page=1, box=(50, 100, 200, 110))
    assert place_of(places, 5, 25) == Place(5, 20, page=1, box=(40, 80, 200, 110))
    assert place_of(places, 20, 21) is None


def test_a_document_is_stored_with_its_places_and_they_count_in_its_hash(
    open_embedded: OpenEmbedded,
) -> None:
    found = one(pdf([column(["The ferry runs", "again today."], 50, 700)]), "a.pdf")
    moved = one(pdf([column(["The ferry runs", "again today."], 90, 700)]), "a.pdf")
    assert found.text == moved.text
    corpus = open_embedded()
    for version in (found, found, moved):
        (outcome,) = ingest([version], corpus, FakeEmbedder())
    assert outcome.status == "updated"
    stored = corpus.get("a.pdf")
    assert stored is not None
    assert unpacked(stored.places) == unpacked(moved.places)
    assert all(item.places is None for item in corpus.documents().documents)  # lists stay short
    plain = document("b", "Words.")
    assert plain.content_hash() == document("b", "Words.", places=[]).content_hash()


def test_an_answer_says_where_each_quote_was_written(client: TestClient) -> None:
    lines = ["The harbour ferry carried 3,100 people", "a day in the summer of 2021."]
    content = pdf([[(50, 700, 10, "Nothing here.")], column(lines, 72, 700)])
    path = "/v1/documents/ferry.pdf"
    put = client.put(path, content=content, headers={"Content-Type": "application/pdf"})
    assert put.status_code == 201
    stored = client.get(path).json()
    assert [place["page"] for place in stored["places"]] == [1, 2, 2]
    for place in stored["places"]:
        assert stored["text"][place["start"] : place["end"]] in ("Nothing here.", *lines)
    claim = "The harbour ferry carried 3,100 people a day in the summer of 2021"
    answer = client.post("/v1/verify", json={"claim": claim, "top_k": 1}).json()
    (evidence,) = answer["evidence"]
    place = evidence["rationale"][0]["place"]
    assert place["page"] == 2
    assert set(place) == {"start", "end", "page", "box"}
    left, bottom, right, top = place["box"]
    assert left == pytest.approx(72, abs=2)
    assert bottom < 688 < 700 < top
    assert right > 200


def test_a_document_of_no_format_has_no_place(client: TestClient) -> None:
    assert client.get("/v1/documents/a").json()["places"] == []
    answer = client.post("/v1/verify", json={"claim": "Each sent 60 servicemen to the centre"})
    quotes = [quote for item in answer.json()["evidence"] for quote in item["rationale"]]
    assert quotes
    assert all(quote["place"] is None for quote in quotes)


def test_documents_of_one_row_are_of_one_place() -> None:
    (found,) = documents(f"id,text\n1,{WORDS}\n".encode(), "a.csv")
    assert unpacked(found.places) == [Place(0, len(WORDS), row=2)]
