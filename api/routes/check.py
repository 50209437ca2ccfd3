"""POST /v1/check."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from functools import partial

from fastapi import APIRouter

from api.checking import (
    STATEMENTS_AT_ONCE,
    Article,
    claim_of,
    failed_line,
    quotations_of,
    read_article,
    statement_line,
    summary_line,
)
from api.json_body import JsonRoute
from api.problems import line_problem
from api.routes.common import Charge, Ready, RequestId, in_thread, problems
from api.routes.desk_examples import CHECK
from api.routes.streams import Lines, abandon, lines, outcome
from api.running import Running
from api.schemas.desk import CheckLine, CheckRequest, TextLine
from api.schemas.fields import FailedLine
from api.schemas.quotes import QuotationBody
from index.errors import CorpusError
from retrieval.check import Statement
from retrieval.errors import InvalidClaim, RetrievalError
from retrieval.types import Answer, Claim

router = APIRouter(
    prefix="/v1",
    tags=["claims"],
    route_class=JsonRoute,
    responses=problems(401, 403, 408, 415, 421),
)

Waiting = dict["asyncio.Future[Answer]", tuple[int, Statement, Claim, float]]


@router.post("/check", response_class=Lines, responses={200: CHECK, **problems(413, 422, 429, 503)})
async def check(body: CheckRequest, running: Ready, request_id: RequestId, charge: Charge) -> Lines:
    """The statements of an article, each verified: NDJSON, a line a statement with its place in
    the text, and a sum at the end.

    Questions, orders and opinions are left out. The first line for `html` is the text that was
    found in it. An `error` without an index ends an answer that is cut off.
    """
    article = await in_thread(partial(read_article, body, running.service))
    charge(len(article.found.statements) - 1)
    results = _checked(article, body, running, request_id)
    return Lines(lines(results, lambda error: FailedLine(error=line_problem(error, request_id))))


async def _checked(
    article: Article, body: CheckRequest, running: Running, request_id: str
) -> AsyncGenerator[CheckLine]:
    if body.html is not None:
        yield TextLine(text=article.text)
    sent: list[CheckLine] = []
    async for line in _verified(article, body, running, request_id):
        # The sum needs what each line says, not the evidence.
        sent.append(line.model_copy(update={"evidence": []}))
        yield line
    yield summary_line(article.found, sent, request_id)


async def _verified(
    article: Article, body: CheckRequest, running: Running, request_id: str
) -> AsyncGenerator[CheckLine]:
    """The first statement alone, so that its line is soon there; the others share batches."""
    service = running.service
    todo: list[tuple[int, Statement, Claim]] = []
    for index, statement in enumerate(article.found.statements):
        started = time.perf_counter()
        try:
            read, claim = claim_of(statement, body, service)
        except InvalidClaim as error:
            yield failed_line(index, statement, error, request_id)
            continue
        if (known := await running.recalled(claim)) is not None:
            quoted = await _quoted(index, article, body, running)
            response = service.response(known, request_id, started, claim)
            yield statement_line(index, read, response, quoted)
        else:
            todo.append((index, read, claim))
    todo.reverse()
    waiting: Waiting = {}
    at_once = 1
    try:
        while todo or waiting:
            while todo and len(waiting) < at_once:
                index, statement, claim = todo.pop()
                asked = running.queue.ask(running.lines, claim)
                waiting[asked] = index, statement, claim, time.perf_counter()
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            at_once = STATEMENTS_AT_ONCE
            for done in [answer for answer in waiting if answer.done()]:
                index, statement, claim, started = waiting.pop(done)
                made = outcome(done)
                if not isinstance(made, Exception):
                    try:
                        quoted = await _quoted(index, article, body, running)
                    except (CorpusError, RetrievalError) as error:
                        made = error
                if isinstance(made, Exception):
                    yield failed_line(index, statement, made, request_id)
                else:
                    response = service.response(made, request_id, started, claim)
                    yield statement_line(index, statement, response, quoted)
    finally:
        abandon(waiting)


async def _quoted(
    index: int, article: Article, body: CheckRequest, running: Running
) -> list[QuotationBody]:
    """The quotations of a statement, in the archive."""
    if index not in article.quoted:
        return []
    return await in_thread(partial(quotations_of, index, article, body, running.service))
