"""GET /v1/verdicts/{id}."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from api.audit.schemas import VerdictBody
from api.errors import VerdictNotFound
from api.replay import kept
from api.routes.common import Asking, Ready, in_thread, problems
from api.schemas.claims import CLAIM

router = APIRouter(
    prefix="/v1", tags=["claims"], responses=problems(401, 403, 408, 415, 421, 422, 429, 503)
)
_EXAMPLE = {
    "id": "4f9d61c0a7d84b1f8a3c52b1a1a0f0d5", "number": 12, "hash": "9f86d081884c7d65",
    "at": "2026-11-01T09:30:00Z", "request_id": "4f1c0d6b", "key": None, "claim": CLAIM,
    "claim_sha256": "60303ae22b998861", "filters": {"publisher": [], "as_of": None}, "top_k": 5,
    "verdict": "SUPPORTED", "probability": 0.93, "reason": None, "generation": 12,
    "models": {"embedding": "all-MiniLM-L6-v2@fe25f34b377e5884", "stance": None},
    "version": "0.2.0", "evidence": [{"erased": True, "content": None}],
}  # fmt: skip
KEPT = {
    "description": "The verdict as it was kept",
    "content": {"application/json": {"example": _EXAMPLE}},
}


@router.get(
    "/verdicts/{id}",
    response_model=VerdictBody,
    responses={200: KEPT, **problems(404)},
)
async def get_verdict(
    id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")], running: Ready, caller: Asking
) -> Any:
    """A verdict that was given while CLAIMDESK_AUDIT was on.

    A key without the scope admin sees those alone that were asked with it.
    """
    entry = await in_thread(lambda: kept(running.service, id))
    key = caller.key
    if key is not None and "admin" not in key.scopes and entry.head["key"] != key.id:
        raise VerdictNotFound(f"no verdict {id!r} is kept")
    return VerdictBody.of(entry)
