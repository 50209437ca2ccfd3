"""Readings of a claim on who holds an office -> those whose newer text names another holder.

"Ann Lee is mayor of Oria", and a later text of "Mayor Ben Kos": the stance model often takes that
for another matter. By rule, for English, and only for offices that one person holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.documents import Vectors
from retrieval.reading import Reading, quotes
from retrieval.types import Quote
from retrieval.verdict import SUPPORTS

# Offices; of the second kind there are several unless a word before says which.
_ALONE = (
    r"(?:mayor|president|chancellor|governor|premier|chief executive|ceo|coach|rector|queen|pope"
    r"|archbishop|editor-in-chief|headteacher|headmaster)"
)
_OF_SOMETHING = (
    r"(?:minister|secretary|captain|dean|chairman|chairwoman|chair|speaker|leader|prosecutor"
    r"|treasurer|bishop|king)"
)
_BEFORE = r"(?:(?!new\b|former\b|a\b|an\b|one\b)[a-z][\w-]*\s+)"
_OFFICE = (
    rf"(?P<office>(?:{_BEFORE}{{0,3}}?{_ALONE}|{_BEFORE}{{1,3}}?{_OF_SOMETHING})(?:[ -]general)?)"
)
_NAME = r"[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,3}"
# A claim that somebody holds an office today, with the place of the office where it names one.
_HOLDS = (
    re.compile(
        rf"(?P<who>{_NAME})\s+(?:is|remains|is still|serves as)\s+(?:now\s+)?"
        rf"(?:the\s+|(?P<whose>{_NAME})['’]s?\s+)?{_OFFICE}"
        r"(?:\s+(?:of|at|in|for)\s+(?:the\s+)?(?P<where>[^,.]+))?\W*"
    ),
    re.compile(
        rf"(?:[Tt]he\s+|(?P<whose>{_NAME})['’]s?\s+){_OFFICE}"
        rf"(?:\s+(?:of|at|in|for)\s+(?:the\s+)?(?P<where>[^,.]+?))?\s+is\s+(?P<who>{_NAME})\W*"
    ),
)
# Words of a sentence by which it does not tell who holds an office at its time.
_UNSURE = re.compile(
    r"\b(?:could|may|might|would|if|whether|reportedly|rumou?r\w*|candidates?|proposed|plans?|wants?"
    r"|hopes?|not|never|refus\w+|declin\w+|former|ex|late|then|outgoing|deputy|vice|acting|shadow"
    r"|predecessor|assistant|until|again)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# Words before an office that do not say which one it is.
_NO_OTHER = frozenset(
    re.findall(
        r"\S+",
        "the and by with that of to said when after as for from where while but told met new",
    )
)
# Behind an office, its place: "[of Oria]".
_OF_PLACE = re.compile(r"\s+of\s+(?:the\s+)?([A-Z][\w-]+)")
# The stance of a text that names another holder.
REFUTES_BY = (0.1, 0.8, 0.1)


@dataclass(frozen=True, slots=True)
class _Held:
    """Who holds which office of what places, as a claim says."""

    who: str
    office: str
    places: frozenset[str]


def other_holders(readings: Sequence[Reading], stances: Vectors) -> dict[int, Quote]:
    """The rows of readings that are newer than all that support the claim and name another holder
    of its office, each with the sentence that does.

    A text counts if it names the place of the office; where the claim names none, if it is by a
    publisher of a text that supports.

    Args:
        stances: of the readings, shape (n, 3).
    """
    held = _held(readings[0].claim) if readings else None
    if held is None:
        return {}
    camps = stances.argmax(axis=1).tolist()
    supporting = [
        r.candidate.document for r, c in zip(readings, camps, strict=True) if c == SUPPORTS
    ]
    days = [document.published_at for document in supporting if document.published_at]
    if not days or len(days) < len(supporting):
        return {}
    publishers = {document.publisher for document in supporting}
    named = {}
    for row, reading in enumerate(readings):
        document = reading.candidate.document
        if document.published_at is None or document.published_at <= max(days):
            continue
        told = f"{document.title} {reading.candidate.passage.text}"
        if held.places and not all(place in told for place in held.places):
            continue
        if not held.places and document.publisher not in publishers:
            continue
        sentence = next((q for q in quotes(reading.candidate) if _names_other(held, q.quote)), None)
        if sentence is not None:
            named[row] = sentence
    return named


def _held(claim: str) -> _Held | None:
    found = next((found for form in _HOLDS if (found := form.fullmatch(claim.strip()))), None)
    if found is None:
        return None
    where = f"{found['whose'] or ''} {found['where'] or ''}"
    return _Held(found["who"], found["office"], frozenset(re.findall(r"[A-Z][\w-]+", where)))


@lru_cache(maxsize=64)
def _forms(office: str) -> tuple[re.Pattern[str], ...]:
    """The forms in which a sentence names the holder of an office; in the first the office stands
    before the name."""
    office = rf"(?i:{re.escape(office)})"
    name = rf"(?P<name>{_NAME})"
    forms = (
        # "Mayor Ben Kos opened"
        rf"(?<![\w-]){office}\s+{name}",
        # "Ben Kos was sworn in as mayor"
        rf"{name}\s+(?:was\s+|has been\s+)?(?:sworn in|elected|appointed|named|chosen|becomes?"
        rf"|became|takes over|took over)\s+(?:as\s+)?(?:the\s+)?(?:new\s+)?{office}\b",
        # "The council elected Ben Kos mayor"
        rf"\b(?:named|appointed|elected|made|chose)\s+{name}\s+(?:as\s+)?"
        rf"(?:the\s+|its\s+|her\s+|his\s+)?(?:new\s+)?{office}\b",
        # "Ben Kos, the mayor of Oria,"
        rf"{name},\s+(?:the\s+)?(?:new\s+)?{office}\b",
    )
    return tuple(map(re.compile, forms))


def _names_other(held: _Held, sentence: str) -> bool:
    """Whether a sentence tells that somebody else holds the office."""
    if _UNSURE.search(sentence):
        return False
    forms = _forms(held.office)
    for form in forms:
        for found in form.finditer(sentence):
            place = _OF_PLACE.match(sentence, found.end())
            elsewhere = place is not None and place[1] not in held.places
            if form is forms[0] and _is_another_office(held, sentence[: found.start()]):
                continue
            if not elsewhere and found["name"].split()[-1] != held.who.split()[-1]:
                return True
    return False


def _is_another_office(held: _Held, before: str) -> bool:
    """Whether the word before an office says that it is another one: "club president"."""
    word = (before.split() or [""])[-1]
    if not word or word[-1] in ',;:–—"“' or word.lower() in _NO_OTHER:
        return False
    return re.sub(r"['’]s?$", "", word) not in held.places
