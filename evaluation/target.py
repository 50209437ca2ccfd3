"""What is evaluated, behind one protocol: claimdesk in this process, or a running service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any, Literal, Protocol

from api.client import Client, ClientError, ProblemError, Retries
from api.schemas.claims import Info, VerifyResponse
from api.schemas.documents import RefusedLine, StoredLine
from api.service import Service
from evaluation.errors import EvaluationError, claim_refused
from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Refused
from retrieval.claim import claim as normal_claim
from retrieval.errors import InvalidClaim
from retrieval.search import Fusion, search
from retrieval.types import Mode

PATIENT = Retries(tries=20)  # a busy service is no reason to give an evaluation up
COMPARED_DOCUMENTS = 50  # documents of a filled corpus whose texts are compared with the data set's

Writes = Literal["never", "into_empty", "unless_filled", "always"]
"""When `fill` may write. "never": the corpus belongs to a user. "into_empty": it does, and the user
asked for the import. "unless_filled": a place that keeps the data set's corpus. "always": a folder
made for this evaluation alone."""


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

    def __init__(self, client: Client, writes: Writes = "never") -> None:
        self._client, self.writes = client, writes

    def add(self, documents: Iterable[Document | Refused]) -> Iterator[None]:
        with _as_evaluation_errors():
            for line in self._client.import_documents(map(_importable, documents)):
                if isinstance(line, RefusedLine):
                    raise EvaluationError(f"the service refused a document: {line.reason}")
                if isinstance(line, StoredLine):
                    yield

    def document_ids(self) -> set[str]:
        with _as_evaluation_errors():
            return {document.id for document in self._client.documents()}

    def document_text(self, id: str) -> str:
        with _as_evaluation_errors():
            return self._client.get_document(id).text

    def rank(self, queries: Sequence[str], depth: int, mode: Mode) -> Iterator[list[str]]:
        for query in queries:
            with _as_evaluation_errors():
                found = self._client.search(query, top_k=depth, mode=mode)
            yield [item.document.id for item in found.results]

    def verify(self, claim: str, top_k: int, filters: Filters = NO_FILTERS) -> VerifyResponse:
        with _as_evaluation_errors(claim):
            return self._client.verify(
                claim,
                top_k=top_k,
                as_of=filters.as_of,
                published_after=filters.published_after,
                publisher=filters.publisher,
                language=filters.language,
            )

    def info(self) -> Info:
        with _as_evaluation_errors():
            return self._client.info()


@contextmanager
def _as_evaluation_errors(claim: str = "") -> Iterator[None]:
    """Errors of the client, as errors of an evaluation.

    Raises:
        ClaimRefused: the service does not verify `claim`, if one is given.
        EvaluationError: there is no service, or it answers with another error.
    """
    try:
        yield
    except ProblemError as error:
        if claim and error.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise claim_refused(claim, error.detail) from error
        raise EvaluationError(str(error)) from error
    except ClientError as error:
        raise EvaluationError(str(error)) from error


def _importable(item: Document | Refused) -> dict[str, Any]:
    """A document as a line to import.

    Raises:
        EvaluationError: it could not be read.
    """
    if isinstance(item, Refused):
        raise EvaluationError(f"{item.source}: {item.reason}")
    return asdict(item)


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
def at(url: str, writes: Writes = "never", key: str | None = None) -> Iterator[Remote]:
    """The service at a URL such as http://127.0.0.1:8000, asked with an API key if there is one."""
    with _as_evaluation_errors():
        client = Client(url, key=key, retries=PATIENT)
    with client:
        yield Remote(client, writes)
