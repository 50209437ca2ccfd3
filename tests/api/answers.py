"""Sends requests to a service in this process, and reads its answers."""

import json

from fastapi.testclient import TestClient

from api.problems import MEDIA_TYPE
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from tests.conftest import client_for
from tests.fakes import FakeEmbedder

CLAIM = "Turkey and Russia each sent 60 servicemen"


def assert_problem(response, status: int) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    body = response.json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert {"type", "title", "detail"} <= set(body)
    assert (status in {429, 503}) == ("retry-after" in response.headers)
    return body


def ndjson(response) -> list[dict]:
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def with_settings(**changes) -> TestClient:
    return client_for(Service(Settings(**changes), ExactCorpus(), FakeEmbedder()))
