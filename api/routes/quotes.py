"""POST /v1/quotes."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from fastapi import APIRouter

from api.json_body import JsonRoute
from api.quoting import quote_response
from api.routes.common import Ready, RequestId, in_thread, problems
from api.routes.desk_examples import QUOTES
from api.schemas.quotes import QuoteRequest, QuoteResponse

router = APIRouter(
    prefix="/v1",
    tags=["claims"],
    route_class=JsonRoute,
    responses=problems(401, 403, 408, 415, 421),
)


@router.post(
    "/quotes",
    response_model=QuoteResponse,
    responses={200: QUOTES, **problems(413, 422, 429, 503)},
)
async def quotes(body: QuoteRequest, running: Ready, request_id: RequestId) -> Any:
    """Whether a quotation is in the archive word for word, altered, shortened or somebody else's.

    No model takes part: the same archive gives the same answer.
    """
    started, service = time.perf_counter(), running.service
    call = partial(quote_response, body, service, request_id, started)
    return await in_thread(call)
