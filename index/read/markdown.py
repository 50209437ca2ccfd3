"""Markdown with front matter -> document."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from index.documents import Document, document
from index.errors import UnreadableFile
from index.read.content import decoded
from index.read.html import fragment_text
from index.read.inline import shown
from index.read.pieces import day_of_name
from index.read.tables import MAX_CHARS, table_lines

if TYPE_CHECKING:
    from markdown_it.token import Token

# The keys of front matter, in any case, under which each field is looked for.
KEYS = {
    "id": ("id",),
    "title": ("title",),
    "url": ("url",),
    "publisher": ("publisher",),
    "published_at": ("published_at", "date"),
    "modified_at": ("modified_at", "lastmod", "last_modified_at", "updated"),
    "language": ("language", "lang"),
    "embargoed_until": ("embargoed_until", "embargoed"),
    "pubstatus": ("pubstatus",),
    "expires": ("expires",),
    "usageterms": ("usageterms",),
    "rights": ("rights", "copyright"),
    "access": ("access",),
}
# Keys by which a document is hidden: a value that is not understood is refused, not left out.
HIDING_KEYS = frozenset(
    key for field in ("embargoed_until", "pubstatus", "expires", "access") for key in KEYS[field]
)
# Other keys by which front matter is told from a text between two rules.
OTHER_KEYS = (
    "aliases", "author", "authors", "categories", "category", "description", "draft", "image",
    "keywords", "layout", "permalink", "slug", "summary", "tags", "type", "weight",
)  # fmt: skip
_KNOWN_KEY = re.compile(
    rf"^[\"']?({'|'.join([*sum(KEYS.values(), ()), *OTHER_KEYS])})[\"']?\s*[:=]", re.I | re.M
)
_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)
# Most lists and quotations in each other; the library leaves out what is nested more deeply.
MAX_NESTING = 100
# Lines and marks ([, *, <, …) from which a file is refused: reading it would take minutes and
# gigabytes.
MAX_LINES, MAX_MARKS = 150_000, 200_000
_MARKS = "[]*_`<~^|"
# A picture that is written out where its address is due.
_PICTURE = re.compile(r"\(data:(?:[^\s()]|\((?!data:))*\)")
# What YAML writes for null.
_NO_VALUE = ("", "~", "null", "Null", "NULL")


def read_markdown(content: bytes, id: str, max_chars: int) -> Document:  # noqa: C901
    """A document of a Markdown file: its plain text, and fields from its front matter.

    Front matter is YAML between `---` lines or TOML between `+++` lines. Without a day in it, the
    day is the one that the file's name begins with, if any.

    Raises:
        UnreadableFile: see `decoded` and `table_lines`; the front matter is not YAML or TOML; it
            has more lines or marks than `MAX_LINES` and `MAX_MARKS`.
        InvalidDocument: see `document`.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    header, body = _front_matter(decoded(content))
    fields: dict[str, Any] = {
        field: next((header[key] for key in keys if key in header), None)
        for field, keys in KEYS.items()
    }
    if fields["published_at"] is None:
        fields["published_at"] = day_of_name(id)
    body = _PICTURE.sub("()", body)
    if body.count("\n") > MAX_LINES:
        raise UnreadableFile(f"has more than {MAX_LINES:,} lines")
    if sum(map(body.count, _MARKS)) > MAX_MARKS:
        raise UnreadableFile(f"has more than {MAX_MARKS:,} marks of Markdown")
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    tokens, notes = _body_and_notes(parser.parse(body))
    to_come = tokens[::-1]
    blocks: list[str] = []
    lists: list[_Numbers | None] = []  # those around; None: without numbers
    table: _Table | None = None  # the one around
    table_chars = 0
    marker = ""  # the number of an item, before its first block
    in_title = False  # in a heading of the first level
    while to_come:
        token = to_come.pop()
        text = ""
        if token.type == "inline":
            parts = token.children or []
            text = shown(parts).strip()
            if not fields["title"] and in_title:
                fields["title"] = text
            found = [
                note
                for part in parts
                if part.type == "footnote_ref"
                for note in notes.pop(part.meta["id"], [])
            ]
            if table is not None:
                table.add(text, found)
                continue
            if text == fields["title"]:
                text = ""
            to_come.extend(found[::-1])  # a note follows the block that refers to it first
        elif token.type == "table_open":
            table = _Table()
        elif token.type == "table_close" and table is not None:
            lines = table.lines(MAX_CHARS - table_chars)
            table_chars += sum(map(len, lines))
            blocks += lines
            to_come.extend(table.notes[::-1])
            table = None
        elif table is not None:
            table.open(token)
        elif token.type == "ordered_list_open":
            lists.append(_Numbers())
        elif token.type == "bullet_list_open":
            lists.append(None)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            lists.pop()
        elif token.type == "list_item_open" and (numbers := lists[-1]) is not None:
            marker = f"{numbers.next(int(token.info))}{token.markup} "
        elif token.type == "list_item_close":
            marker = ""
        elif token.type in {"heading_open", "heading_close"}:
            in_title = token.tag == "h1" and token.nesting == 1
        elif token.type in {"code_block", "fence"}:
            text = token.content.rstrip("\n")
        elif token.type == "html_block":
            text = fragment_text(token.content)
        if text.strip():
            blocks.append(marker + text)
            marker = ""
    return document(fields.pop("id") or id, "\n\n".join(blocks), **fields, max_chars=max_chars)


class _Numbers:
    """The numbers of a list's items: as they are written, or counted while all are the same."""

    def __init__(self) -> None:
        self._written: set[int] = set()
        self._last = 0

    def next(self, written: int) -> int:
        """The number of the next item; "1986." and then "12. března" begin no list that counts."""
        self._last = self._last + 1 if self._written == {written} else written
        self._written.add(written)
        return self._last


class _Table:
    """A table that is read: its rows as elements of HTML, and the notes that its cells refer to."""

    def __init__(self) -> None:
        self.notes: list[Token] = []
        self._rows: list[Any] = []

    def open(self, token: Token) -> None:
        from lxml import etree

        if token.type == "tr_open":
            # A row has a group, as in HTML.
            self._rows.append(etree.SubElement(etree.Element("tbody"), "tr"))
        elif token.type in {"th_open", "td_open"}:
            etree.SubElement(self._rows[-1], token.tag)

    def add(self, text: str, notes: list[Token]) -> None:
        self._rows[-1][-1].text = " ".join(text.split())
        self.notes += notes

    def lines(self, most_chars: int) -> list[str]:
        return [line for line in table_lines(self._rows, most_chars) if line]


def _body_and_notes(tokens: list[Token]) -> tuple[list[Token], dict[int, list[Token]]]:
    """The tokens outside the footnotes, and those of each footnote by its id."""
    body: list[Token] = []
    notes: dict[int, list[Token]] = {}
    into = body
    for token in tokens:
        if token.type == "footnote_open":
            into = notes[token.meta["id"]] = []
        elif token.type == "footnote_close":
            into = body
        else:
            into.append(token)
    return body, notes


def _front_matter(text: str) -> tuple[dict[str, str | dt.date], str]:
    """The fields of the front matter by their keys in lower case, and the text after it.

    A text between two rules that has none of the known keys is no front matter.

    Raises:
        UnreadableFile: it is not YAML or TOML, no mapping, or says by a list, a mapping or a number
            when or to whom the document is shown.
    """
    for pattern, parse, language in ((_YAML, _yaml, "YAML"), (_TOML, tomllib.loads, "TOML")):
        found = pattern.match(text)
        if found is None:
            continue
        if found[1].strip() and not _KNOWN_KEY.search(found[1]):
            return {}, text
        try:
            header = parse(found[1])
        except (UnreadableFile, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise UnreadableFile(f"front matter is not {language}: {reason}") from error
        if not isinstance(header, Mapping):
            raise UnreadableFile("front matter is not a list of key: value lines")
        # Lists and mappings are left out: no field is one, and aliases of aliases could be vast.
        fields = {}
        for key, value in header.items():
            name = str(key).lower()
            if not isinstance(value, str | dt.date):
                if name in HIDING_KEYS:
                    raise UnreadableFile(f"front matter: {name} must be a single string")
            elif value not in _NO_VALUE:
                fields[name] = value
        return fields, text[found.end() :]
    return {}, text


def _yaml(text: str) -> Any:
    """The value of YAML, with every scalar as the string that is written."""
    import yaml

    try:
        # Other loaders read a language of "no" as false.
        return yaml.load(text, yaml.BaseLoader) or {}  # noqa: S506 - it makes strings alone
    except yaml.YAMLError as error:
        raise UnreadableFile(str(error)) from error
