"""What a stance model reads, what becomes of its answer, and what a reader is shown of values.

These are the ways in for text of any kind: an error in a parser costs what values could tell, and
never the answer. English only, because what is compared is words.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from index.documents import Vectors
from retrieval.types import Derivation, Quote
from retrieval.values.compare import UNKNOWN, Comparison
from retrieval.values.correct import corrected, parse_claim, verdict_of_values
from retrieval.values.dates import Date
from retrieval.values.days import written_day
from retrieval.values.instances import of_the_claims_case
from retrieval.values.notation import in_notation_of

log = logging.getLogger(__name__)


def as_read(claim: str, text: str, language: str | None, published: dt.date | None = None) -> str:
    """The text as the stance model reads it: with values written as the claim writes them, with
    what is said of its case alone, and, for a claim with a date, under the day of the text.

    Args:
        published: the day of the text, which tells what "on Monday" and "1 May" mean.
    """
    if language not in (None, "en"):
        return text
    try:
        asked = parse_claim(claim)
        text = of_the_claims_case(asked, text, published)
        if published and any(isinstance(value, Date) for value in asked.values):
            text = f"{written_day(published)}. {text}"
        return in_notation_of(asked, text)
    except Exception:
        log.exception("values of a text are not rewritten")
        return text


def settled(stance: Vectors, claim: str, text: str, language: str | None) -> Vectors:
    """The stance of a text, shape (3,), moved to what its values say where they are sure."""
    return corrected(stance, _compared(claim, text, language))


def derivations(
    claim: str, rationale: Sequence[Quote], language: str | None
) -> tuple[Derivation, ...]:
    """How values of a rationale decide, in steps; empty where they do not, or nothing is to be
    worked out.

    Args:
        rationale: sentences of a document, with their offsets in its text.
    """
    return tuple(
        Derivation(
            step.text,
            tuple(
                Quote(quote.start + at.start, quote.start + at.end, quote.quote[at.start : at.end])
                for at in step.evidence
            ),
        )
        for quote in rationale
        for step in _compared(claim, quote.quote, language).steps
    )


def _compared(claim: str, text: str, language: str | None) -> Comparison:
    if language not in (None, "en"):
        return UNKNOWN
    try:
        return verdict_of_values(parse_claim(claim), text)
    except Exception:
        log.exception("values of a text are not compared")
        return UNKNOWN
