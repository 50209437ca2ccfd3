"""(claim, text) -> the text as a stance model reads it; its stance, corrected; the steps of that.

The way into this package for retrieval/reading.py and retrieval/explain.py, with text of any kind:
an error in a parser is logged and costs what values could tell, never the answer. Text in another
language than English is left as it is, because words are compared.
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
    """Rewrites a text for the stance model; the text says no more than before.

    Values are written as the claim writes them (notation.py), and what is said of a group is said
    of the claim's case (instances.py). For a claim with a date, the day of the text stands first.

    Args:
        language: of the text, None where it is not known.
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
    """Returns the stance of a text, shape (3,), moved to what its values say of the claim."""
    return corrected(stance, _compared(claim, text, language))


def derivations(
    claim: str, rationale: Sequence[Quote], language: str | None
) -> tuple[Derivation, ...]:
    """Returns the steps by which values of a rationale decide: "70 people is not 90 people".

    Empty where they do not decide, or are written as in the claim.

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
    """Returns what the values of a text say of a claim; `UNKNOWN` after an error."""
    if language not in (None, "en"):
        return UNKNOWN
    try:
        return verdict_of_values(parse_claim(claim), text)
    except Exception:
        log.exception("values of a text are not compared")
        return UNKNOWN
