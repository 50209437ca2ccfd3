"""A request's method and path -> the scope that its API key must have."""

from __future__ import annotations

import re
from typing import Final

from api.keys.key import Scope

_READ, _CHANGE = frozenset({"GET", "HEAD"}), frozenset({"PUT", "POST", "DELETE"})
_ASKS = r"/v1/(verify|verify/batch|search|check|quotes)"
# The first rule that fits decides. What is under /v1/ and fits none is for an admin: a route that
# was forgotten here is closed.
_RULES: Final[tuple[tuple[frozenset[str], re.Pattern[str], Scope], ...]] = (
    (_READ, re.compile(r"/metrics"), "metrics"),
    (_READ, re.compile(r"/v1/(keys|audit|holds)(/.*)?"), "admin"),
    (_READ, re.compile(r"/v1/.*", re.DOTALL), "verify"),
    (frozenset({"POST"}), re.compile(_ASKS), "verify"),
    (frozenset({"POST"}), re.compile(r"/v1/documents:import"), "write"),
    (_CHANGE - {"POST"}, re.compile(r"/v1/documents/.*", re.DOTALL), "write"),
)


def scope_of(method: str, path: str) -> Scope | None:
    """The scope that a request needs where keys are in force; None for what is open to all."""
    for methods, pattern, scope in _RULES:
        if method in methods and pattern.fullmatch(path):
            return scope
    return "admin" if path.startswith("/v1/") else None
