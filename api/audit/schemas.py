"""What is answered of a kept verdict."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from pydantic import BaseModel, Field

from api.audit.chain import Entry


class KeptEvidence(BaseModel):
    """An item of evidence as it was sent, with a hash of its passage in place of the passage."""

    erased: bool = Field(description="Whether its document was erased since: nothing is left of it")
    content: dict[str, Any] | None


class VerdictBody(BaseModel):
    """A verdict as it was kept."""

    id: str
    number: int = Field(description="Its place in the log, from 1")
    hash: str = Field(description="SHA-256 of the entry before and of this one's head")
    at: dt.datetime
    request_id: str
    key: str | None = Field(description="Id of the API key that it was asked with")
    claim: str | None = Field(description="null where only its hash is kept")
    claim_sha256: str
    filters: dict[str, Any]
    top_k: int
    verdict: str | None
    probability: float | None
    reason: str | None
    generation: int = Field(description="Of the indexes that it was made from")
    models: dict[str, str | None]
    version: str
    evidence: list[KeptEvidence]

    @classmethod
    def of(cls, entry: Entry) -> VerdictBody:
        evidence = [
            KeptEvidence(
                erased=piece.content is None,
                content=json.loads(piece.content) if piece.content is not None else None,
            )
            for piece in entry.pieces[1:]
        ]
        return cls(
            **{name: entry.head[name] for name in _FROM_HEAD},
            number=entry.number,
            hash=entry.hash,
            claim=entry.pieces[0].content,
            evidence=evidence,
        )


_FROM_HEAD = (
    "id", "at", "request_id", "key", "claim_sha256", "filters", "top_k", "verdict", "probability",
    "reason", "generation", "models", "version",
)  # fmt: skip
