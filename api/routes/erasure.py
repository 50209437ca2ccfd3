"""POST /v1/documents/{id}:erase, :forget, :deindex, :index, :hold, :release; GET /v1/holds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.errors import DocumentNotFound
from api.routes.common import Ready, in_thread, problems
from api.routes.documents import DocumentId, logged_if_shown
from api.running import Running
from api.schemas.erasure import ReceiptBody, RestrictionBody, Restrictions
from index.documents import clean
from index.erasure import Receipt, Restriction

router = APIRouter(
    prefix="/v1", tags=["erasure"], responses=problems(401, 403, 408, 415, 421, 422, 429, 503)
)
_HELD = {"id": "examples/election.md", "kind": "held", "since": "2026-11-01T09:30:00Z"}
_LISTED = {"application/json": {"example": {"restrictions": [_HELD]}}}
_RECEIPT = {
    "id": "examples/election.md", "erased_at": "2026-11-01T09:30:00Z", "versions": 2, "passages": 3,
    "complete": True, "tombstone": "9f86d081884c7d65", "copies": [],
    "places": [
        {"name": "database: passages", "search": "rows of its passages' keys", "found": 0},
        {"name": "word index", "search": "rows of its passages' keys", "found": 0},
    ],
}  # fmt: skip
RESTRICTED = {
    200: {"description": "The restrictions of the document now", "content": _LISTED},
    **problems(404, 409),
}
ERASED = {
    200: {"description": "The receipt", "content": {"application/json": {"example": _RECEIPT}}},
    **problems(404, 409, 507),
}


@router.post(
    "/documents/{id:path}:erase",
    response_model=ReceiptBody,
    responses=ERASED,
)
async def erase_document(
    id: DocumentId,
    request: Request,
    running: Ready,
    deleted: Annotated[
        bool, Query(description="Also where it was deleted before: only its id is known then")
    ] = False,
) -> Any:
    """Remove a document and every version of it, so that no byte of it is left.

    The receipt lists each place that held it with the search that found nothing. Neither its id
    nor its text can be stored again, until that is forgotten. It takes as long as building the
    indexes anew does, and writing the database. A document that was deleted before, and is quoted
    in a kept verdict, is erased from there.
    """
    service = running.service

    def erase() -> Receipt | None:
        with logged_if_shown(request, service.corpus, clean(id)):
            return service.erase(clean(id), deleted=deleted)

    receipt = await in_thread(erase, running.writes)
    if receipt is None:
        raise DocumentNotFound(
            f"no document has the id {id!r}; of one that was deleted before, say deleted=true"
        )
    return ReceiptBody.of(receipt)


@router.post(
    "/documents/{id:path}:forget",
    status_code=204,
    responses={204: {"description": "It may be stored again"}, **problems(404)},
)
async def forget_erasure(id: DocumentId, request: Request, running: Ready) -> Response:
    """Let an erased document be stored again."""
    corpus = running.service.corpus

    def forget() -> bool:
        with logged_if_shown(request, corpus, clean(id)):
            return corpus.forget_erasure(clean(id))

    if not await in_thread(forget, running.writes):
        raise DocumentNotFound(f"no document of the id {id!r} was erased")
    return Response(status_code=204)


@router.post("/documents/{id:path}:deindex", response_model=Restrictions, responses=RESTRICTED)
async def deindex_document(id: DocumentId, request: Request, running: Ready) -> Any:
    """Keep a document, and show it in no answer, whatever is stored under its id."""
    return await _restrict(id, "deindexed", False, request, running)


@router.post("/documents/{id:path}:index", response_model=Restrictions, responses=RESTRICTED)
async def index_document(id: DocumentId, request: Request, running: Ready) -> Any:
    """Show a document in answers again."""
    return await _restrict(id, "deindexed", True, request, running)


@router.post("/documents/{id:path}:hold", response_model=Restrictions, responses=RESTRICTED)
async def hold_document(id: DocumentId, request: Request, running: Ready) -> Any:
    """Refuse to change, delete, erase or de-index a document."""
    return await _restrict(id, "held", False, request, running)


@router.post("/documents/{id:path}:release", response_model=Restrictions, responses=RESTRICTED)
async def release_document(id: DocumentId, request: Request, running: Ready) -> Any:
    """Lift the hold of a document."""
    return await _restrict(id, "held", True, request, running)


@router.get(
    "/holds",
    response_model=Restrictions,
    responses={200: {"description": "By id", "content": _LISTED}},
)
async def list_restrictions(running: Ready) -> Any:
    """Every document that is held or de-indexed."""
    restricted = await in_thread(running.service.corpus.restricted)
    return Restrictions(restrictions=[RestrictionBody.of(one) for one in restricted])


async def _restrict(
    id: str, kind: Restriction, lift: bool, request: Request, running: Running
) -> Restrictions:
    corpus, document_id = running.service.corpus, clean(id)

    def restricted() -> Restrictions:
        with logged_if_shown(request, corpus, document_id):
            known = corpus.restrict(document_id, kind, lift=lift)
        if not known:
            raise DocumentNotFound(f"no document has the id {id!r}")
        found = [one for one in corpus.restricted() if one.document_id == document_id]
        return Restrictions(restrictions=[RestrictionBody.of(one) for one in found])

    return await in_thread(restricted, running.writes)
