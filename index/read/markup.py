"""A parsed HTML page -> the same page in markup from which its text can be taken as it is seen."""

from __future__ import annotations

import re
import string
from typing import Any

from lxml import etree, html

from index.read.inline import HIDING, STRUCK_OUT, raised
from index.read.own import plain
from index.read.tables import open_tables

_DROPPED = ("template", "noscript", "script", "style", "rt", "rp")
_HIDING = re.compile(HIDING, re.I)
# Classes of what is not seen, or read to the blind alone, in WordPress, Bootstrap and others.
_UNSEEN = frozenset((
    "visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text", "screen-reader-only",
    "u-visually-hidden", "govuk-visually-hidden", "a11y-hidden", "assistive-text", "hidden",
    "element-invisible", "element-hidden", "d-none",
))  # fmt: skip
# A class by which what is hidden on small screens is seen on others: md:block, d-md-block.
_SEEN = re.compile(r"(?:^|\s)(?:\w+:|d-\w+-)(?!hidden|none)")
# Signs of links that lead from a note back to the text.
_BACK = frozenset("↩↩︎↵⤴↑^⏎")
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
# Elements of the page's own text in which bare text may stand between paragraphs.
_CONTAINERS = ("article", "blockquote", "body", "center", "div", "header", "main", "section")
# Containers whose bare text is a paragraph even where there are no others.
_SECTIONS = ("section", "center", "address", "figcaption", "summary")
_CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}\b|\d\s?[ap]\.?m\b", re.I)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::[\d.]+)?\s?(Z|[+-]\d\d:?\d\d|)\Z")
# Least number of times of day between paragraphs by which updates are told from one story.
LIVE_TIMES = 2
# Least words by which a `div` without blocks, beside paragraphs, is one.
MIN_WORDS = 8
# Least share of the text in paragraphs by which an element that is not marked is the main one.
MAIN_SHARE = 0.5
# Code points before a raised number by which it is told what it is.
_BASE_CHARS = 40
_LETTERS = string.ascii_lowercase
_FRACTION = re.compile(r"\s*[/⁄]\s*\Z")


def simplify(page: Any, is_marked: bool = True) -> None:
    """Changes a page so that its main text, as it is found, reads as it is seen.

    To what `tidy` does, tables become lines, captions and bare text paragraphs; times stay.

    Args:
        is_marked: whether an element is marked as the page's main one; otherwise one is marked.
    """
    tidy(page)
    for element in list(page.iter("font", "span")):
        if any(child.tag in BLOCKS for child in element):
            element.tag = "div"
    _keep_captions(page)
    open_tables(page)
    number_items(page)
    _keep_times(page)
    for container in list(page.iter(*_CONTAINERS, *_SECTIONS)):
        _wrap_bare_text(container)
    if not is_marked:
        _mark_main(page)


def tidy(page: Any) -> None:
    """Drops what is hidden or struck out; raised digits join no number; quotations get marks."""
    _drop(page)
    for formula in list(page.iter("math")):
        _write(formula, _formula(formula))
    for element in list(page.iter("sup", "sub")):
        if element.tag in ("sup", "sub"):  # the lower part of a fraction is done with the upper
            _write_raised(element)
    for quotation in page.iter("q"):
        _write(quotation, f"“{plain(quotation)}”")


def _write(element: Any, text: str) -> None:
    """Puts a text in the place of an element's content."""
    element.clear(keep_tail=True)
    element.tag = "span"
    element.text = text


def _drop(page: Any) -> None:
    """Drops what no reader sees, and what is struck out; numbers around it stay apart."""
    for element in list(page.iter(etree.Element)):
        hidden = (
            element.tag in _DROPPED
            or element.get("hidden") is not None
            or element.get("aria-hidden", "").lower() == "true"
            or _HIDING.search(element.get("style", ""))
            or _is_unseen(element.get("class", ""))
            or (element.tag == "a" and _is_mark(element))
        )
        if element.tag in ("html", "body", "head") or not (hidden or element.tag in STRUCK_OUT):
            continue
        if element.tag in BLOCKS:
            element.clear(keep_tail=True)
            element.tag = "div"
        else:
            apart = _before(element)[-1:].isalnum() and (element.tail or "")[:1].isalnum()
            _write(element, " " if apart and element.tag not in ("rt", "rp") else "")


def _is_mark(link: Any) -> bool:
    """Whether a link is the mark of a note, or leads from a note back to the text."""
    kinds = (value for name, value in link.items() if name == "role" or name.endswith("type"))
    return "noteref" in " ".join(kinds) or (plain(link) in _BACK and "#" in link.get("href", ""))


def _is_unseen(classes: str) -> bool:
    return not _UNSEEN.isdisjoint(classes.split()) and not _SEEN.search(classes)


def _formula(math: Any) -> str:
    """A formula of MathML in one line: (a+b)², 1/2."""
    for note in list(math.iter("annotation", "annotation-xml")):
        note.clear(keep_tail=True)
    for part in [*math.iter("msup", "msub", "mfrac")][::-1]:
        if len(part) == 2:
            one, other = plain(part[0]), plain(part[1])
            if part.tag == "mfrac":
                _write(part, f"{one}/{other}")
            else:
                kept = raised(one, other, part.tag[1:])
                mark = "^" if part.tag == "msup" and not kept else ""
                _write(part, f"{one}{mark}{kept or other}")
    return plain(math)


def _before(element: Any) -> str:
    """The end of the text before an element in its block."""
    text = ""
    while element is not None and len(text) < _BASE_CHARS and element.tag not in BLOCKS:
        before, up = element.getprevious(), element.getparent()
        while before is not None and before.tag not in BLOCKS and before.tag != "br":
            text = "".join(before.itertext()) + (before.tail or "") + text
            if len(text) >= _BASE_CHARS:
                return text[-_BASE_CHARS:]
            before = before.getprevious()
        if before is not None:
            return ((before.tail or "") + text)[-_BASE_CHARS:]
        text = ((up.text if up is not None else None) or "") + text
        element = up
    return text[-_BASE_CHARS:]


def _write_raised(element: Any) -> None:
    """Puts what is raised or lowered into the line: 10⁶, CO2, 1st, 5 1/2; marks of notes go."""
    before, said, tail = _before(element), plain(element), element.tail or ""
    lower = element.getnext()
    is_note = any(link.get("href", "").startswith("#") for link in element.iter("a"))
    if element.tag == "sup" and lower is not None and lower.tag == "sub" and _FRACTION.match(tail):
        _write(element, f" {said}" if before[-1:].isdigit() else said)
        _write(lower, plain(lower))
    elif element.tag == "sub" and _FRACTION.search(before):
        _write(element, said)
    elif said.isdigit() and not before[-1:].strip("( ") and tail[:1].isalpha():
        _write(element, said)  # 14C, before the symbol of its element
    else:
        kept = "" if is_note else raised(before, said, element.tag)
        joins = (kept or before)[-1:].isdigit() and tail[:1].isdigit()
        _write(element, f"{kept} " if joins else kept)


def number_items(page: Any) -> None:
    """Writes the number or letter of each item of a numbered list before its text."""
    for ordered in page.iter("ol"):
        items = list(ordered.iterchildren("li"))
        step = 1 if ordered.get("reversed") is None else -1
        number = _number(ordered.get("start"), 1 if step == 1 else len(items))
        for item in items:
            number = _number(item.get("value"), number)
            first = item
            while not (first.text or "").strip() and len(first) and first[0].tag in BLOCKS:
                first = first[0]
            if first.tag not in ("ol", "ul"):
                letter = ordered.get("type") in ("a", "A") and 1 <= number <= len(_LETTERS)
                said = _LETTERS[number - 1] if letter else str(number)
                said = said.upper() if ordered.get("type") == "A" else said
                first.text = f"{said}. {(first.text or '').lstrip()}"
            number += step


def _number(stated: str | None, otherwise: int) -> int:
    stated = (stated or "").strip()
    return int(stated[:9]) if stated.isascii() and stated.isdigit() else otherwise


def _keep_captions(page: Any) -> None:
    """Makes captions of images paragraphs; what is around an image is dropped with it otherwise."""
    for figure in page.iter("figure"):
        figure.attrib.clear()
        figure.tag = "div"
    for caption in page.iter("figcaption"):
        caption.attrib.clear()
    for caption in page.xpath("//*[contains(@class, 'caption') and not(self::body)]"):
        del caption.attrib["class"]


def _keep_times(page: Any) -> None:
    """Keeps times in sentences, and those of day between paragraphs where there are several.

    These are of the updates of a live blog. Others are the page's own and no part of its text. One
    that is shown as "2h ago" is written as its mark says it.
    """
    for time in page.xpath("//time[ancestor::p or ancestor::li or ancestor::blockquote]"):
        time.tag = "span"
    headers = {header for header in page.iter("header") if header.find(".//h1") is not None}
    times = [
        (time, said)
        for time in page.iter("time")
        if (said := _time_of_day(time)) and not any(up in headers for up in time.iterancestors())
    ]
    if len(times) >= LIVE_TIMES:
        for time, said in times:
            up = time.getparent()
            if up.tag in ("div", "span") and plain(up) == plain(time):
                up.attrib.clear()
            if up.tag == "header":
                up.tag = "div"
            _write(time, said)
            time.tag = "p" if up.tag in _CONTAINERS else "span"


def _time_of_day(time: Any) -> str:
    """The time of day that an element shows, else that of its mark; empty where there is none."""
    said = plain(time)
    if _CLOCK.search(said):
        return said
    marked = _MOMENT.match(time.get("datetime", ""))
    if marked is None or time.getparent().find("h1") is not None:
        return ""
    zone = {"Z": " UTC", "": ""}.get(marked[3], f" {marked[3]}")
    return f"{marked[1]} {marked[2]}{zone}"


def _wrap_bare_text(container: Any) -> None:
    """Makes each run of bare text beside a container's blocks a paragraph."""
    children = list(container)
    if not any(child.tag in BLOCKS for child in children):
        if container.tag in _SECTIONS and plain(container):
            container.tag = "p"
        elif container.tag == "div" and len(plain(container).split()) >= MIN_WORDS:
            up = container.getparent()
            if up is not None and up.find("p") is not None:
                container.tag = "p"
        return
    run: list[Any] = []
    text, container.text = container.text, None
    for child in [*children, None]:
        if child is not None and child.tag not in BLOCKS:
            run.append(child)
            continue
        if (text or "").strip() or any(plain(part) or (part.tail or "").strip() for part in run):
            paragraph = html.Element("p")
            paragraph.text = text
            if child is None:
                container.append(paragraph)
            else:
                child.addprevious(paragraph)
            paragraph.extend(run)
        run = []
        if child is not None:
            text, child.tail = child.tail, None


def _mark_main(page: Any) -> None:
    """Marks the element that holds most of the text in paragraphs as the article."""
    held: dict[Any, int] = {}
    for paragraph in page.iter("p"):
        up = paragraph.getparent()
        held[up] = held.get(up, 0) + len(plain(paragraph))
    most = max(held, key=lambda element: held[element], default=None)
    if most is None or held[most] < MAIN_SHARE * sum(held.values()):
        return
    if most.tag == "body":
        article = html.Element("article")
        article.text, most.text = most.text, None
        article.extend(list(most))
        most.append(article)
    elif most.tag in ("div", "section", "main", "td", "center"):
        most.tag = "article"
