"""A key without a document's access group sees nothing of it, at any endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.keys.keyring import KeyStore
from api.service import Service
from api.settings import Settings
from index.corpus import Filters
from index.documents import Document, document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.claim import claim as claim_of
from tests.api.answers import assert_problem, ndjson
from tests.conftest import ROOT, OpenEmbedded, articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

MARK = "xyzzy"
# Endpoints that are not asked below, and why.
NOT_ASKED = {
    "/healthz": "says nothing of documents",
    "/readyz": "generations alone",
    "/metrics": "for a key of its own: it counts everything",
    "/v1/verdicts/{id}": "for the key that asked alone: tests/api/test_audit.py",
}
CLAIMS = [
    "The bridge cost 48 million euros", f"The {MARK} bridge cost 50 million euros",
    "Turkey and Russia each sent 60 servicemen", f"The mayor of {MARK} resigned",
]  # fmt: skip


def hidden(number: int, group: str) -> Document:
    """A document that says what it is in each field."""
    text = f"The {MARK} bridge cost 50 million euros, the mayor of {MARK} said. It opened in May."
    mark = f"{MARK}{number}"
    return document(
        f"{mark}/a", text, title=mark, url=f"https://{mark}.example", publisher=mark,
        published_at="2021-03-03", rights=mark, usageterms=mark, access=group,
    )  # fmt: skip


@dataclass
class Desk:
    """A service over some documents, and a key for each kind of caller."""

    client: TestClient
    keys: dict[str, str]

    def ask(self, who: str, method: str, path: str, **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        return self.client.request(method, path, headers=headers, **content)


def opened(folder: Path, documents: list[Document]) -> Desk:
    store = KeyStore(folder)
    scopes = ["verify", "write"]
    keys = {
        "all": store.create("all", scopes, groups=None)[1],
        "law": store.create("law", scopes, groups=["Law"])[1],
        "none": store.create("none", scopes)[1],
    }
    rate = "100000/second"
    chosen = Settings(data=folder, require_keys=True, rate_limit=rate, key_rate_limit=rate)
    service = Service(chosen, ExactCorpus(), FakeEmbedder(), FakeStance())
    list(ingest(documents, service.corpus, service.embedder))
    return Desk(client_for(service), keys)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """A service with documents of groups among the others, and one without them."""
    secret = [hidden(1, "law"), hidden(2, "sport"), hidden(3, "law")]
    with_secrets = opened(tmp_path_factory.mktemp("with"), [*secret, *articles()])
    without = opened(tmp_path_factory.mktemp("without"), articles())
    with with_secrets.client, without.client:
        yield with_secrets, without


def requests() -> st.SearchStrategy[tuple[str, str, dict]]:
    claim = st.sampled_from(CLAIMS)
    asked = st.fixed_dictionaries(
        {"top_k": st.sampled_from([1, 5, 100])},
        optional={
            "as_of": st.sampled_from(["2021-02-01", "2022-01-01"]),
            "filters": st.fixed_dictionaries(
                {},
                optional={
                    "publisher": st.just([f"{MARK}1", "Wire"]),
                    "language": st.just(["en", "fr"]),
                    "published_after": st.just("2020-01-01"),
                },
            ),
        },
    )

    def post(path: str, field: str, value: st.SearchStrategy[Any]) -> Any:
        return st.tuples(asked, value).map(
            lambda pair: ("POST", path, {"json": {**pair[0], field: pair[1]}})
        )

    id = st.sampled_from(["a", f"{MARK}1/a", f"{MARK}2/a", f"{MARK}9"])
    limit, cursor = st.integers(1, 4), st.sampled_from(["", "a", f"{MARK}1/a"])
    return st.one_of(
        post("/v1/verify", "claim", claim),
        post("/v1/search", "query", claim),
        post("/v1/verify/batch", "claims", st.lists(claim, min_size=1, max_size=3)),
        post("/v1/check", "text", st.lists(claim, min_size=1).map(". ".join)),
        post("/v1/quotes", "quote", claim),
        st.sampled_from(["/v1/info", "/v1/publishers"]).map(lambda path: ("GET", path, {})),
        st.tuples(limit, cursor).map(
            lambda pair: ("GET", "/v1/documents", {"params": {"limit": pair[0], "cursor": pair[1]}})
        ),
        id.map(lambda id: ("GET", f"/v1/documents/{id}", {})),
        id.map(lambda id: ("GET", f"/v1/documents/{id}/versions", {})),
        id.filter(lambda id: id != "a").map(lambda id: ("DELETE", f"/v1/documents/{id}", {})),
    )


# What depends on the request, the moment, or on how often words are used in the whole corpus.
VARYING = {"request_id", "took_ms", "scores", "index_generation", "store_generation"}


def comparable(answer: Any) -> Any:
    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: stripped(one) for name, one in value.items() if name not in VARYING}
        if isinstance(value, list):
            return [stripped(one) for one in value]
        return value

    text = answer.text
    if "ndjson" in answer.headers.get("content-type", ""):
        # Lines come as they are ready.
        return sorted(json.dumps(stripped(json.loads(line))) for line in text.splitlines())
    return stripped(json.loads(text)) if text else ""


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(asked=requests())
def test_a_key_without_the_group_hears_what_it_would_without_the_document(
    desks: tuple[Desk, Desk], asked: tuple[str, str, dict]
) -> None:
    with_secrets, without = desks
    method, path, content = asked
    if method != "DELETE":
        with_secrets.ask("all", method, path, **content)  # now it is in the caches
    seen = with_secrets.ask("none", method, path, **content)
    expected = without.ask("none", method, path, **content)
    assert seen.status_code == expected.status_code
    assert comparable(seen) == comparable(expected)


def test_every_endpoint_is_asked() -> None:
    contract = json.loads((ROOT / "tests/api/openapi.json").read_text())
    asked = {
        "/v1/verify", "/v1/search", "/v1/verify/batch", "/v1/check", "/v1/quotes", "/v1/info",
        "/v1/publishers", "/v1/documents", "/v1/documents/{id}", "/v1/documents/{id}/versions",
        "/v1/documents:import",
    }  # fmt: skip
    of_admins = {
        path
        for path, operations in contract["paths"].items()
        for operation in operations.values()
        if {"key": ["admin"]} in operation.get("security", [])
    }
    assert set(contract["paths"]) - asked - of_admins - set(NOT_ASKED) == set()


def test_a_key_with_the_group_sees_its_documents_and_no_others(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    claim = {"claim": f"The {MARK} bridge cost 50 million euros", "top_k": 100}
    found = {
        who: {item["document"]["id"] for item in desk.ask(who, "POST", "/v1/verify", json=claim)
              .json()["evidence"]}
        for who in ("all", "law", "none")
    }  # fmt: skip
    assert f"{MARK}1/a" in found["law"]
    assert f"{MARK}2/a" in found["all"] - found["law"]
    assert not [id for id in found["none"] if MARK in id]
    assert desk.ask("law", "GET", f"/v1/documents/{MARK}1/a").json()["access"] == "law"
    assert desk.ask("law", "GET", "/v1/info").json()["documents"] == 5
    assert_problem(desk.ask("law", "GET", f"/v1/documents/{MARK}2/a"), 404)


def test_no_remembered_answer_tells_of_a_document_that_has_got_a_group(
    open_embedded: OpenEmbedded,
) -> None:
    """However long the indexes take to follow."""
    service = Service(Settings(), open_embedded(), FakeEmbedder(), FakeStance())
    text = f"The {MARK} bridge cost 50 million euros."
    list(ingest([document("x", text)], service.corpus, service.embedder))
    service.corpus.sync()
    asked = claim_of(CLAIMS[1], filters=Filters(access=()))
    assert service.answer([asked])[0].evidence
    assert service.recall(asked) is not None
    service.corpus.stop_indexing()
    list(ingest([document("x", text, access="law")], service.corpus, service.embedder))
    assert service.recall(asked) is None
    assert not service.answer([asked])[0].evidence
    service.close()


def test_a_key_stores_for_its_own_groups_alone(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    text = {"text": "A new text."}
    refused = desk.ask("law", "PUT", "/v1/documents/new", json={**text, "access": "sport"})
    assert "'sport'" in assert_problem(refused, 403)["detail"]
    taken = desk.ask("none", "PUT", f"/v1/documents/{MARK}1/a", json=text)
    assert "belongs to an access group" in assert_problem(taken, 403)["detail"]
    assert_problem(desk.ask("none", "DELETE", f"/v1/documents/{MARK}1/a"), 404)
    assert MARK in desk.ask("all", "GET", f"/v1/documents/{MARK}1/a").text
    lines = [{"id": f"{MARK}1/a", **text}, {"id": "n", "access": "law", **text}]
    body = "\n".join(map(json.dumps, lines)).encode()
    answer = desk.ask(
        "none",
        "POST",
        "/v1/documents:import",
        content=body,
    )
    statuses = [line.get("status") for line in ndjson(answer)[:-1]]
    assert statuses == ["refused", "refused"]
    own = desk.ask("law", "PUT", "/v1/documents/own", json={**text, "access": "LAW "})
    assert own.status_code == 201
    assert desk.ask("law", "DELETE", "/v1/documents/own").status_code == 204
