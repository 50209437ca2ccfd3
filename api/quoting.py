"""A quotation to look for -> the answer: what HTTP, the command line and assistants share."""

from __future__ import annotations

import time

from api.schemas.quotes import (
    QuoteMatch,
    QuoteProvenance,
    QuoteRequest,
    QuoteResponse,
    QuoteSearched,
)
from api.service import VERSION, Service
from retrieval.quotes.find import find_quote, speaker_in


def quote_response(
    body: QuoteRequest, service: Service, request_id: str, started: float
) -> QuoteResponse:
    """Where the archive has a quote. It blocks; `started` is when it was asked (perf_counter).

    Raises:
        InvalidClaim: it has no word, or too many parts.
    """
    filters = body.to_filters(service.settings.include_undated)
    speaker = body.speaker
    if speaker is None and body.context is not None:
        speaker = speaker_in(body.context, body.quote)
    found = find_quote(body.quote, service.corpus, speaker, filters, body.top_k)
    return QuoteResponse(
        quote=found.quote,
        speaker=found.speaker,
        result=found.result,
        matches=[QuoteMatch.of(match) for match in found.matches],
        searched=QuoteSearched(documents=found.documents),
        provenance=QuoteProvenance(
            request_id=request_id, index_generation=found.generation, version=VERSION
        ),
        took_ms=(time.perf_counter() - started) * 1000,
    )
