"""Text -> the times of day in it, as minutes after midnight. Used by `parse`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.values.numerals import SMALL_NUMBERS
from retrieval.values.slices import Slice

# Minutes of twelve hours, and of 24.
HALF_DAY, DAY = 720, 1440
# Words for hours, from "one" on.
_HOURS = SMALL_NUMBERS[1:13]
# Words before "past" and "to" -> minutes.
_MINUTES = {
    "quarter": 15, "a quarter": 15, "half": 30, "five": 5, "ten": 10, "twenty": 20,
    "twenty-five": 25, "twelve": 12, "eight": 8,
}  # fmt: skip
# An hour, in a word or digits: "[nine] o'clock".
_HOUR = rf"(?P<hour>{'|'.join(_HOURS)}|[01]?\d|2[0-4])"
# Behind an hour, the half of the day that it is in: "9[ a.m.]", "9[ in the evening]".
_HALF = (
    r"(?:\s*(?P<half>[ap])\.?m\b\.?|\s+(?:in the|at)\s+(?P<part>morning|afternoon|evening|night)\b)"
)
# Minutes before "past" or "to": "[ten] past", "[12] minutes to".
_PAST = (
    r"(?P<minutes>a quarter|quarter|half(?=\s+past)"
    r"|(?:twenty-five|twenty|ten|five|twelve|eight|\d\d?)(?=\s+minutes|\s+past))"
)
# A time of 24 hours in four digits: "[0830 hrs]".
_OF_24_HOURS = re.compile(r"\b(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\s*(?:hrs|hours|h)\b", re.I)
# Ways to write a time of day, the surest first.
_FORMS = (
    # "at [ten to nine in the evening]"; without the "at" it may be a range: "from ten to nine".
    re.compile(
        rf"(?<=\bat )(?P<minutes>twenty-five|twenty|ten|five)\s+(?P<side>to)\s+{_HOUR}{_HALF}", re.I
    ),
    # "ten past nine", "a quarter to nine in the evening"
    re.compile(
        rf"\b{_PAST}(?:\s+minutes)?\s+(?P<side>past|to)\s+{_HOUR}\b(?:\s+o['’]clock)?{_HALF}?"
        r"(?!\s*(?:[\d%$£€]|in\b))",
        re.I,
    ),
    _OF_24_HOURS,
    # "8:30", "8:30 p.m."
    re.compile(rf"(?<![\d.:,])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:]){_HALF}?", re.I),
    # "8.30 p.m."; "at 8.30", which may be a number without the "at"
    re.compile(rf"(?<![\d.:,])(?P<hour>0?[1-9]|1[0-2])[.](?P<minute>[0-5]\d){_HALF}", re.I),
    re.compile(
        r"(?<=\bat )(?P<hour>[01]?\d|2[0-3])[.](?P<minute>[0-5]\d)\b(?![.,]\d|\s*(?:%|per))", re.I
    ),
    # "nine in the morning", "9 o'clock", "noon"
    re.compile(rf"\b{_HOUR}(?:\s+o['’]clock)?{_HALF}", re.I),
    re.compile(rf"\b{_HOUR}\s+o['’]clock\b", re.I),
    re.compile(r"\b(?P<word>noon|midday|midnight)\b", re.I),
)
# Anything that may be a time of day, for a quick look before the forms are tried.
_ANY_TIME = re.compile(r"[:.]\d\d|\d\s*[ap]\.?m\b|clock|noon|midday|midnight|hrs|\d{4} h|past|to "
                    r"|\b[ap]\.?m\b|morning|afternoon|evening|night", re.I)  # fmt: skip
# Characters before a time in which it is said to be rough.
_LOOK_BACK = 20
# Before a time that is rough: "[about ]8:30".
_ROUGH_BEFORE = re.compile(
    r"\b(?:about|around|approximately|roughly|nearly|almost|just (?:after|before)|shortly (?:after"
    r"|before)|towards?|circa)\s+$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Clock(Slice):
    """A time of day. minutes: after midnight; two where the text does not say morning or evening:
    (510, 1230) of "8:30". rough: whether it is said to be about that time."""

    minutes: tuple[int, ...]
    rough: bool = False


def read_clock(text: str) -> list[Clock]:
    """Returns the times of day in a plain text, in order; none overlaps another."""
    if not _ANY_TIME.search(text):
        return []
    found: list[Clock] = []
    taken = bytearray(len(text))
    for form in _FORMS:
        for match in form.finditer(text):
            if not any(taken[match.start() : match.end()]) and (minutes := _minutes_of(match)):
                taken[match.start() : match.end()] = b"\1" * len(match.group())
                before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
                rough = _ROUGH_BEFORE.search(before) is not None
                found.append(Clock(*match.span(), minutes, rough))
    return sorted(found, key=lambda one: one.start)


def _minutes_of(match: re.Match[str]) -> tuple[int, ...]:
    """Returns the minutes after midnight that a match may mean; none if there is no such time."""
    named = match.groupdict()
    if word := named.get("word"):
        return (0,) if word.lower() == "midnight" else (HALF_DAY,)
    spoken = named["hour"].lower()
    hour = _HOURS.index(spoken) + 1 if spoken in _HOURS else int(spoken)
    minute = int(named.get("minute") or 0)
    if said := named.get("minutes"):
        past = _MINUTES.get(said.lower()) or int(said)
        if past > 59 or hour > 12:
            return ()
        minute = past if (named["side"] or "").lower() == "past" else -past
    part = (named.get("half") or named.get("part") or "").lower()
    total = hour * 60 + minute
    if hour > 12:
        return (total % DAY,)
    if part in ("a", "morning"):
        return (total % HALF_DAY,)
    if part in ("p", "afternoon", "evening"):
        return (total % HALF_DAY + HALF_DAY,)
    if (len(spoken) == 2 and spoken[0] == "0") or hour == 0 or match.re is _OF_24_HOURS:
        return (total % DAY,)  # "08:30" and "0830 hrs" are of the morning
    return (total % HALF_DAY, total % HALF_DAY + HALF_DAY)
