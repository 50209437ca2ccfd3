"""POST /v1/verify, /v1/verify/batch, /v1/search."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.errors import without_panics
from api.problems import explain, line_problem, problem
from api.routes.common import (
    Lines,
    OpenBatcher,
    OpenService,
    OpenStreams,
    RequestId,
    in_thread,
    lines,
    problems,
    while_connected,
    within,
)
from api.routes.examples import BATCH, SEARCH, VERIFY
from api.schemas import (
    BatchLine,
    BatchRequest,
    ClaimLine,
    ClaimText,
    FailedClaimLine,
    SearchRequest,
    SearchResponse,
    VerifyRequest,
    VerifyResponse,
)
from api.service import Service

router = APIRouter(prefix="/v1", tags=["claims"], responses=problems(403, 408, 421))
claim_text: TypeAdapter[str] = TypeAdapter(ClaimText)
BATCH_STEP = 8


@router.post(
    "/verify",
    response_model=VerifyResponse,
    responses={200: VERIFY, **problems(413, 422, 429, 503)},
)
async def verify(
    body: VerifyRequest,
    request: Request,
    service: OpenService,
    batcher: OpenBatcher,
    request_id: RequestId,
) -> Any:
    """Evidence for a claim, what decides most first, and the verdict."""
    started = time.perf_counter()
    claim = body.to_claim(body.claim, service.settings.include_undated)
    answer = service.recall(claim)
    if answer is None:
        waiting = while_connected(request, batcher(claim))
        answer = await within(service.settings.request_timeout, waiting)
    return service.response(answer, request_id, started)


@router.post(
    "/search",
    response_model=SearchResponse,
    responses={200: SEARCH, **problems(413, 422, 429, 503)},
)
async def search(body: SearchRequest, service: OpenService, request_id: RequestId) -> Any:
    """Passages for a query: the same way as verify, without stance and verdict."""
    claim = body.to_claim(body.query, service.settings.include_undated, body.mode)
    return await in_thread(
        lambda: service.search(claim, request_id), service.settings.request_timeout
    )


@router.post(
    "/verify/batch",
    response_class=Lines,
    responses={200: BATCH, **problems(413, 422, 429, 503)},
)
async def verify_batch(
    body: BatchRequest, service: OpenService, streams: OpenStreams, request_id: RequestId
) -> Lines:
    """Many claims: NDJSON, a line a claim with its `index`; a bad claim has an `error` instead."""
    most = service.settings.max_batch_claims
    if len(body.claims) > most:
        error = {"type": "too_long", "loc": ("claims",), "msg": f"more than {most} claims"}
        raise RequestValidationError([error])
    results = _verify_all(body, service, request_id)
    return Lines(lines(results, BaseModel.model_dump_json, streams))


def _verify_all(body: BatchRequest, service: Service, request_id: str) -> Generator[BatchLine]:
    good: list[tuple[int, str]] = []
    for index, claim in enumerate(body.claims):
        try:
            good.append((index, claim_text.validate_python(claim, strict=True)))
        except ValidationError as error:
            detail = explain(RequestValidationError(error.errors(include_url=False)))
            yield FailedClaimLine(index=index, error=problem(422, detail, request_id))
    for at in range(0, len(good), BATCH_STEP):
        yield from _verify_some(good[at : at + BATCH_STEP], body, service, request_id)


def _verify_some(
    some: list[tuple[int, str]], body: BatchRequest, service: Service, request_id: str
) -> Iterator[BatchLine]:
    """One model batch; if it fails, each claim alone, so that only the one at fault does."""
    undated = service.settings.include_undated
    try:
        claims = [body.to_claim(text, undated) for _, text in some]
        answers = without_panics(service.verify)(claims, request_id)
    except Exception as error:  # noqa: BLE001 - the response has begun
        if len(some) > 1:
            for one in some:
                yield from _verify_some([one], body, service, request_id)
            return
        yield FailedClaimLine(index=some[0][0], error=line_problem(error, request_id))
        return
    for (index, _), answer in zip(some, answers, strict=True):
        yield ClaimLine(index=index, **dict(answer))
