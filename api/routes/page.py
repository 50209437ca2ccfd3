"""GET / and /page/…: the page for reporters, from desk/page/, and the client that it calls by."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.staticfiles import StaticFiles

DESK = Path(__file__).parent.parent.parent / "desk"
# Files of the JavaScript client, which the page sees as a folder of its own.
CLIENT = ("claimdesk.js", "errors.js", "long.js", "transport.js")
# The page loads and calls nothing but this service, and no text ever becomes markup.
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img", "connect")),
        *(f"{what} 'none'" for what in ("base-uri", "form-action", "frame-ancestors")),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Asked again each time, and answered 304 unless claimdesk was updated.
    "Cache-Control": "no-cache",
}


def page_router() -> APIRouter:
    """The page and its files, which are no part of the contract."""
    router = APIRouter(include_in_schema=False)
    files = StaticFiles(directory=DESK / "page", check_dir=False)
    client = StaticFiles(directory=DESK / "client", check_dir=False)

    async def answer(files: StaticFiles, name: str, request: Request) -> Response:
        """
        Raises:
            HTTPException: 404, the page has no such file.
        """
        response = await files.get_response(name, request.scope)
        response.headers.update(HEADERS)
        return response

    @router.api_route("/", methods=["GET", "HEAD"])
    async def page(request: Request) -> Response:
        return await answer(files, "index.html", request)

    @router.api_route("/page/client/{name}", methods=["GET", "HEAD"])
    async def client_file(name: str, request: Request) -> Response:
        if name not in CLIENT:
            raise HTTPException(404)
        return await answer(client, name, request)

    @router.api_route("/page/{name:path}", methods=["GET", "HEAD"])
    async def file(name: str, request: Request) -> Response:
        return await answer(files, name, request)

    return router
