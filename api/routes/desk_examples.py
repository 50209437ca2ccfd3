"""Example answers of the desk's endpoints. A test checks that each fits its schema."""

from __future__ import annotations

from typing import Any

from api.contract import ndjson
from api.desk_schemas import CheckLine
from api.routes.examples import VERIFY_BODY
from api.schemas import CLAIM

STATEMENT_BODY: dict[str, Any] = {
    "index": 0, "statement": CLAIM, "start": 0, "end": len(CLAIM), "check_worthiness": 0.54,
    "refers_back": False, "context": None, **VERIFY_BODY,
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
