"""Lines of pages -> one text: without running heads, hyphens at line ends undone, paragraphs."""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.places import Box, Place
from index.read.columns import CELLS, Run, columns, gutters
from index.read.pieces import PARAGRAPH, Pieces

# Share of a page's height, at its top and at its foot, in which running heads are looked for, and
# lines there.
MARGIN, MARGIN_LINES = 0.12, 3
# Pages on which the same line makes it a running head, at least, and as a share of all.
HEAD_PAGES, HEAD_SHARE = 2, 0.25
# Times the usual height of a page's letters from which a line that counts pages is a heading:
# "Slide 3: what is next".
HEADING_HEIGHT = 1.4
# Share by which the heights of two lines of one paragraph may differ.
SAME_HEIGHT = 0.2
# Shares of a line's height: more space than is usual, and an indent, that begin a paragraph.
MORE_SPACE, INDENT = 0.4, 0.7
# Share of a column's width that a last line leaves free.
SHORT = 0.2

_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:page|seite|página|pagina|pág\.|p\.|s\.|стр\.)?\s*(?:\d{1,4}|[ivxlc]{1,6})"
    r"(?:\s*(?:/|of|von|de|di|sur|из)\s*\d{1,4})?\W{0,3}",
    re.I,
)
_SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*\Z")
_ITEM = re.compile(r"(?:[•▪◦●■‣·*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+\S")
_HYPHENS = "-\u2010\u00ad"
_WORD = re.compile(r"[^\W\d_]+")
# Words with hyphens between them. The search begins at the start of a word and takes all of it: a
# line of n letters would take time quadratic in n otherwise.
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")
# Before a hyphen that belongs to the word: twenty-five.
_TENS = re.compile(r"(?:\A|\W)(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\Z", re.I)
# First parts that stay apart from any word: well-known. None begins a longer word.
_APART = ("well", "half", "vice")
_UNITS = re.compile(r"(?:one|two|three|four|five|six|seven|eight|nine|first|second|third|fourth|"
                    r"fifth|sixth|seventh|eighth|ninth)\b", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """The runs of letters of a page of `width` and `height` points.

    turns: quarters of a turn, against the clock, by which the page was turned for its lines to be
    level.
    """

    number: int
    width: float
    height: float
    runs: list[Run]
    turns: int = 0


def turned(box: Box, turns: int, width: float, height: float) -> Box:
    """A box of a page of that size, after quarters of a turn against the clock."""
    for _ in range(turns % 4):
        box = (height - box[3], box[0], height - box[1], box[2])
        width, height = height, width
    return box


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, the edges of its column, and the space above that is usual there."""

    run: Run
    page: int
    column: int
    left: float
    right: float
    space: float


def paragraphs(pages: Sequence[Page]) -> Pieces:
    """The text of pages, a line a piece, with its page and box."""
    lines = list(_lines(pages, running_heads(pages)))
    words = {word.casefold() for line in lines for word in _WORD.findall(line.run.text)}
    compounds = {word.casefold() for line in lines for word in _COMPOUND.findall(line.run.text)}
    by_number = {page.number: page for page in pages}
    pieces = Pieces()
    before = ""
    for line, after in itertools.zip_longest(lines, lines[1:]):
        text, run = line.run.text, line.run
        page = by_number[line.page]
        level = (run.left, run.bottom, run.right, run.top)
        left, bottom, right, top = turned(level, -page.turns, page.width, page.height)
        box = (round(left, 1), round(bottom, 1), round(right, 1), round(top, 1))
        following = PARAGRAPH
        if after is not None and not _begins_paragraph(line, after):
            text, following = _unbroken(text, after.run.text, words, compounds)
        pieces.add(text, Place(0, 0, page=line.page, box=box), before)
        before = following
    return pieces


def running_heads(pages: Sequence[Page]) -> set[tuple[int, Run]]:
    """The runs, with the numbers of their pages, that are heads, feet or page numbers.

    Such a run stands in the margin of several pages and differs in nothing but the page's number,
    or is a page's number alone.
    """
    alike: dict[str, list[tuple[int, Run]]] = {}
    heads: set[tuple[int, Run]] = set()
    for page in pages:
        runs = sorted(page.runs, key=lambda run: -run.middle)
        rows = [list(row) for _, row in itertools.groupby(runs, key=lambda run: round(run.middle))]
        top = [row for row in rows[:MARGIN_LINES] if row[0].middle > (1 - MARGIN) * page.height]
        foot = [row for row in rows[-MARGIN_LINES:] if row[0].middle < MARGIN * page.height]
        for outermost in (*top[:1], *foot[-1:]):
            for run in outermost:
                if _PAGE_NUMBER.fullmatch(run.text) and len(runs) > 1:
                    heads.add((page.number, run))
        for run in {id(run): run for row in (*top, *foot) for run in row}.values():
            alike.setdefault(_NUMBER.sub("#", run.text.casefold()), []).append((page.number, run))
    usual = {
        page.number: statistics.median(run.height for run in page.runs)
        for page in pages
        if page.runs
    }
    for group in alike.values():
        number = len({page for page, _ in group})
        counts = _counts_pages(group)
        if counts and all(run.height > HEADING_HEIGHT * usual[page] for page, run in group):
            continue
        # A head of a chapter is on few pages; that it counts them tells it.
        least = HEAD_PAGES if counts else max(HEAD_PAGES, HEAD_SHARE * len(pages))
        if number >= least and counts is not None:
            heads.update(group)
    return heads


def _counts_pages(group: list[tuple[int, Run]]) -> bool | None:
    """Whether a number in lines of one wording counts their pages.

    None where one differs otherwise: then the lines say different things.
    """
    numbers = [[int(n[:9]) for n in _NUMBER.findall(run.text)] for _, run in group]
    counts = False
    for values in zip(*numbers, strict=True):
        offsets = {value - page for value, (page, _) in zip(values, group, strict=True)}
        if len(set(values)) > 1 and len(offsets) > 1:
            return None
        counts = counts or len(set(values)) > 1
    return counts


def _lines(pages: Sequence[Page], heads: set[tuple[int, Run]]) -> Iterator[_Line]:
    number = 0
    kept = [[run for run in page.runs if (page.number, run) not in heads] for page in pages]
    known = sorted({x for runs in kept for x in gutters(runs)})
    for page, of_page in zip(pages, kept, strict=True):
        for runs in columns(of_page, known):
            number += 1
            spaces = [a.bottom - b.top for a, b in itertools.pairwise(runs)]
            space = statistics.median(spaces) if len(spaces) > 1 else 0.0
            left, right = min(run.left for run in runs), max(run.right for run in runs)
            for run in runs:
                yield _Line(run, page.number, number, left, right, space)


def _begins_paragraph(line: _Line, after: _Line) -> bool:
    """Whether a line is the last of its paragraph."""
    one, other = line.run, after.run
    height = max(one.height, other.height, 0.1)
    ends = _SENTENCE_END.search(one.text) is not None
    short = one.right < line.right - SHORT * (line.right - line.left)
    if abs(one.height - other.height) > SAME_HEIGHT * height or _ITEM.match(other.text):
        return True
    if CELLS in one.text or CELLS in other.text:
        return True
    if line.column != after.column:
        if other.text[:1].islower() or one.text[-1:] in _HYPHENS:
            return False
        return ends or short
    if one.bottom - other.top > line.space + MORE_SPACE * height:
        return True
    if other.left > after.left + INDENT * height and one.left <= line.left + INDENT * height:
        return True
    return ends and short and not other.text[:1].islower()


def _unbroken(text: str, after: str, words: set[str], compounds: set[str]) -> tuple[str, str]:
    """A line's text without the hyphen that only breaks its last word, and what follows it.

    A hyphen stays where the same word has one within a line, after "twenty" in twenty-five, "well"
    and capitals (EU-wide), in a chain of them (all-or-nothing), and before a capital or a digit.
    Scripts without spaces get none.
    """
    if text[-1:] not in _HYPHENS or not text[-2:-1].isalnum():
        return text, "" if _is_spaceless(text[-1:]) and _is_spaceless(after[:1]) else " "
    if text[-2].isdigit():
        return text, "" if after[:1].isdigit() else " "
    first, rest = _WORD.findall(text)[-1], _WORD.match(after)
    if rest is None or not after[0].islower():
        return text.replace("\u00ad", "-") if text[-1] == "\u00ad" else text, ""
    if (
        first.casefold() in _APART
        or (len(first) > 1 and first.isupper())
        or after[rest.end() : rest.end() + 1] == "-"
    ):
        return text, ""
    joined, with_hyphen = f"{first}{rest[0]}".casefold(), f"{first}-{rest[0]}".casefold()
    kept = with_hyphen in compounds and joined not in words
    if kept or (_TENS.search(text[:-1]) and _UNITS.match(after)):
        return text, ""
    return text[:-1], ""


def _is_spaceless(char: str) -> bool:
    """Whether a character is of a script that has no spaces between words: Chinese, Japanese."""
    return bool(char) and unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA"))
