"""(text, the day on which it appeared) -> where the text names a time from that day, and which.

News says "on Monday", "yesterday" and "last year", and leaves its own day to the head of the page.
A claim asks about "8 April 2024". Used by `instances`, which puts the days into what a model reads.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

# Word for a weekday -> its number, 0 on Monday.
_WEEKDAYS = {name.lower(): at for at, name in enumerate(calendar.day_name)}
# The names of the months.
_MONTHS = "|".join(calendar.month_name[1:])
# A weekday that is one day: not "every Monday", "Black Friday", "Monday to Friday", "the previous
# Monday", the name of a paper, a weekday with its date.
_WEEKDAY = re.compile(
    rf"(?<!\w)(?P<which>(?i:last|next|this)\s+)?(?P<day>{'|'.join(calendar.day_name)})\b"
    r"(?:\s(?:morning|lunchtime|afternoon|evening|night)\b)?+"
    rf"(?!['’]s?\b|,?\s+\(?(?:\d|{_MONTHS})|\s+(?:to|until|through)\b|-|\s+[A-Z])"
)
# Before a weekday that is none such day: "[every ]Monday", "[Black ]Friday".
_NOT_ONE_DAY = re.compile(
    r"(?:\b(?:every|each|any|an?|that|the|previous|following|same|most|to|until|through)"
    r"|\b(?!On\b|Last\b|Next\b|This\b|By\b|And\b)[A-Z][a-z]+|-)\s*$"
)
# Words before a weekday, in its sentence, that tell of what is still to come.
_AHEAD = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were|has|have) (?:due )?to|due|plans?|planned|expected"
    r"|scheduled|until|by|from)\b",
    re.I,
)
# Characters before a weekday that are searched for these words.
_LOOK_BACK = 60
# "[yesterday]", "[last year]", but not "last year's" and "The Tonight Show".
_NAMED = re.compile(
    r"(?:\b(?P<day>yesterday|today|tonight|tomorrow|(?:Yesterday|Today|Tonight|Tomorrow)(?! [A-Z]))"
    r"|\b(?P<which>[Ll]ast|[Tt]his|[Nn]ext) (?P<unit>month|year))\b(?!['’]s)"
)
# "The [Today] programme", "USA [Today]".
_NAME_BEFORE = re.compile(r"[A-Z]\w*\s$")
# Word -> days on from the day of the text.
_DAYS_ON = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
# Word before "month" or "year" -> months or years on.
_UNITS_ON = {"last": -1, "this": 0, "next": 1}


def written_day(day: dt.date) -> str:
    """Returns a day as "8 April 2024"."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def named_times(text: str, published: dt.date) -> Iterator[tuple[int, str]]:
    """Yields the places behind words that name a time from the day of the text, and what to add.

    (9, ", 8 April 2024") of "on Monday" in a text of 10 April 2024.
    A weekday is the last one before that day or on it, or, of what is still to come, the next one.
    """
    for found in _WEEKDAY.finditer(text):
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if not _NOT_ONE_DAY.search(before):
            day = _weekday(found["day"], found["which"] or "", before, published)
            yield found.end(), f", {written_day(day)}"
    for found in _NAMED.finditer(text):
        if found["day"]:
            before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
            if found["day"].istitle() and _NAME_BEFORE.search(before):
                continue
            day = published + dt.timedelta(_DAYS_ON[found["day"].lower()])
            yield found.end(), f", {written_day(day)}"
        else:
            on = _UNITS_ON[found["which"].lower()]
            yield found.end(), f" ({_unit(found['unit'].lower(), on, published)})"


def _weekday(name: str, which: str, before: str, published: dt.date) -> dt.date:
    """Returns the day that a weekday means.

    Args:
        which: the word before it: "last", "next", "this" or none.
        before: what stands before it in the text.
    """
    since = (published.weekday() - _WEEKDAYS[name.lower()]) % 7
    which = which.strip().lower()
    sentence = re.split(r"[.;:!?]\s", before)[-1]
    if which == "next" or (not which and _AHEAD.search(sentence)):
        ahead = 7 - since if since or which == "next" else 0
        return published + dt.timedelta(ahead)
    return published - dt.timedelta(7 if which == "last" and not since else since)


def _unit(unit: str, on: int, published: dt.date) -> str:
    """Returns the month or year so many on from that of a day: "March 2024", "2023"."""
    if unit == "year":
        return str(published.year + on)
    months = published.year * 12 + published.month - 1 + on
    return f"{calendar.month_name[months % 12 + 1]} {months // 12}"
