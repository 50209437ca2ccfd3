"""Example answers of the desk's endpoints. A test checks that each fits its schema."""

from __future__ import annotations

from typing import Any

from api.contract import ndjson
from api.routes.examples import VERIFY_BODY
from api.schemas.claims import CLAIM
from api.schemas.desk import CheckLine

STATEMENT_BODY: dict[str, Any] = {
    "index": 0, "statement": CLAIM, "start": 0, "end": len(CLAIM), "check_worthiness": 0.54,
    "refers_back": False, "context": None, **VERIFY_BODY, "quotations": [],
}  # fmt: skip
SUMMARY_BODY: dict[str, Any] = {
    "summary": {
        "sentences": 2, "statements": 1, "verdicts": {"SUPPORTED": 1}, "not_judged": 0, "failed": 0,
        "left_out": {"not_a_statement": 1, "opinion": 0, "not_check_worthy": 0},
        "language_not_judged": None, "message": None,
    },
    "request_id": "4f1c0d6b",
}  # fmt: skip
CHECK = {
    "description": "A line a statement, in the order they are ready, then the sum",
    "content": ndjson(CheckLine, STATEMENT_BODY, SUMMARY_BODY),
}
QUOTE_BODY: dict[str, Any] = {
    "quote": "We will raise the fares", "speaker": "Ada Marlow", "result": "altered",
    "matches": [
        {
            "result": "altered", "notes": ["negation_changed"],
            "document": VERIFY_BODY["evidence"][0]["document"],
            "passage": {
                "start": 0, "end": 43, "text": "“We will not raise the fares,” Marlow said.",
            },
            "found": [{"start": 1, "end": 28, "text": "We will not raise the fares"}],
            "speaker": {"start": 31, "end": 37, "text": "Marlow"}, "is_speaker": True,
            "in_quotation_marks": True,
            "differences": [
                {"op": "equal", "quote": "We will", "archive": "We will"},
                {"op": "left_out", "quote": "", "archive": "not"},
                {"op": "equal", "quote": "raise the fares", "archive": "raise the fares"},
            ],
            "left_out": [], "similarity": 0.92,
        }
    ],
    "searched": {"documents": 13},
    "provenance": {"request_id": "4f1c0d6b", "index_generation": 12, "version": "0.2.0"},
    "took_ms": 3.1,
}  # fmt: skip
QUOTES = {
    "description": "The result of the best match, and each document that has the words",
    "content": {"application/json": {"example": QUOTE_BODY}},
}
