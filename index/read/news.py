"""What an item of news says of itself, in ninjs or NewsML-G2 -> its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from index.documents import MAX_FIELD_CHARS, Document, document
from index.places import Place
from index.read.pieces import Pieces, known_day, known_language
from index.rights import USABLE


@dataclass(frozen=True, slots=True)
class Caption:
    """The text of something that goes with an item: a picture, a video, a graphic."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One version of an item; what it does not say is empty."""

    id: str
    status: str = ""
    headline: str = ""
    byline: str = ""
    blocks: Sequence[str] = ()
    captions: Sequence[Caption] = ()
    publisher: str = ""
    url: str = ""
    created: str = ""
    """When its first version was made, ISO 8601."""
    version_created: str = ""
    language: str = ""
    embargoed: str = ""
    expires: str = ""
    usage_terms: str = ""
    rights: str = ""


def news_document(item: NewsItem, max_chars: int) -> Document:
    """The document of an item: byline, text, and captions with the name of what they belong to.

    What is withheld or canceled often has no text any more: it is kept with its headline, or its
    id, so that it takes the place of what was there.

    Raises:
        InvalidDocument: see `document`.
    """
    pieces = Pieces()
    body = Place(0, 0, entry=item.id)
    if item.byline and item.blocks:
        byline = item.byline
        pieces.add(byline if byline.lower().startswith("by ") else f"By {byline}", body)
    for block in item.blocks:
        if block != item.headline:
            pieces.add(block, body)
    for caption in item.captions:
        pieces.add(caption.text, Place(0, 0, entry=f"{item.id}#{caption.name}"))
    if not pieces.chars and item.status not in ("", USABLE):
        pieces.add(item.headline or item.id, body)
    url = item.url or item.id
    return document(
        item.id,
        pieces.text,
        title=item.headline[:MAX_FIELD_CHARS] or None,
        url=url if urlsplit(url).scheme in ("http", "https") else None,
        publisher=item.publisher or None,
        published_at=known_day(item.created) or known_day(item.version_created),
        modified_at=known_day(item.version_created),
        language=known_language(item.language),
        places=pieces.places,
        embargoed_until=item.embargoed or None,
        pubstatus=item.status or None,
        expires=item.expires or None,
        usageterms=item.usage_terms[:MAX_FIELD_CHARS] or None,
        rights=item.rights[:MAX_FIELD_CHARS] or None,
        max_chars=max_chars,
    )
