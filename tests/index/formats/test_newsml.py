"""NewsML-G2 and NITF: versions, status, embargo, three ways to hold a text."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.documents import Document, Refused
from tests.index.formats.reading import blocks, documents, one, place, read_all, reason

G2 = "http://iptc.org/std/nar/2006-10-01/"
NITF = """<nitf><head><title>T</title><docdata><doc-id id-string="nitf:7"/>
<date.issue norm="20210615T100000Z"/><date.release norm="20210615T120000+0200"/>
<doc.copyright year="2021" holder="Lindholm Wire"/></docdata></head><body><body.head>
<hedline><hl1>Ferry runs again</hl1><hl2>After a year</hl2></hedline>
<byline>By <person>Ada Byron</person></byline><distributor>Lindholm Wire</distributor></body.head>
<body.content><block><p>The ferry runs <em>again</em>.</p><hl2>Below</hl2><p>It is full.</p></block>
<media media-type="image"><media-reference source="a.jpg"/><media-caption>The ferry.</media-caption>
</media><table><tr><th>Year</th><th>Cars</th></tr><tr><td>2020</td><td>3,100</td></tr></table>
</body.content><body.end><tagline>Desk</tagline></body.end></body></nitf>"""
XHTML = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>'
    "<p>The toll is 71 euros.</p><p>It was 48.</p></body></html>"
)


def item(
    content: str,
    version: int = 1,
    about: str = '<pubStatus qcode="stat:usable"/>',
    guid: str = "urn:newsml:wire.example:1",
) -> str:
    return f"""<newsItem xmlns="{G2}" guid="{guid}" version="{version}" xml:lang="en-GB">
    <rightsInfo><copyrightHolder literal="Lindholm Wire"/>
    <copyrightNotice>(c) Wire</copyrightNotice>
    <usageTerms>Not for archives.</usageTerms></rightsInfo>
    <itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:LW"><name>Lindholm Wire</name>
    </provider><versionCreated>2021-06-{14 + version}T08:00:00Z</versionCreated>
    <firstCreated>2021-06-15T07:00:00+02:00</firstCreated>{about}</itemMeta>
    <contentMeta><headline>Toll raised</headline><by>Grace Hopper</by></contentMeta>
    <contentSet>{content}</contentSet></newsItem>"""


def inline(xml: str) -> str:
    return f'<inlineXML contenttype="application/xhtml+xml">{xml}</inlineXML>'


def test_an_item_with_xhtml() -> None:
    about = '<pubStatus qcode="stat:usable"/><embargoed>2021-06-15T12:00:00Z</embargoed>'
    found = one(item(inline(XHTML), about=about).encode(), "a.xml")
    assert (found.id, found.title) == ("urn:newsml:wire.example:1", "Toll raised")
    assert blocks(found) == ["By Grace Hopper", "The toll is 71 euros.", "It was 48."]
    assert (found.published_at, found.modified_at) == (dt.date(2021, 6, 15), dt.date(2021, 6, 15))
    assert (found.publisher, found.language, found.pubstatus) == ("Lindholm Wire", "en", "usable")
    assert found.embargoed_until == dt.datetime(2021, 6, 15, 12, tzinfo=dt.UTC)
    assert found.usageterms == "Not for archives."
    assert found.rights is not None
    assert "(c) Wire" in found.rights
    assert place(found, "It was 48").entry == found.id  # type: ignore[union-attr]


def test_an_item_with_nitf_and_nitf_alone() -> None:
    wanted = [
        "The ferry runs again.",
        "Below",
        "It is full.",
        "Year: 2020; Cars: 3,100",
        "The ferry.",
    ]
    within = one(item(inline(NITF)).encode(), "a.xml")
    assert blocks(within) == ["By Grace Hopper", *wanted]
    assert place(within, "The ferry.").entry.endswith("#media 1")  # type: ignore[union-attr]
    alone = one(NITF.encode(), "a.xml")
    assert (alone.id, alone.title, alone.publisher) == (
        "nitf:7",
        "Ferry runs again",
        "Lindholm Wire",
    )
    assert blocks(alone) == ["By Ada Byron", "After a year", *wanted]
    assert alone.published_at == dt.date(2021, 6, 15)
    assert alone.embargoed_until == dt.datetime(2021, 6, 15, 10, tzinfo=dt.UTC)
    assert alone.rights == "2021 Lindholm Wire"


def test_an_item_with_plain_text_after_a_picture() -> None:
    content = (
        '<remoteContent href="a.jpg"/><inlineData contenttype="image/png" encoding="e:b64">'
        'AA==</inlineData><inlineData contenttype="text/plain">One line\nof it.\n\n'
        "Another.</inlineData>"
    )
    assert blocks(one(item(content).encode(), "a.xml"))[1:] == ["One line of it.", "Another."]


def test_two_versions_in_a_message_come_in_their_order() -> None:
    old, new = (item(inline(f"<p>The toll is {toll}.</p>"), version)
                for version, toll in ((1, "48"), (2, "71")))  # fmt: skip
    package = f'<packageItem xmlns="{G2}" guid="p" version="1"/>'
    message = f'<newsMessage xmlns="{G2}"><itemSet>{new}{package}{old}</itemSet></newsMessage>'
    first, second = documents(message.encode(), "a.xml")
    assert first.id == second.id
    assert (blocks(first)[1], blocks(second)[1]) == ("The toll is 48.", "The toll is 71.")
    assert second.modified_at == dt.date(2021, 6, 16)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ('qcode="stat:canceled"', "canceled"), ('qcode="stat:withheld"', "withheld"),
        ('uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"', "canceled"),
    ],
)  # fmt: skip
def test_what_is_canceled_takes_the_place_of_what_was_there(status: str, expected: str) -> None:
    found = one(item("", 3, about=f"<pubStatus {status}/>").encode(), "a.xml")
    assert (found.pubstatus, found.text) == (expected, "Toll raised")


def test_an_embargo_without_a_time_holds_until_another_version() -> None:
    usable = '<pubStatus qcode="stat:usable"/>'
    assert one(item(inline(XHTML), 1, usable).encode(), "a.xml").pubstatus == "usable"
    held = one(item(inline(XHTML), 1, f"<embargoed/>{usable}").encode(), "a.xml")
    assert held.pubstatus == "withheld"


@pytest.mark.parametrize(
    ("status", "release", "expected"),
    [
        ("usable", "", "usable"), ("embargoed", "", "withheld"), ("withheld", "", "withheld"),
        ("canceled", "", "canceled"),
        ("embargoed", '<date.release norm="20990101T000000Z"/>', "usable"),
    ],
)  # fmt: skip
def test_the_status_of_nitf(status: str, release: str, expected: str) -> None:
    docdata = f'<docdata management-status="{status}">{release}'
    content = NITF.replace("<docdata>", docdata).replace(
        '<date.release norm="20210615T120000+0200"/>', ""
    )
    found = one(content.encode(), "a.xml")
    assert (found.pubstatus, found.embargoed_until is not None) == (expected, bool(release))


def test_what_cannot_be_understood_is_not_published() -> None:
    unknown = item(inline(XHTML), about='<pubStatus qcode="stat:killed"/>')
    assert "pubstatus" in reason(unknown.encode(), "a.xml")
    message = f"<newsMessage xmlns='{G2}'><itemSet>{unknown}{item(inline(XHTML), guid='b')}"
    refused, found = read_all(f"{message}</itemSet></newsMessage>".encode(), "a.xml")
    assert isinstance(refused, Refused)
    assert refused.source == "a.xml:urn:newsml:wire.example:1"
    assert isinstance(found, Document)


def test_what_holds_no_text_is_called_by_its_name() -> None:
    package = f'<packageItem xmlns="{G2}" guid="p" version="1"/>'
    assert reason(package.encode(), "a.xml") == "a packageItem: it holds no text of its own"
    assert reason(item("").encode(), "a.xml") == "text is empty"
    assert reason(item("").encode()[:-9], "a.xml").startswith("not XML: ")
    assert reason(item("", guid=" ").encode(), "a.xml") == "the item has no guid"
    entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    bomb = entity + item(inline("<p>&b;</p>"))
    assert reason(bomb.encode(), "a.xml") == "XML that defines entities is not read"


texts = st.text(st.characters(codec="utf-8", exclude_characters="<>&", min_codepoint=32))
trees = st.recursive(
    texts,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["p", "table", "tr", "td", "block", "media", "hl2", "nitf", "ol", "li"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_offsets_are_true_whatever_is_in_it(tree: str) -> None:
    assert read_all(item(inline(f"<div>{tree}</div>")).encode(), "a.xml")  # it checks the offsets


def test_a_status_of_many_letters_is_read_in_linear_time() -> None:
    unknown = item(inline(XHTML), about=f'<pubStatus qcode="{"stat" * 100_000}"/>')
    started = time.process_time()
    assert "pubstatus" in reason(unknown.encode(), "a.xml")
    assert time.process_time() - started < 5  # a minute, were it quadratic
