"""Requests drawn from the OpenAPI document: no 500, and every answer is as the document has it.

The suite draws a few of each kind, `make fuzz` as many as FUZZ_EXAMPLES says.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.contract import NDJSON
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.conftest import ROOT, articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

# Requests of each kind (valid, invalid) for each operation.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
CONTRACT = json.loads((ROOT / "tests/api/openapi.json").read_text())
# What has neither parameters nor a body cannot be asked for wrongly.
OPERATIONS = [
    (method.upper(), path, kind)
    for path, methods in CONTRACT["paths"].items()
    for method, described in methods.items()
    for kind in ("positive", "negative")
    if kind == "positive" or described.keys() & {"parameters", "requestBody"}
]


@pytest.fixture(scope="module")
def schema() -> Any:
    from schemathesis import openapi

    openapi.media_type(NDJSON, imports())
    return openapi.from_dict(CONTRACT)


def imports() -> st.SearchStrategy[bytes]:
    """Bodies of an import: lines that are documents, other JSON, or none at all."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
    document = st.fixed_dictionaries(
        {"id": st.text(max_size=8), "text": st.text(max_size=80)},
        optional=dict.fromkeys(("title", "publisher", "published_at", "language", "x"), scalars),
    )
    line = (document | values).map(lambda value: json.dumps(value).encode()) | st.binary()
    return st.lists(line, max_size=6).map(b"\n".join)


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    settings = Settings(rate_limit="1000000/second")
    service = Service(settings, ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), service.corpus, service.embedder))
    with client_for(service) as client:
        yield client


@pytest.mark.parametrize(("method", "path", "kind"), OPERATIONS)
def test_every_answer_is_as_documented(
    schema: Any, served: TestClient, method: str, path: str, kind: str
) -> None:
    import schemathesis
    from schemathesis.specs.openapi import checks

    operation = schema[path][method]
    mode = schemathesis.GenerationMode(kind)
    asked = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES < 100,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def holds(case: Any) -> None:
        nonlocal asked
        answer = served.request(**case.as_transport_kwargs(base_url="http://localhost"))
        asked += 1
        case.validate_response(
            answer,
            checks=[
                schemathesis.checks.not_a_server_error,
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_schema_conformance,
                checks.response_headers_conformance,
            ],
        )
        for line in lines_of(answer):
            assert json.loads(line)

    holds()
    assert asked


def test_a_language_with_a_nul_is_refused(served: TestClient) -> None:
    """The table of names read past its end."""
    asked = {"query": "x", "filters": {"language": ["\x00abcd\U0001f5ff"]}}
    assert served.post("/v1/search", json=asked).status_code == 422


def lines_of(answer: Any) -> list[str]:
    """The lines of an NDJSON answer, none of any other."""
    return answer.text.splitlines() if "ndjson" in answer.headers.get("content-type", "") else []
