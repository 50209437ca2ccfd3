"""An answer -> what the audit log keeps of it: a head without texts, the claim, the evidence."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any

from api.audit.chain import Piece, canonical, sha256
from api.schemas.claims import EvidenceBody, Provenance, VerifyResponse
from api.settings import Settings
from index.corpus import Filters
from retrieval.types import Answer, Claim, Evidence

key_id: ContextVar[str | None] = ContextVar("key_id", default=None)
"""The id of the API key that the current request came with."""
unsent: ContextVar[list[Future[None]] | None] = ContextVar("unsent", default=None)
"""Entries of the current request, or thread, that have to be durable before more of its answer is
sent."""


FIELDS = fields(Filters)


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of one verdict."""

    id: str
    head: dict[str, Any]
    pieces: tuple[Piece, ...]


def record_of(
    id: str, claim: Claim, answer: Answer, response: VerifyResponse, settings: Settings
) -> Record:
    """The first piece is the claim, the others are the evidence in its order."""
    keeps_claim = settings.audit_claims
    provenance = response.provenance
    head = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        "request_id": provenance.request_id,
        "key": key_id.get(),
        "claim_sha256": sha256(claim.text),
        "top_k": claim.top_k,
        "thorough": claim.thorough,
        "filters": {one.name: _written(getattr(claim.filters, one.name)) for one in FIELDS},
        **_made_with(provenance, settings),
        "verdict": response.verdict,
        "probability": response.probability,
        "probabilities": response.probabilities,
        "reason": response.reason,
        "searched": response.searched.model_dump(mode="json"),
        "sources": response.sources and response.sources.model_dump(mode="json"),
        "not_kept": [] if keeps_claim else [0],
    }
    pieces = [
        Piece(None, claim.text if keeps_claim else None),
        *(
            Piece(found.document.id, canonical(_evidence(found, sent, keeps_claim)))
            for found, sent in zip(answer.evidence, response.evidence, strict=True)
        ),
    ]
    return Record(id, head, tuple(pieces))


def _made_with(provenance: Provenance, settings: Settings) -> dict[str, Any]:
    return {
        "generation": provenance.index_generation,
        "models": provenance.models.model_dump(mode="json"),
        "version": provenance.version,
        "settings": {
            "verdict_threshold": settings.verdict_threshold,
            "dense_weight": settings.dense_weight,
        },
    }


def _evidence(found: Evidence, body: EvidenceBody, keeps_claim: bool) -> dict[str, Any]:
    """What was sent of it, with a hash of its passage in place of the passage."""
    sent = body.model_dump(mode="json")
    passage = sent.pop("passage")
    if not keeps_claim:  # these hold parts of it
        del sent["differences"], sent["derivation"]
    return {
        **sent,
        "passage": {"id": passage["id"], "start": passage["start"], "end": passage["end"]},
        "passage_sha256": sha256(found.passage.text),
        "document_version": found.document.version,
    }


def claim_of(head: dict[str, Any], text: str) -> Claim:
    """The claim of a head, to be asked again."""
    given = {name: _read(value) for name, value in head["filters"].items()}
    # Verdicts that were kept before there was a choice were read thoroughly.
    return Claim(text, head["top_k"], Filters(**given), thorough=head.get("thorough", True))


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(value: Any) -> Any:
    """The value of a filter: strings are days, lists are names."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
