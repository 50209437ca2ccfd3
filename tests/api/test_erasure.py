"""Erase, de-index and hold over HTTP and on the command line."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api.audit.schemas import VerdictBody
from api.routes import erasure, verdicts
from api.schemas.erasure import ReceiptBody, Restrictions
from api.service import Service
from api.settings import Settings
from tests.conftest import CENTRE, OpenEmbedded, client_for
from tests.fakes import FakeEmbedder, FakeStance

CLAIM = {"claim": "Turkey and Russia each sent 60 servicemen to the centre"}


def cited(client: TestClient) -> set[str]:
    answer = client.post("/v1/verify", json=CLAIM).json()
    return {item["document"]["id"] for item in answer["evidence"]}


def test_erased_over_http(client: TestClient, service: Service) -> None:
    assert "a" in cited(client)
    assert len(service.answers) == 1
    receipt = client.post("/v1/documents/a:erase").json()
    assert receipt["complete"]
    assert receipt["versions"] == 1
    assert {place["found"] for place in receipt["places"]} == {0}
    assert "remembered answers" in {place["name"] for place in receipt["places"]}
    assert len(service.answers) == len(service.vectors.cache) == 0
    assert "a" not in cited(client)
    assert client.get("/v1/documents/a").status_code == 404
    assert "deleted=true" in client.post("/v1/documents/a:erase").json()["detail"]
    assert client.post("/v1/documents/a:erase?deleted=true").json()["versions"] == 0
    refused = client.put("/v1/documents/a", json={"text": "New."})
    assert refused.status_code == 409
    assert "erased" in refused.json()["detail"]
    lines = client.post("/v1/documents:import", content=json.dumps({"id": "z", "text": CENTRE}))
    assert "erased" in json.loads(lines.text.splitlines()[0])["reason"]
    assert client.post("/v1/documents/a:forget").status_code == 204
    assert client.post("/v1/documents/a:forget").status_code == 404
    assert client.put("/v1/documents/a", json={"text": CENTRE}).status_code == 201


def test_held_over_http(client: TestClient) -> None:
    held = client.post("/v1/documents/a:hold").json()["restrictions"]
    assert [(one["id"], one["kind"]) for one in held] == [("a", "held")]
    refused = (
        client.post("/v1/documents/a:erase"),
        client.post("/v1/documents/a:deindex"),
        client.delete("/v1/documents/a"),
        client.put("/v1/documents/a", json={"text": "New."}),
    )
    for answer in refused:
        assert answer.status_code == 409
        assert "held" in answer.json()["detail"]
    assert client.get("/v1/holds").json()["restrictions"] == held
    assert client.post("/v1/documents/a:release").json() == {"restrictions": []}
    assert client.delete("/v1/documents/a").status_code == 204


def test_deindexed_over_http(client: TestClient) -> None:
    assert client.post("/v1/documents/a:deindex").status_code == 200
    assert "a" not in cited(client)
    assert client.post("/v1/documents/a:index").json() == {"restrictions": []}
    assert "a" in cited(client)


@pytest.mark.parametrize("verb", ["erase", "deindex", "index", "hold", "release", "forget"])
def test_what_is_not_there(client: TestClient, verb: str) -> None:
    assert client.post(f"/v1/documents/x/y:{verb}").status_code == 404


def test_an_answer_in_the_making_does_not_bring_it_back(open_embedded: OpenEmbedded) -> None:
    """An answer of before the erasure is remembered under a generation that is over."""
    service = Service(Settings(), open_embedded(), FakeEmbedder(), FakeStance())
    with client_for(service) as client:
        client.put("/v1/documents/a", json={"text": CENTRE})
        assert cited(client) == {"a"}
        receipt = client.post("/v1/documents/a:erase").json()
        assert receipt["complete"], receipt
        assert cited(client) == set()
    service.close()


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (ReceiptBody, erasure._RECEIPT),
        (Restrictions, {"restrictions": [erasure._HELD]}),
        (VerdictBody, verdicts._EXAMPLE),
    ],
)
def test_examples_fit_their_schemas(model: type[BaseModel], example: dict) -> None:
    assert model.model_validate(example).model_dump(exclude_unset=True).keys() == example.keys()
