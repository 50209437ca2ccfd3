"""Example answers for the OpenAPI document. A test checks that each fits its schema."""

from __future__ import annotations

from typing import Any

from api.contract import ndjson, reference
from api.problems import problem
from api.schemas.claims import CLAIM, BatchLine
from api.schemas.documents import DocumentLine, DocumentRequest, ImportLine
from index.read import BY_MEDIA_TYPE

_DOCUMENT = {
    "id": "examples/centre-opens.md",
    "title": "Joint monitoring centre opens near Agdam",
    "url": "https://example.org/wire/centre-opens",
    "publisher": "Example Wire",
    "published_at": "2021-01-30",
    "modified_at": "2021-02-01",
    "language": "en",
}
_TEXT = "Turkey and Russia each sent 60 servicemen to the centre."
_FOUND = {
    "document": _DOCUMENT,
    "passage": {"id": "examples/centre-opens.md#0", "text": _TEXT, "start": 0, "end": len(_TEXT)},
    "rationale": [{"start": 0, "end": len(_TEXT), "quote": _TEXT, "place": None}],
    "scores": {"dense": 0.77, "lexical": 11.2, "fused": 0.61},
}
_MODELS = {
    "embedding": "all-MiniLM-L6-v2@fe25f34b377e5884",
    "stance": "claimdesk-stance@0c2f7f6f2b8f4f6e",
}
_WEIGHED: dict[str, Any] = {
    "stance": "SUPPORTS",
    "stance_probabilities": {"SUPPORTS": 0.95, "REFUTES": 0.01, "NOT_ENOUGH_INFO": 0.04},
    "differences": [],
    "language_not_judged": None,
    "voice": "stated",
    "attributed_to": None,
    "title_quote": None,
    "derivation": [],
}
_TAIL = {
    "searched": {"documents": 12, "undated": 1},
    "excluded": {"undated": 0},
    "provenance": {
        "request_id": "4f1c0d6b", "index_generation": 12, "models": _MODELS, "version": "0.2.0",
        "verdict_id": None,
    },
    "took_ms": 41.0,
}  # fmt: skip
VERIFY_BODY: dict[str, Any] = {
    "claim": CLAIM, "verdict": "SUPPORTED", "probability": 0.93,
    "probabilities": {
        "SUPPORTED": 0.93, "REFUTED": 0.02, "CONFLICTING_EVIDENCE": 0.01,
        "NOT_ENOUGH_EVIDENCE": 0.04,
    },
    "reason": None, "language_not_judged": None, "newest": None,
    "parts": [], "gap": None,
    "evidence": [{**_FOUND, **_WEIGHED}], "sources": {"supporting": 1, "refuting": 0},
    **_TAIL,
}  # fmt: skip
SEARCH_BODY: dict[str, Any] = {"query": CLAIM, "results": [_FOUND], **_TAIL}
INFO_BODY: dict[str, Any] = {
    "version": "0.2.0", "models": _MODELS, "documents": 12, "passages": 61,
    "store_generation": 12, "index_generation": 12, "connections": None,
    "limits": {
        "claim_chars": 10_000, "claim_tokens": 128, "top_k": 100, "batch_claims": 100,
        "body_bytes": 1_048_576, "import_bytes": 268_435_456, "document_chars": 1_000_000,
    },
}  # fmt: skip


def _json(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"example": body}}}


VERIFY = _json(VERIFY_BODY)
SEARCH = _json(SEARCH_BODY)
INFO = _json(INFO_BODY)
DOCUMENT = _json({**_DOCUMENT, "text": _TEXT, "places": []})
_VERSION = {
    "title": _DOCUMENT["title"], "published_at": "2021-01-30", "modified_at": None,
    "since": "2021-01-30", "until": None, "current": True, "changes": None, "text": _TEXT,
}  # fmt: skip
VERSIONS = _json(
    {
        "id": _DOCUMENT["id"],
        "versions": [
            {**_VERSION, "version": 1, "until": "2021-02-01", "current": False},
            {
                **_VERSION,
                "version": 2,
                "modified_at": "2021-02-01",
                "since": "2021-02-01",
                "changes": [{"old": "They opened it on Sunday.", "new": ""}],
            },
        ],
    }
)
PAGE = _json({"documents": [_DOCUMENT], "next_cursor": None})
PUBLISHERS_BODY: dict[str, Any] = {"publishers": [{"name": "Example Wire", "documents": 7}]}
PUBLISHERS = _json(PUBLISHERS_BODY)
STORED = _json({"id": _DOCUMENT["id"], "status": "added", "passages": 1})
OK = _json({"status": "ok"})
METRICS = {"content": {"text/plain": {"example": "claimdesk_documents 12.0\n"}}}
BATCH = {
    "description": "A line a claim, in the order they are ready",
    "content": ndjson(
        BatchLine,
        {"index": 0, **VERIFY_BODY},
        {
            "index": 1,
            "error": problem(422, "String should have at least 1 character", "4f1c").model_dump(),
        },
    ),
}
# A PUT takes JSON, or a file of any kind that holds one document.
DOCUMENT_BODY: dict[str, Any] = {
    "application/json": {"schema": reference(DocumentRequest)},
    **{media_type: {"schema": {"type": "string"}} for media_type in sorted(BY_MEDIA_TYPE)},
}
_RIGHTS: dict[str, Any] = {
    "embargoed_until": "2021-01-30T06:00:00Z", "pubstatus": "usable", "expires": None,
    "usageterms": None, "rights": "Example Wire", "access": None, "places": [],
}  # fmt: skip
IMPORT_BODY = ndjson(DocumentLine, {**_DOCUMENT, "text": _TEXT, **_RIGHTS})
IMPORT = {
    "description": "A line a document, then the sum",
    "content": ndjson(
        ImportLine,
        {"line": 1, "status": "added", "id": _DOCUMENT["id"], "passages": 1},
        {
            "summary": {"added": 1, "updated": 0, "unchanged": 0, "refused": 0},
            "unknown_fields": {"section": 1},
            "request_id": "4f1c",
        },
    ),
}
