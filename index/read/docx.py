"""DOCX (Word) -> document: what stands in it, with changes accepted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.documents import Document, document
from index.errors import UnreadableFile
from index.places import Place
from index.read.inline import raised
from index.read.pieces import Pieces, day_of_name
from index.read.tables import MAX_CHARS, table_lines
from index.read.xml import child, children, local, parsed, said
from index.read.zips import Archive, archive

# The names of "Strict Open XML" and those of all other files.
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_MAIN = "word/document.xml"
_CORE = "docProps/core.xml"
_OFFICE = "/officeDocument"
# What is no text of its own, or is no longer there: tracked deletions, where a text was moved
# from, codes of fields, comments, the second of two drawings of one thing.
_DROPPED = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "rPr",
                      "pPr", "sectPr", "commentReference", "annotationRef"})  # fmt: skip
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_OFF = ("0", "false", "off", "none")
_HEADING, _TITLE = "heading ", "title"
# Most paragraphs, and levels of tables in each other.
MAX_PARAGRAPHS, MAX_DEPTH = 200_000, 30


def read_docx(content: bytes, id: str, max_chars: int) -> Document:
    """A document of a Word file: paragraphs, rows of tables, footnotes after what refers to them.

    Tracked insertions are read, tracked deletions, struck-out and hidden text are not. The day of
    its last change is kept; when it was published it does not say, unless its name begins with it.

    Raises:
        UnreadableFile: it is no Word file, damaged, encrypted, or unpacks to too much.
        InvalidDocument: see `document`.
    """
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("encrypted, or a .doc of old: save it as .docx without a password")
    with archive(io.BytesIO(content)) as members:
        reader = _Reader(members)
        reader.read()
        properties = parsed(members.read(_CORE)) if _CORE in members.names else None
    title, modified = (
        "" if properties is None else said(child(properties, name))
        for name in ("title", "modified")
    )
    return document(
        id,
        reader.pieces.text,
        title=reader.title or title or None,
        published_at=day_of_name(id),
        modified_at=modified[:10] or None,
        places=reader.pieces.places,
        max_chars=max_chars,
    )


class _Reader:
    """Reads the parts of one file, the main one first to last."""

    def __init__(self, members: Archive) -> None:
        self.pieces = Pieces()
        self.title = ""
        self._members = members
        self._main = _main_part(members)
        self._styles = self._style_names()
        self._notes: dict[str, dict[str, Any]] = {}
        self._chapter: str | None = None
        self._carried = ""  # of a paragraph whose end was deleted
        self._paragraphs = 0
        self._table_chars = 0

    def read(self) -> None:
        body = child(_parsed(self._members, self._main), "body")
        if body is None:
            raise UnreadableFile("not a Word file: it has no body")
        self._read_blocks(body, 0)
        self.pieces.add(self._carried, self._place())

    def _read_blocks(self, parent: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise UnreadableFile("nested too deeply")
        for element in parent:
            name = local(element)
            if name == "p":
                self._read_paragraph(element, depth)
            elif name == "tbl":
                for line in self._rows(element):
                    self.pieces.add(line, self._place())
            elif name not in _DROPPED:
                self._read_blocks(element, depth + 1)

    def _read_paragraph(self, paragraph: Any, depth: int) -> None:
        self._paragraphs += 1
        if self._paragraphs > MAX_PARAGRAPHS:
            raise UnreadableFile(f"has more than {MAX_PARAGRAPHS:,} paragraphs")
        text = self._carried + _text(paragraph)
        self._carried = ""
        if child(paragraph, "pPr", "rPr", "del") is not None:  # its end is deleted
            self._carried = text
            return
        text = text.strip()
        style = self._style(paragraph)
        if style == _TITLE and not self.title:
            self.title = text
        else:
            if style.startswith(_HEADING) and text:
                self._chapter = text[:200]
            self.pieces.add(text, self._place())
        for box in paragraph.iter(f"{_W}txbxContent"):
            dropped = any(local(up) in _DROPPED for up in box.iterancestors())
            if not dropped and next(box.iterancestors(f"{_W}p")) is paragraph:
                self._read_blocks(box, depth + 1)
        for reference in _references(paragraph):
            for note in self._note(reference):
                self.pieces.add(_text(note).strip(), self._place())

    def _place(self) -> Place:
        return Place(0, 0, chapter=self._chapter)

    def _style(self, paragraph: Any) -> str:
        """The built-in name of a paragraph's style, in lower case, whatever Word's language."""
        style = child(paragraph, "pPr", "pStyle")
        id = "" if style is None else style.get(_VAL, "")
        return self._styles.get(id, id).lower()

    def _style_names(self) -> dict[str, str]:
        part = self._beside("styles")
        if part not in self._members.names:
            return {}
        names = {}
        for style in children(_parsed(self._members, part), "style"):
            name = child(style, "name")
            if name is not None:
                names[style.get(f"{_W}styleId", "")] = str(name.get(_VAL, ""))
        return names

    def _beside(self, name: str) -> str:
        return f"{self._main.rpartition('/')[0]}/{name}.xml"

    def _note(self, reference: Any) -> list[Any]:
        """The paragraphs of a footnote or an endnote."""
        kind = _NOTES[local(reference)]
        if kind not in self._notes:
            part = self._beside(kind)
            root = _parsed(self._members, part) if part in self._members.names else []
            self._notes[kind] = {note.get(f"{_W}id", ""): note for note in root}
        note = self._notes[kind].get(reference.get(f"{_W}id", ""))
        return [] if note is None else list(note.iter(f"{_W}p"))

    def _rows(self, table: Any) -> list[str]:
        """The lines of a table, as those of HTML: each value after its column's header."""
        from lxml import etree

        whole = etree.Element("table")
        spanning: dict[int, Any] = {}  # column -> the cell that goes on below
        for number, row in enumerate(_own(table, "tr", "tbl")):
            if child(row, "trPr", "del") is not None:
                continue
            made = etree.SubElement(whole, "tr")
            is_head = child(row, "trPr", "tblHeader") is not None or (
                number == 0 and _first_row_is_header(table)
            )
            column = 0
            for cell in _own(row, "tc", "tr"):
                width = child(cell, "tcPr", "gridSpan")
                said = "1" if width is None else width.get(_VAL, "1")
                columns = int(said[:4]) if said.isascii() and said.isdigit() else 1
                merged = child(cell, "tcPr", "vMerge")
                above = spanning.get(column)
                if merged is not None and merged.get(_VAL) != "restart" and above is not None:
                    above.set("rowspan", str(int(above.get("rowspan", "1")) + 1))
                else:
                    one = etree.Element("th" if is_head else "td")
                    one.text = _cell_text(cell)
                    one.set("colspan", str(max(1, columns)))
                    made.append(one)
                    spanning[column] = one if merged is not None else None
                column += max(1, columns)
        lines = table_lines(list(whole), MAX_CHARS - self._table_chars)
        self._table_chars += sum(map(len, lines))
        return lines


def _parsed(members: Archive, part: str) -> Any:
    return parsed(members.read(part).replace(_STRICT, _USUAL))


def _main_part(members: Archive) -> str:
    """The name of the main part, which a file may choose."""
    if "_rels/.rels" in members.names:
        for relation in parsed(members.read("_rels/.rels")):
            if relation.get("Type", "").endswith(_OFFICE):
                return str(relation.get("Target", "")).lstrip("/")
    return _MAIN


def _first_row_is_header(table: Any) -> bool:
    """Whether the table's style sets its first row apart, as Word's own do."""
    look = child(table, "tblPr", "tblLook")
    if look is None:
        return False
    first = look.get(f"{_W}firstRow")
    if first is not None:
        return first not in _OFF
    value = look.get(_VAL, "")
    return bool(int(value, 16) & 0x0020) if value.isalnum() and len(value) <= 8 else False


def _own(table: Any, name: str, around: str) -> list[Any]:
    """The rows of a table, or the cells of a row, those in content controls and insertions too.

    Args:
        around: the name of the table or row, by which those of tables inside are left out.
    """
    return [
        part
        for part in table.iter(f"{_W}{name}")
        if next(part.iterancestors(f"{_W}{around}")) is table
        and not any(local(up) in _DROPPED for up in part.iterancestors())
    ]


def _cell_text(cell: Any) -> str:
    texts = (_text(paragraph) for paragraph in cell.iter(f"{_W}p"))
    return " ".join(" ".join(texts).split())


def _references(paragraph: Any) -> Iterator[Any]:
    for element in paragraph.iter(*(f"{_W}{name}" for name in _NOTES)):
        if not any(local(up) in _DROPPED for up in element.iterancestors()):
            yield element


def _text(paragraph: Any) -> str:
    """The text of a paragraph as it reads once its tracked changes are accepted."""
    parts: list[str] = []
    to_come = list(paragraph)[::-1]
    while to_come:
        element = to_come.pop()
        name = local(element)
        if name in _DROPPED or name == "txbxContent":
            continue
        if name == "r":
            _write_run(element, parts)
        elif name == "t":  # of a formula
            parts.append(element.text or "")
        else:
            to_come.extend(list(element)[::-1])
    return "".join(parts)


def _write_run(run: Any, parts: list[str]) -> None:
    look = child(run, "rPr")
    if look is not None and any(_is_on(look, name) for name in ("strike", "dstrike", "vanish")):
        return
    said = "".join(_letters(run))
    aligned = child(look, "vertAlign") if look is not None else None
    script = "" if aligned is None else aligned.get(_VAL, "")
    if said and script in ("superscript", "subscript"):
        said = raised("".join(parts[-3:]), said, "sup" if script == "superscript" else "sub")
    parts.append(said)


def _letters(run: Any) -> Iterator[str]:
    to_come = list(run)[::-1]
    while to_come:
        element = to_come.pop()
        name = local(element)
        if name == "t":
            yield element.text or ""
        elif name in ("tab", "ptab"):
            yield " "
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name not in _DROPPED and name != "txbxContent":
            to_come.extend(list(element)[::-1])


def _is_on(look: Any, name: str) -> bool:
    found = child(look, name)
    return found is not None and found.get(_VAL, "1") not in _OFF
