"""PDF -> document: its text in the order of reading, each line with its page and box."""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from index.documents import Document, document
from index.errors import DocumentTooLarge, UnreadableFile
from index.places import Box, around
from index.read.columns import RAISED, SMALLER, Run
from index.read.inline import raised
from index.read.paragraphs import Page, paragraphs, turned
from index.read.pieces import day_of_name

# Most pages of a file.
MAX_PAGES = 5_000
# Most characters of a page; of a file, this many more than twice the longest text of a document: a
# PDF also counts characters that are not kept, such as spaces and line ends.
MAX_PAGE_CHARS = 500_000
# Space between two letters, as a share of their height, from which they are apart: two columns, or
# two cells of a table.
APART = 0.7
# Letters of a page by which it is told how they are turned.
SAMPLED = 200
# Largest share of letters whose font does not say which letters they are.
MAX_UNTOLD = 0.3
# What PDFium gives for a hyphen at the end of a line, and for a letter that no font tells.
_HYPHEN, _UNTOLD = (0x02, 0xFFFE, 0x00AD), (0x00, 0xFFFD)
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl",
              0xFB05: "st", 0xFB06: "st"}  # fmt: skip
# Titles that a program wrote, no author: a file's name, "untitled".
_NO_TITLE = re.compile(
    r"untitled|\(?anonymous\)?|microsoft|powerpoint|.*\.[a-z]{2,5}|[\w-]{0,30}\d{3,}", re.I
)
# PDFium serves one caller at a time.
_one_at_a_time = threading.Lock()


def read_pdf(content: bytes, id: str, max_chars: int) -> Document:
    """A document of a PDF: columns in their order, without running heads and page numbers.

    A day is taken from the start of the file's name alone: what the file says of its own making is
    not when the text was published.

    Raises:
        UnreadableFile: it is damaged, encrypted, has no text (a scan), too many pages, or fonts
            that do not tell their letters.
        InvalidDocument: see `document`.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise UnreadableFile("needs pypdfium2: pip install 'claimdesk[pdf]'") from error
    with _one_at_a_time:
        try:
            pdf = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise UnreadableFile("encrypted: it needs a password") from error
            raise UnreadableFile("not a PDF, or damaged") from error
        with pdf:
            if len(pdf) > MAX_PAGES:
                raise UnreadableFile(f"has {len(pdf):,} pages, more than {MAX_PAGES:,}")
            pages = list(_pages(pdf, max_chars))
            title = " ".join(pdf.get_metadata_dict().get("Title", "").split())
    pieces = paragraphs(pages)
    if not pieces.chars:
        raise UnreadableFile(
            "no text in it but that of its margins: a scan? Recognise it (OCR) first"
        )
    return document(
        id,
        pieces.text,
        title="" if _NO_TITLE.fullmatch(title) else title,
        published_at=day_of_name(id),
        places=pieces.places,
        max_chars=max_chars,
    )


def _pages(pdf: Any, max_chars: int) -> Iterator[Page]:
    """
    Raises:
        UnreadableFile: a page is damaged, none has text, or most letters are untold.
    """
    from pypdfium2 import PdfiumError

    chars = untold = 0
    damaged = []
    for number in range(1, len(pdf) + 1):
        try:
            page = pdf[number - 1]
            text = page.get_textpage()
        except PdfiumError:
            damaged.append(number)
            continue
        count = text.count_chars()
        chars += count
        if count > MAX_PAGE_CHARS or chars > 2 * max_chars + MAX_PAGE_CHARS:
            raise DocumentTooLarge(f"text has more than the {max_chars:,} characters allowed")
        turns = _turns(text, count)
        left, bottom, right, top = page.get_cropbox()
        runs, missing = _runs(text, count, turns, (left, bottom, right, top))
        untold += missing
        text.close()
        page.close()
        size = (right - left, top - bottom)
        width, height = size if turns % 2 == 0 else size[::-1]
        yield Page(number, width, height, runs, turns)
    if damaged:
        raise UnreadableFile(f"damaged: page {damaged[0]} cannot be read")
    if not chars:
        raise UnreadableFile("no text in it: a scan? Recognise its text (OCR) first")
    if untold > MAX_UNTOLD * chars:
        raise UnreadableFile("its fonts do not tell which letters they show: recognise them (OCR)")


def _runs(text: Any, count: int, turns: int, crop: Box) -> tuple[list[Run], int]:
    """The runs of letters of a page, and the number of letters that are untold.

    Args:
        turns: quarters of a turn, against the clock, by which the letters are turned upright.
        crop: the part of the page that is shown; boxes are from its lower left corner.
    """
    from pypdfium2 import raw

    x, y, width, height = crop[0], crop[1], crop[2] - crop[0], crop[3] - crop[1]
    rectangle = raw.FS_RECTF()
    at = ctypes.byref(rectangle)
    runs: list[Run] = []
    run = _Growing()
    untold = 0
    surrogate = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            surrogate = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((surrogate - 0xD800) << 10) + code - 0xDC00 if surrogate else 0xFFFD
        surrogate = 0
        if code in (0x0A, 0x0D):
            run.end(runs)
        elif code in _UNTOLD or 0xE000 <= code < 0xF900:
            untold += 1
        elif chr(code).isspace() or raw.FPDFText_IsGenerated(text, index) == 1:
            run.space("-" if code in _HYPHEN else " ")
        elif raw.FPDFText_GetLooseCharBox(text, index, at):
            letter = "-" if code in _HYPHEN else _LIGATURES.get(code, chr(code))
            box = (rectangle.left - x, rectangle.bottom - y, rectangle.right - x, rectangle.top - y)
            if box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height:
                continue  # beside the page: nobody sees it
            box = turned(box, turns, width, height) if turns else box
            if not run.takes(box):
                run.end(runs)
            run.add(letter, box)
    run.end(runs)
    return runs, untold


class _Growing:
    """The run to which the next letter may belong."""

    def __init__(self) -> None:
        self._text = self._raised = ""
        self._box: Box | None = None
        self._last = (0.0, 0.0, 0.0, 0.0)

    def takes(self, box: Box) -> bool:
        """Whether a letter of this box goes on in the same run."""
        if self._box is None:
            return True
        _, bottom, right, top = self._last
        height = max(min(top - bottom, box[3] - box[1]), 0.1)
        shared = min(top, box[3]) - max(bottom, box[1])
        return shared > 0.3 * height and -height < box[0] - right < APART * (top - bottom)

    def add(self, letter: str, box: Box) -> None:
        last = self._last
        height = last[3] - last[1]
        if (
            letter.isdigit()
            and self._box is not None
            and box[3] - box[1] < SMALLER * height
            and box[1] > last[1] + RAISED * height
        ):
            self._raised += letter
            # The line is as high as its other letters.
            box = (box[0], self._box[1], box[2], self._box[3])
        else:
            self._write_raised()
            self._text += letter
            self._last = box
        self._last = (self._last[0], self._last[1], box[2], self._last[3])
        self._box = around(self._box, box)

    def space(self, letter: str) -> None:
        self._write_raised()
        if self._box is not None and (letter != " " or not self._text.endswith(" ")):
            self._text += letter

    def _write_raised(self) -> None:
        if self._raised:
            self._text = self._text.rstrip()  # PDFium puts a space where the line is left
            self._text += raised(self._text, self._raised, "sup")
            self._raised = ""

    def end(self, runs: list[Run]) -> None:
        """Append the run to others and begin a new one."""
        self._write_raised()
        if self._box is not None and self._text.strip():
            runs.append(Run(self._text.strip(), *self._box))
        self._text, self._box = "", None


def _turns(text: Any, count: int) -> int:
    """The quarters of a turn, against the clock, after which most letters of a page are upright."""
    from pypdfium2 import raw

    step = max(1, count // SAMPLED)
    # PDFium measures a letter's turn with the clock.
    angles = (raw.FPDFText_GetCharAngle(text, index) for index in range(0, count, step))
    found = Counter(round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0)
    return found.most_common(1)[0][0] if found else 0
