"""An exception or a refusal -> a problem document (RFC 9457), as a response or as a line of one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.errors import WRITTEN_FOR_CLIENTS, ApiError, detail_of, is_foreseen, status_of
from api.keys.keyring import redacted
from api.schemas.fields import Problem
from index.errors import CorpusError
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
# What pydantic calls a body that is text, a list or nothing.
_NO_OBJECT = {"model_attributes_type", "missing"}


def problem(status: int, detail: str, request_id: str) -> Problem:
    """The body of a problem document."""
    return Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=redacted(detail),
        request_id=request_id,
    )


def line_problem(error: Exception, request_id: str) -> Problem:
    """The body for a response that has begun: a failure can only be a line of it."""
    log_failure(error)
    return problem(status_of(error), detail_of(error, request_id), request_id)


def respond(
    status: int, detail: str, request_id: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A problem document as a response."""
    retry = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status in {429, 503} else {}
    body = problem(status, detail, request_id).model_dump()
    return JSONResponse(body, status, {**retry, **(headers or {})}, MEDIA_TYPE)


def refusal(error: Exception, request_id: str) -> JSONResponse:
    """Log what went wrong, and make the problem document that says so."""
    log_failure(error)
    headers = error.headers if isinstance(error, ApiError) else None
    return respond(status_of(error), detail_of(error, request_id), request_id, headers)


def log_failure(error: Exception) -> None:
    """Write a line about what is not the client's fault; a traceback for what nobody foresaw."""
    if not is_foreseen(error):
        log.error("request failed: %s", error, exc_info=error)
    elif status_of(error) >= 500 and not isinstance(error, WRITTEN_FOR_CLIENTS):
        log.error("%s: %s", type(error).__name__, error)


def explain(error: RequestValidationError) -> str:
    """What is wrong, in one line, without repeating what was sent."""
    parts = []
    for item in error.errors()[:5]:
        place = ".".join(str(part) for part in item["loc"] if part != "body")
        if item["type"] == "json_invalid":
            parts.append(f"not JSON at character {place}: {item['ctx']['error']}")
        elif not place and item["type"] in _NO_OBJECT:
            parts.append("send a JSON object, with Content-Type: application/json")
        else:
            parts.append(f"{place}: {item['msg']}" if place else str(item["msg"]))
    return "; ".join(parts)


def install(app: FastAPI) -> None:
    """Render exceptions as problem documents; those that nobody foresaw are left to the gate."""

    def request_id(request: Request) -> str:
        return str(request.scope.get("state", {}).get("request_id", ""))

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return respond(422, explain(error), request_id(request))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        # What cannot be parsed at all is malformed input like any other.
        status = 422 if error.status_code == 400 else error.status_code
        return respond(status, str(error.detail), request_id(request), error.headers)

    async def ours(request: Request, error: Exception) -> JSONResponse:
        return refusal(error, request_id(request))

    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    for base in (ApiError, CorpusError, RetrievalError):
        app.add_exception_handler(base, ours)
