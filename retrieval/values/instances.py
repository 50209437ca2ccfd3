"""(claim, text) -> the text with what it says of a whole group or time said of the claim's case.

"Children under 14 go in free" says of children of ten that they go in free; what "will not open
until May" is to open in May; who was mayor from 2010 to 2016 was mayor in 2012; in a text of spring
2025 "1 May" is 1 May 2025, and "on Monday" a day of its week. A model reads these as something else
than the claim; each rewriting says no more than the text and its day do.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from retrieval.values.correct import MAX_TEXT_CHARS
from retrieval.values.dates import Date, common_parts, days_of
from retrieval.values.days import named_times
from retrieval.values.numbers import read_numbers
from retrieval.values.parsed import Parsed, parse

# Start and end of a slice of the text, and what is written there instead.
_Edit = tuple[int, int, str]
# Words for people of a group.
_PEOPLE = (
    r"children|child|kids?|people|persons?|pupils?|students?|boys?|girls?|adults?|visitors?|guests?"
    r"|passengers?|residents|pensioners|patients|women|men|those|anyone|anybody|everyone|everybody"
)
# A number that may be an age.
_NUMBER = r"(?P<number>\d{1,3}|[a-z]+(?:-[a-z]+)?)"
# Somebody of one age: "children of ten", "a child aged 10", "ten-year-olds".
_OF_AGE = re.compile(
    rf"\b(?:(?:an?\s+)?(?:{_PEOPLE})\s+(?:of|aged?|at)\s+{_NUMBER}\b(?!\s*(?:%|per\b|[a-z]+s\b))"
    r"|(?:an?\s+)?(?P<olds>\d{1,3}|[a-z]+)-year-olds?\b)",
    re.I,
)
# Everybody of a group, where a clause begins with it.
_GROUP = re.compile(
    rf"(?P<before>^|[.;:,]\s+|\b(?:and|but|for|while|that)\s+)(?P<group>(?:all\s+|the\s+)?"
    rf"(?:(?:{_PEOPLE})\s+(?:aged\s+|of\s+)?)?(?P<bound>under|below|over|above)[\s-]"
    rf"(?:the age of\s+)?{_NUMBER}(?P<plural>s?)\b)(?!\s*(?:%|per\b|[a-z]+s\b|or\b|,\d))",
    re.I,
)
# Words of a sentence that is of a part of a group: "most children under 14".
_COUNTED = re.compile(r"%|\b(?:per cent|percent|average|most|many|some|half|third|quarter)\b", re.I)
# "It [will not open until ]May".
_NOT_UNTIL = re.compile(
    r"\b(?P<verb>will|would|can|could|does|do|did|shall)\s+not\s+(?P<what>[^.;,!?]{1,80}?)\s+until\s+",
    re.I,
)
# Before a span: what somebody or something was all that time, "[was mayor of Lindholm ]from 2010 to
# 2016", not what happened in it, "was built from 2010 to 2016", "won medals from 2010 to 2016".
_STATE = re.compile(
    r"\b(?:(?:was|were|is|are)\s+(?!(?:\w+ed|built|made|written|sold|run|shut|held|kept)\b)|served\b"
    r"|led\b|headed\b|chaired\b|governed\b|ruled\b|reigned\b|lived\b|worked\b|owned\b)[^.;:!?]*$",
    re.I,
)
# Between the dates of a span: "from 2010[ to ]2016".
_TO = re.compile(r"\s+(?:to|till|until|and)\s+|\s*[-–—]\s*", re.I)
# Before the date of a claim that is a time, no limit: "mayor [in ]2012".
_AT_TIME = re.compile(r"\b(?:in|on|during)\s+$", re.I)
# A text that says so itself, and is left as it is.
_EARLIEST = re.compile(r"\bat the earliest\b", re.I)
# Words of a claim that denies, or has a limit: "until May" is not rewritten for it.
_DENIES = re.compile(r"\b(?:not|no|never|until|before|only)\b|n['’]t\b", re.I)


def of_the_claims_case(claim: Parsed, text: str, published: dt.date | None) -> str:
    """Rewrites a text where it speaks of the claim's case; the last place comes first.

    Args:
        published: the day of the text, None where it is not known.
    """
    compared = text[:MAX_TEXT_CHARS]
    edits = list(_age_edits(claim, compared))
    if any(isinstance(value, Date) for value in claim.values):
        told = parse(compared)
        edits += [*_until_edits(claim, told), *_year_edits(claim, told, published)]
        edits += _span_edits(claim, told)
        if published is not None:
            edits += [(place, place, day) for place, day in named_times(compared, published)]
    last = len(text) + 1
    for start, end, written in sorted(edits, reverse=True):
        if end <= last:
            text, last = text[:start] + written + text[end:], start
    return text


def _age_edits(claim: Parsed, text: str) -> Iterator[_Edit]:
    """Yields the edits that put somebody of the claim's age for a group: "a child of ten" for
    "children under 14"."""
    somebody = _OF_AGE.search(claim.text)
    if somebody is None or _COUNTED.search(claim.text):
        return
    age = _number_named(somebody["number"] or somebody["olds"])
    if age is None:
        return
    for group in _GROUP.finditer(text):
        limit = _number_named(group["number"])
        named = group["group"].lower() != f"{group['bound']} {group['number']}".lower()
        if limit is None or not named or _COUNTED.search(_sentence_at(text, group.start("group"))):
            continue
        below = group["bound"].lower() in ("under", "below")
        if age < limit if below else age > limit:
            written = somebody.group()
            yield *group.span("group"), written[0].lower() + written[1:]


def _number_named(number: str) -> float | None:
    """Returns the number that a text is, in digits or words; None where it is more or less."""
    found = read_numbers(number.lower())
    whole = len(found) == 1 and found[0].kind == "cardinal" and found[0].end == len(number)
    return found[0].values[0] if whole else None


def _sentence_at(text: str, place: int) -> str:
    """Returns the sentence around a place, up to a full stop or semicolon."""
    start = max(text.rfind(". ", 0, place), text.rfind("; ", 0, place)) + 1
    end = text.find(". ", place + 2)
    return text[start : end if end >= 0 else len(text)]


def _until_edits(claim: Parsed, told: Parsed) -> Iterator[_Edit]:
    """Yields the edits that put "will open, at the earliest in May" for "will not open until May".

    Only for the claim's date, and for a claim that denies nothing.
    """
    if _EARLIEST.search(told.text):
        return
    dates = {date.start: date for date in told.values if isinstance(date, Date)}
    asked = [date for date in claim.values if isinstance(date, Date)]
    if not asked or _DENIES.search(claim.text):
        return
    for found in _NOT_UNTIL.finditer(told.text):
        date = dates.get(found.end())
        if date is not None and any(_may_be_same(one, date) for one in asked):
            word = "on" if date.parts[2] else "in"
            written = f"{found['verb']} {found['what']}, at the earliest {word} "
            yield found.start(), found.end(), written


def _span_edits(claim: Parsed, told: Parsed) -> Iterator[_Edit]:
    """Yields the edits that put "in 2012 (from 2010 to 2016)" for the span of a state.

    Only for a claim of one date that lies in the span.
    """
    asked = [value for value in claim.values if isinstance(value, Date)]
    time = _AT_TIME.search(claim.text[: asked[0].start])
    days = asked[0].days or days_of(asked[0].parts)
    if len(asked) != 1 or asked[0].open or time is None or days is None:
        return
    dates = [value for value in told.values if isinstance(value, Date)]
    for first, last in itertools.pairwise(dates):
        begins, ends = days_of(first.parts), days_of(last.parts)
        if first.bound not in ("from", "between") or begins is None or ends is None:
            continue
        is_span = _TO.fullmatch(told.text, first.end, last.start)
        lies_in = begins[0] <= days[0] and days[1] <= ends[1]
        if is_span and lies_in and _STATE.search(told.text[: first.bound_start]):
            yield (
                first.bound_start,
                first.bound_start,
                f"{claim.text[time.start() : asked[0].end]} (",
            )
            yield last.end, last.end, ")"


def _may_be_same(one: Date, other: Date) -> bool:
    """Tells whether two dates name the same parts, and in these the same."""
    pairs = common_parts(one.parts, other.parts)
    return bool(pairs) and all(here == there for here, there in pairs)


def _year_edits(claim: Parsed, told: Parsed, published: dt.date | None) -> Iterator[_Edit]:
    """Yields the edits that add the year to a date without one, in the claim's month.

    It is the year in which the date is nearest to the day of the text.
    """
    asked = [one for one in claim.values if isinstance(one, Date) and one.parts[0] and one.parts[1]]
    if published is None or not asked:
        return
    for date in told.values:
        if not isinstance(date, Date) or date.either or date.parts[0] or not date.parts[1]:
            continue
        month, day = date.parts[1], date.parts[2] or 15
        if month not in [one.parts[1] for one in asked]:
            continue
        near = [
            dt.date(year, month, min(day, 28))
            for year in (published.year - 1, published.year, published.year + 1)
        ]
        year = min(near, key=lambda one: abs((one - published).days)).year
        yield date.end, date.end, f" {year}"
