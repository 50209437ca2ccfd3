"""A request -> what httpx sends, and the options that both clients take."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import httpx

from api.client.errors import ClientError
from api.client.requests import Request
from api.client.waiting import Timeouts

DEFAULT_URL = "http://127.0.0.1:8000"
# httpx.InvalidURL is no HTTPError.
BROKEN = (httpx.HTTPError, httpx.InvalidURL)


def options(url: str, key: str | None, timeouts: Timeouts) -> dict[str, Any]:
    """Arguments for httpx.Client and httpx.AsyncClient.

    Raises:
        ClientError: no header can hold the key.
    """
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise ClientError("the key holds a character that no key has")
    headers = {"User-Agent": f"claimdesk/{version('claimdesk')}"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return {"base_url": url, "headers": headers, "timeout": timeouts.httpx()}


def sent(request: Request) -> dict[str, Any]:
    """Arguments for `build_request`."""
    headers = {} if request.body is None else {"Content-Type": request.media_type}
    return {
        "method": request.method,
        "url": request.path,
        "content": request.body,
        "params": dict(request.params) or None,
        "headers": headers,
    }
