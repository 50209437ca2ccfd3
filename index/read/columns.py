"""Runs of letters at their places on a page -> lines in the order in which they are read."""

from __future__ import annotations

import itertools
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.read.inline import raised

# Points between two columns, at least; and as a share of the height of a line.
MIN_GUTTER, MIN_GUTTER_SHARE = 6.0, 0.6
# Share of the runs that may lie across the space between two columns: headlines, captions.
MAX_ACROSS = 0.25
# Share of the letters, at least, on each side of it.
MIN_SIDE = 0.15
# Lines, and code points in each on average, by which columns of text are told from a table's.
MIN_LINES, MIN_LINE_CHARS = 3, 18
# Runs of a page from which no columns are looked for: it is a drawing or a map.
MAX_RUNS = 5_000
# Share of the lower of two heights that two runs of one line have in common.
SAME_LINE = 0.5
# Space within a line, as a share of its height, that stands for one between words, between the
# cells of a table, and between cells of which one has no letter: a number.
WORD_SPACE, CELL_SPACE, NUMBER_SPACE = 0.15, 2.0, 0.9
CELLS = " | "
# Shares of the height of the letters before: how much higher raised letters stand at least, and how
# high they are at most.
RAISED, SMALLER = 0.1, 0.8


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in a row and the box around them, in points from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def gutters(runs: Sequence[Run]) -> list[float]:
    """The middles of the spaces between the columns of text of a page."""
    x = _gutter(runs, ())
    if x is None:
        return []
    left = [run for run in runs if run.right <= x]
    right = [run for run in runs if run.left >= x]
    return [x, *gutters(left), *gutters(right)]


def columns(runs: Sequence[Run], known: Sequence[float] = ()) -> list[list[Run]]:
    """The lines of each column, from top to bottom, the columns in the order of reading.

    What lies across two columns (a headline) is a column of its own between what is above it and
    what is below. The columns of a table are none: its rows are lines, with `CELLS` in them.

    Args:
        known: the spaces between columns of other pages; less text tells that they are here, too.
    """
    x = _gutter(runs, known)
    if x is None:
        found = _lines(runs)
        return [found] if found else []
    read: list[list[Run]] = []
    band: list[Run] = []  # beside each other
    across: list[Run] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if run.left < x < run.right:
            read += _sides(band, x, known)
            band = []
            across.append(run)
        else:
            if across:
                read.append(_lines(across))
                across = []
            band.append(run)
    return [*read, *_sides(band, x, known), *([_lines(across)] if across else [])]


def _sides(band: list[Run], x: float, known: Sequence[float]) -> list[list[Run]]:
    left = [run for run in band if run.right <= x]
    right = [run for run in band if run.right > x]
    if sum(run.text[:1].isalpha() and _is_rtl(run) for run in band) > len(band) / 2:
        left, right = right, left
    return [*columns(left, known), *columns(right, known)] if band else []


def _gutter(runs: Sequence[Run], known: Sequence[float]) -> float | None:
    """The middle of the space between two columns of text, if there are any."""
    if not 2 <= len(runs) <= MAX_RUNS:
        return None
    spaces = list(_spaces(runs))
    wide = min((space for space in spaces if space.is_between), default=None, key=_rank)
    if wide is not None and all(_text_sides(runs, wide.middle)):
        return wide.middle
    told = [space for space in spaces if any(space.start <= x <= space.end for x in known)]
    found = min(told, default=None, key=_rank)
    if found is not None and any(_text_sides(runs, found.middle)):
        return found.middle
    return None


@dataclass(frozen=True, slots=True)
class _Space:
    """A range of x that few runs lie across; whether much of the text is on each side of it."""

    start: float
    end: float
    across: int
    is_between: bool

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def _rank(space: _Space) -> tuple[int, float]:
    return (space.across, space.start - space.end)


def _spaces(runs: Sequence[Run]) -> Iterator[_Space]:
    """The spaces that may lie between two columns, from left to right."""
    chars = sum(len(run.text) for run in runs)
    edges = sorted({edge for run in runs for edge in (run.left, run.right)})
    starts = sorted((run.left, len(run.text)) for run in runs)
    ends = sorted((run.right, len(run.text)) for run in runs)
    begun = ended = begun_chars = ended_chars = 0
    least = max(MIN_GUTTER, MIN_GUTTER_SHARE * statistics.median(run.height for run in runs))
    for edge, following in itertools.pairwise(edges):
        while begun < len(starts) and starts[begun][0] <= edge:
            begun_chars += starts[begun][1]
            begun += 1
        while ended < len(ends) and ends[ended][0] <= edge:
            ended_chars += ends[ended][1]
            ended += 1
        if following - edge >= least and begun - ended <= MAX_ACROSS * len(runs):
            is_between = min(ended_chars, chars - begun_chars) >= MIN_SIDE * chars
            yield _Space(edge, following, begun - ended, is_between)


def _text_sides(runs: Sequence[Run], x: float) -> tuple[bool, bool]:
    """Whether what is left of x, and what is right, is a column of text, not of a table."""
    left = _is_text([run for run in runs if run.right <= x])
    return left, _is_text([run for run in runs if run.left >= x])


def _is_text(side: list[Run]) -> bool:
    lines = _lines(side)
    chars = sum(len(line.text) for line in lines)
    return len(lines) >= MIN_LINES and chars >= MIN_LINE_CHARS * len(lines)


def _lines(runs: Sequence[Run]) -> list[Run]:
    """The runs of each line as one, from top to bottom."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (-run.middle, run.left)):
        last = rows[-1][0] if rows else None
        if last is not None:
            shared = min(last.top, run.top) - max(last.bottom, run.bottom)
            if shared >= SAME_LINE * min(last.height, run.height):
                rows[-1].append(run)
                continue
        rows.append([run])
    return [_joined(row) for row in rows]


def _joined(row: list[Run]) -> Run:
    if len(row) == 1:
        return row[0]
    rtl = sum(map(_is_rtl, row)) > len(row) / 2
    row = sorted(row, key=lambda run: -run.right if rtl else run.left)
    text = row[0].text
    for before, run in itertools.pairwise(row):
        space = before.left - run.right if rtl else run.left - before.right
        height = min(before.height, run.height)
        letters = all(any(map(str.isalpha, one.text)) for one in (before, run))
        is_cell = space > (CELL_SPACE if letters else NUMBER_SPACE) * height
        if run.text.isdigit() and is_raised(run, before) and space <= WORD_SPACE * before.height:
            text = text.rstrip() + raised(text.rstrip(), run.text, "sup")
            continue
        between = CELLS if is_cell else " " if space > WORD_SPACE * height else ""
        text += between + run.text
    return Run(
        text,
        min(run.left for run in row),
        min(run.bottom for run in row),
        max(run.right for run in row),
        max(run.top for run in row),
    )


def is_raised(run: Run, before: Run) -> bool:
    """Whether letters are smaller than those before, and stand higher."""
    higher = run.bottom > before.bottom + RAISED * before.height
    return run.height < SMALLER * before.height and higher


def _is_rtl(run: Run) -> bool:
    """Whether a run is of a script that is written from the right to the left."""
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in run.text[:20])
