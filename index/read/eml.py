"""E-mail (.eml) -> document: the text of a message, without what is attached."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime

from index.documents import Document, document
from index.errors import UnreadableFile
from index.read.blocks import html_blocks
from index.read.content import decoded
from index.read.encoding import in_utf_8
from index.read.pieces import PARAGRAPH

# Most bytes of a head, and lines that may begin a part: reading more takes minutes.
MAX_HEAD_BYTES, MAX_BOUNDARIES = 2**20, 20_000
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_BOUNDARY = re.compile(rb"^--[^\s-]", re.M)
# A line that quotes the message that is answered, and one that introduces it.
_QUOTED = re.compile(r"^>.*$", re.M)
_INTRODUCTION = re.compile(r"^[^\n>]*:[ \t]*\n+(?=>)", re.M)
# The same in HTML, as programs mark it.
_QUOTED_HTML = "//blockquote[@type='cite'] | //*[contains(@class, 'gmail_quote')]"
_MAILBOX = re.compile(rb"\n\r?\nFrom \S+ .*\n[\w-]+: ")
_SIGNATURE = re.compile(r"^-- $", re.M)


def read_eml(content: bytes, id: str, max_chars: int) -> Document:
    """A document of a message: its subject, its sender as the publisher, its day, its own text.

    Raises:
        UnreadableFile: it has no text, or more in its head or more parts than any message.
        InvalidDocument: see `document`.
    """
    head = _END_OF_HEAD.search(content)
    if (head.start() if head else len(content)) > MAX_HEAD_BYTES:
        raise UnreadableFile(f"its head is longer than {MAX_HEAD_BYTES:,} bytes")
    if len(_BOUNDARY.findall(content)) > MAX_BOUNDARIES:
        raise UnreadableFile(f"has more than {MAX_BOUNDARIES:,} parts")
    if content.startswith(b"From ") and _MAILBOX.search(content):
        raise UnreadableFile("a mailbox of several messages: save each as .eml")
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html")) if message.keys() else None
    if body is None:
        raise UnreadableFile("no text in the message" if message.keys() else "not a message")
    written = _decoded(body)
    if body.get_content_subtype() == "html":
        blocks = html_blocks(_without_quoted(written))
    else:
        own = _QUOTED.sub("", _INTRODUCTION.sub("", _SIGNATURE.split(written)[0]))
        blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", own)]
    name, address = parseaddr(str(message.get("From", "")))
    return document(
        id,
        PARAGRAPH.join(block for block in blocks if block),
        title=str(message.get("Subject", "")),
        publisher=name or address.rpartition("@")[2] or None,
        published_at=_day(str(message.get("Date", ""))),
        max_chars=max_chars,
    )


def _decoded(body: MIMEPart[str, str]) -> str:
    """The text of a part, in the encoding that it names, as browsers have it, else as of a file.

    Raises:
        UnreadableFile: it names none that is known, and is in another than is read.
    """
    content = body.get_payload(decode=True)
    assert isinstance(content, bytes)
    return decoded(in_utf_8(content, f"charset={body.get_content_charset() or ''}"))


def _without_quoted(markup: str) -> str:
    from lxml import html

    if not markup.strip():
        return markup
    page = html.fragment_fromstring(markup, create_parent="div")
    for quoted in page.xpath(_QUOTED_HTML):
        quoted.drop_tree()
    return str(html.tostring(page, encoding="unicode"))


def _day(stated: str) -> dt.date | None:
    try:
        return parsedate_to_datetime(stated).date()
    except (ValueError, TypeError):
        return None
