"""What FastAPI does not find for the OpenAPI document: problem documents, and lines of NDJSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.schemas import BatchLine, DocumentLine, ImportLine, Problem

NDJSON = "application/x-ndjson"
_PLACE = "#/components/schemas/{model}"
_READ = (DocumentLine,)
_SENT = (Problem, *get_args(BatchLine), *get_args(ImportLine))


def reference(model: type[BaseModel]) -> dict[str, str]:
    """The schema of one of the models that `complete` adds."""
    return {"$ref": _PLACE.format(model=model.__name__)}


def ndjson(line: Any, *rows: Mapping[str, Any]) -> dict[str, Any]:
    """Content of many lines (JSON Schema 2020-12, section 8).

    Args:
        line: a model, or a union of those that a line may be.
        rows: examples.
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
    """Have the application's OpenAPI document hold what `reference` refers to."""
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
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it
