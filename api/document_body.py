"""The body of a PUT and its Content-Type -> the document that it holds."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.json_body import parse
from api.schemas.documents import DocumentDetails, DocumentRequest
from index.documents import Document, Refused, document
from index.errors import DocumentTooLarge, InvalidDocument
from index.read import BY_MEDIA_TYPE, read_bytes

JSON = "application/json"


def document_of(
    content: bytes, media_type: str, id: str, details: DocumentDetails, max_chars: int
) -> Document:
    """The document of a body, under the id of the path.

    Args:
        media_type: the Content-Type, with parameters or without.
        details: what goes before what the body says.

    Raises:
        HTTPException: no reader reads this media type (415).
        InvalidDocument: the body holds no document, or several.
        pydantic.ValidationError, RequestValidationError: it is JSON that does not fit.
    """
    kind = media_type.partition(";")[0].strip().lower()
    said = {name: value for name, value in details.model_dump().items() if value is not None}
    if kind == JSON or not kind:
        given = DocumentRequest.model_validate(_json(content)).model_dump()
        return document(id, **{**given, **said}, max_chars=max_chars)
    if kind not in BY_MEDIA_TYPE:
        known = ", ".join((JSON, *BY_MEDIA_TYPE))
        raise HTTPException(415, f"the Content-Type {kind[:100]!r} is not read; these are: {known}")
    found = _only(content, media_type, id, max_chars)
    own = {part.name: getattr(found, part.name) for part in fields(Document) if part.name in _OWN}
    # The text is as it is stored already, so the places in it stay true.
    return replace(
        document(id, found.text, **{**own, **said}, max_chars=max_chars), places=found.places
    )


# What a file may say of itself.
_OWN = frozenset(DocumentDetails.model_fields)


def _only(content: bytes, media_type: str, id: str, max_chars: int) -> Document:
    """The one document of a file.

    Raises:
        InvalidDocument: it holds none, or several.
        DocumentTooLarge: its text is longer than `max_chars`.
    """
    only: Document | None = None
    for item in read_bytes(content, media_type, id, max_chars=max_chars):
        if isinstance(item, Refused):
            raise (DocumentTooLarge if item.too_large else InvalidDocument)(item.reason)
        if only is not None:
            raise InvalidDocument(
                "the body holds several documents: add them with `claimdesk add --url`"
            )
        only = item
    if only is None:
        raise InvalidDocument("the body holds no document")
    return only


def _json(content: bytes) -> object:
    """
    Raises:
        RequestValidationError: it is not a JSON object.
    """
    try:
        body = parse(content)
    except json.JSONDecodeError as error:
        wrong = {
            "type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error",
            "input": {}, "ctx": {"error": error.msg},
        }  # fmt: skip
        raise RequestValidationError([wrong]) from error
    if not isinstance(body, dict):
        raise RequestValidationError([{"type": "missing", "loc": (), "msg": ""}])
    return body
