"""(claim, sentences read) -> the nearest of them, and what it lacks of the claim. By rule, English.

Of several lacks the first of this order is told: who or what, where, how much, when, why, and what
came of it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from index.corpus import Filters, name_key
from retrieval.parts import MONTHS_AND_DAYS
from retrieval.reading import Reading, quotes
from retrieval.types import Gap, Lack, Quote
from retrieval.values.parsed import Value, parse
from retrieval.values.quantity import Quantity
from retrieval.values.relate import relate
from retrieval.values.words import STOP
from retrieval.voice import Voiced, content_words, voice_of

log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Z][\w’'.&-]*")
_PLACE = re.compile(r"\b(?:in|at|near|from|to|off|outside|across)\s+(?:the\s+)?([A-Z][\w’'-]*)")
_CAUSES = re.compile(
    r"\b(?:because|due to|owing to|caus(?:e|es|ed|ing)|led to|leads? to|result(?:s|ed)? (?:in|from)"
    r"|thanks to|so that|as a result|therefore|hence|blamed?|trigger(?:s|ed)|brought about"
    r"|reason)\b",
    re.IGNORECASE,
)


def gap(
    claim: str,
    readings: Sequence[Reading],
    filters: Filters,
    documents: int,
    publishers: Sequence[str],
) -> Gap:
    """What was searched for a claim that is undecided, and what the nearest sentence lacks.

    Args:
        readings: those that the verdict is made of.
        documents: number of those that pass the filters.
        publishers: all of the corpus.
    """
    found = _nearest(claim, readings)
    lacks: Lack | None = None
    if found is not None:
        reading, quote = found
        document = reading.candidate.document
        passage = reading.candidate.passage
        voiced = voice_of(claim, [quote], passage, document, "NOT_ENOUGH_INFO")
        try:
            lacks = lack(claim, quote.quote, document.title, voiced)
        except Exception:
            # Parsers of numbers and dates run here over text of any kind.
            log.exception("no gap for passage %s", passage.id)
    return Gap(
        documents=documents,
        publishers=_admitted(publishers, filters),
        since=filters.published_after,
        until=filters.as_of,
        document=found[0].candidate.document.id if found else None,
        nearest=found[1] if found else None,
        lacks=lacks,
    )


def lack(claim: str, sentence: str, title: str, voiced: Voiced) -> Lack:
    """What a sentence under its title lacks of a claim; "nothing" where no rule finds a lack."""
    if voiced.mention:
        return "only_mentioned"
    told = f"{title}. {sentence}"
    words = content_words(told)
    places = set(_PLACE.findall(claim))
    names = [name.rstrip(".'’") for name in _names(claim)]
    values = parse(claim).values
    missing = [name for name in names if not content_words(name) <= words]
    absent = _absent(values, parse(told).values)
    if any(name not in places for name in missing):
        return "entity"
    if missing:
        return "place"
    if any(isinstance(value, Quantity) for value in absent):
        return "amount"
    if absent or any(name not in told for name in MONTHS_AND_DAYS.findall(claim)):
        return "time"
    if _CAUSES.search(claim) and not _CAUSES.search(told):
        return "cause"
    plain = parse(claim).words - parse(told).words
    if plain - {name.lower() for name in names}:
        return "outcome"
    return "only_mentioned" if voiced.voice == "reported" else "nothing"


def _nearest(claim: str, readings: Sequence[Reading]) -> tuple[Reading, Quote] | None:
    """The sentence that holds most of the claim's words, the first of those that hold as many."""
    words = content_words(claim)
    held = [
        (len(words & content_words(quote.quote)), reading, quote)
        for reading in readings
        for quote in quotes(reading.candidate)
    ]
    most = max(held, key=lambda item: item[0], default=None)
    return (most[1], most[2]) if most and most[0] else None


def _names(claim: str) -> list[str]:
    return [
        name
        for name in _NAME.findall(claim)
        if name.lower() not in STOP and not MONTHS_AND_DAYS.fullmatch(name)
    ]


def _absent(claimed: Sequence[Value], told: Sequence[Value]) -> list[Value]:
    """The values of a claim of which no value told says that they are so."""
    return [
        value
        for value in claimed
        if not any((said := relate(value, other)) and said.supports for other in told)
    ]


def _admitted(publishers: Sequence[str], filters: Filters) -> int:
    """The number of publishers that the filter by publisher admits."""
    wanted = {name_key(name) for name in filters.publisher}
    return sum(not wanted or name_key(name) in wanted for name in publishers)
