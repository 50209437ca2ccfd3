"""RSS and Atom: entries with their own days, addresses and publishers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from tests.index.formats.reading import blocks, documents, one, place, read_all, reason

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Lindholm Wire</title><link>https://wire.example/news/</link><language>en-gb</language>
<lastBuildDate>Fri, 18 Jun 2021 08:00:00 GMT</lastBuildDate>
<item><title>Toll &lt;b&gt;raised&lt;/b&gt; &amp;amp; doubled</title><link>/toll</link>
<guid isPermaLink="false">wire:1</guid><pubDate>Tue, 15 Jun 2021 23:30:00 -0500</pubDate>
<description>Short.</description><content:encoded><![CDATA[<p>The toll is 71 € now.</p>
<script>track()</script><p hidden>Not shown.</p>
<table><tr><th>Year<th>Toll<tr><td>2020<td>48</table>]]>
</content:encoded></item>
<item><title>Ferry runs</title><link>ferry?id=2</link><description>It runs &lt;i&gt;again&lt;/i&gt;.
</description></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafenblatt</title>
<id>https://hafen.example/feed</id><updated>2021-06-20T10:00:00Z</updated>
<link rel="alternate" href="https://hafen.example/"/>
<entry><id>urn:uuid:1</id><title type="html">Br&amp;uuml;cke</title><link href="a/1"/>
<published>2021-06-15T23:30:00+02:00</published><updated>2021-06-17T08:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Die Brücke ist zu.</p></div>
</content></entry>
<entry><id>urn:uuid:2</id><title>Fähre</title><updated>2021-06-16T08:00:00Z</updated>
<summary>Sie fährt wieder.</summary>
<source><title>Inselpost</title></source></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://old.example/"><title>Old Gazette</title>
<link>https://old.example/</link></channel>
<item rdf:about="https://old.example/1"><title>Port</title><link>https://old.example/1</link>
<description>The port has 25 berths.</description>
<dc:date>2003-05-06T07:08:09+02:00</dc:date></item>
</rdf:RDF>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_rss(encoding: str) -> None:
    content = RSS.format(encoding=encoding).encode(encoding)
    first, second = documents(content, "wire.rss")
    assert (first.id, first.title) == ("wire:1", "Toll raised & doubled")
    assert blocks(first) == ["The toll is 71 € now.", "Year: 2020; Toll: 48"]
    assert first.url == "https://wire.example/toll"
    assert (first.publisher, first.language) == ("Lindholm Wire", "en")
    assert first.published_at == dt.date(2021, 6, 15)  # as it is written there
    assert place(first, "71 €").entry == "wire:1"  # type: ignore[union-attr]
    # Neither the feed's day nor another entry's.
    assert (second.published_at, second.text) == (None, "It runs again.")
    assert second.id == second.url == "https://wire.example/news/ferry?id=2"


def test_atom() -> None:
    first, second = documents(ATOM.encode(), "hafen.xml")
    assert (first.id, first.title, first.text) == ("urn:uuid:1", "Brücke", "Die Brücke ist zu.")
    assert first.url == "https://hafen.example/a/1"
    assert first.published_at == dt.date(2021, 6, 15)
    assert first.modified_at == dt.date(2021, 6, 17)
    assert (first.publisher, first.language) == ("Hafenblatt", "de")
    assert second.published_at == dt.date(2021, 6, 16)
    assert (second.publisher, second.text) == ("Inselpost", "Sie fährt wieder.")


def test_rss_1() -> None:
    found = one(RDF.encode(), "old.xml")
    assert (found.id, found.text) == ("https://old.example/1", "The port has 25 berths.")
    assert found.published_at == dt.date(2003, 5, 6)
    assert found.publisher == "Old Gazette"


def test_an_entry_that_is_none_does_not_stop_the_rest() -> None:
    content = RSS.format(encoding="utf-8").replace(
        "<item><title>Ferry", "<item></item><item><title>Ferry"
    )
    first, refused, second = read_all(content.encode(), "wire.rss")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert refused == Refused("wire.rss:entry 2", "text is empty")


@pytest.mark.parametrize("name", ["wire.rss", "wire.xml"])
def test_a_feed_that_is_cut_off_is_read_as_far_as_it_goes(name: str) -> None:
    content = RSS.format(encoding="utf-8").encode()
    *found, refused = read_all(content[: content.index(b"Ferry")], name)
    assert isinstance(found[0], Document)
    assert found[0].id == "wire:1"
    assert isinstance(refused, Refused)
    assert refused.reason.startswith("damaged (")


WORDPRESS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Blog</title>
<link>https://blog.example</link>{}</channel></rss>"""
POST = """<item><title>Toll</title><guid isPermaLink="false">{0}</guid><pubDate>{1}</pubDate>
<content:encoded><![CDATA[<p>The toll is 71 euros.</p>]]></content:encoded>
<wp:status>{2}</wp:status><wp:post_type>{3}</wp:post_type>{4}</item>"""
DAY, NO_DAY = "Tue, 15 Jun 2021 17:04:22 +0000", "Mon, 30 Nov -0001 00:00:00 +0000"


def test_what_wordpress_has_not_published_is_withheld() -> None:
    posts = [
        POST.format("a", DAY, "publish", "post", ""),
        POST.format("b", NO_DAY, "draft", "post", ""),
        POST.format("c", DAY, "private", "page", ""),
        POST.format("d", DAY, "publish", "post", "<wp:post_password>x</wp:post_password>"),
        POST.format("e", DAY, "inherit", "attachment", ""),
    ]
    found = documents(WORDPRESS.format("".join(posts)).encode(), "a.xml")
    day = dt.date(2021, 6, 15)
    assert [(one.id, one.pubstatus, one.published_at) for one in found] == [
        ("a", "usable", day), ("b", "withheld", None),
        ("c", "withheld", day), ("d", "withheld", day),
    ]  # fmt: skip


def test_an_id_is_no_address_and_an_entry_without_either_has_a_number() -> None:
    items = "<item><title>A</title><guid>7</guid></item>" + "<item><title>B</title></item>" * 2
    found = documents(WORDPRESS.format(items).encode(), "a.xml")
    assert [(one.id, one.url) for one in found] == [
        ("7", None),
        ("a.xml#2", None),
        ("a.xml#3", None),
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2021-06-15T23:30:00-05:00", "2021-06-15"), ("15 juin 2021", "2021-06-15"),
        ("Tue, 15 Jun 21 10:00 EST", "2021-06-15"), ("06/07/2021", None), (NO_DAY, None),
    ],
)  # fmt: skip
def test_the_day_of_an_entry_is_the_one_that_it_writes(written: str, day: str | None) -> None:
    found = one(
        WORDPRESS.format(POST.format("a", written, "publish", "post", "")).encode(), "a.xml"
    )
    assert (found.published_at and found.published_at.isoformat()) == day


def test_a_feed_without_entries_is_called_by_its_name() -> None:
    assert reason(WORDPRESS.format("").encode(), "a.xml") == "no entry in it"


def test_what_is_no_feed_is_refused() -> None:
    assert reason(b"<html><body>No.</body></html>", "a.rss") == "not RSS or Atom"
    assert reason(b"http://127.0.0.1:1/feed", "a.rss") == "not RSS or Atom"  # nothing is fetched
    assert reason(b"<other/>", "a.xml") == "XML of another kind: <other>"


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    content = f"<?xml version='1.0'?>{bomb}]><rss version='2.0'><channel><item><title>&j;</title>"
    found = read_all(f"{content}</item></channel></rss>".encode(), "a.rss")
    assert all(len(item.text) < 1_000 for item in found if isinstance(item, Document))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200), st.booleans())
def test_offsets_are_true_whatever_is_in_it(body: str, escaped: bool) -> None:
    shown = body.replace("&", "&amp;").replace("<", "&lt;") if escaped else body
    item = f"<item><title>T</title><description>{shown}</description></item>"
    content = f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>"
    assert read_all(content.encode(), "a.rss")  # it checks the offsets
