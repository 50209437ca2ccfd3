"""Readings of a claim -> those whose court was overruled later.

A court found somebody guilty, a newer document tells that a higher court quashed it: what the first
one tells as done is no longer shown. That somebody was convicted stays true. By rule, for English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.reading import Reading
from retrieval.voice import content_words

# Least share of the claim's words in a passage that tells of the reversal.
SAME_CASE_FROM = 0.5
_DECISION = r"(?:convictions?|sentences?|verdicts?|judge?ments?|rulings?)"
_REVERSED = re.compile(
    r"\b(?:quash|overturn|annul|revers|set(?:s|ting)? aside)\w*\s+(?:an?|the|its|his|her|their)\s+"
    rf"(?:[\w-]+\s+){{0,3}}?{_DECISION}\b"
    rf"|\b{_DECISION}\b[^.\n]{{0,60}}\b(?:was|were|been) "
    r"(?:quashed|overturned|annulled|reversed|set aside)\b|\b(?:acquitted|exonerated)\b",
    re.IGNORECASE,
)
_CONVICTED = re.compile(
    r"\b(?:guilty|convict\w+|sentenced|jailed|sent to prison|imprisoned)\b", re.IGNORECASE
)


def reversed_rows(readings: Sequence[Reading]) -> list[int]:
    """The rows that tell as done what a court found, where a newer reading tells that the decision
    was reversed."""
    if not readings or _CONVICTED.search(readings[0].claim) or _REVERSED.search(readings[0].claim):
        return []
    words = content_words(readings[0].claim)
    days = [reading.candidate.document.published_at for reading in readings]
    texts = [reading.candidate.passage.text for reading in readings]
    reversals = [
        day
        for day, text in zip(days, texts, strict=True)
        if day
        and _REVERSED.search(text)
        and len(words & content_words(text)) >= SAME_CASE_FROM * len(words)
    ]
    last = max(reversals, default=None)
    return [
        row
        for row, (reading, day) in enumerate(zip(readings, days, strict=True))
        if last is not None
        and day is not None
        and day < last
        and any(_CONVICTED.search(quote.quote) for quote in reading.key_sentences)
    ]
