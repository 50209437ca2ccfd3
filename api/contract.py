"""Adds to the OpenAPI document what FastAPI cannot infer: problem documents, NDJSON lines, and the
scope that each operation asks of an API key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.gate.scopes import scope_of
from api.schemas.claims import BatchLine
from api.schemas.desk import CheckLine
from api.schemas.documents import DocumentLine, DocumentRequest, ImportLine
from api.schemas.fields import Problem

NDJSON = "application/x-ndjson"
_PLACE = "#/components/schemas/{model}"
_READ = (DocumentLine, DocumentRequest)
_SENT = (Problem, *get_args(BatchLine), *get_args(CheckLine), *get_args(ImportLine))
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of `claimdesk keys create`, with the scope that the operation names.",
}


def reference(model: type[BaseModel]) -> dict[str, str]:
    """A JSON Schema reference to one of the models that `complete` adds."""
    return {"$ref": _PLACE.format(model=model.__name__)}


def ndjson(line: Any, *rows: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI content of an NDJSON body (JSON Schema 2020-12, section 8).

    Args:
        line: the model of a line, or a union of models.
        rows: example lines.
    """
    schema = {
        "type": "string",
        "description": "One JSON object a line, each of this schema.",
        "contentMediaType": NDJSON,
        "contentSchema": {"anyOf": [reference(model) for model in get_args(line) or [line]]},
    }
    example = "".join(json.dumps(row) + "\n" for row in rows)
    return {NDJSON: {"schema": schema, "example": example}}


def complete(app: FastAPI) -> None:
    """Add to the application's OpenAPI document the models that `reference` refers to."""
    found = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        _, added = models_json_schema(
            [
                *((model, "validation") for model in _READ),
                *((model, "serialization") for model in _SENT),
            ],
            ref_template=_PLACE,
        )
        document = found()
        parts = document["components"]
        parts["schemas"] = {**added["$defs"], **parts["schemas"]}
        parts["securitySchemes"] = {"key": _KEY}
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if (scope := scope_of(method.upper(), path)) is not None:
                    # None, or a key: on loopback, and where that is set, they are not asked for.
                    operation["security"] = [{}, {"key": [scope]}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it
