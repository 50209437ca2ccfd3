"""A request's body -> JSON as RFC 8259 defines it, or a 422 that says what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

# Characters of a key that a message repeats.
_SHOWN_CHARS = 60


class JsonRoute(APIRoute):
    """Reads JSON strictly; FastAPI alone would say only that the body cannot be parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await answer(_JsonRequest(request.scope, request.receive))

        return strict


class _JsonRequest(Request):
    async def json(self) -> Any:
        return parse(await self.body())


def parse(body: bytes) -> Any:
    """
    Raises:
        HTTPException: it is not UTF-8, holds a key twice, a number that is none or too long, or
            is nested too deep.
        json.JSONDecodeError: it is not JSON.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise HTTPException(422, f"not UTF-8 (byte {error.start})") from error
    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=object_of, parse_constant=_no_number
        )
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise HTTPException(422, "nested too deep") from error
    except ValueError as error:  # Python's limit on the digits of an integer
        raise HTTPException(422, "a number is too long") from error


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of its keys and values.

    Raises:
        HTTPException: a key is there twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise HTTPException(422, f"the key {twice[:_SHOWN_CHARS]!r} is there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise HTTPException(422, f"{name} is not JSON")
