"""ninjs 1 to 3 (IPTC's news in JSON) -> documents: each item of text one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.documents import Document, Refused
from index.errors import UnreadableFile
from index.read.blocks import html_blocks
from index.read.content import decoded, limited
from index.read.news import Caption, NewsItem, news_document
from index.read.origin import Items, Origin, kept_or_refused
from index.rights import USABLE

Fields = Mapping[str, Any]
# Bodies in the order in which one of several is chosen: its type, as ninjs 1 and as 2 and 3 say it.
_HTML = ("bodyhtml", "bodyxhtml", "html", "xhtml")
_TEXT = ("bodytext", "text", "plain")
# Types of items that are texts.
_TEXTS = ("text", "composite", "article")
# Most items in each other: a story, its sidebars, their pictures.
MAX_DEPTH = 5
# A tag, which ends before the next one begins: a text may hold any number that do not end.
_MARKUP = re.compile(r"<[a-zA-Z/][^<>]*>")


def read_ninjs(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The document of an item, or of each of a list; its id is its `uri`.

    Associated texts are documents of their own; captions of associated pictures, videos and
    graphics stand after the text, unless they are withheld, canceled, embargoed or expire.

    Raises:
        UnreadableFile: it is not JSON, or no ninjs.
    """
    try:
        row = json.loads(decoded(limited(stream)))
    except RecursionError:
        raise UnreadableFile("nested too deeply to be read") from None
    except json.JSONDecodeError as error:
        lines = "; lines of JSON end in .jsonl" if error.msg == "Extra data" else ""
        raise UnreadableFile(f"not JSON: {error.msg} (character {error.pos + 1}){lines}") from error
    items = row if isinstance(row, list) else [row]
    if not items:
        raise UnreadableFile("an empty list")
    if not any(_is_item(_fields(item)) for item in items):
        raise UnreadableFile("not ninjs: it has no uri")
    for number, item in sorted(enumerate(items, start=1), key=lambda one: _version(one[1])):
        source = f"{origin.source}:item {number}" if isinstance(row, list) else origin.source
        fields = _fields(item)
        if not _is_item(fields):
            yield Refused(source, "not ninjs: it has no uri")
            continue
        for found in _items(fields, 0):

            def made(found: Fields = found) -> Document:
                return news_document(_news_item(found), origin.max_chars)

            yield kept_or_refused(made, source)


def _version(item: Any) -> int:
    """The number of an item's version, by which those of one uri come in their order."""
    stated = str(_fields(item).get("version", "")).strip()
    return int(stated[:9]) if stated.isascii() and stated.isdigit() else 0


def _is_item(fields: Fields) -> bool:
    uri = fields.get("uri")
    return isinstance(uri, str) and bool(uri.strip())


def _fields(item: Any) -> dict[str, Any]:
    """The fields of an object under names that all versions share: versionCreated, body_text."""
    if not isinstance(item, dict):
        return {}
    return {re.sub(r"[_$-]", "", key).lower(): value for key, value in item.items()}


def _items(fields: Fields, depth: int) -> Iterator[Fields]:
    """An item, and the texts associated with it that can stand alone."""
    yield fields
    if depth >= MAX_DEPTH:
        return
    for _, other in _associated(fields):
        if _type(other) in _TEXTS and _is_whole(other):
            yield from _items(other, depth + 1)


def _is_whole(fields: Fields) -> bool:
    """Whether an association holds the item itself, or its withdrawal, not a reference to it."""
    return bool(fields.get("uri")) and bool(_blocks(fields) or _status(fields) not in ("", USABLE))


def _associated(fields: Fields) -> Iterator[tuple[str, Fields]]:
    """The associated items by name: an object in ninjs 1, a list in 2 and 3."""
    associations = fields.get("associations")
    if isinstance(associations, dict):
        for name, value in associations.items():
            for one in value if isinstance(value, list) else [value]:
                yield str(name), _fields(one)
    elif isinstance(associations, list):
        for number, value in enumerate(associations, start=1):
            one = _fields(value)
            yield str(one.get("name") or number), one


def _news_item(fields: Fields) -> NewsItem:
    rights = _fields(fields.get("rightsinfo"))
    return NewsItem(
        id=str(fields["uri"]).strip(),
        status=_status(fields),
        headline=_text(fields, "headline") or _value(fields, "headlines"),
        byline=_text(fields, "byline") or _bylines(fields),
        blocks=_blocks(fields) or ([] if _type(fields) in ("", *_TEXTS) else _description(fields)),
        captions=list(_captions(fields)),
        publisher=_publisher(fields),
        url=_address(fields),
        created=_text(fields, "firstcreated") or _text(fields, "contentcreated"),
        version_created=_text(fields, "versioncreated"),
        language=_text(fields, "language"),
        embargoed=_moment(fields, "embargoed"),
        expires=_moment(fields, "expires"),
        usage_terms=_text(fields, "usageterms") or _text(rights, "usageterms"),
        rights="; ".join(
            part
            for key in ("copyrightnotice", "copyrightholder")
            if (part := _text(fields, key) or _text(rights, key))
        ),
    )


def _status(fields: Fields) -> str:
    stated = fields.get("pubstatus")
    return stated.strip() if isinstance(stated, str) else "" if stated is None else "unknown"


def _moment(fields: Fields, name: str) -> str:
    """A moment as it is written; a value that is no string as JSON, which is refused later."""
    value = fields.get(name)
    return _text(fields, name) if value is None or isinstance(value, str) else json.dumps(value)


def _type(fields: Fields) -> str:
    return _text(fields, "type").lower()


def _text(fields: Fields, name: str) -> str:
    """A field of text in one line, without markup."""
    value = fields.get(name)
    if not isinstance(value, str):
        return ""
    if _MARKUP.search(value):
        value = " ".join(html_blocks(value))
    return " ".join(value.split())


def _value(fields: Fields, name: str) -> str:
    """The main value of a list of {role, value}: of headlines, descriptions."""
    values = [_fields(one) for one in fields.get(name) or [] if isinstance(one, dict)]
    main = [one for one in values if str(one.get("role", "")).lower() in ("main", "headline", "")]
    return next((text for one in [*main, *values] if (text := _text(one, "value"))), "")


def _bylines(fields: Fields) -> str:
    listed = fields.get("bylines")
    stated = [
        _text(_fields(one), "byline") or _text(_fields(one), "value")
        for one in (listed if isinstance(listed, list) else [])
    ]
    return ", ".join(filter(None, stated))


def _blocks(fields: Fields) -> list[str]:
    """The paragraphs of an item's body; one in HTML tells them apart and is taken first."""
    bodies = {
        name: fields[name]
        for name in (*_HTML, *_TEXT)
        if name.startswith("body") and name in fields
    }
    listed = fields.get("bodies")
    parts = [_fields(one) for one in (listed if isinstance(listed, list) else [])]
    main = [part for part in parts if str(part.get("role", "")).lower() in ("main", "body", "")]
    for part in main or parts[:1]:
        kind = str(part.get("contenttype") or part.get("mediatype") or "").lower()
        bodies.setdefault("html" if "html" in kind or not kind else "text", part.get("value"))
    for name in (*_HTML, *_TEXT):
        value = bodies.get(name)
        if isinstance(value, str) and value.strip():
            if name in _HTML and _MARKUP.search(value):
                return html_blocks(value)
            return [" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=\S)", value)]
    return []


def _captions(fields: Fields) -> Iterator[Caption]:
    for name, other in _associated(fields):
        if _type(other) in _TEXTS or _status(other) not in ("", USABLE):
            continue
        if _moment(other, "embargoed") or _moment(other, "expires"):
            continue  # its text would be shown with the item's, whatever its own moment is
        headline = _text(other, "headline") or _value(other, "headlines")
        if said := next(iter(_description(other)), headline):
            yield Caption(name, said)


def _description(fields: Fields) -> list[str]:
    """What a picture, a video or a graphic says: its description, if it has one."""
    said = (
        _text(fields, "descriptiontext")
        or _text(fields, "descriptionhtml")
        or _text(fields, "caption")
        or _value(fields, "descriptions")
    )
    return [said] if said else []


def _publisher(fields: Fields) -> str:
    sources = [_fields(one) for one in fields.get("infosources") or [] if isinstance(one, dict)]
    named = [_text(one, "name") or _text(one, "literal") for one in sources]
    return (
        _text(fields, "infosource")
        or next(filter(None, named), "")
        or _text(fields, "source")
        or _text(fields, "copyrightholder")
    )


def _address(fields: Fields) -> str:
    url = fields.get("url") or fields.get("canonicalurl")
    return url.strip() if isinstance(url, str) else ""
