"""What is evaluated: claimdesk in this process, or a running service by its URL. Same calls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Protocol

import httpx

from api.schemas import Info, SearchResponse, VerifyResponse
from api.service import Service
from evaluation.errors import EvaluationError, claim_refused
from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Refused
from retrieval.errors import InvalidClaim
from retrieval.search import search
from retrieval.types import Claim, Mode

TIMEOUT_SECONDS = 120
SENT_AT_ONCE = 200
SENT = ("id", "text", "title", "publisher", "language")
# A service that is busy says when to come again; it is asked so often before that is an error.
TRIES = 20
LONGEST_WAIT_SECONDS = 60.0


class Target(Protocol):
    """The public surface, as far as an evaluation needs it."""

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        """Store documents; raises EvaluationError when one is refused."""
        ...

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        """For each query the ids of the best documents, best first."""
        ...

    def verify(self, claim: str, top_k: int, publisher: str | None = None) -> VerifyResponse:
        """The answer to a claim; over the documents of one publisher, if one is named.

        Raises:
            ClaimRefused: it is not one to verify.
        """
        ...

    def info(self) -> Info: ...


class InProcess:
    """The service, without HTTP around it."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        for outcome in self._service.ingest(documents):
            if outcome.status == "refused":
                raise EvaluationError(f"{outcome.id}: {outcome.reason}")
            yield

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        service = self._service
        vectors = service.embedder.embed_queries(queries)
        for query, vector in zip(queries, vectors, strict=True):
            claim = Claim(query, depth, mode=mode)
            found = search(claim, vector, service.corpus, service.models.fusion)
            yield [candidate.document.id for candidate in found]

    def verify(self, claim: str, top_k: int, publisher: str | None = None) -> VerifyResponse:
        filters = Filters(publisher=(publisher,)) if publisher else NO_FILTERS
        try:
            (answer,) = self._service.verify([Claim(claim, top_k, filters)], "evaluate")
        except InvalidClaim as error:
            raise claim_refused(claim, error) from error
        return answer

    def info(self) -> Info:
        return self._service.info()


class Remote:
    """A service that runs already."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        waiting: list[str] = []
        for item in documents:
            if isinstance(item, Refused):
                raise EvaluationError(f"{item.source}: {item.reason}")
            row = {name: getattr(item, name) for name in SENT}
            waiting.append(json.dumps(row))
            if len(waiting) == SENT_AT_ONCE:
                yield from self._send(waiting)
                waiting = []
        yield from self._send(waiting)

    def _send(self, lines: Sequence[str]) -> Iterator[None]:
        answer = self._call("POST", "/v1/documents:import", content="\n".join(lines))
        for line in map(json.loads, answer.text.splitlines()):
            if line.get("status") == "refused" or "error" in line:
                raise EvaluationError(f"the service refused a document: {line}")
            if "status" in line:
                yield

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        for query in queries:
            body = {"query": query, "top_k": depth, "mode": mode}
            answer = self._call("POST", "/v1/search", json=body)
            found = SearchResponse.model_validate_json(answer.content)
            yield [item.document.id for item in found.results]

    def verify(self, claim: str, top_k: int, publisher: str | None = None) -> VerifyResponse:
        body: dict[str, Any] = {"claim": claim, "top_k": top_k}
        if publisher:
            body["filters"] = {"publisher": [publisher]}
        answer = self._call("POST", "/v1/verify", json=body, refused=claim)
        return VerifyResponse.model_validate_json(answer.content)

    def info(self) -> Info:
        return Info.model_validate_json(self._call("GET", "/v1/info").content)

    def _call(self, method: str, path: str, refused: str = "", **body: Any) -> httpx.Response:
        """`refused` is the claim that is named where what is sent is not taken."""
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, **body)
            except httpx.HTTPError as error:
                raise EvaluationError(f"{self._client.base_url}: {error}") from error
            if answer.status_code not in (429, 503):
                break
            seconds = float(answer.headers.get("retry-after", 1))
            time.sleep(min(seconds, LONGEST_WAIT_SECONDS))
        if answer.is_error:
            detail = answer.json().get("detail") if "json" in answer.headers["content-type"] else ""
            if refused and answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise claim_refused(refused, detail)
            raise EvaluationError(f"{path}: {answer.status_code} {detail}")
        return answer


def fill(
    target: Target, documents: Iterable[Document | Refused], advance: Callable[[], None]
) -> int:
    """Add documents to a target that holds no others; returns how many there are.

    Raises:
        EvaluationError: one is refused, or there were others: results would be of both.
    """
    count = 0
    for _ in target.add(documents):
        count += 1
        advance()
    held = target.info().documents
    if held != count:
        raise EvaluationError(
            f"the index holds {held:,} documents, {count:,} are of this data set: evaluate over an "
            "empty one"
        )
    return count


@contextmanager
def at(url: str) -> Iterator[Remote]:
    """The service at a URL, e.g. http://127.0.0.1:8000."""
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as client:
        yield Remote(client)
