"""NewsML-G2, and NITF alone -> documents: each news item one.

The IPTC's own library reads metadata alone, prints what it does not know and lets a file define
entities; so the elements are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from index.documents import Document, Refused
from index.errors import UnreadableFile
from index.read.blocks import blocks, html_blocks
from index.read.news import Caption, NewsItem, news_document
from index.read.origin import Items, Origin, kept_or_refused
from index.read.xml import child, children, local, said, without_namespaces
from index.rights import USABLE, WITHHELD

ROOTS = ("newsMessage", "newsItem", "packageItem", "planningItem", "conceptItem", "knowledgeItem",
         "catalogItem")  # fmt: skip
NITF = "nitf"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# A code and the catalogue that it is of ("stat:canceled"), or the end of an address.
_CODE = re.compile(r"(\w+):(\w+)|.*/(\w+)")
# Elements of NITF, as those of HTML that read alike.
_AS_HTML = {"hl1": "h1", "hl2": "h2", "block": "div", "body.content": "div", "media-caption": "p",
            "media": "div", "datasource": "p", "tagline": "p", "pre": "p",
            "note": "div"}  # fmt: skip
_NOT_SAID = ("media-reference", "media-metadata", "media-producer", "head", "body.end")
_EMBARGOED = "embargoed"
_TEXT_TYPES = ("text/plain", "")


def read_newsml(root: Any, origin: Origin) -> Items:
    """The document of each news item, the versions of one in their order; its id is its `guid`.

    Args:
        root: the parsed file. Packages, plans and concepts in a message hold no text of their own
            and are passed over.

    Raises:
        UnreadableFile: no item is in it.
    """
    if local(root) == "newsItem":
        items = [root]
    elif local(root) == "newsMessage":
        items = list(root.iter("{*}newsItem"))
    else:
        raise UnreadableFile(f"a {local(root)}: it holds no text of its own")
    if not items:
        raise UnreadableFile("no news item in it")
    for item in sorted(items, key=_version):

        def made(item: Any = item) -> Document:
            return news_document(_news_item(item), origin.max_chars)

        guid = item.get("guid", "")
        source = origin.source if len(items) == 1 else f"{origin.source}:{guid or 'item'}"
        if guid.strip():
            yield kept_or_refused(made, source)
        else:
            yield Refused(source, "the item has no guid")


def read_nitf(root: Any, origin: Origin) -> Items:
    """The document of NITF that stands alone, as agencies sent it before NewsML-G2."""
    head = child(root, "head", "docdata")
    id = _attribute(child(head, "doc-id"), "id-string") or origin.id
    day = _iso(_attribute(child(head, "date.issue"), "norm"))
    release = _iso(_attribute(child(head, "date.release"), "norm"), moment=True)
    status = _attribute(head, "management-status").strip().lower()
    if status == _EMBARGOED:  # without a moment it holds until another version lifts it
        status = USABLE if release else WITHHELD
    yield news_document(
        NewsItem(
            id=id,
            status=status,
            headline=_nitf_headline(root) or said(child(root, "head", "title")),
            byline=_nitf_byline(root),
            blocks=[*_nitf_subheads(root), *_nitf_blocks(root)],
            captions=_nitf_captions(root),
            publisher=said(child(root, "body", "body.head", "distributor")),
            created=day,
            expires=_iso(_attribute(child(head, "date.expire"), "norm"), moment=True),
            embargoed=release,
            rights=" ".join(
                filter(None, (_attribute(child(head, "doc.copyright"), name)
                              for name in ("year", "holder")))
            ),
        ),
        origin.max_chars,
    )  # fmt: skip


def _version(item: Any) -> int:
    stated = item.get("version", "1").strip()
    return int(stated[:9]) if stated.isascii() and stated.isdigit() else 1


def _news_item(item: Any) -> NewsItem:
    about, content = child(item, "itemMeta"), child(item, "contentMeta")
    rights = children(item, "rightsInfo")
    nitf = next(item.iter("{*}nitf"), None)
    written = list(_blocks(item))
    headline = said(child(content, "headline")) or (
        _nitf_headline(nitf) if nitf is not None else ""
    )
    if not written and _is_picture(about):
        written = [said(part) for part in children(content, "description")]
    return NewsItem(
        id=item.get("guid").strip(),
        status=_status_of(about),
        headline=headline or said(child(about, "title")),
        byline=said(child(content, "by")) or (_nitf_byline(nitf) if nitf is not None else ""),
        blocks=written,
        captions=_nitf_captions(nitf) if nitf is not None else [],
        publisher=_name(child(content, "infoSource")) or _name(child(about, "provider")),
        url=next((href for link in children(about, "link") if (href := _canonical(link))), ""),
        created=said(child(about, "firstCreated")) or said(child(content, "contentCreated")),
        version_created=said(child(about, "versionCreated")),
        language=_attribute(child(content, "language"), "tag") or item.get(_LANG, ""),
        embargoed=said(child(about, "embargoed")),
        expires=said(child(about, "expires")),
        usage_terms="; ".join(said(part) for one in rights for part in children(one, "usageTerms")),
        rights="; ".join(
            text
            for one in rights
            for part in children(one, "copyrightNotice", "copyrightHolder")
            if (text := said(part) or _name(part))
        ),
    )


def _status_of(about: Any) -> str:
    """The status of an item; an embargo without a time holds until another version lifts it."""
    status, embargo = _status(child(about, "pubStatus")), child(about, "embargoed")
    is_held = embargo is not None and not said(embargo) and status in ("", USABLE)
    return WITHHELD if is_held else status


def _status(element: Any) -> str:
    """The status of a code ("stat:canceled") or of its address; empty where none is stated."""
    if element is None:
        return ""
    stated = element.get("qcode") or element.get("uri") or element.get("literal") or ""
    found = _CODE.fullmatch(stated.strip())
    if found and (found[3] or "stat" in found[1]):
        return found[2] or found[3]
    return stated or "unknown"


def _name(element: Any) -> str:
    """The name of a party: stated, else literal, else what its code ends with."""
    if element is None:
        return ""
    name = said(child(element, "name")) or element.get("literal", "")
    return name or element.get("qcode", "").rpartition(":")[2]


def _attribute(element: Any, name: str) -> str:
    return "" if element is None else str(element.get(name, ""))


def _canonical(link: Any) -> str:
    return link.get("href", "") if "canonical" in link.get("rel", "").lower() else ""


def _is_picture(about: Any) -> bool:
    """Whether an item is of another kind than text, so that its description is all it says."""
    kind = _attribute(child(about, "itemClass"), "qcode")
    return bool(kind) and not kind.endswith(":text")


def _blocks(item: Any) -> Iterator[str]:
    """The paragraphs of the first content of an item that has some."""
    contents = child(item, "contentSet")
    for part in [] if contents is None else children(contents, "inlineXML", "inlineData"):
        found: list[str] = []
        kind = part.get("contenttype", "").lower()
        if local(part) == "inlineXML":
            for root in part:
                found += _nitf_blocks(root) if local(root) == NITF else _xml_blocks(root)
        elif "html" in kind:
            found = html_blocks(part.text or "")
        elif kind.partition(";")[0] in _TEXT_TYPES and not part.get("encoding"):
            found = [" ".join(text.split()) for text in re.split(r"\n\s*\n", part.text or "")]
        if any(text.strip() for text in found):
            yield from found
            return


def _xml_blocks(root: Any) -> list[str]:
    page = without_namespaces(deepcopy(root))
    body = page if page.tag == "body" else page.find("body")
    return blocks(page if body is None else body)


def _nitf_blocks(root: Any) -> list[str]:
    content = child(root, "body", "body.content")
    if content is None:
        return []
    page = without_namespaces(deepcopy(content))
    for element in list(page.iter()):
        if element.tag in _NOT_SAID or element.tag == "media":
            element.clear(keep_tail=True)
            element.tag = "span"
        else:
            element.tag = _AS_HTML.get(element.tag, element.tag)
    return blocks(page)


def _nitf_captions(root: Any) -> list[Caption]:
    return [
        Caption(f"media {number}", said(part))
        for number, media in enumerate(root.iter("{*}media"), start=1)
        for part in children(media, "media-caption")
    ]


def _nitf_headline(root: Any) -> str:
    headline = child(root, "body", "body.head", "hedline")
    return said(child(headline, "hl1")) or said(headline)


def _nitf_subheads(root: Any) -> list[str]:
    found = children(child(root, "body", "body.head", "hedline"), "hl2")
    return [text for one in found if (text := said(one))]


def _nitf_byline(root: Any) -> str:
    return said(child(root, "body", "body.head", "byline"))


def _iso(norm: str, moment: bool = False) -> str:
    """A time as NITF writes it (20210615T103000Z), in the form of ISO 8601 with hyphens."""
    found = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(.*))?", norm.strip())
    if found is None:
        return norm
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if not moment or found[4] is None:
        return day
    return f"{day}T{found[4]}:{found[5]}:{found[6] or '00'}{found[7] or ''}"
