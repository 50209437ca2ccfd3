"""An HTML page -> what it says of itself: title, publisher, the day on which it was published."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.read.dates import possible_days
from index.read.own import articles_of, is_apart, own_times, plain

Node = dict[str, Any]
# schema.org's types of an article in JSON-LD, by the end of their names, and of the page around it.
_ARTICLE = ("article", "posting", "report")
_REVIEW = ("review",)
_PAGE = ("webpage", "itempage")
# The type that is no article although its name ends as one.
_NO_ARTICLE = ("jobposting",)
# What leads from a node of JSON-LD to the page's own article; all else leads to other things.
_TO_ARTICLE = ("@graph", "mainEntity", "mainEntityOfPage")
# Fields of a page's head that hold its day, the surest first, in lower case.
_META = (
    "article:published_time", "og:article:published_time", "og:published_time",
    "datepublished", "article:published", "rnews:datepublished", "article_date_original",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "vr:published_time",
    "bt:pubdate", "pubdate", "pub_date", "publishdate", "publish_date", "publish-date",
    "publication_date", "publication-date", "originalpublicationdate", "date_published",
    "article.published", "govuk:first-published-at", "citation_publication_date",
    "prism.publicationdate", "dcterms.issued", "dc.date.issued", "dc.date.published",
    "dcterms.date", "dc.date", "date",
)  # fmt: skip
# Those that hold the day of its last change.
_META_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time",
    "datemodified", "dcterms.modified",
)  # fmt: skip
# Fields that may tell the day from the month of another.
_META_OTHER = (
    "article:modified_time", "og:updated_time", "datemodified", "datecreated", "dcterms.created",
    "dcterms.modified", "last-modified", "lastmod",
)  # fmt: skip
# Share of the words of the shorter of two headlines that the other must hold to be of one story.
SHARED_WORDS = 0.75
# Fewest words that two headlines of one story share, where they are not the same.
MIN_SHARED_WORDS = 3
# How sure it is that a node is the page's article where neither address nor headline tells.
_UNTOLD = 2
# What stands around JSON in pages, and a comma after the last of a list, which is no JSON.
_MARKS = re.compile(r"<!--|-->|(?:(?://|/\*)\s*)?(?:<!\[CDATA\[|\]\]>)(?:\s*\*/)?")
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of itself; the title is empty where only its main text could tell it."""

    title: str = ""
    url: str | None = None
    publisher: str | None = None
    published: dt.date | None = None
    modified: dt.date | None = None


def about(page: Any) -> About:
    """Title, address, publisher and day of a parsed page (an element of lxml), from its markup.

    A day is never taken from the address, the title, or what belongs to another story.
    """
    language = page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    fields = _fields(page)
    language = language or (fields.get("og:locale") or fields.get("content-language") or [""])[0]
    links = page.xpath("//head//link[@rel='canonical']/@href | //body/link[@rel='canonical']/@href")
    stated_urls = [url.strip() for url in [*links, *fields.get("og:url", [])] if url.strip()]
    addresses = {address for url in stated_urls if "/" in (address := _address(url, ""))}
    headings = [plain(h1) for h1 in page.iter("h1") if not is_apart(h1)]
    said = [title for key in ("og:title", "twitter:title") for title in fields.get(key, [])]
    names = [plain(title) for title in page.xpath("//head/title")]
    titles = [*said, *headings[:1], *names]
    times = own_times(page, articles_of(page), titles)
    groups = _own_nodes(page, addresses, titles)
    nodes = [node for group in groups for node in group]
    sources = [
        *([_value(node.get("datePublished")) for node in group] for group in groups),
        *(fields.get(name, []) for name in _META),
        *times.published,
    ]
    others = [
        *([_value(node.get(name))] for node in nodes for name in ("dateModified", "dateCreated")),
        *(fields.get(name, []) for name in _META_OTHER),
    ]
    headlines = [head for node in nodes if isinstance(head := node.get("headline"), str)]
    # Of several headings the page's is the one that its `title` says, too; updates have others.
    named = [heading for heading in headings if any(_equal(heading, name) for name in names)]
    stated = [" ".join(title.split()) for title in [*said, *named, *headlines]]
    return About(
        title=next((title for title in stated if title), ""),
        url=next(iter(stated_urls), None),
        publisher=next((name for node in nodes if (name := _publisher(node))), None),
        published=_day(sources, others, language),
        modified=_day(
            [
                *([_value(node.get("dateModified")) for node in group] for group in groups),
                *(fields.get(name, []) for name in _META_MODIFIED),
                times.modified,
            ],
            sources,
            language,
        ),
    )


def _day(sources: list[list[str]], others: list[list[str]], language: str) -> dt.date | None:
    """The day of the first source that states one; others may tell its day from its month."""
    read = [[possible_days(said, language) for said in source] for source in sources]
    sure = {
        day
        for days in [
            *read,
            *([possible_days(said, language) for said in other] for other in others),
        ]
        for found in days
        if len(found) == 1
        for day in found
    }
    for days in read:
        stated = {found if len(found) == 1 else found & sure for found in days}
        single = [day for found in stated if len(found) == 1 for day in found]
        # Two days side by side are one moment in two time zones; the later one hides nothing.
        if single and max(single) - min(single) <= dt.timedelta(days=1):
            return max(single)
    return None


def _fields(page: Any) -> dict[str, list[str]]:
    """The contents of the page's `meta` elements outside of other stories, by their names."""
    found: dict[str, list[str]] = {}
    for meta in page.xpath("//head//meta[@content] | //body/meta[@content]"):
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            for name in meta.get(attribute, "").lower().split():
                found.setdefault(name, []).append(meta.get("content"))
    return found


def _own_nodes(page: Any, addresses: set[str], titles: list[str]) -> list[list[Node]]:
    """The nodes of JSON-LD that describe the page's article, in groups, the surest first.

    They are articles with the page's address, else with its headline, else those that say nothing
    else of themselves, where all have one day and no other is the page's; then reviews, then pages,
    in the same way.
    """
    base = next(iter(addresses), "")
    nodes = [
        node
        for script in page.xpath("//script[@type]")
        if script.get("type", "").split(";")[0].strip().lower() == "application/ld+json"
        and not is_apart(script)
        for node in _nodes(_json(script.text or ""))
    ]
    groups: dict[tuple[int, int], list[Node]] = {}
    for node in nodes:
        kind, sureness = _kind(node), _sureness(node, addresses, base, titles)
        if kind is not None and sureness is not None:
            groups.setdefault((kind, sureness), []).append(node)
    for (kind, sureness), group in groups.items():
        days = {_value(node.get("datePublished")) for node in group}
        known = (kind, 0) in groups or (kind, 1) in groups
        if sureness == _UNTOLD and (known or len(days) > 1):
            group.clear()
    return [groups[key] for key in sorted(groups)]


def _kind(node: Node) -> int | None:
    """0 for an article, 1 for a review, 2 for a page, None for anything else."""
    names = [name.lower().rsplit("/", 1)[-1].removeprefix("schema:") for name in _types(node)]
    for kind, ends in enumerate((_ARTICLE, _REVIEW, _PAGE)):
        if any(name.endswith(ends) and name not in _NO_ARTICLE for name in names):
            return kind
    return None


def _sureness(node: Node, addresses: set[str], base: str, titles: list[str]) -> int | None:
    """0 for a node with the page's address, 1 with its headline, `_UNTOLD` where nothing tells."""
    stated = {_address(url, base) for url in _urls(node)}
    heads = [head for key in ("headline", "name") if isinstance(head := node.get(key), str)]
    heads = [head for head in heads if head.strip()]
    if stated & addresses:
        return 0
    # Another page, or the whole site; a copy for telephones has an address of its own.
    elsewhere = stated and (addresses or all("/" not in url for url in stated))
    same = _is_one if elsewhere else _equal
    if any(same(head, title) for head in heads for title in titles):
        return 1
    if elsewhere:
        return None
    alike = any(_alike(head, title) for head in heads for title in titles)
    return _UNTOLD if alike or not (heads and titles) else None


def _nodes(value: Any) -> Iterator[Node]:
    """The nodes of JSON-LD at its top and on the ways to the page's own article."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        for key in _TO_ARTICLE:
            yield from _nodes(value.get(key))


def _json(text: str) -> Any:
    text = _MARKS.sub("", text).strip().rstrip(";")
    for written in (text, _LAST_COMMA.sub("", text)):
        with suppress(ValueError, RecursionError):
            return json.loads(written, strict=False)
    return None


def _types(node: Node) -> list[str]:
    types = node.get("@type")
    return [
        name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)
    ]


def _value(value: Any) -> str:
    """A literal of JSON-LD as a string; empty where there is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else ""


def _urls(node: Node) -> Iterator[str]:
    """The addresses that a node states for itself or for its page."""
    page = node.get("mainEntityOfPage")
    within = [page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]
    for url in (node.get("url"), node.get("@id"), *within):
        if isinstance(url, str) and not url.startswith(("#", "_:")) and url.strip():
            yield url


def _address(url: str, base: str) -> str:
    """An address without scheme, www, fragment and last slash: the form in which two are equal."""
    with suppress(ValueError):
        parts = urlsplit(urljoin(base and f"https://{base}", url.strip()))
        query = f"?{parts.query}" if parts.query and not parts.query.startswith("utm_") else ""
        return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"
    return url


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _is_one(headline: str, title: str) -> bool:
    return _words(headline) == _words(title)


def _equal(headline: str, title: str) -> bool:
    """Whether a title is a headline, or begins with it and goes on with the site's name."""
    one, other = _words(headline), _words(title)
    shared = min(len(one), len(other))
    return one == other or (shared >= MIN_SHARED_WORDS and one[:shared] == other[:shared])


def _alike(headline: str, title: str) -> bool:
    """Whether of two headlines one holds most words of the other."""
    one, other = set(_words(headline)), set(_words(title))
    fewer = min(len(one), len(other))
    return fewer >= MIN_SHARED_WORDS and len(one & other) >= SHARED_WORDS * fewer


def _publisher(node: Node) -> str | None:
    """The name of a node's publisher."""
    publisher = node.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    name = publisher.get("name") if isinstance(publisher, dict) else publisher
    return name if isinstance(name, str) and name.strip() and "//" not in name else None
