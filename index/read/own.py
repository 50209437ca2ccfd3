"""A parsed HTML page -> the element of its own article, and the times marked as that article's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

# Elements whose content belongs to other stories or to the site.
_APART_TAGS = ("aside", "nav", "footer", "dialog")
# Words in ids and classes of what belongs to other stories, to readers or to the site.
_APART_WORDS = frozenset((
    "comment", "comments", "commentlist", "respond", "disqus", "related", "teaser", "teasers",
    "promo", "recommended", "recommendations", "recirculation", "trending", "popular",
    "newsletter", "breadcrumb", "breadcrumbs", "outbrain", "taboola", "sidebar", "widget",
    "menu", "nav", "navbar", "footer", "carousel", "latest", "more-stories", "most-read",
))  # fmt: skip
# Words beside them in the name of a layout: has-sidebar, comments-open.
_LAYOUT_WORDS = frozenset(("has", "no", "with", "without", "open", "closed", "enabled", "disabled"))
# Where a page begins that holds such a word for its layout: content-sidebar-wrap, no-comments.
_AROUND = ("html", "body", "main")
_WORDS = re.compile(r"[^a-z0-9]+")
# Classes of an article's own time, as WordPress, hAtom, h-entry and others write them.
_TIME_CLASSES = frozenset((
    "entry-date", "published", "dt-published", "date-published", "published-date", "publish-date",
    "publication-date", "pub-date", "pubdate", "post-date", "article-date", "article__date",
    "posted-on", "entry-published", "article-published", "article__published",
))  # fmt: skip
# schema.org's types of an article in microdata, by their ends.
_ARTICLE_TYPES = ("article", "posting", "report", "review")
_OF_ARTICLE = (
    "descendant-or-self::*[self::article or contains(concat(' ', @class, ' '), ' hentry ')\
 or contains(concat(' ', @class, ' '), ' h-entry ') or (@itemscope and @itemtype)]"
)
# Least share of the text in paragraphs that the page's own article holds where it has no heading.
OWN_SHARE = 0.5


def plain(element: Any) -> str:
    """The text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def is_article(element: Any) -> bool:
    """Whether an element is marked as an article: by its tag, microformats or microdata."""
    if element.get("itemscope") is not None and element.get("itemtype"):
        return bool(element.get("itemtype").strip().lower().rstrip("/").endswith(_ARTICLE_TYPES))
    return element.tag == "article" or bool({"hentry", "h-entry"} & set(_classes(element)))


def is_apart(element: Any, within: Any = None) -> bool:
    """Whether an element is in a part of the page, or of `within`, that is not its own story."""
    for part in (element, *element.iterancestors()):
        if part is within or part.tag in _AROUND:
            return False
        # The foot of an article is its own: older themes of WordPress write its date there.
        if part.tag in _APART_TAGS and not (part.tag == "footer" and within is not None):
            return True
        names = f"{part.get('id', '')} {part.get('class', '')}".lower()
        inside = within is not None or part.tag not in ("div", "section")
        for name in names.split():
            words = set(_WORDS.split(name))
            # The part of a layout may be named after what stands beside it.
            if (
                (words | {name}) & _APART_WORDS
                and not words & _LAYOUT_WORDS
                and (inside or len(words) <= 2)
            ):
                return True
    return False


def articles_of(page: Any) -> list[Any]:
    """The elements marked as the page's own article, one in another: with its heading or its text.

    Where several stand side by side, none is known to be the page's.
    """
    marked = [
        element
        for element in page.xpath(f"//body/{_OF_ARTICLE}")
        if is_article(element) and element.tag != "body" and not is_apart(element)
    ]
    headed = [one for one in marked if any(not is_apart(h1, one) for h1 in one.iter("h1"))]
    if not _nested(headed):
        headed = []
    whole = sum(len(plain(paragraph)) for paragraph in page.iter("p"))
    long = [
        one for one in marked if sum(len(plain(part)) for part in one.iter("p")) > OWN_SHARE * whole
    ]
    own = [one for one in marked if one in headed or one in long]
    return own if _nested(own) else long


def _nested(elements: list[Any]) -> bool:
    """Whether each element, in the order of the page, is inside of the one before."""
    return all(up in down.iterancestors() for up, down in itertools.pairwise(elements))


def own_times(page: Any, articles: list[Any]) -> Iterator[list[str]]:
    """The dates marked as the day of the page's own article, the surest marks first."""
    marked = page.xpath("//body//*[@itemprop or self::time or self::abbr[@title]]")
    kinds: dict[str, list[str]] = {"itemprop": [], "pubdate": [], "class": []}
    for element in marked:
        kind = _mark(element)
        if kind and _belongs(element, articles, of_page=kind == "pubdate"):
            said = [element.get(name) for name in ("datetime", "content", "title")]
            kinds[kind].append(next((value for value in said if value), None) or plain(element))
    yield from kinds.values()


def _mark(element: Any) -> str | None:
    """How an element is marked as a day of publication."""
    if "datepublished" in element.get("itemprop", "").lower().split():
        return "itemprop"
    if element.tag == "time" and element.get("pubdate") is not None:
        return "pubdate"
    classes = set(_classes(element))
    return "class" if element.tag in ("time", "abbr") and classes & _TIME_CLASSES else None


def _belongs(element: Any, articles: list[Any], of_page: bool) -> bool:
    """Whether a marked day is the page's own article's, not of something in it or beside it.

    Args:
        of_page: whether the mark means the page where it is outside of any article.
    """
    for up in element.iterancestors():
        if up in articles:
            return not is_apart(element, up)
        # An image, a video, a comment, another story.
        if up.get("itemscope") is not None or is_article(up):
            return up.tag in _AROUND and not is_apart(element)
    # Outside of any: in a page without a marked article, or right by the page's heading.
    around = [*element.iterancestors()][:2]
    beside = any(up.tag not in _AROUND and up.find(".//h1") is not None for up in around)
    return not is_apart(element) and (not articles or beside or of_page)


def _classes(element: Any) -> list[str]:
    return list(element.get("class", "").lower().split())
