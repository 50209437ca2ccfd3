"""Books: a chapter a document, with the book's title and day; what is refused."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from index.read.content import MAX_FILE_BYTES
from tests.index.formats.reading import blocks, documents, one, place, read_all, reason
from tests.index.formats.zipped import epub, xhtml, zipped

ABOUT = (
    "<dc:title>The Harbour</dc:title><dc:publisher>Lindholm Press</dc:publisher>"
    "<dc:language>de-DE</dc:language><dc:date opf:event='modification'>2022-01-01</dc:date>"
    "<dc:date>2019-03-04</dc:date>"
)


def test_each_chapter_is_a_document_of_its_book() -> None:
    chapters = {
        "nav.xhtml": xhtml("<nav><ol><li><a href='1.xhtml'>One</a></li></ol></nav>"),
        "cover.xhtml": xhtml("<img src='a.jpg'/>"),
        "1.xhtml": xhtml("<h1>The port</h1><p>It has 25 berths.</p>"
                         "<p>It holds 10<sup>6</sup> l.</p>"),
        "2.xhtml": xhtml("<p>No heading here, caf\u0065\u0301 only.</p><table><tr><th>Year</th>"
                         "<th>Toll</th></tr><tr><td>2020</td><td>48</td></tr></table>"),
    }  # fmt: skip
    first, second = documents(epub(chapters, ABOUT), "harbour.epub")
    assert (first.id, first.title) == ("harbour.epub#text/1.xhtml", "The Harbour: The port")
    assert blocks(first) == ["It has 25 berths.", "It holds 10⁶ l."]
    assert (first.publisher, first.language) == ("Lindholm Press", "de")
    assert first.published_at == dt.date(2019, 3, 4)
    assert place(first, "25 berths").chapter == "text/1.xhtml: The port"  # type: ignore[union-attr]
    assert second.title == "The Harbour"
    assert blocks(second) == ["No heading here, café only.", "Year: 2020; Toll: 48"]


def test_marks_of_notes_join_no_number() -> None:
    named = 'xmlns:epub="http://www.idpf.org/2007/ops" epub:type="noteref"'
    body = (
        f'<p>It has 25<a {named} href="#n">1</a>'
        ' berths, or 26<a role="doc-noteref" href="#n">2</a> of them.</p>'
    )
    assert one(epub({"a.xhtml": xhtml(body)}), "a.epub").text == "It has 25 berths, or 26 of them."


def test_pages_of_html_as_old_books_have_them() -> None:
    page = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/a.dtd">'
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><h2>One</h2>A&nbsp;caf&eacute;<br/>here."
        "<ol start='3'><li>third</li></ol></body></html>"
    )
    found = one(epub({"1.html": page}, "<dc:date>1999</dc:date>"), "a.epub")
    assert blocks(found) == ["A café\nhere.", "3. third"]
    assert (found.title, found.published_at) == ("One", None)  # a year is no day


def test_a_book_without_its_chapter_is_read_as_far_as_it_goes() -> None:
    package = epub({"1.xhtml": xhtml("<p>Here.</p>")})
    broken = zipped(
        {
            "META-INF/container.xml": "<c><rootfile full-path='b.opf'/></c>",
            "b.opf": "<package><manifest>"
            "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='b' href='b%20c.xhtml' media-type='application/xhtml+xml'/></manifest>"
            "<spine><itemref idref='a'/><itemref idref='b'/><itemref idref='x'/></spine></package>",
            "b c.xhtml": xhtml("<p>Still here.</p>"),
        }
    )
    refused, found = read_all(broken, "a.epub")
    assert refused == Refused("a.epub#a.xhtml", "a.xhtml is missing in it")
    assert isinstance(found, Document)
    assert (found.id, found.text) == ("a.epub#b c.xhtml", "Still here.")
    assert reason(package[:-50], "a.epub").startswith("not a whole ZIP archive")


def test_what_is_refused_is_called_by_its_name() -> None:
    drm = "<encryption><e:EncryptionMethod xmlns:e='urn:e' Algorithm='http://www.w3.org/aes'/></encryption>"
    chapter = {"1.xhtml": xhtml("<p>Here.</p>")}
    assert reason(epub(chapter, **{"META-INF/encryption.xml": drm}), "a.epub") == "encrypted (DRM)"
    fonts = drm.replace("http://www.w3.org/aes", "http://www.idpf.org/2008/embedding")
    assert one(epub(chapter, **{"META-INF/encryption.xml": fonts}), "a.epub").text == "Here."
    assert reason(zipped({"a": "b"}), "a.epub").startswith("not an EPUB")
    assert reason(epub({"1.xhtml": xhtml("")}), "a.epub") == "no text in it"
    bomb = {"1.xhtml": "<p>" + " " * MAX_FILE_BYTES + "</p>"}
    refused = read_all(epub(bomb), "a.epub")
    assert all(isinstance(item, Refused) for item in refused)
    assert "unpacks to more than 64 MiB" in refused[0].reason  # type: ignore[union-attr]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=4))
def test_offsets_are_true_whatever_is_in_it(bodies: list[str]) -> None:
    chapters = {f"{number}.xhtml": f"<body>{body}</body>" for number, body in enumerate(bodies)}
    assert read_all(epub(chapters), "a.epub")  # it checks the offsets
