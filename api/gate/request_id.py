"""A request's headers -> the id that its answer and its log lines carry."""

from __future__ import annotations

import re
import uuid

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(given: str) -> str:
    """The X-Request-ID that the client sent, if it is short and plain; else a new one."""
    return given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
