"""Markdown with front matter -> document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.documents import Document, document
from index.errors import UnreadableFile
from index.read.content import decoded
from index.read.html import fragment_text

if TYPE_CHECKING:
    from markdown_it.token import Token

FIELDS = ("title", "url", "publisher", "published_at", "language")
_LINE_BREAK = re.compile(r"<br\b", re.I)
_CLOSING_RULE = re.compile(r"\n---[ \t]*(?:\n|\Z)")
# What YAML writes for null.
_NO_VALUE = ("", "~", "null", "Null", "NULL")


def read_markdown(content: bytes, id: str, max_chars: int) -> Document:
    """A document of a Markdown file: its plain text, and fields from its front matter (YAML).

    Raises:
        UnreadableFile: it is not UTF-8, or the front matter is not YAML.
        InvalidDocument: see `document`.
    """
    from markdown_it import MarkdownIt

    header, body = _front_matter(decoded(content))
    title = header.get("title")
    blocks: list[str] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline":
            text = "".join(map(_shown, token.children or []))
            if not title and before is not None and before.tag == "h1":
                title = text
            elif text.strip() and text != title:
                blocks.append(text)
        elif token.type in {"code_block", "fence"}:
            blocks.append(token.content.rstrip("\n"))
        elif token.type == "html_block" and (text := fragment_text(token.content)):
            blocks.append(text)
    metadata = {key: header.get(key) for key in FIELDS} | {"title": title}
    return document(header.get("id") or id, "\n\n".join(blocks), **metadata, max_chars=max_chars)


def _shown(part: Token) -> str:
    """The text that a reader sees of an inline token."""
    if part.type in {"text", "code_inline"}:
        return part.content
    return "\n" if "break" in part.type or _LINE_BREAK.match(part.content) else ""


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of the YAML between two `---` lines at the top, and the text after it.

    Raises:
        UnreadableFile: it is not YAML, or no mapping.
    """
    import yaml

    if not text.startswith("---\n"):
        return {}, text
    # The line break before the closing rule is the one after the opening rule where it is empty.
    closing = _CLOSING_RULE.search(text, 3)
    if closing is None:
        return {}, text
    head, body = text[3 : closing.start()], text[closing.end() :]
    try:
        # BaseLoader keeps every value as it is written; others read a language of "no" as false.
        header = yaml.load(head, yaml.BaseLoader) or {}  # noqa: S506 - it makes strings alone
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFile(f"front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(header, dict):
        raise UnreadableFile("front matter is not a list of key: value lines")
    # Lists and mappings are left out: no field is one, and aliases of aliases could be vast.
    return {
        str(key): value
        for key, value in header.items()
        if isinstance(value, str) and value not in _NO_VALUE
    }, body
