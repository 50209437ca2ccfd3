"""Tables of a parsed HTML page -> lines of "header: value"."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

from index.errors import UnreadableFile
from index.read.own import plain

# Most columns of a table, and rows that one cell may span.
MAX_COLUMNS = 200
MAX_SPAN = 1_000
# Most code points of the lines of all tables of a file. A line repeats the headers of its columns,
# and the text of a cell for each column and row that the cell spans.
MAX_CHARS = 5_000_000
# Text of a cell, in code points, from which a table holds a page's layout, not data.
LAYOUT_CHARS = 600
# Least links, and share of the text in them, of a table that leads to other pages.
MENU_LINKS, MENU_SHARE = 5, 0.8
_LAYOUT = ("h1", "h2", "h3", "article", "section", "form", "table")
_MENU = re.compile(r"nav|menu|calendar", re.I)


def open_tables(page: Any) -> None:
    """Puts paragraphs in the place of tables, a row each; tables of layout become plain parts.

    Raises:
        UnreadableFile: the lines of the tables have more than `MAX_CHARS` code points.
    """
    left = MAX_CHARS
    for table in reversed(list(page.iter("table"))):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        if _is_menu(table):
            lines = []
        elif table.get("opened") or _is_layout(table, rows):
            for part in table.iter("caption", "tbody", "thead", "tfoot", "tr", "td", "th"):
                part.tag = "div"
            table.attrib.clear()
            table.tag = "div"
            continue
        else:
            captions = [plain(caption) for caption in table.iterchildren("caption")]
            lines = [*captions, *table_lines(rows, left)]
            left -= sum(map(len, lines))
        outer = next(table.iterancestors("table"), None)
        if outer is not None:
            outer.set("opened", "")
        table.clear(keep_tail=True)
        table.tag = "div"
        for line in lines:
            if line:
                paragraph = html.Element("p")
                paragraph.text = line
                table.append(paragraph)


def _is_menu(table: Any) -> bool:
    links = [plain(link) for link in table.iter("a")]
    if _MENU.search(f"{table.get('class', '')} {table.get('id', '')}") and links:
        return True
    return len(links) >= MENU_LINKS and sum(map(len, links)) > MENU_SHARE * len(plain(table))


def _is_layout(table: Any, rows: list[Any]) -> bool:
    """Whether a table places parts of a page: a cell holds headings, paragraphs or much text."""
    if table.get("role") in ("presentation", "none") or sum(len(_cells(row)) for row in rows) < 2:
        return True
    for row in rows:
        for cell in _cells(row):
            if cell.find(".//p/../p[2]") is not None or next(cell.iter(*_LAYOUT), None) is not None:
                return True
            if len(plain(cell)) > LAYOUT_CHARS:
                return True
    return False


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def table_lines(rows: list[Any], most_chars: int = MAX_CHARS) -> list[str]:
    """The lines of a table's rows: each value after its column's header, where it has one.

    Headers that stand before no value are a line of their own.

    Raises:
        UnreadableFile: the lines have more than `most_chars` code points.
    """
    lines: list[str] = []
    headers: list[str] = []
    begun = 0  # lines before the headers
    in_head = True  # no row with values has come yet, since the last header
    are_said = False  # one of the headers stands before a value
    spanning: dict[int, tuple[int, str]] = {}  # column -> rows to come, text of a cell above
    chars = 0

    def end_headers() -> None:
        if any(headers) and not are_said:
            lines.insert(begun, "; ".join(filter(None, headers)))

    for row in rows:
        cells = _cells(row)
        texts = _placed(cells, spanning)
        if not any(texts):
            continue
        # The corner above headers of rows is often an empty cell of any kind.
        is_head = len(cells) > 1 and all(map(_is_heading, filter(plain, cells)))
        chars += sum(map(len, texts)) + (0 if is_head else sum(map(len, headers)))
        if chars > most_chars:
            raise UnreadableFile(f"tables with more than {MAX_CHARS:,} characters in their lines")
        if is_head:
            if not in_head:
                end_headers()
                headers, are_said = [], False
            begun = begun if headers else len(lines)
            width = max(len(headers), len(texts))
            both = zip(_padded(headers, width), _padded(texts, width), strict=True)
            headers = [" ".join(dict.fromkeys(part for part in pair if part)) for pair in both]
        elif len(cells) == 1:
            lines.append(texts[0] or "".join(texts))
        else:
            pairs = list(zip(_padded(headers, len(texts)), texts, strict=False))
            are_said = are_said or any(header and text for header, text in pairs)
            if not any(header for header, _ in pairs) and sum(map(bool, texts)) == 2:
                lines.append(": ".join(filter(None, texts)))
            else:
                said = (f"{header}: {text}" if header else text for header, text in pairs if text)
                lines.append("; ".join(dict.fromkeys(said)))
        in_head = is_head
    end_headers()
    return lines


def _placed(cells: list[Any], spanning: dict[int, tuple[int, str]]) -> list[str]:
    """The text of each column of a row, with those of cells that span several columns or rows."""
    texts: list[str] = []

    def above() -> None:
        while (left := spanning.get(len(texts))) is not None:
            spanning.pop(len(texts))
            if left[0] > 1:
                spanning[len(texts)] = (left[0] - 1, left[1])
            texts.append(left[1])

    for cell in cells:
        above()
        text, rows = _text(cell), _span(cell, "rowspan", MAX_SPAN)
        for _ in range(_span(cell, "colspan", MAX_COLUMNS)):
            if len(texts) >= MAX_COLUMNS:
                break
            if rows > 1:
                spanning[len(texts)] = (rows - 1, text)
            texts.append(text)
    above()
    return texts


def _text(cell: Any) -> str:
    """The text of a cell in one line, its parts apart."""
    for part in cell.iter("br", "p", "div", "li"):
        part.tail = f" {part.tail or ''}"
    return plain(cell)


def _span(cell: Any, name: str, most: int) -> int:
    said = cell.get(name, "1").strip()
    return min(int(said), most) if said.isascii() and said.isdigit() and int(said[:6]) > 0 else 1


def _is_heading(cell: Any) -> bool:
    """Whether a cell is a header: by its tag, its row's group, or since all its text is bold."""
    if cell.tag == "th" or cell.getparent().getparent().tag == "thead":
        return True
    bold = "".join(plain(part) for part in cell.iter("b", "strong"))
    return bool(bold) and bold == plain(cell)


def _padded(texts: list[str], width: int) -> list[str]:
    return [*texts, *[""] * (width - len(texts))]
