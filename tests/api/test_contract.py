"""The OpenAPI document, and the examples in it."""

import json
import re

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.contract import NDJSON
from api.routes import examples
from api.schemas.claims import BatchLine, Info, SearchResponse, VerifyResponse
from api.schemas.documents import (
    DocumentBody,
    DocumentLine,
    DocumentPage,
    ImportLine,
    Publishers,
    Stored,
)
from tests.conftest import ROOT


def test_openapi_is_pinned(client: TestClient) -> None:
    pinned = json.loads((ROOT / "tests/api/openapi.json").read_text())
    assert client.get("/openapi.json").json() == pinned, (
        "the contract changed; if that is meant: claimdesk openapi > tests/api/openapi.json"
    )


def test_whatever_the_contract_refers_to_is_in_it(client: TestClient) -> None:
    contract = client.get("/openapi.json").json()
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(contract)))
    assert referred <= set(contract["components"]["schemas"])
    assert {"Problem", "ClaimLine", "DocumentLine", "SumLine"} <= referred


@pytest.mark.parametrize(
    ("described", "line"),
    [
        (examples.BATCH["content"], BatchLine),
        (examples.IMPORT["content"], ImportLine),
        (examples.IMPORT_BODY, DocumentLine),
    ],
)
def test_example_lines_fit_their_schemas(described, line) -> None:
    for row in described[NDJSON]["example"].splitlines():
        made = TypeAdapter(line).validate_json(row)
        assert made.model_dump(mode="json") == json.loads(row)


def test_every_endpoint_has_examples(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).values()
                assert all("example" in item for item in content), (method, path, status)
                if status != "204":
                    assert content, (method, path, status)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (VerifyResponse, examples.VERIFY_BODY),
        (SearchResponse, examples.SEARCH_BODY),
        (Info, examples.INFO_BODY),
        (DocumentBody, examples.DOCUMENT["content"]["application/json"]["example"]),
        (DocumentPage, examples.PAGE["content"]["application/json"]["example"]),
        (Publishers, examples.PUBLISHERS_BODY),
        (Stored, examples.STORED["content"]["application/json"]["example"]),
    ],
)
def test_examples_fit_their_schemas(model, body) -> None:
    assert model.model_validate(body, strict=False).model_dump(mode="json") == body
