"""Readings of a claim on who holds an office -> those that tell who left it, or who followed whom.

"Ann Lee is mayor of Oria", and a later text of "Mayor Ben Kos", or "Lee resigned as mayor. She was
succeeded by Ben Kos": the stance model often takes that for another matter. By rule, for English.
Another holder is named only of offices that one person holds.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.documents import Vectors
from retrieval.reading import Reading, quotes
from retrieval.types import Quote
from retrieval.verdict import REFUTES, STRONG, SUPPORTS
from retrieval.voice import content_words, voice_of

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
# An office that one person holds.
_OF_ONE = re.compile(
    rf"(?:{_BEFORE}{{0,3}}?{_ALONE}|{_BEFORE}{{1,3}}?{_OF_SOMETHING})(?:[ -]general)?"
)
_NAME = r"[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,3}"
# "Ann Lee", not "The Gazette".
_TWO_NAMES = re.compile(r"\b(?!The\b)[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)+")
_AT = r"\s+(?:of|at|in|for)\s+(?:the\s+)?"
# A claim that somebody holds an office today, with the place of the office where it names one.
_POST = r"(?P<office>[a-z][\w-]*(?:\s+[a-z][\w-]*){0,3}?)"
_HOLDS = (
    re.compile(
        rf"(?P<who>{_NAME})\s+(?:is|remains|is still|serves as)\s+(?:now\s+)?"
        rf"(?:the\s+|(?P<whose>{_NAME})['’]s?\s+)?{_POST}(?:{_AT}(?P<where>[^,.]+))?\W*"
    ),
    re.compile(
        rf"(?:[Tt]he\s+|(?P<whose>{_NAME})['’]s?\s+){_POST}(?:{_AT}(?P<where>[^,.]+?))?"
        rf"\s+is\s+(?P<who>{_NAME})\W*"
    ),
)
# The end of a time in office, as a verb of the holder, and of those who dismiss him.
_LEFT = (
    r"(?:resign(?:ed|s)|step(?:ped|s) down|st(?:oo|an)ds? down|quits?|retire[sd]"
    r"|(?:was|were|been) (?:dismissed|sacked|fired|ousted|removed|voted out))"
)
_DISMISSED = r"(?:dismiss(?:ed|es)|sack(?:ed|s)|fire[sd]|remove[sd]|oust(?:ed|s))"
_DESCRIBED = r"(?:(?!in\b|where\b|to\b|on\b|at\b)[a-z][\w-]*\s+){0,4}"
_SOMEBODY = rf"{_NAME}|[Ss]he|[Hh]e"
# Who came after whom: "Kos succeeded Lee", "Lee was replaced by her deputy Kos".
_AFTER = (
    re.compile(
        rf"(?P<old>{_SOMEBODY})(?:,[^,;]{{1,60}},)?\s+(?:was|is|has been|had been)\s+(?:succeeded"
        rf"|replaced)\s+(?:as\s+(?:[a-z][\w-]*\s+){{1,3}})?by\s+[^A-Z.;]{{0,40}}(?P<new>{_NAME})"
    ),
    re.compile(
        rf"(?P<new>{_SOMEBODY})(?:,[^,;]{{1,60}},)?\s+(?:has\s+|had\s+)?(?:succeed(?:ed|s)|replace[ds]"
        rf"|(?:takes|took|taken)\s+over\s+from)\s+{_DESCRIBED}(?P<old>{_NAME})(?!\w*\s+(?:with|by)\b)"
    ),
)
# Words of a sentence by which nobody left an office for good, or nobody knows when.
_STAYS = re.compile(
    r"\b(?:not|never|may|might|could|would|report\w*|rumou?r\w*|claim\w*|if|whether|temporar\w+|acting"
    r"|interim|injur\w+|minutes?|half|void|(?:1[5-9]|20)\d\d)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# Words of a sentence by which it does not tell who holds an office at its time.
_UNSURE = re.compile(
    r"\b(?:could|may|might|would|if|whether|reportedly|rumou?r\w*|candidates?|proposed|plans?|wants?"
    r"|hopes?|not|never|refus\w+|declin\w+|former|ex|late|then|outgoing|deputy|vice|acting|shadow"
    r"|predecessor|assistant|until|again)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# Words before an office that do not say which one it is.
_NO_OTHER = re.compile(
    r"(?:the|and|by|with|that|of|to|said|when|after|as|for|from|where|while|but|told|met|new)", re.I
)
# Behind an office, its place: "[of Oria]".
_OF_PLACE = re.compile(r"\s+of\s+(?:the\s+)?([A-Z][\w-]+)")
# The stances of a text that tells who holds an office, and of one that tells that another does.
SUPPORTS_BY, REFUTES_BY = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)
_Told = tuple[tuple[float, float, float], Quote]  # a stance and the sentence that gives it


@dataclass(frozen=True, slots=True)
class _Held:
    """Who holds which office of what, as a claim says, perhaps after whom."""

    who: str
    office: str
    where: str
    places: frozenset[str]
    after: str | None = None


def told_of_offices(readings: Sequence[Reading], stances: Vectors) -> dict[int, _Told]:
    """The rows of readings that tell who left the office of the claim, or who came after whom.

    Of who holds an office today a text counts that is newer than those which say otherwise. One
    that surely supports the claim is not taken to tell that somebody left.

    Args:
        stances: of the readings, shape (n, 3).
    """
    held = _held(readings[0].claim) if readings else None
    if held is None:
        return {}
    camps = stances.argmax(axis=1)
    supporting = [r for r, camp in zip(readings, camps, strict=True) if camp == SUPPORTS]
    told = {}
    for row, reading in enumerate(readings):
        one = _told(held, reading)
        if one is None and camps[row] != SUPPORTS:
            one = _other_holder(held, reading, supporting)
        if one and (one[0] == SUPPORTS_BY or stances[row][SUPPORTS] < STRONG):
            told[row], camps[row] = one, SUPPORTS if one[0] == SUPPORTS_BY else REFUTES
    if held.after:
        return told
    days = [reading.candidate.document.published_at for reading in readings]

    def is_newest(row: int) -> bool:
        against = SUPPORTS if camps[row] == REFUTES else REFUTES
        return all(
            (days[row] or dt.date.min) > (days[other] or dt.date.max)
            for other, camp in enumerate(camps)
            if camp == against
        )

    return {row: one for row, one in told.items() if is_newest(row)}


def _told(held: _Held, reading: Reading) -> _Told | None:
    """What a reading tells of who left the office, or came after whom."""
    document, passage = reading.candidate.document, reading.candidate.passage
    before = document.title
    for sentence in quotes(reading.candidate):
        text = sentence.quote
        if (
            _is_of_office(held, f"{before} {text}")
            and not _STAYS.search(text)
            and not voice_of(reading.claim, [sentence], passage, document, "REFUTES").mention
        ):
            if _comes_after(held.who, held.after, text, before):
                return SUPPORTS_BY, sentence
            left = held.after is None and _leaves(held, text)
            if left or _comes_after(held.after, held.who, text, before):
                return REFUTES_BY, sentence
        before = text
    return None


def _is_of_office(held: _Held, text: str) -> bool:
    """Whether a text names the office, and not only that of another place."""
    office = rf"\b{re.escape(held.office)}\b"
    if re.search(office, text, re.IGNORECASE) is None:
        return False
    words = r"\w\S*(?:\s+(?!to\b|in\b|on\b|after\b)\w\S*)*"
    of_what = re.findall(rf"{office}{_AT}({words})", text, re.IGNORECASE)
    asked = content_words(held.where)
    return not (asked and of_what) or any(asked & content_words(each) for each in of_what)


def _comes_after(new: str | None, old: str | None, sentence: str, before: str) -> bool:
    """Whether a sentence tells that one came after another; None stands for anybody. Who is "she"
    has to be named in the sentence before, and nobody else with two names."""

    def is_meant(asked: str | None, told: str) -> bool:
        if asked is None or told.lower() not in ("he", "she"):
            return asked is None or told.endswith(asked) or asked.endswith(told)
        is_named = asked.split()[-1] in re.split(r"\W+", before)
        return is_named and all(name.endswith(asked) for name in _TWO_NAMES.findall(before))

    return any(
        is_meant(new, found["new"]) and is_meant(old, found["old"])
        for form in _AFTER
        for found in form.finditer(sentence)
    )


def _leaves(held: _Held, sentence: str) -> bool:
    """Whether a sentence tells that somebody left the office: "Lee resigned as mayor"."""
    name = re.escape(held.who.split()[-1])
    as_office = rf"(?:as|from)\s+{_DESCRIBED}(?P<post>{held.office}\b(?:{_AT}[^,.;]+)?)"
    forms = (
        rf"\b{name}\b[^.;]{{0,60}}\b{_LEFT}\b[^.;]{{0,30}}\b{as_office}",
        rf"\b{_DISMISSED}\s+{_DESCRIBED}(?P<post>{held.office})\s+(?:[A-Z]\S+\s+)*{name}\b",
        rf"\b{_DISMISSED}\s+(?:[A-Z]\S+\s+)*{name}\s+{as_office}",
    )
    return any(
        _is_of_office(held, found["post"])
        for form in forms
        for found in re.finditer(form, sentence)
    )


def _other_holder(held: _Held, reading: Reading, supporting: Sequence[Reading]) -> _Told | None:
    """The sentence of a reading that names another holder of an office which one person holds,
    where other texts support the claim. It has to name the place of the office; if the claim names
    none, it has to be by a publisher of those texts."""
    document = reading.candidate.document
    publishers = {each.candidate.document.publisher for each in supporting}
    told = f"{document.title} {reading.candidate.passage.text}"
    is_there = all(place in told for place in held.places)
    if not (supporting and is_there and (held.places or document.publisher in publishers)):
        return None
    if held.after or not _OF_ONE.fullmatch(held.office):
        return None
    named = (quote for quote in quotes(reading.candidate) if _names_other(held, quote.quote))
    return next(((REFUTES_BY, quote) for quote in named), None)


def _held(claim: str) -> _Held | None:
    claim = claim.strip().rstrip(".")
    if held := next((found for form in _HOLDS if (found := form.fullmatch(claim))), None):
        where = f"{held['whose'] or ''} {held['where'] or ''}"
        places = frozenset(re.findall(r"[A-Z][\w-]+", where))
        return _Held(held["who"], held["office"], where, places)
    came, _, post = claim.partition(" as ")
    if pair := next((found for form in _AFTER if (found := form.fullmatch(came))), None):
        office, _, where = post.partition(" of ")
        return _Held(pair["new"], office, where, frozenset(), after=pair["old"])
    return None


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
    if not word or word[-1] in ',;:–—"“' or _NO_OTHER.fullmatch(word):
        return False
    return re.sub(r"['’]s?$", "", word) not in held.places
