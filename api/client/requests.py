"""A question -> its request, and how the answer is read: what both clients share, without a
connection."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote as percent_encoded

from pydantic import BaseModel, TypeAdapter
from typing_extensions import Unpack

from api.schemas.claims import (
    BatchLine,
    ClaimLine,
    FailedClaimLine,
    Info,
    Readiness,
    SearchResponse,
    VerifyResponse,
)
from api.schemas.desk import (
    CheckLine,
    CheckSummaryLine,
    FailedStatementLine,
    StatementLine,
    TextLine,
)
from api.schemas.documents import DocumentBody, DocumentPage, Publishers, Stored, VersionsBody
from api.schemas.fields import FailedLine
from api.schemas.quotes import QuoteResponse
from retrieval.types import Mode

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
LONGEST_PAGE = 1_000  # documents in one page of a listing, at most
Day = dt.date | str
# Lines as a caller gets them: a failed line raises ProblemError.
Verified = ClaimLine | FailedClaimLine
Checked = TextLine | StatementLine | FailedStatementLine | CheckSummaryLine
_batch_line: TypeAdapter[Any] = TypeAdapter(BatchLine)
_check_line: TypeAdapter[Any] = TypeAdapter(CheckLine)


class Asked(TypedDict, total=False):
    """What every question takes beside its text; what is left out is the service's default.

    Days are dates, or strings such as "2023-12-31".
    """

    top_k: int
    as_of: Day | None
    published_after: Day | None
    publisher: Sequence[str]
    language: Sequence[str]


class Details(TypedDict, total=False):
    """What may be known of a document beside its text."""

    title: str | None
    url: str | None
    publisher: str | None
    published_at: Day | None
    modified_at: Day | None
    language: str | None
    embargoed_until: dt.datetime | str | None
    pubstatus: Literal["usable", "withheld", "canceled"] | None
    expires: dt.datetime | str | None
    usageterms: str | None
    rights: str | None
    access: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `when_busy`: whether it is sent again to a service that is busy."""

    method: str
    path: str
    body: bytes | None = None
    media_type: str = JSON
    params: Mapping[str, str | int] = field(default_factory=dict)
    when_busy: bool = True


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request with one answer."""

    request: Request
    read: Callable[[bytes], T]


@dataclass(frozen=True, slots=True)
class Stream(Generic[T]):
    """A request with an answer of many lines.

    length: lines of a whole answer; None where its last line is a summary.
    """

    request: Request
    read: Callable[[bytes], T | FailedLine]
    length: int | None = None


def verify(claim: str, **asked: Unpack[Asked]) -> Call[VerifyResponse]:
    """The verdict on a claim, and its evidence."""
    return _post("/v1/verify", {"claim": claim, **_asked(**asked)}, VerifyResponse)


def search(query: str, *, mode: Mode = "hybrid", **asked: Unpack[Asked]) -> Call[SearchResponse]:
    """Passages for a query, best first, without stance and verdict."""
    body = {"query": query, "mode": mode, **_asked(**asked)}
    return _post("/v1/search", body, SearchResponse)


def verify_batch(claims: Sequence[str], **asked: Unpack[Asked]) -> Stream[Verified]:
    """Each claim's answer with its `index`, as it is ready; a bad claim's line has an `error`."""
    body = json_of({"claims": list(claims), **_asked(**asked)})
    request = Request("POST", "/v1/verify/batch", body)
    return Stream(request, _batch_line.validate_json, len(claims))


def check(
    text: str | None = None,
    *,
    html: str | None = None,
    thorough: bool = False,
    **asked: Unpack[Asked],
) -> Stream[Checked]:
    """The statements of an article, each verified, as they are ready; then a summary.

    Give either a text, or the HTML of a page, whose first line is the text found in it.

    Args:
        thorough: reads each statement as `verify` reads a claim, which takes longer.
    """
    how = {"thorough": True} if thorough else {}
    body = json_of({**_given(text=text, html=html), **how, **_asked(**asked)})
    return Stream(Request("POST", "/v1/check", body), _check_line.validate_json)


def quotes(
    quote: str,
    *,
    speaker: str | None = None,
    context: str | None = None,
    **asked: Unpack[Asked],
) -> Call[QuoteResponse]:
    """Whether a quotation is in the archive: word for word, altered, shortened, another's.

    Without a speaker it is whom the `context`, the text that quotes it, gives it to.
    """
    body = {"quote": quote, **_given(speaker=speaker, context=context), **_asked(**asked)}
    return _post("/v1/quotes", body, QuoteResponse)


def get_document(id: str) -> Call[DocumentBody]:
    """A document as it is stored."""
    return Call(Request("GET", _document(id)), DocumentBody.model_validate_json)


def versions(id: str) -> Call[VersionsBody]:
    """The texts that were stored under an id, each with what it changed of the one before."""
    return _get(f"{_document(id)}/versions", VersionsBody)


def put_document(id: str, text: str, **details: Unpack[Details]) -> Call[Stored]:
    """Stores a document, or replaces the one of this id."""
    body = json_of({"text": text, **details})
    return Call(Request("PUT", _document(id), body), Stored.model_validate_json)


def delete_document(id: str) -> Call[None]:
    """Removes a document from every answer from now on."""
    return Call(Request("DELETE", _document(id)), lambda _: None)


def list_documents(cursor: str | None = None, limit: int = 100) -> Call[DocumentPage]:
    """A page of the documents by id, without their texts; `next_cursor` leads to the next."""
    params: dict[str, str | int] = {"limit": limit}
    if cursor is not None:
        params["cursor"] = cursor
    request = Request("GET", "/v1/documents", params=params)
    return Call(request, DocumentPage.model_validate_json)


def publishers() -> Call[Publishers]:
    """The publishers with their numbers of documents, most first."""
    return _get("/v1/publishers", Publishers)


def info() -> Call[Info]:
    """Models, size of the corpus, limits."""
    return _get("/v1/info", Info)


def ready() -> Call[Readiness]:
    """Whether claims are answered and documents stored, now: it does not wait for a service that
    starts, but raises ProblemError (503)."""
    request = Request("GET", "/readyz", when_busy=False)
    return Call(request, Readiness.model_validate_json)


def _given(**fields: str | None) -> dict[str, str]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _asked(
    top_k: int | None = None,
    as_of: Day | None = None,
    published_after: Day | None = None,
    publisher: Sequence[str] = (),
    language: Sequence[str] = (),
) -> dict[str, Any]:
    """The fields of a body, without those that are not given."""
    if isinstance(publisher, str) or isinstance(language, str):
        raise TypeError("publisher and language are lists, such as ['Port Tribune']")
    filters = {
        "publisher": list(publisher),
        "language": list(language),
        "published_after": published_after,
    }
    body = {
        "top_k": top_k,
        "as_of": as_of,
        "filters": {name: value for name, value in filters.items() if value},
    }
    return {name: value for name, value in body.items() if value or value == 0}


def json_of(body: Any) -> bytes:
    """JSON in one line, with days as ISO 8601 has them."""
    return json.dumps(body, default=_day).encode()


def _day(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be sent as JSON")


def _get(path: str, answer: type[M]) -> Call[M]:
    return Call(Request("GET", path), answer.model_validate_json)


def _post(path: str, body: Mapping[str, Any], answer: type[M]) -> Call[M]:
    return Call(Request("POST", path, json_of(body)), answer.model_validate_json)


def _document(id: str) -> str:
    """The path of a document. An id of dots alone would be taken for a step in the path."""
    escaped = percent_encoded(id, safe="")
    return f"/v1/documents/{escaped if escaped.strip('.') else escaped.replace('.', '%2E')}"
