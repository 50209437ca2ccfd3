"""Readings of a claim -> those that a newer document undoes.

A court found somebody guilty, and a higher court quashed it; a study found something, and was
retracted; somebody won an election, and a recount overturned the result; something was planned, and
called off: what the first document tells is no longer shown. That somebody was convicted stays
true. By rule, for English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.reading import Reading
from retrieval.taken_back import OF_STUDY, TELLS_RETRACTED
from retrieval.verdict import REFUTES, SUPPORTS
from retrieval.voice import content_words

_DECISION = r"(?:convictions?|sentences?|verdicts?|judge?ments?|rulings?)"
_QUASHED = re.compile(
    r"\b(?:quash|overturn|annul|revers|set(?:s|ting)? aside)\w*\s+(?:an?|the|its|his|her|their)\s+"
    rf"(?:[\w-]+\s+){{0,3}}?{_DECISION}\b"
    rf"|\b{_DECISION}\b[^.\n]{{0,60}}\b(?:was|were|been) "
    r"(?:quashed|overturned|annulled|reversed|set aside)\b|\b(?:acquitted|exonerated)\b",
    re.IGNORECASE,
)
_CONVICTED = re.compile(
    r"\b(?:guilty|convict\w+|sentenced|jailed|sent to prison|imprisoned)\b", re.IGNORECASE
)
_VOTE = r"(?:results?|elections?|votes?|referendums?|ballots?|polls?|wins?|victor(?:y|ies))"
_OVERTURNED = re.compile(
    r"\b(?:overturn|annul|revers|set(?:s|ting)? aside|invalidat|void)\w*\s+"
    rf"(?:an?|the|its|his|her|their)\s+(?:[\w-]+\s+){{0,3}}?{_VOTE}\b"
    rf"|\b{_VOTE}\b[^.\n]{{0,60}}\b(?:was|were|been) "
    r"(?:overturned|annulled|reversed|set aside|invalidated|voided|declared (?:void|invalid))\b",
    re.IGNORECASE,
)
_WON = re.compile(
    r"\b(?:w[io]n|wins|winner|winning|(?:re-?)?elected|defeated|beat|victory)\b", re.IGNORECASE
)
_OF_RESULT = re.compile(r"\b(?:declared|announced|recount\w*|first)\b", re.IGNORECASE)

_CALLED_OFF = re.compile(
    r"\b(?:call(?:s|ed) off|cancel(?:s|led|ed)|scrap(?:s|ped)|abandon(?:s|ed)|shelve[sd]?"
    r"|veto(?:es|ed)|drop(?:s|ped) (?:the|its|his|her|their|plans?)|stays? open after all"
    r"|withdr(?:ew|awn) (?:the|its) (?:plan|bill|offer|bid))\b",
    re.IGNORECASE,
)
# Words of a claim about the plan itself.
_OF_PLAN = re.compile(
    r"\b(?:plan(?:s|ned)?|proposed?|announced?|wanted|intended|called a|agreed|was to|were to"
    r"|vot(?:ed|es)|pass(?:ed|es)|approv\w+|adopted)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:will|shall|plans?|planned|to be|is to|are to|proposes?|proposed|intends?|called a"
    r"|calls|voted|passed|approved|adopted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Reversal:
    """A kind of decision that is reversed. tells: that it was; decided: sentences that tell the
    decision as one that holds; of_itself: claims on the decision itself, which stay as they are;
    sides: those that an older document loses; shares: least share of the claim's words in the
    passage that tells of the reversal."""

    tells: re.Pattern[str]
    decided: re.Pattern[str]
    of_itself: tuple[re.Pattern[str], ...]
    sides: tuple[int, ...]
    shares: float


_REVERSALS = (
    _Reversal(_QUASHED, _CONVICTED, (_CONVICTED, _QUASHED), (SUPPORTS,), 0.5),
    _Reversal(TELLS_RETRACTED, OF_STUDY, (OF_STUDY, TELLS_RETRACTED), (SUPPORTS,), 0.3),
    _Reversal(_CALLED_OFF, _PLANNED, (_CALLED_OFF, _OF_PLAN), (SUPPORTS,), 0.5),
    _Reversal(_OVERTURNED, _WON, (_OVERTURNED, _OF_RESULT), (SUPPORTS, REFUTES), 0.5),
)


def reversed_rows(readings: Sequence[Reading]) -> dict[int, tuple[int, ...]]:
    """The rows that tell as done what a newer reading tells was reversed, each with the sides of
    its stance that do not count."""
    rows: dict[int, tuple[int, ...]] = {}
    for kind in _REVERSALS if readings else ():
        for row in _undone(readings, kind):
            rows.setdefault(row, kind.sides)
    return rows


def _undone(readings: Sequence[Reading], kind: _Reversal) -> list[int]:
    claim = readings[0].claim
    if any(of_itself.search(claim) for of_itself in kind.of_itself):
        return []
    words = {word for word in content_words(claim) if not word.isdigit()}
    days = [reading.candidate.document.published_at for reading in readings]
    reversals = [
        day
        for day, reading in zip(days, readings, strict=True)
        if day and _tells(kind, words, reading)
    ]
    last = max(reversals, default=None)
    return [
        row
        for row, (reading, day) in enumerate(zip(readings, days, strict=True))
        if last is not None
        and day is not None
        and day < last
        and any(kind.decided.search(quote.quote) for quote in reading.key_sentences)
    ]


def _tells(kind: _Reversal, words: set[str], reading: Reading) -> bool:
    """Whether a reading tells of a reversal in the claim's matter."""
    candidate = reading.candidate
    told = f"{candidate.document.title}. {candidate.passage.text}"
    return kind.tells.search(candidate.passage.text) is not None and len(
        words & content_words(told)
    ) >= kind.shares * len(words)
