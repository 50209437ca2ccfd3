"""POST /v1/verify, /v1/verify/batch, /v1/search."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from api.batching import Lane
from api.json_body import JsonRoute
from api.problems import explain, line_problem, problem
from api.routes.common import Charge, Ready, RequestId, problems, while_connected, within
from api.routes.examples import BATCH, SEARCH, VERIFY
from api.routes.streams import Lines, abandon, lines, outcome
from api.running import Running
from api.schemas.claims import (
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
from api.schemas.fields import FailedLine, Problem
from api.tracing import CLAIM, MAX_CLAIM_CHARS, annotate
from retrieval.errors import InvalidClaim
from retrieval.types import Answer, Claim

router = APIRouter(
    prefix="/v1",
    tags=["claims"],
    route_class=JsonRoute,
    responses=problems(401, 403, 408, 415, 421),
)
claim_text: TypeAdapter[str] = TypeAdapter(ClaimText)
# Lines of one batch that wait for the models together: others wait their turn beside them.
LINES_AT_ONCE = 16


@router.post(
    "/verify",
    response_model=VerifyResponse,
    responses={200: VERIFY, **problems(413, 422, 429, 503)},
)
async def verify(
    body: VerifyRequest, request: Request, running: Ready, request_id: RequestId
) -> Any:
    """Evidence for a claim, what decides most first, and the verdict."""
    started, service = time.perf_counter(), running.service
    claim = service.admit(body.to_claim(body.claim, service.settings.include_undated))
    if service.settings.trace_claims:
        annotate(CLAIM, claim.text[:MAX_CLAIM_CHARS])
    answer = await running.recalled(claim) or await _answer(claim, running.claims, request, running)
    return service.response(answer, request_id, started, claim)


@router.post(
    "/search",
    response_model=SearchResponse,
    responses={200: SEARCH, **problems(413, 422, 429, 503)},
)
async def search(
    body: SearchRequest, request: Request, running: Ready, request_id: RequestId
) -> Any:
    """Passages for a query: the same way as verify, without stance and verdict."""
    started, service = time.perf_counter(), running.service
    claim = body.to_claim(body.query, service.settings.include_undated, body.mode)
    answer = await _answer(claim, running.searches, request, running)
    return service.found(answer, request_id, started)


async def _answer(
    claim: Claim, lane: Lane[Claim, Answer], request: Request, running: Running
) -> Answer:
    """The answer, when the claim's turn comes, to a client that waits for it.

    Raises:
        Overloaded: too many wait already, or it took too long.
        ClientDisconnect: nobody waits any more.
    """
    waiting = while_connected(request, running.queue.ask(lane, claim))
    return await within(running.service.settings.request_timeout, waiting)


@router.post(
    "/verify/batch",
    response_class=Lines,
    responses={200: BATCH, **problems(413, 422, 429, 503)},
)
async def verify_batch(
    body: BatchRequest, running: Ready, request_id: RequestId, charge: Charge
) -> Lines:
    """Many claims: NDJSON, a line a claim with its `index`, in the order they are ready.

    A bad claim has an `error` instead. An `error` without an index ends an answer that is cut off.
    """
    most = running.service.settings.max_batch_claims
    if len(body.claims) > most:
        error = {"type": "too_long", "loc": ("claims",), "msg": f"more than {most} claims"}
        raise RequestValidationError([error])
    charge(len(body.claims) - 1)
    results = _verify_all(body, running, request_id)
    return Lines(lines(results, lambda error: FailedLine(error=line_problem(error, request_id))))


async def _verify_all(
    body: BatchRequest, running: Running, request_id: str
) -> AsyncGenerator[BatchLine]:
    service = running.service
    todo: list[tuple[int, Claim]] = []
    for index, given in enumerate(body.claims):
        claim = _claim(given, body, running, request_id)
        if isinstance(claim, Claim):
            todo.append((index, claim))
        else:
            yield FailedClaimLine(index=index, error=claim)
    todo.reverse()
    waiting: dict[asyncio.Future[Answer], tuple[int, float, Claim]] = {}
    try:
        while todo or waiting:
            while todo and len(waiting) < LINES_AT_ONCE:
                index, claim = todo.pop()
                started = time.perf_counter()
                if (known := await running.recalled(claim)) is not None:
                    response = service.response(known, request_id, started, claim)
                    yield ClaimLine(index=index, **dict(response))
                else:
                    waiting[running.queue.ask(running.lines, claim)] = index, started, claim
            if waiting:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for done in [answer for answer in waiting if answer.done()]:
                yield _line(done, *waiting.pop(done), running, request_id)
    finally:
        abandon(waiting)


def _claim(given: Any, body: BatchRequest, running: Running, request_id: str) -> Claim | Problem:
    """The claim of a line, or what is wrong with it."""
    try:
        text = claim_text.validate_python(given, strict=True)
        claim = body.to_claim(text, running.service.settings.include_undated)
        return running.service.admit(claim)
    except ValidationError as error:
        detail = explain(RequestValidationError(error.errors(include_url=False)))
        return problem(422, detail, request_id)
    except InvalidClaim as error:
        return line_problem(error, request_id)


def _line(
    answer: asyncio.Future[Answer],
    index: int,
    started: float,
    claim: Claim,
    running: Running,
    request_id: str,
) -> BatchLine:
    """
    Raises:
        Stopping: the answer will never come.
    """
    made = outcome(answer)
    if isinstance(made, Exception):
        return FailedClaimLine(index=index, error=line_problem(made, request_id))
    response = running.service.response(made, request_id, started, claim)
    return ClaimLine(index=index, **dict(response))
