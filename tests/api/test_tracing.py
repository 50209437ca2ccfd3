"""Traces: a span for each request and stage, with the request's id and nothing of the claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.app import create_app
from api.keys.keyring import KeyStore
from api.service import Service
from api.settings import Settings
from api.tracing import Stages, open_provider
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.api.answers import CLAIM
from tests.conftest import articles
from tests.fakes import FakeEmbedder, FakeStance

STAGES = {"embed", "dense", "lexical", "stance", "differences"}


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    yield kept
    kept.shutdown()


def served(spans: InMemorySpanExporter, **changes: object) -> TestClient:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    service = Service(Settings(**changes), ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(articles(), service.corpus, service.embedder))
    app = create_app(service.settings, service, provider)
    return TestClient(app, base_url="http://localhost")


def test_each_stage_is_a_span_of_its_request(spans: InMemorySpanExporter) -> None:
    with served(spans) as client:
        spans.clear()
        client.post("/v1/verify", json={"claim": CLAIM}, headers={"X-Request-ID": "abc"})
    made = spans.get_finished_spans()
    (request,) = [span for span in made if span.attributes.get("claimdesk.request_id") == "abc"]
    stages = [span for span in made if span.name.startswith("claimdesk.")]
    assert {span.name.removeprefix("claimdesk.") for span in stages} == STAGES
    assert {span.context.trace_id for span in stages} == {request.context.trace_id}
    everything = " ".join(span.to_json() for span in made)
    assert "servicemen" not in everything


def test_no_key_and_no_query_is_in_a_span(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    _, token = KeyStore(tmp_path).create("desk", ["verify", "write"])
    secret, sent = token.rpartition("_")[2], {"Authorization": f"Bearer {token}"}
    with served(spans, data=tmp_path, require_keys=True) as client:
        assert client.get(f"/v1/documents?cursor={token}&key=x", headers=sent).status_code == 200
        assert client.get(f"/v1/documents/{token}", headers=sent).status_code == 404
        client.request(token, "/v1/info", headers=sent)
        client.get("/v1/info", headers={**sent, "Host": token})
        hidden = {"text": "Secret.", "pubstatus": "withheld"}
        client.put("/v1/documents/heron", json=hidden, headers=sent)
    everything = [span.to_json() for span in spans.get_finished_spans()]
    assert not [one for one in everything if secret[:20] in one or "heron" in one]
    assert any("/v1/documents" in one for one in everything)


def test_no_span_quotes_what_failed(spans: InMemorySpanExporter) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    with pytest.raises(ValueError, match="heron"), Stages(provider).timed("embed"):
        raise ValueError("about the heron")
    (made,) = spans.get_finished_spans()
    assert "heron" not in made.to_json()


def test_the_claim_is_in_a_span_where_that_is_set(spans: InMemorySpanExporter) -> None:
    with served(spans, trace_claims=True) as client:
        client.post("/v1/verify", json={"claim": CLAIM})
    attributes = [json.loads(span.to_json())["attributes"] for span in spans.get_finished_spans()]
    assert [one["claimdesk.claim"] for one in attributes if "claimdesk.claim" in one] == [CLAIM]


def test_without_a_place_to_send_them_there_are_none() -> None:
    assert open_provider(Settings()) is None
    provider = open_provider(Settings(traces_url="http://127.0.0.1:1/v1/traces"))
    assert isinstance(provider, TracerProvider)
    provider.shutdown()
