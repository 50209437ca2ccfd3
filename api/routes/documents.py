"""PUT, GET, DELETE /v1/documents/{id}; GET /v1/documents; POST /v1/documents:import."""

from __future__ import annotations

import tempfile
from collections import Counter, deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.document_body import document_of
from api.errors import DocumentNotFound, GroupRefused, Stopping
from api.json_body import JsonRoute
from api.keys.keyring import visible
from api.problems import line_problem
from api.routes.common import Ready, RequestId, in_thread, problems
from api.routes.examples import (
    DOCUMENT,
    DOCUMENT_BODY,
    IMPORT,
    IMPORT_BODY,
    PAGE,
    PUBLISHERS,
    STORED,
    VERSIONS,
)
from api.routes.streams import Lines, from_thread, lines
from api.running import Running
from api.schemas.documents import (
    Counts,
    DocumentBody,
    DocumentDetails,
    DocumentInfo,
    DocumentPage,
    ImportLine,
    PublisherInfo,
    Publishers,
    RefusedLine,
    Stored,
    StoredLine,
    SumLine,
    VersionBody,
    VersionsBody,
)
from api.schemas.fields import FailedLine
from api.service import Service
from index.corpus import Corpus, Filters
from index.documents import MAX_ID_CHARS, Document, Refused, clean
from index.ingest import ingest_one
from index.read import bounded_lines, parse_line, too_long

router = APIRouter(
    prefix="/v1",
    tags=["documents"],
    route_class=JsonRoute,
    responses=problems(401, 403, 408, 415, 421),
)
DocumentId = Annotated[
    str, Path(min_length=1, max_length=MAX_ID_CHARS, examples=["examples/centre-opens.md"])
]
# Bytes of an import's body that are kept in memory; a longer one is on disk.
SPOOL_BYTES = 2**20
# Longest time that a write waits until searches find it.
INDEXED_SECONDS = 2.0


@router.put(
    "/documents/{id:path}",
    response_model=Stored,
    openapi_extra={"requestBody": {"required": True, "content": DOCUMENT_BODY}},
    responses={
        200: {**STORED, "description": "Updated, or unchanged"},
        201: {**STORED, "model": Stored, "description": "Added"},
        **problems(409, 413, 415, 422, 429, 503, 507),
    },
)
async def put_document(
    id: DocumentId,
    details: Annotated[DocumentDetails, Query()],
    request: Request,
    running: Ready,
    response: Response,
) -> Any:
    """Add a document, or replace the one of this id with all its passages.

    The body is JSON, or a file of another kind (a page, Markdown, plain text, a PDF, …) as its
    Content-Type says; what the query says of the document goes before what the body does. A new
    text under a known id is a new version of it. A search finds it once it is indexed, which takes
    a moment.
    """
    service, content = running.service, await request.body()
    media_type = request.headers.get("content-type", "")

    def store() -> Stored:
        limit = service.settings.max_document_chars
        new = document_of(content, media_type, id, details, limit)
        if (why := _refused_group(new, service, visible())) is not None:
            raise GroupRefused(why)
        with logged_if_shown(request, service.corpus, new.id):
            outcome = ingest_one(new, service.corpus, running.embedder)
        return Stored.model_validate(outcome, from_attributes=True)

    try:
        stored = await in_thread(store, running.writes)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
    if stored.status != "unchanged":
        await _indexed(running)
    response.status_code = 201 if stored.status == "added" else 200
    return stored


@router.get(
    "/documents/{id:path}/versions",
    response_model=VersionsBody | DocumentBody,
    responses={200: VERSIONS, **problems(404, 422, 429, 503)},
)
async def list_versions(id: DocumentId, running: Ready) -> Any:
    """The texts that were stored under an id, each with what it corrected of the one before.

    `as_of` asks the version that stood on that day. A document whose own id ends in /versions is
    answered itself, where there is none of the id before it.
    """
    corpus = running.service.corpus

    def found() -> VersionsBody | DocumentBody:
        if versions := corpus.versions(clean(id), visible()):
            return VersionsBody(id=clean(id), versions=[VersionBody.of(one) for one in versions])
        document = corpus.get(clean(f"{id}/versions"))
        if document is not None and visible().sees(document.access):
            return DocumentBody.of(document)
        raise DocumentNotFound(f"no document has the id {id!r}")

    return await in_thread(found)


@router.get(
    "/documents/{id:path}",
    response_model=DocumentBody,
    responses={200: DOCUMENT, **problems(404, 422, 429, 503)},
)
async def get_document(id: DocumentId, running: Ready) -> Any:
    """A document as it is stored; one that is embargoed, withheld, canceled or expired is none."""
    found = await in_thread(lambda: running.service.corpus.get(clean(id)))
    if found is None or not visible().sees(found.access):
        raise DocumentNotFound(f"no document has the id {id!r}")
    return DocumentBody.of(found)


@router.delete(
    "/documents/{id:path}",
    status_code=204,
    responses={204: {"description": "Deleted"}, **problems(404, 422, 429, 503, 507)},
)
async def delete_document(id: DocumentId, request: Request, running: Ready) -> Response:
    """Remove a document with all its versions and passages, from every answer from now on."""
    corpus = running.service.corpus

    def delete() -> int:
        if not visible().sees(corpus.groups_of([clean(id)]).get(clean(id))):
            return 0
        request.state.hides_path = corpus.get(clean(id)) is None
        return corpus.delete([clean(id)])

    if not await in_thread(delete, running.writes):
        raise DocumentNotFound(f"no document has the id {id!r}")
    await _indexed(running)
    return Response(status_code=204)


@router.get(
    "/documents", response_model=DocumentPage, responses={200: PAGE, **problems(422, 429, 503)}
)
async def list_documents(
    running: Ready,
    cursor: Annotated[str | None, Query(max_length=MAX_ID_CHARS)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Any:
    """The documents by id, without their texts."""
    page = await in_thread(lambda: running.service.corpus.documents(cursor, limit, visible()))
    return DocumentPage(
        documents=[DocumentInfo.of(item) for item in page.documents], next_cursor=page.next_cursor
    )


@router.get(
    "/publishers", response_model=Publishers, responses={200: PUBLISHERS, **problems(429, 503)}
)
async def list_publishers(running: Ready) -> Any:
    """The publishers, those of most documents first. A filter may spell them in any letter case."""
    counted = await in_thread(lambda: running.service.corpus.publishers(visible()))
    return Publishers(
        publishers=[PublisherInfo(name=name, documents=number) for name, number in counted]
    )


@router.post(
    "/documents:import",
    response_class=Lines,
    openapi_extra={"requestBody": {"required": True, "content": IMPORT_BODY}},
    responses={200: IMPORT, **problems(413, 429, 503)},
)
async def import_documents(request: Request, running: Ready, request_id: RequestId) -> Lines:
    """Many documents, NDJSON in and out.

    Each line has the fields of one document and its `id`, also under some other usual names
    (docs/formats.md). A line comes back once its document is durable, or refused; the last line
    sums up and names fields that were not kept, and from then on searches find all of them. The
    body is read whole before the first answer, for many clients send all before they read.
    """
    body = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - closed by the generator
    try:
        async for chunk in request.stream():
            body.write(chunk)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    results = from_thread(_import(body, running, request_id, visible()), running)
    return Lines(lines(results, lambda error: FailedLine(error=line_problem(error, request_id))))


def _import(
    body: IO[bytes], running: Running, request_id: str, seen: Filters
) -> Generator[ImportLine]:
    """
    Raises:
        Stopping: the service stops; what came before is stored.
    """
    service = running.service
    counts: Counter[str] = Counter(added=0, updated=0, unchanged=0, refused=0)
    unknown: Counter[str] = Counter()
    numbers: deque[int] = deque()  # of lines whose outcome is not there yet
    with body:
        try:
            documents = _documents(body, service, numbers, unknown, seen)
            for outcome in service.ingest(documents, running.embedder):
                counts[outcome.status] += 1
                number = numbers.popleft()
                if outcome.status == "refused":
                    yield RefusedLine(line=number, reason=outcome.reason or "refused")
                else:
                    yield StoredLine(
                        line=number,
                        id=outcome.id,
                        status=outcome.status,
                        passages=outcome.passages,
                    )
            if counts["added"] or counts["updated"]:
                service.corpus.sync()
        except Stopping:
            raise
        except Exception as error:  # noqa: BLE001 - the response has begun
            yield FailedLine(error=line_problem(error, request_id))
    yield SumLine(summary=Counts(**counts), unknown_fields=unknown, request_id=request_id)


@contextmanager
def logged_if_shown(request: Request, corpus: Corpus, document_id: str) -> Iterator[None]:
    """Leave the path of a request out of the log if its document is hidden at the end of the block,
    or was erased, also where the request is refused."""
    request.state.hides_path = True  # also where nobody can say: the database may be locked
    try:
        yield
    finally:
        request.state.hides_path = corpus.get(document_id) is None


async def _indexed(running: Running) -> None:
    """Give the indexes a moment to catch up, so that a search finds at once what was stored."""
    corpus = running.service.corpus
    await in_thread(lambda: corpus.wait_until_indexed(corpus.generation(), INDEXED_SECONDS))


def _documents(
    body: IO[bytes],
    service: Service,
    numbers: deque[int],
    unknown: Counter[str],
    seen: Filters,
) -> Iterator[Document | Refused]:
    most = service.settings.max_document_chars
    for number, line in bounded_lines(body, most):
        numbers.append(number)
        source = f"line {number}"
        if line is None:
            yield too_long(source)
            continue
        new = parse_line(line, source, most, unknown=unknown)
        if isinstance(new, Document) and (why := _refused_group(new, service, seen)) is not None:
            yield Refused(source, why)
        else:
            yield new


def _refused_group(new: Document, service: Service, seen: Filters) -> str | None:
    """Why whoever sees no more than this may not store this document; None where he may.

    That an id is taken by a group that he has not is told: it cannot be stored twice.
    """
    if seen.access is None:
        return None
    if not seen.sees(new.access):
        return f"this API key has not the access group {new.access!r}"
    if not seen.sees(service.corpus.groups_of([new.id]).get(new.id)):
        return f"the id {new.id!r} belongs to an access group that this API key has not"
    return None
