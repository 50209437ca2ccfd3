# ruff: noqa: E501 - markup in one line is easier to read
"""HTML pages: their own day, their text as it is seen, their encodings, and how long they take."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import pytest

from index.documents import Document
from index.errors import UnreadableFile
from index.read import html
from index.read.blocks import html_blocks
from index.read.dates import possible_days
from index.read.html import fragment_text, read_html
from index.read.markdown import read_markdown

TITLE = "Ferry to the islands runs again"
ONE = (
    "The ferry to the outer islands runs again since Monday, the port of Lindholm said in a short "
    "statement, after a winter in which the ice had kept it in the harbour."
)
TWO = (
    "Some 2,400 people live on the islands, and most of them had done their shopping by "
    "helicopter, at a cost of 310,000 euros that the county has to bear."
)
THREE = (
    "The captain, Ilse Brandt, thanked her crew and said that the next winter would find the ship "
    "with a stronger bow, if the county found the money for it."
)
STORY = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"


def page(body: str, head: str = "", language: str = "en") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    )


def read(text: str | bytes) -> Document:
    content = text.encode() if isinstance(text, str) else text
    return read_html(content, "a.html", 1_000_000)


def published(head: str = "", top: str = "", after: str = "", language: str = "en") -> str | None:
    body = f"<article>{top}<h1>{TITLE}</h1>{STORY}</article>{after}"
    day = read(page(body, head, language)).published_at
    return day.isoformat() if day else None


def ld(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


OWN = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2019-03-04T08:00:00Z"}
OTHER = {"@type": "NewsArticle", "headline": "Bakery burns down", "datePublished": "2003-03-12"}
CANONICAL = '<link rel="canonical" href="https://x.example/2003/03/12/ferry/">'


@pytest.mark.parametrize(
    "value",
    [
        OWN,
        [OTHER, OWN],
        {"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"}, OTHER, OWN]},
        {"@type": ["NewsArticle", "ReportageNewsArticle"], "datePublished": "2019-03-04"},
        {"@type": "https://schema.org/BlogPosting", "datePublished": "4 March 2019"},
        {"@type": "NewsArticle", "datePublished": {"@value": "2019-03-04"}},
        {"@type": "WebPage", "mainEntity": OWN, "datePublished": "2001-01-01", "name": "X"},
        {**OWN, "image": {"@type": "ImageObject", "datePublished": "2003-03-12"}},
        {**OWN, "comment": [{"@type": "Comment", "datePublished": "2022-03-12"}]},
        {**OWN, "video": {"@type": "VideoObject", "uploadDate": "2003-03-12"}},
        {**OWN, "isPartOf": {"@type": "CreativeWorkSeries", "datePublished": "2003-03-12"}},
        {**OWN, "citation": OTHER, "mentions": [OTHER], "hasPart": OTHER},
        {"@type": "LiveBlogPosting", "headline": TITLE, "datePublished": "2019-03-04",
         "liveBlogUpdate": [{"@type": "BlogPosting", "datePublished": "2019-03-06"}]},
        {"@type": "ClaimReview", "datePublished": "2019-03-04",
         "itemReviewed": {"@type": "Claim", "datePublished": "2018-01-01"}},
        [{"@type": "ClaimReview", "datePublished": "2018-01-01"},
         {"@type": "NewsArticle", "datePublished": "2019-03-04"}],
        {"@type": "NewsArticle", "headline": "Ferry runs again to the islands",
         "datePublished": "2019-03-04"},
        {"@type": "WebPage", "name": TITLE, "datePublished": "2019-03-04"},
        [{**OWN, "url": "https://amp.x.example/ferry"}, OTHER],
        [OWN, {"@type": "NewsArticle", "datePublished": "2003-03-12"}],
    ],
)  # fmt: skip
def test_the_day_of_json_ld_is_that_of_the_pages_article(value: Any) -> None:
    assert published(ld(value)) == "2019-03-04"


@pytest.mark.parametrize(
    "value",
    [
        OTHER,
        {"@graph": [OTHER, {**OTHER, "headline": "Fair opens"}]},
        {"@type": "ItemList", "itemListElement": [OWN]},
        {"@type": "WebSite", "datePublished": "2003-03-12"},
        {"@type": "Organization", "datePublished": "2003-03-12"},
        {"@type": "VideoObject", "name": TITLE, "datePublished": "2003-03-12"},
        {"@type": "Claim", "datePublished": "2003-03-12"},
        {"@type": "JobPosting", "datePosted": "2003-03-12", "datePublished": "2003-03-12"},
        {"@type": "NewsArticle", "headline": TITLE, "dateModified": "2003-03-12"},
        {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2003-03"},
        {"@type": "NewsArticle", "headline": TITLE, "datePublished": "03/04/2019"},
        {"@type": "NewsArticle", "headline": TITLE, "datePublished": "1970-01-01T00:00:00Z"},
        [{"@type": "NewsArticle", "datePublished": "2003-03-12"},
         {"@type": "NewsArticle", "datePublished": "2005-03-12"}],
        [{"@type": "NewsArticle", "headline": TITLE},
         {"@type": "NewsArticle", "datePublished": "2003-03-12"}],
        {"@type": "NewsArticle", "headline": "Ferry", "datePublished": "2003-03-12"},
    ],
)  # fmt: skip
def test_no_day_of_json_ld_of_something_else(value: Any) -> None:
    assert published(ld(value)) is None


def test_the_node_with_the_pages_address_comes_before_others() -> None:
    other = {**OWN, "headline": "", "url": "https://x.example/other", "datePublished": "2003-03-12"}
    own = {
        **OWN,
        "headline": "Boats",
        "mainEntityOfPage": {"@id": "http://www.x.example/2003/03/12/ferry"},
    }
    found = read(page(f"<article>{STORY}</article>", CANONICAL + ld([other, own])))
    assert found.published_at == dt.date(2019, 3, 4)
    assert found.url == "https://x.example/2003/03/12/ferry/"


def test_another_address_or_the_sites_is_not_the_pages() -> None:
    other = {**OTHER, "headline": f"{TITLE} after a year", "url": "https://x.example/other"}
    assert published(CANONICAL + ld(other)) is None
    site = {"@type": "WebPage", "url": "https://x.example/", "datePublished": "2003-03-12"}
    assert published('<link rel="canonical" href="https://x.example/">' + ld(site)) is None


def test_json_ld_beside_readers_comments_is_theirs() -> None:
    comment = ld({"@type": "NewsArticle", "datePublished": "2003-03-12"})
    assert published(after=f'<div id="comments">{comment}</div>') is None


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "datePublished": "2019-03-04",}',
        '//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2019-03-04"}\n//]]>',
        '/* <![CDATA[ */ {"@type": "NewsArticle", "datePublished": "2019-03-04"} /* ]]> */',
    ],
)
def test_json_ld_as_sites_write_it(script: str) -> None:
    assert published(f'<script type="application/ld+json">{script}</script>') == "2019-03-04"


def test_json_ld_that_is_none_or_nested_is_passed_over() -> None:
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
    assert published(broken + ld(OWN)) == "2019-03-04"
    assert published('<script type="application/ld+json"><!-- 3 --></script>') is None


@pytest.mark.parametrize(
    ("head", "language", "day"),
    [
        ('<meta property="article:published_time" content="1987-06-15T08:00Z">', "en", "1987-06-15"),
        ('<meta name="DC.date.issued" content="2019-03-04">', "en", "2019-03-04"),
        ('<meta name="parsely-pub-date" content="2019-03-04T23:30:00-05:00">', "en", "2019-03-04"),
        ('<meta name="sailthru.date" content="Mon, 04 Mar 2019 08:00:00 +0000">', "en", "2019-03-04"),
        ('<meta itemprop="datePublished" content="2019-03-04">', "en", "2019-03-04"),
        ('<meta name="date" content="4. März 2019">', "de", "2019-03-04"),
        ('<meta name="date" content="04/03/2019">', "fr", "2019-03-04"),
        ('<meta name="date" content="03/04/2019">', "en-US", "2019-03-04"),
        ('<meta name="date" content="03/04/2019">', "en", None),
        ('<meta name="date" content="2016-05">', "en", None),
        ('<meta name="date" content="May 2016">', "en", None),
        ('<meta property="article:modified_time" content="2019-03-04">', "en", None),
        ('<meta property="og:updated_time" content="2019-03-04">', "en", None),
        (
            '<meta name="date" content="03/04/2019">'
            '<meta property="article:modified_time" content="2019-03-04">', "en", "2019-03-04",
        ),
        (
            '<meta property="article:published_time" content="2019-03-04">'
            '<meta property="article:published_time" content="2003-03-12">', "en", None,
        ),
        (
            CANONICAL + '<meta property="article:published_time" content="2019-03-04">',
            "en", "2019-03-04",
        ),
        (CANONICAL, "en", None),
        ("<title>9/11/2001 attacks: a timeline</title>", "en", None),
    ],
)  # fmt: skip
def test_the_day_of_the_pages_head(head: str, language: str, day: str | None) -> None:
    assert published(head, language=language) == day


@pytest.mark.parametrize(
    ("top", "after", "day"),
    [
        ('<time itemprop="datePublished" datetime="2019-03-04">Monday</time>', "", "2019-03-04"),
        ('<time class="entry-date published" datetime="2019-03-04T08:00">x</time>', "", "2019-03-04"),
        ('<time class="entry-date">March 4, 2019</time>', "", "2019-03-04"),
        ('<abbr class="published" title="2019-03-04">4 March</abbr>', "", "2019-03-04"),
        ('<header><time pubdate datetime="2019-03-04">x</time></header>', "", "2019-03-04"),
        ('<time class="updated" datetime="2019-03-04">x</time>', "", None),
        ('<time datetime="2019-03-04">on that day</time>', "", None),
        ('<span itemprop="datePublished">4 March 2019</span>', "", "2019-03-04"),
        (
            '<div itemscope itemtype="https://schema.org/ImageObject">'
            '<meta itemprop="datePublished" content="2003-03-12"></div>', "", None,
        ),
        ('<aside><time class="published" datetime="2003-03-12">x</time></aside>', "", None),
        ('<div class="related-posts"><time class="published" datetime="2003-03-12">x</time></div>',
         "", None),
        ("", '<div id="comments"><article><p>Bravo!</p><time itemprop="datePublished" '
             'datetime="2022-01-01">x</time></article></div>', None),
        ("", '<section><article><h3>Fair</h3><time class="published" '
             'datetime="2003-03-12">x</time></article></section>', None),
        ("", '<footer><time class="published" datetime="2003-03-12">x</time></footer>', None),
        ('<div class="wp-block-post-date"><time datetime="2019-03-04">x</time></div>', "", "2019-03-04"),
        ('<time class="gh-article-meta-date" datetime="2019-03-04">x</time>', "", "2019-03-04"),
        ('<span property="dc:date dc:created" content="2019-03-04">Monday</span>', "", "2019-03-04"),
        ('<span property="schema:datePublished" content="2019-03-04">x</span>', "", "2019-03-04"),
        ('<div typeof="foaf:Image"><span property="dc:date" content="2003-03-12"></span></div>', "",
         None),
        ('<time class="entry-date updated" datetime="2019-03-04">x</time>', "", None),
    ],
)  # fmt: skip
def test_the_day_marked_in_the_body(top: str, after: str, day: str | None) -> None:
    assert published(top=top, after=after) == day


OWN_TIME = '<time class="published" datetime="2019-03-04">4 March 2019</time>'
OTHER_TIME = '<time class="published" datetime="2003-03-12">12 March 2003</time>'


@pytest.mark.parametrize(
    "card",
    [
        f"<div><h3><a href='/x'>Bakery burns down</a></h3>{OTHER_TIME}</div>",
        f"<ul><li><a href='/x'>Bakery burns down in Lindholm</a> {OTHER_TIME}</li></ul>",
        f"<div><a href='/x'>Bakery burns down in Lindholm</a><span>{OTHER_TIME}</span></div>",
        f"<div><a href='/x'>Bakery burns down in Lindholm {OTHER_TIME}</a></div>",
        f"<div><h4>Jo Lane</h4>Last seen: {OTHER_TIME}</div>",
        f"<blockquote>{OTHER_TIME}<p>So long, ferry.</p></blockquote>",
        f"<div class='wp-block-embed'>{OTHER_TIME}</div>",
        f"<noscript>{OTHER_TIME}</noscript>",
    ],
)
@pytest.mark.parametrize("around", ["<article>{}</article>", "<div id='wrap'>{}</div>"])
def test_the_day_of_a_story_beside_is_not_the_pages(card: str, around: str) -> None:
    heading = f"<h1>{TITLE}</h1>"
    with_own = around.format(f"{heading}{OWN_TIME}{STORY}{card}")
    assert read(page(with_own)).published_at == dt.date(2019, 3, 4)
    assert read(page(around.format(f"{heading}{STORY}{card}"))).published_at is None


@pytest.mark.parametrize(
    ("time", "published", "modified"),
    [
        ('<time datetime="2019-03-04">4 March</time>', "2019-03-04", None),
        ('<time datetime="2019-03-04">Updated 4 March</time>', None, "2019-03-04"),
        ('<time datetime="2019-03-04">x</time><time datetime="2018-03-04">x</time>', None, None),
        (f'By <a href="/jo">Jo Lane</a>{OWN_TIME}', "2019-03-04", None),
    ],
)
def test_a_time_beside_the_heading_of_its_article(
    time: str, published: str | None, modified: str | None
) -> None:
    found = read(page(f"<article><header><h1>{TITLE}</h1>{time}</header>{STORY}</article>"))
    days = (found.published_at, found.modified_at)
    assert [day and day.isoformat() for day in days] == [published, modified]


@pytest.mark.parametrize(
    ("written", "language", "days"),
    [
        ("March 4, 2019 8:00 am", "en", ["2019-03-04"]),
        ("Sept. 4, 2019", "en", ["2019-09-04"]),
        ("4 de marzo de 2019", "es", ["2019-03-04"]),
        ("4 марта 2019 г.", "ru", ["2019-03-04"]),
        ("12. března 2019", "cs", ["2019-03-12"]),
        ("4 mars 2019", "", ["2019-03-04"]),
        ("2019年3月4日", "ja", ["2019-03-04"]),
        ("2019. március 4., hétfő", "hu", ["2019-03-04"]),
        ("2019 m. kovo 4 d.", "lt", ["2019-03-04"]),
        ("2019. gada 4. marts", "lv", ["2019-03-04"]),
        ("4 मार्च 2019", "hi", ["2019-03-04"]),
        ("4 במרץ 2019", "he", ["2019-03-04"]),
        ("Mon Mar 04 08:00:00 CET 2019", "", ["2019-03-04"]),
        ("20190304", "", ["2019-03-04"]),
        ("13/04/2019", "en", ["2019-04-13"]),
        ("06/07/2021", "en", ["2021-06-07", "2021-07-06"]),
        ("2019-03-04 to 2019-03-06", "en", []),
        ("2019-02-30", "en", []),
        ("2562-03-04", "th", []),
        ("Mayday 4, 2019", "en", []),
    ],
)
def test_dates_as_they_are_written(written: str, language: str, days: list[str]) -> None:
    assert sorted(day.isoformat() for day in possible_days(written, language)) == days


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("It has 10<sup>6</sup> cells.", "It has 10⁶ cells."),
        ("It has <b>10</b><sup>-3</sup> of it.", "It has 10⁻³ of it."),
        ("It took 11<sup><a href='#n2'>2</a></sup> days.", "It took 11 days."),
        ("It cost 310,000<sup>3</sup> euros.", "It cost 310,000 euros."),
        ("It said so.<sup>[3]</sup> Later it did not.", "It said so. Later it did not."),
        ("H<sub>2</sub>O on 5 m<sup>2</sup> of it.", "H2O on 5 m² of it."),
        ("The 1<sup>st</sup> of 5<sup>1</sup>/<sub>2</sub> now.", "The 1st of 5 1/2 now."),
        ("Killed <del>12</del> 15 people.", "Killed 15 people."),
        ("Killed 1<s>2</s>5 people.", "Killed 1 5 people."),
        ("Killed 1<span hidden>2</span>5 people.", "Killed 1 5 people."),
        ("He said <q>never</q> to it.", "He said “never” to it."),
        ("On <time>4 March</time> it came.", "On 4 March it came."),
        ('Killed <span style="text-decoration: line-through">12</span> 15.', "Killed 15."),
        ('It costs <span class="sr-only">or so </span>12 euros.', "It costs 12 euros."),
        ("It took 12<sup>+3</sup><sub>−2</sub> days.", "It took 12⁺³₋₂ days."),
        ("So it was.<sup>1</sup> <a href='#r1'>↩</a>", "So it was."),
        (
            "It is <math><msup><mi>r</mi><mn>2</mn></msup><mo>+</mo><mfrac><mn>1</mn><mn>2</mn>"
            "</mfrac><annotation>x</annotation></math> in all.",
            "It is r²+1/2 in all.",
        ),
    ],
)
def test_inline_markup_reads_as_it_is_seen(markup: str, line: str) -> None:
    lines = read(page(f"<article><h1>{TITLE}</h1>{STORY}<p>{markup}</p></article>")).text.split(
        "\n\n"
    )
    assert lines == [ONE, TWO, THREE, line]
    assert " ".join(fragment_text(f"<p>{markup}</p>").split()) == line


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p hidden>Gone.</p><p style='display: none'>Gone.</p><p aria-hidden='true'>Gone.</p>", []),
        ("<p class='hidden'>Gone.</p><p class='screen-reader-text'>Gone.</p>", []),
        ("<div class='hidden md:block'>Shown.</div>", ["Shown."]),
        ("<div><span>One of it</span><div>Two of it</div><span>Three of it</span></div>",
         ["One of it", "Two of it", "Three of it"]),
        ("<font>The first of it.<p>The second of it.</p></font>",
         ["The first of it.", "The second of it."]),
        ("<template><p>Gone.</p></template><noscript><p>Gone.</p></noscript>", []),
        ("<section>They are at work.</section><section>About it all.</section>",
         ["They are at work.", "About it all."]),
        ("<ul><li>The insurer pays 190,000 euros.</li><li>Nine crews came.</li></ul>",
         ["The insurer pays 190,000 euros.", "Nine crews came."]),
        ("<figure class='embed'><img src='a'><figcaption>The ship on Monday.</figcaption></figure>",
         ["The ship on Monday."]),
        ("<div>This part of the story stands in an element without paragraphs.</div>",
         ["This part of the story stands in an element without paragraphs."]),
        ("<div><time>10:45</time><p>It leaves.</p></div><div><time>11:20</time><p>It lands.</p></div>",
         ["10:45", "It leaves.", "11:20", "It lands."]),
        ("<table><caption>Crew</caption><tr><th>Ship</th><th>Crew</th></tr><tr><td>Ada</td>"
         "<td>3,100</td></tr></table>", ["Crew", "Ship: Ada; Crew: 3,100"]),
        ("<table><tr><td>Ada</td><td>12<br>15</td></tr></table>", ["Ada: 12 15"]),
        ("<table><tr><td></td><th>2020</th><th>2021</th></tr><tr><th>Ada</th><td>3</td><td>4</td>"
         "</tr></table>", ["Ada; 2020: 3; 2021: 4"]),
        ("<div><time datetime='2019-03-04T10:45Z'>2h ago</time><p>It leaves.</p></div>"
         "<section><header><time datetime='2019-03-04T11:20:00+01:00'>1h ago</time></header>"
         "<p>It lands.</p></section>",
         ["2019-03-04 10:45 UTC", "It leaves.", "2019-03-04 11:20 +01:00", "It lands."]),
        ("<table><tr><th></th><th colspan=2>2020</th></tr><tr><th>Ship</th><th>Crew</th><th>Days</th>"
         "</tr><tr><th rowspan=2>Ada</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>"
         "</table>", ["Ship: Ada; 2020 Crew: 1; 2020 Days: 2", "Ship: Ada; 2020 Crew: 3; 2020 Days: 4"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["<article>{}</article>", "{}", "<div class='x'>{}</div>"])
def test_blocks_are_kept_apart_and_what_is_hidden_goes(
    markup: str, lines: list[str], around: str
) -> None:
    found = read(page(around.format(f"<h1>{TITLE}</h1>{STORY}{markup}<p>The end of it.</p>")))
    assert found.text.split("\n\n") == [ONE, TWO, THREE, *lines, "The end of it."]


@pytest.mark.parametrize(
    ("attributes", "value", "marks"),
    [
        ("start=3", "", ("3", "4")),
        ("", "value=5", ("1", "5")),
        ("reversed", "", ("2", "1")),
        ("type=a", "", ("a", "b")),
    ],
)
def test_numbered_lists_keep_their_numbers(
    attributes: str, value: str, marks: tuple[str, str]
) -> None:
    steps = f"<li>The ferry is towed to the yard.</li><li {value}>The bow is cut off.</li>"
    body = f"<article><h1>{TITLE}</h1>{STORY}<ol {attributes}>{steps}</ol></article>"
    first, second = marks
    assert read(page(body)).text.endswith(
        f"{first}. The ferry is towed to the yard.\n\n{second}. The bow is cut off."
    )


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ('<meta property="article:modified_time" content="2021-07-01T10:00:00Z">', "2021-07-01"),
        (ld({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2021-06-15",
             "dateModified": "2021-07-02"}), "2021-07-02"),
        (ld({"@type": "VideoObject", "name": "Ice", "dateModified": "2021-07-02"}), None),
        ('<meta property="og:article:modified_time" content="2021-07-02">', "2021-07-02"),
        ('<meta property="article:modified" content="2021-07-02">', "2021-07-02"),
        ("", None),
    ],
)  # fmt: skip
def test_the_day_of_the_last_change_is_kept_apart(head: str, day: str | None) -> None:
    found = read(page(f"<article><h1>{TITLE}</h1>{STORY}</article>", head))
    assert (found.modified_at and found.modified_at.isoformat()) == day


def test_bare_text_beside_paragraphs_is_a_paragraph() -> None:
    found = read(page(f"<article><h1>{TITLE}</h1><span>By Jane Doe</span>{STORY}</article>"))
    assert found.text.split("\n\n") == ["By Jane Doe", ONE, TWO, THREE]


def test_a_table_of_layout_is_no_table_of_data() -> None:
    table = f"<table><tr><td><a href='/'>Home</a></td><td><h1>{TITLE}</h1>{STORY}</td></tr></table>"
    assert read(page(table)).text.split("\n\n") == [ONE, TWO, THREE]


def test_the_title_is_the_pages_not_an_updates() -> None:
    update = {"@type": "BlogPosting", "headline": "It lands"}
    live = {"@type": "LiveBlogPosting", "headline": TITLE, "liveBlogUpdate": [update]}
    body = f"<main><article><h1>{TITLE}</h1>{STORY}<h1>It lands</h1></article></main>"
    assert read(page(body, ld([update, live]))).title == TITLE
    assert read(page(body)).title == TITLE


PRICE = "It cost £48 million – not €40 million – he said, “and no more”."


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta charset="latin1">', "cp1252"),
        ("<meta charset=us-ascii>", "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        ("", "cp1252"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ('<!-- <meta charset="koi8-r"> --><meta charset="windows-1252">', "cp1252"),
        ('<meta charset="iso-8859-15">', "cp1252"),
        ('<meta charset="utf-8">', "cp1252"),
        ('<meta charset="shift_jis">', "utf-8"),
        ('<meta charset="gb2312">', "utf-8"),
        ("", "utf-16-le"),
        ('<meta charset="utf-16be">', "utf-16-be"),
    ],
)
def test_encodings_are_read_as_browsers_read_them(head: str, encoding: str) -> None:
    text = f"<html><head>{head}<title>{TITLE}</title></head><body><article>{STORY}<p>{PRICE}</p>"
    assert read(text.encode(encoding)).text.split("\n\n")[-1] == PRICE


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("ru", "cp1251", "Мост через реку стоил сорок восемь миллионов рублей, сказал он."),
        ("pl", "iso-8859-2", "Wójt powiedział, że most kosztował czterdzieści osiem milionów."),
        ("pl", "cp1250", "Wójt powiedział, że źle się dzieje i że most kosztował osiem milionów."),
        ("ru", "koi8-r", "Мост через реку стоил сорок восемь миллионов рублей, сказал он."),
        ("ja", "shift_jis", "橋の費用は四千八百万円だったと市長は月曜日に述べた。"),
    ],
)
def test_a_page_without_a_label_is_read_by_its_language(
    language: str, encoding: str, text: str
) -> None:
    content = (
        f'<html lang="{language}"><head><title>T</title></head><body><p>{text}</p><p>{text}!</p>'
    )
    assert read(content.encode(encoding)).text.startswith(text)


@pytest.mark.parametrize(
    ("language", "encoding", "text"),
    [
        ("", "cp1251", "Мост через реку стоил сорок восемь миллионов рублей, сказал он."),
        ("", "cp1250", "Starosta řekl, že most stál čtyřicet osm milionů korun a že příště ne."),
        (
            "ru",
            "cp1252",
            "The mayor’s café is “closed” until Monday, said the council of the town.",
        ),
    ],
)
def test_a_page_that_would_be_read_as_no_text_is_refused_by_name(
    language: str, encoding: str, text: str
) -> None:
    content = f'<html lang="{language}"><title>T</title><body><p>{text}</p><p>{text}!</p>'
    with pytest.raises(UnreadableFile, match=r"names no encoding.*perhaps it is"):
        read(content.encode(encoding))


@pytest.mark.parametrize(
    "markup",
    [
        "<table>{}</table>".format("".join(f"<tr><td>A{i}</td><td>{i}</td></tr>" for i in range(8_000))),
        "".join(f"<table><tr><td>A{i}</td><td>{i}</td></tr></table>" for i in range(3_000)),
        "<ul>{}</ul>".format("".join(f"<li>Item {i} of it</li>" for i in range(8_000))),
    ],
)  # fmt: skip
def test_a_large_page_takes_seconds(markup: str) -> None:
    text = page(f"<article><h1>{TITLE}</h1>{STORY}{markup}</article>")
    start = time.process_time()
    found = read(text)
    assert time.process_time() - start < 5
    assert "2999" in found.text


def test_a_page_of_too_many_elements_is_refused_by_name() -> None:
    with pytest.raises(UnreadableFile, match="elements, more than"):
        read(page("<br>" * (html.MAX_ELEMENTS + 1)))


@pytest.mark.parametrize(
    ("head", "row", "number"),
    [
        ("".join(f"<th>{at}" for at in range(200)), f"<td>a<td colspan=199>{'x' * 590}", 60),
        ("".join(f"<th>{'x' * 590}{at}" for at in range(50)), "<td>1" * 50, 200),
    ],
    ids=["a cell that spans columns", "long headers"],
)
def test_tables_that_repeat_their_texts_are_refused_by_name(
    head: str, row: str, number: int
) -> None:
    def table(rows: int) -> str:
        return f"<table><tr>{head}</tr>{f'<tr>{row}</tr>' * rows}</table>"

    assert html_blocks(table(number // 2))
    for markup in (table(number), table(number // 2) * 3):
        with pytest.raises(UnreadableFile, match="tables with more than"):
            html_blocks(markup)


def test_long_headers_of_tables_in_markdown_are_refused_by_name() -> None:
    table = f"| {'x' * 20_000} | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 150 + "\n"
    assert read_markdown(table.encode(), "a", 10_000_000).text
    with pytest.raises(UnreadableFile, match="tables with more than"):
        read_markdown((table * 2).encode(), "a", 10_000_000)
