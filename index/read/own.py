"""A parsed HTML page -> the element of its own article, and the times marked as that article's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Elements whose content belongs to other stories or to the site.
_APART_TAGS = ("aside", "nav", "footer", "dialog", "blockquote", "noscript", "template")
# Words in ids and classes of what belongs to other stories, to readers or to the site.
_APART_WORDS = frozenset((
    "comment", "comments", "commentlist", "respond", "disqus", "related", "teaser", "teasers",
    "promo", "recommended", "recommendations", "recirculation", "trending", "popular",
    "newsletter", "breadcrumb", "breadcrumbs", "outbrain", "taboola", "sidebar", "widget",
    "menu", "nav", "navbar", "footer", "carousel", "latest", "more-stories", "most-read",
))  # fmt: skip
# Of what is shown in a page from elsewhere; no layout is named after it.
_EMBEDDED_WORDS = frozenset(("embed", "embedded", "tweet", "instagram", "facebook"))
# Words beside them in the name of a layout: has-sidebar, comments-open.
_LAYOUT_WORDS = frozenset(("has", "no", "with", "without", "open", "closed", "enabled", "disabled"))
# Where a page begins that holds such a word for its layout: content-sidebar-wrap, no-comments.
_AROUND = ("html", "body", "main")
_WORDS = re.compile(r"[^a-z0-9]+")
# Words in classes of an article's own time, or of what is around it, as WordPress, hAtom, h-entry,
# Ghost and others write them: one that says it, or "date" beside one that says of what; and words
# of the time of its last change.
_PUBLISHED = frozenset(("published", "pubdate"))
_DATE = frozenset(("date", "posted"))
_OF_WHAT = frozenset((
    "entry", "post", "article", "story", "publish", "publication", "pub", "meta", "on",
))  # fmt: skip
_MODIFIED = frozenset(("updated", "modified"))
# What a time says of itself where it is that of the last change.
_SAYS_MODIFIED = re.compile(r"updat|modif|chang|aktuali|geändert|mis à jour|aggiorn|güncel", re.I)
# Names of the day in microdata and RDFa, without their prefixes.
_PUBLISHED_NAMES = frozenset(("datepublished", "dc:date", "dc:issued", "dcterms:issued"))
_MODIFIED_NAMES = frozenset(("datemodified", "dc:modified", "dcterms:modified"))
# schema.org's types of an article in microdata, by their ends.
_ARTICLE_TYPES = ("article", "posting", "report", "review", "sioc:item")
_OF_ARTICLE = (
    "descendant-or-self::*[self::article or contains(concat(' ', @class, ' '), ' hentry ')\
 or contains(concat(' ', @class, ' '), ' h-entry ') or (@itemscope and @itemtype) or @typeof]"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Least share of the text in paragraphs that the page's own article holds where it has no heading.
OWN_SHARE = 0.5
# Least words of a link that is another story's headline, not an author's name or a section's.
HEADLINE_WORDS = 4
# Elements up from such a link in which a time is that story's.
CARD_DEPTH = 3


def plain(element: Any) -> str:
    """The text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def is_article(element: Any) -> bool:
    """Whether an element is marked as an article: by its tag, microformats, microdata or RDFa."""
    if _is_thing(element) and (types := element.get("itemtype") or element.get("typeof")):
        return any(one.rstrip("/").endswith(_ARTICLE_TYPES) for one in types.lower().split())
    return element.tag == "article" or bool({"hentry", "h-entry"} & set(_classes(element)))


def _is_thing(element: Any) -> bool:
    """Whether what is in an element is said of a thing of its own: an image, a comment, a story."""
    return element.get("itemscope") is not None or element.get("typeof") is not None


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
            if words & _EMBEDDED_WORDS:
                return True
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


def own_times(page: Any, articles: list[Any], titles: Sequence[str]) -> Times:
    """The times that are marked as those of the page's own article.

    Args:
        titles: what the page is called; a heading that says it is the page's own.
    """
    marked = page.xpath("//body//*[@itemprop or @property or self::time or self::abbr[@title]]")
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    cards = _Cards(page, articles, titles)
    for element in marked:
        kind = _mark(element, articles, cards)
        if kind is None or cards.holds(element):
            continue
        if _belongs(element, articles, of_page=kind == "pubdate"):
            said = [element.get(name) for name in ("datetime", "content", "title")]
            found[kind].append(next((value for value in said if value), None) or plain(element))
    modified = found.pop("modified")
    return Times(tuple(found.values()), modified)


@dataclass(frozen=True, slots=True)
class Times:
    """Dates as they are written.

    published: those of one kind of mark each, the surest first.
    """

    published: Sequence[list[str]]
    modified: list[str]


# How a time is marked, the surest first, and the time of the last change.
_KINDS = ("named", "pubdate", "class", "header", "modified")


def _mark(element: Any, articles: list[Any], cards: _Cards) -> str | None:
    """How an element is marked as the day of publication, or of the last change."""
    names = {
        name.removeprefix("schema:")
        for name in f"{element.get('itemprop', '')} {element.get('property', '')}".lower().split()
    }
    if names & _PUBLISHED_NAMES:
        return "named"
    if names & _MODIFIED_NAMES:
        return "modified"
    if element.tag == "time" and element.get("pubdate") is not None:
        return "pubdate"
    if element.tag not in ("time", "abbr"):
        return None
    around = [element.getparent()] if element.tag == "time" else []
    classes = [name for part in (element, *around) for name in _classes(part)]
    words = [frozenset(_WORDS.split(name)) for name in classes]
    if any(one & _PUBLISHED for one in words):
        return "class"
    if any(one & _MODIFIED for one in words) or _SAYS_MODIFIED.search(plain(element)):
        return "modified"
    if any(one & _DATE and one & _OF_WHAT for one in words):
        return "class"
    # Beside the heading of its own article.
    header = next(element.iterancestors("header"), None)
    if header is not None and cards.has_own_heading(header):
        return "header" if any(up in articles for up in header.iterancestors()) else None
    return None


class _Cards:
    """What is of other stories in a page: what stands with their headings, or links to them."""

    def __init__(self, page: Any, articles: list[Any], titles: Sequence[str]) -> None:
        called = [_folded(title) for title in titles]
        first = [next(article.iter(*_HEADINGS), None) for article in articles]
        self._headed: dict[Any, bool] = {}  # what holds headings -> whether one is the page's
        for heading in page.iter(*_HEADINGS):
            own = heading in first or _is_of_page(_folded(plain(heading)), called)
            for up in (heading, *heading.iterancestors()):
                self._headed[up] = self._headed.get(up, False) or own
        self._linked: set[Any] = set()  # what holds a link that reads as a headline
        chars: dict[Any, int] = {}  # of a paragraph; one may hold any number of links
        for link in page.iter("a"):
            said, parent = plain(link), link.getparent()
            if "#" in link.get("href", "#") or len(said.split()) < HEADLINE_WORDS:
                continue
            if parent.tag == "p" and parent not in chars:
                chars[parent] = len(plain(parent))
            in_text = chars.get(parent, 0) > 2 * len(said)
            if not in_text and not _is_of_page(_folded(said), called):
                self._linked.update(itertools.islice(link.iterancestors(), CARD_DEPTH))

    def has_own_heading(self, element: Any) -> bool:
        return self._headed.get(element, False)

    def holds(self, element: Any) -> bool:
        """Whether an element is of another story: it stands with its heading, or a link to it."""
        least = HEADLINE_WORDS + len(plain(element).split())
        for depth, up in enumerate(element.iterancestors()):
            if up in self._headed:
                return not self._headed[up]
            if depth < CARD_DEPTH - 1 and up in self._linked:
                return True
            if up.tag == "a" and len(plain(up).split()) >= least:
                return True
        return False


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_of_page(said: str, called: Sequence[str]) -> bool:
    """Whether a page is called so, or so before it goes on with the site's name."""
    long = len(said.split()) >= HEADLINE_WORDS - 1
    return any(said == title or (long and title.startswith(f"{said} ")) for title in called)


def _belongs(element: Any, articles: list[Any], of_page: bool) -> bool:
    """Whether a marked day is the page's own article's, not of something in it or beside it.

    Args:
        of_page: whether the mark means the page where it is outside of any article.
    """
    for up in element.iterancestors():
        if up in articles:
            return not is_apart(element, up)
        # An image, a video, a comment, another story.
        if _is_thing(up) or is_article(up):
            return up.tag in _AROUND and not is_apart(element)
    # Outside of any: in a page without a marked article, or right by the page's heading.
    around = [*element.iterancestors()][:2]
    beside = any(up.tag not in _AROUND and up.find(".//h1") is not None for up in around)
    return not is_apart(element) and (not articles or beside or of_page)


def _classes(element: Any) -> list[str]:
    return list(element.get("class", "").lower().split())
