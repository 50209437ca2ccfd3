"""What is evaluated, behind one protocol: claimdesk in this process, or a running service."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any, Literal, Protocol
from urllib.parse import quote

import httpx

from api.schemas import DocumentBody, DocumentPage, Info, SearchResponse, VerifyResponse
from api.service import Service
from evaluation.errors import EvaluationError, claim_refused
from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Refused
from retrieval.claim import claim as normal_claim
from retrieval.errors import InvalidClaim
from retrieval.search import Fusion, search
from retrieval.types import Mode

TIMEOUT_SECONDS = 120  # of one request
LINES_PER_IMPORT = 200  # documents in one import request
IDS_PER_PAGE = 1_000  # documents in one page of a listing
TRIES = 20  # times that a busy service is asked before that is an error
LONGEST_WAIT_SECONDS = 60.0  # before a busy service is asked again, whatever it says
COMPARED_DOCUMENTS = 50  # documents of a filled corpus whose texts are compared with the data set's

Writes = Literal["never", "into_empty", "unless_filled", "always"]
"""When `fill` may write. "never": the corpus is somebody's. "into_empty": somebody's too, and he
asked for it. "unless_filled": a folder that keeps the data set's index. "always": a folder made
for this evaluation alone."""


class Target(Protocol):
    """The public surface of claimdesk, as far as an evaluation needs it."""

    @property
    def writes(self) -> Writes: ...

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        """Stores documents, one for each step; raises EvaluationError when one is refused."""
        ...

    def document_ids(self) -> set[str]: ...

    def document_text(self, id: str) -> str:
        """The text of a stored document."""
        ...

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        """Yields for each query the ids of the best `depth` documents, best first."""
        ...

    def verify(self, claim: str, top_k: int, filters: Filters = NO_FILTERS) -> VerifyResponse:
        """The answer to a claim over the documents that the filters admit.

        Whether undated documents are among them is a setting of the target, not of the filters.

        Raises:
            ClaimRefused: the target does not verify it.
        """
        ...

    def info(self) -> Info: ...


class InProcess:
    """A service of this process, without HTTP around it."""

    def __init__(self, service: Service, writes: Writes = "always") -> None:
        self._service, self.writes = service, writes

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        for outcome in self._service.ingest(documents):
            if outcome.status == "refused":
                raise EvaluationError(f"{outcome.id}: {outcome.reason}")
            yield
        self._service.corpus.sync()

    def document_ids(self) -> set[str]:
        return {document.id for document in self._service.corpus.all_documents()}

    def document_text(self, id: str) -> str:
        document = self._service.corpus.get(id)
        return document.text if document else ""

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        service = self._service
        fusion = Fusion(service.settings.dense_weight)
        vectors = service.embedder.embed_queries(queries)
        for query, vector in zip(queries, vectors, strict=True):
            claim = normal_claim(query, depth, mode=mode)
            found = search(claim, vector, service.corpus, fusion)
            yield [candidate.document.id for candidate in found]

    def verify(self, claim: str, top_k: int, filters: Filters = NO_FILTERS) -> VerifyResponse:
        service = self._service
        filters = replace(filters, include_undated=service.settings.include_undated)
        try:
            normal = normal_claim(claim, top_k, filters)
            (answer,) = service.verify([normal], "evaluate")
        except InvalidClaim as error:
            raise claim_refused(claim, error) from error
        return answer

    def info(self) -> Info:
        return self._service.info()


class Remote:
    """A service that runs already, over HTTP."""

    def __init__(self, client: httpx.Client, writes: Writes = "never") -> None:
        self._client, self.writes = client, writes

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        lines: list[str] = []
        for item in documents:
            if isinstance(item, Refused):
                raise EvaluationError(f"{item.source}: {item.reason}")
            lines.append(json.dumps(asdict(item), default=str))
            if len(lines) == LINES_PER_IMPORT:
                yield from self._import(lines)
                lines = []
        yield from self._import(lines)

    def _import(self, lines: Sequence[str]) -> Iterator[None]:
        answer = self._call("POST", "/v1/documents:import", content="\n".join(lines))
        for line in map(json.loads, answer.text.splitlines()):
            if line.get("status") == "refused" or "error" in line:
                raise EvaluationError(f"the service refused a document: {line}")
            if "status" in line:
                yield

    def document_ids(self) -> set[str]:
        ids: set[str] = set()
        parameters: dict[str, Any] = {"limit": IDS_PER_PAGE}
        while True:
            answer = self._call("GET", "/v1/documents", params=parameters)
            page = DocumentPage.model_validate_json(answer.content)
            ids |= {document.id for document in page.documents}
            if page.next_cursor is None:
                return ids
            parameters["cursor"] = page.next_cursor

    def document_text(self, id: str) -> str:
        answer = self._call("GET", f"/v1/documents/{quote(id, safe='')}")
        return DocumentBody.model_validate_json(answer.content).text

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        for query in queries:
            body = {"query": query, "top_k": depth, "mode": mode}
            answer = self._call("POST", "/v1/search", json=body)
            found = SearchResponse.model_validate_json(answer.content)
            yield [item.document.id for item in found.results]

    def verify(self, claim: str, top_k: int, filters: Filters = NO_FILTERS) -> VerifyResponse:
        body = {"claim": claim, "top_k": top_k, **_restrictions(filters)}
        answer = self._call("POST", "/v1/verify", json=body, claim=claim)
        return VerifyResponse.model_validate_json(answer.content)

    def info(self) -> Info:
        return Info.model_validate_json(self._call("GET", "/v1/info").content)

    def _call(self, method: str, path: str, claim: str = "", **request: Any) -> httpx.Response:
        """The answer to a request, which is sent again where the service is busy.

        Raises:
            ClaimRefused: the service does not verify `claim`, if one is given.
            EvaluationError: there is no service, or it answers with another error.
        """
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, **request)
            except httpx.HTTPError as error:
                raise EvaluationError(f"{self._client.base_url}: {error}") from error
            if answer.status_code not in (429, 503):
                break
            seconds = float(answer.headers.get("retry-after", 1))
            time.sleep(min(seconds, LONGEST_WAIT_SECONDS))
        if answer.is_error:
            detail = answer.json().get("detail") if "json" in answer.headers["content-type"] else ""
            if claim and answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise claim_refused(claim, detail)
            raise EvaluationError(f"{path}: {answer.status_code} {detail}")
        return answer


def _restrictions(filters: Filters) -> dict[str, Any]:
    """The filters as fields of a request's body; what restricts nothing is left out."""
    inner = {
        "publisher": list(filters.publisher),
        "language": list(filters.language),
        "published_after": filters.published_after and filters.published_after.isoformat(),
    }
    body = {
        "as_of": filters.as_of and filters.as_of.isoformat(),
        "filters": {name: value for name, value in inner.items() if value},
    }
    return {name: value for name, value in body.items() if value}


def fill(
    target: Target,
    documents: Callable[[], Iterable[Document | Refused]],
    advance: Callable[[], None],
    *,
    alone: bool = True,
) -> None:
    """Makes sure that the target holds a data set, and writes only where `Target.writes` allows it.

    Args:
        documents: makes an iterator over the data set, each time it is called.
        advance: called once for each document of it.
        alone: the corpus may hold no others, because they would be found too.

    Raises:
        EvaluationError: the corpus holds what it should not, or nothing and may not be written to;
            or a document is refused.
    """
    held = target.info().documents
    if target.writes == "into_empty" and held:
        raise EvaluationError(
            f"nothing is imported: {held:,} documents are there already, and --import writes into "
            "an empty corpus only; without it, documents that are those of the data set are used"
        )
    if held and target.writes != "always":
        _check_held(target, documents(), held, alone)
        for _ in documents():
            advance()
        return
    if target.writes == "never":
        raise EvaluationError("the service holds no document: --import puts the data set there")
    count = 0
    for _ in target.add(documents()):
        count += 1
        advance()
    if alone and (held := target.info().documents) != count:
        raise EvaluationError(
            f"the index holds {held:,} documents, {count:,} are of this data set: evaluate over an "
            "empty one"
        )


def _check_held(
    target: Target, documents: Iterable[Document | Refused], held: int, alone: bool
) -> None:
    """Raises EvaluationError where the documents there are not those of the data set."""
    wanted: dict[str, Document] = {}
    for item in documents:
        if isinstance(item, Refused):
            raise EvaluationError(f"{item.source}: {item.reason}")
        wanted[item.id] = item
    ids = target.document_ids()
    same = wanted.keys() == ids if alone else wanted.keys() <= ids
    step = max(1, len(wanted) // COMPARED_DOCUMENTS)
    compared = list(wanted.values())[::step] if same else []
    if not same or any(target.document_text(one.id) != one.text for one in compared):
        raise EvaluationError(
            f"{held:,} documents are there, and they are not the {len(wanted):,} of the data set: "
            "nothing was written; evaluate over an empty corpus"
        )


@contextmanager
def at(url: str, writes: Writes = "never") -> Iterator[Remote]:
    """The service at a URL, such as http://127.0.0.1:8000."""
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS) as client:
        yield Remote(client, writes)
