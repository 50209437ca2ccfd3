"""RSS and Atom -> documents: each entry one, with its own day, address and publisher."""

from __future__ import annotations

import datetime as dt
import email.utils
import io
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.documents import MAX_ID_CHARS, Document, document
from index.errors import UnreadableFile
from index.places import Place
from index.read.blocks import html_blocks
from index.read.content import limited
from index.read.dates import possible_days
from index.read.origin import Items, Origin, kept_or_refused
from index.read.pieces import PARAGRAPH, known_day, known_language, whole
from index.rights import WITHHELD

# What feedparser says of a feed that it reads all the same.
_HARMLESS = ("CharacterEncodingOverride", "NonXMLContentType")
_WEB = ("http", "https")
# Of WordPress's export: what is no text, and the status of what is to be read.
_NO_POSTS = ("attachment", "nav_menu_item", "revision", "custom_css", "wp_global_styles")
_PUBLISHED = "publish"
# What WordPress writes for the day of a draft: 30 Nov -0001.
_NO_YEAR = re.compile(r"\s-\d{4}\s")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
# Most entries of a feed: reading more takes longer than a minute.
MAX_ENTRIES = 100_000


def read_feed(stream: io.BufferedIOBase, origin: Origin) -> Items:
    """The document of each entry; its id is the entry's own, else its address.

    An entry without a day has none: that of the feed is another's. Nothing is fetched.

    Raises:
        UnreadableFile: it is no feed, or has more than `MAX_ENTRIES` entries; or, after the
            entries that can be read, it is damaged.
    """
    try:
        import feedparser
    except ImportError as error:
        raise UnreadableFile("needs feedparser: pip install 'claimdesk[feeds]'") from error
    content = limited(stream)
    if len(_ENTRY.findall(content)) > MAX_ENTRIES:
        raise UnreadableFile(f"has more than {MAX_ENTRIES:,} entries")
    # A string could be taken for an address and be fetched; a stream cannot. Relative links are
    # resolved here, for those of a feed in a file are relative to its site.
    feed = feedparser.parse(io.BytesIO(content), resolve_relative_uris=False, sanitize_html=False)
    if not feed.version and not feed.entries:
        raise UnreadableFile("not RSS or Atom")
    if not feed.entries and not feed.bozo:
        raise UnreadableFile("no entry in it")
    for number, entry in enumerate(feed.entries, start=1):
        if entry.get("wp_post_type") in _NO_POSTS:
            continue

        def made(entry: Any = entry, number: int = number) -> Document:
            return _entry(entry, number, feed.feed, origin)

        yield kept_or_refused(made, f"{origin.source}:entry {number}")
    if feed.bozo and type(feed.bozo_exception).__name__ not in _HARMLESS:
        said = str(feed.bozo_exception).splitlines()[0]
        raise UnreadableFile(f"damaged ({said}); what can be told apart was read")


def _entry(entry: Any, number: int, about: Any, origin: Origin) -> Document:
    base = next(
        (
            link
            for link in (about.get("link"), about.get("id"))
            if urlsplit(link or "").scheme in _WEB
        ),
        "",
    )
    link = entry.get("link") or ""
    # Where there is no link, the library takes an id for it.
    is_id = link == entry.get("id") and urlsplit(link).scheme not in _WEB
    url = urljoin(base, link) if link and not is_id else ""
    id = entry.get("id") or url or f"{origin.id}#{number}"
    if len(id) > MAX_ID_CHARS:
        id = f"{origin.id}#{number}"
    stated = next((part.get("language") for part in entry.get("content", [])), None)
    language = stated or about.get("language") or ""
    title = " ".join(html_blocks(entry.get("title") or ""))
    source = entry.get("source") or {}
    text = PARAGRAPH.join(block for block in _blocks(entry) if block != title) or title
    return document(
        id,
        text,
        title=title,
        url=url if urlsplit(url).scheme in _WEB else None,
        publisher=_plain(source.get("title") or entry.get("publisher") or about.get("title")),
        published_at=_day(entry, "published", language) or _day(entry, "updated", language),
        modified_at=_day(entry, "updated", language),
        language=known_language(language),
        places=whole(text, Place(0, 0, entry=id)),
        pubstatus=WITHHELD if _is_draft(entry) else None,
        max_chars=origin.max_chars,
    )


def _is_draft(entry: Any) -> bool:
    """Whether an entry of WordPress's export is not published, or behind a password."""
    status = entry.get("wp_status") or _PUBLISHED
    return status != _PUBLISHED or bool(entry.get("wp_post_password"))


def _blocks(entry: Any) -> list[str]:
    """The texts of an entry's content, else of its summary."""
    parts = [*entry.get("content", []), entry.get("summary_detail") or {}]
    for part in parts:
        value = part.get("value") or ""
        if value.strip():
            if part.get("type") == "text/plain" and "<" not in value:
                return [line.strip() for line in value.split("\n") if line.strip()]
            return html_blocks(value)
    return []


def _plain(stated: Any) -> str | None:
    return " ".join(html_blocks(stated)) or None if isinstance(stated, str) else None


def _day(entry: Any, name: str, language: str) -> dt.date | None:
    """The day that an entry states, as it is written there, whatever the time zone."""
    stated = entry.get(name) if name in entry else None  # get alone takes others' values for it
    if not isinstance(stated, str):
        return None
    if _NO_YEAR.search(stated):
        return None
    with suppress(ValueError, TypeError):
        return email.utils.parsedate_to_datetime(stated).date()
    if day := known_day(stated):
        return day
    days = possible_days(stated, language)
    return next(iter(days)) if len(days) == 1 else None
