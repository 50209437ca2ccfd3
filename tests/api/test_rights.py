"""What is embargoed, withheld, canceled or expired is in nothing that the service says."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.service import Service
from api.settings import Settings
from index.documents import Document, document
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.api.answers import assert_problem
from tests.conftest import OpenEmbedded, articles, client_for
from tests.fakes import FakeClock, FakeEmbedder, FakeStance

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# What is in hidden documents alone and nobody asks for; everybody asks for their other words.
SECRET = ("quetzal", "vault")
SECRETS = {
    "vault-embargoed": {"embargoed_until": NOW + 9 * HOUR},
    "vault-withheld": {"pubstatus": "withheld"},
    "vault-canceled": {"pubstatus": "canceled"},
    "vault-expired": {"expires": NOW - HOUR},
    # Shown until the answers are remembered, hidden when they are asked for again.
    "vault-expires": {"expires": NOW + HOUR},
}
# What differs between two runs of the same: times, names of requests, how often was written.
VOLATILE = {"took_ms", "request_id", "index_generation", "store_generation", "verdict_id"}


def secrets() -> list[Document]:
    text = (
        "Quetzal said the bridge in Zanzibar cost 49 million euros. Zanzibar denied it on Monday."
    )
    return [
        document(
            id, f"{text} {id}.", title="Quetzal and the bridge", publisher="Quetzal Times",
            url="https://quetzal.example/vault", published_at="2021-01-30", language="en", **rights,
        )
        for id, rights in SECRETS.items()
    ]  # fmt: skip


WORDS = st.sampled_from(
    ["Turkey", "Russia", "sent", "60", "servicemen", "the", "bridge", "cost", "48", "49", "million",
     "euros", "Zanzibar", "denied", "it", "opened", "in", "May", "not", "on", "Monday", "said"]
)  # fmt: skip
CLAIMS = st.lists(WORDS, min_size=2, max_size=9).map(" ".join)
DAYS = st.none() | st.sampled_from(["2021-01-29", "2021-01-30", "2026-05-31", "2030-01-01"])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "publisher": st.lists(st.sampled_from(["Wire", "Tribune", "quetzal times"]), max_size=2),
        "language": st.lists(st.sampled_from(["en", "fr"]), max_size=1),
        "published_after": DAYS,
    },
)
COMMON = {
    "as_of": DAYS, "filters": FILTERS, "top_k": st.sampled_from([1, 5, 100]),
}  # fmt: skip


def posted(path: str, **fields: Any) -> st.SearchStrategy:
    body = st.fixed_dictionaries(fields)
    return st.tuples(st.just("POST"), st.just(path), body)


ASKED = st.one_of(
    posted("/v1/verify", claim=CLAIMS, **COMMON),
    posted("/v1/search", query=CLAIMS, mode=st.sampled_from(["hybrid", "dense", "lexical"]),
           **COMMON),
    posted("/v1/verify/batch", claims=st.lists(CLAIMS, min_size=1, max_size=3), **COMMON),
    posted("/v1/check", text=CLAIMS.map(lambda claim: f"{claim}. The bridge opened in May."),
           **COMMON),
    posted("/v1/quotes", quote=CLAIMS),
    st.tuples(
        st.just("GET"),
        st.sampled_from(
            ["/v1/publishers", "/v1/documents", "/v1/documents?limit=1", "/v1/documents?cursor=b",
             "/v1/documents?limit=3&cursor=a", "/v1/documents/a", "/v1/documents/a/versions",
             "/v1/info", "/readyz", "/healthz", "/metrics", "/openapi.json", "/nothing"]
        ),
        st.none(),
    ),
)  # fmt: skip


def said(client: TestClient, method: str, path: str, body: Any) -> tuple[int, Any]:
    """The status and the body of an answer, without what is never twice the same."""
    answer = client.request(method, path, json=body)
    for secret in SECRET:
        assert secret not in answer.text.lower()
        assert secret not in str(answer.headers).lower()
    if path == "/metrics":
        sizes = ("claimdesk_documents ", "claimdesk_passages ")
        return answer.status_code, [
            line for line in answer.text.splitlines() if line.startswith(sizes)
        ]
    kind = answer.headers["content-type"]
    if "json" not in kind:
        return answer.status_code, answer.text
    lines = answer.text.splitlines() if "ndjson" in kind else [answer.text]
    told = [_steady(json.loads(line)) for line in lines]
    return answer.status_code, sorted(told, key=lambda line: json.dumps(line, sort_keys=True))


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _steady(one) for name, one in value.items() if name not in VOLATILE}
    return [_steady(one) for one in value] if isinstance(value, list) else value


class Pair:
    """A service that holds secrets, one that does not, and the clock of both."""

    def __init__(self, corpora: list[Any], clock: FakeClock, **changes: Any) -> None:
        self.clock, self.clients = clock, []
        for corpus, documents in zip(corpora, ([*secrets(), *articles()], articles()), strict=True):
            list(ingest(documents, corpus, FakeEmbedder()))
            corpus.sync()
            made = Service(Settings(**changes), corpus, FakeEmbedder(), FakeStance())
            self.clients.append(client_for(made).__enter__())

    def close(self) -> None:
        for client in self.clients:
            client.__exit__(None, None, None)


@pytest.fixture(params=["exact", "embedded"])
def pair(request: pytest.FixtureRequest, open_embedded: OpenEmbedded) -> Iterator[Pair]:
    clock = FakeClock(NOW)
    if request.param == "exact":
        corpora: list[Any] = [ExactCorpus(clock), ExactCorpus(clock)]
    else:
        corpora = [open_embedded(name, clock=clock) for name in ("with", "without")]
    made = Pair(corpora, clock)
    yield made
    made.close()
    for corpus in corpora:
        corpus.close()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=st.lists(ASKED, min_size=1, max_size=6))
def test_no_endpoint_tells_what_is_hidden(
    pair: Pair, caplog: pytest.LogCaptureFixture, asked: list[tuple[str, str, Any]]
) -> None:
    """Every answer is that of a service which never held it, also one that was remembered."""
    holding, without = pair.clients
    pair.clock.now = NOW
    for method, path, body in asked:
        for client in pair.clients:
            client.request(method, path, json=body)  # now one of the secrets is still shown
    assert holding.get("/v1/documents/vault-expires").status_code == 200
    pair.clock.now = NOW + HOUR
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for method, path, body in asked:
            assert said(holding, method, path, body) == said(without, method, path, body)
    for record in caplog.records:
        if record.name.startswith(("api", "index", "retrieval")):
            assert not any(secret in record.getMessage().lower() for secret in SECRET)


def test_what_is_hidden_is_not_found_by_its_id_nor_logged_when_it_is_stored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service(Settings(), ExactCorpus(), FakeEmbedder())
    with client_for(service) as client, caplog.at_level(logging.DEBUG):
        path, body = "/v1/documents/vault-x", {"text": "Quetzal.", "pubstatus": "withheld"}
        assert client.put(path, json=body).status_code == 201
        assert client.put(path, json=body).json()["status"] == "unchanged"
        told = [
            record.getMessage() for record in caplog.records if record.name.startswith("api")
        ]  # fmt: skip
        assert any("PUT" in line for line in told)
        assert not any("vault" in line for line in told)
        assert_problem(client.get(path), 404)
        assert_problem(client.get(f"{path}/versions"), 404)
        assert client.delete(path).status_code == 204
        assert_problem(client.delete(path), 404)


def test_no_log_names_what_is_hidden_or_erased_whatever_is_done_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service(Settings(), ExactCorpus(), FakeEmbedder())
    path = "/v1/documents/vault-x"
    hidden = {"text": "Quetzal.", "pubstatus": "withheld", "modified_at": "2021-05-02"}
    older = {"text": "Old.", "modified_at": "2021-05-01"}
    with client_for(service) as client, caplog.at_level(logging.INFO, "api"):
        statuses = [client.put(path, json=body).status_code for body in (hidden, older)]
        for verb in ("hold", "deindex", "release", "deindex", "index", "erase"):
            statuses.append(client.post(f"{path}:{verb}").status_code)
        statuses.append(client.put(path, json=older).status_code)
        statuses.append(client.post(f"{path}:forget").status_code)
        assert statuses == [201, 409, 200, 409, 200, 200, 200, 200, 409, 204]
        assert not any("vault" in record.getMessage() for record in caplog.records)
        caplog.clear()
        client.put(path, json=older)
        client.post(f"{path}:hold")
        assert sum("vault" in record.getMessage() for record in caplog.records) == 2


@pytest.mark.parametrize("tells", [True, False])
def test_an_answer_says_how_many_are_withheld_where_that_is_set(tells: bool) -> None:
    clock = FakeClock(NOW)
    pair = Pair([ExactCorpus(clock), ExactCorpus(clock)], clock, show_withheld=tells)
    for path, name in (("verify", "claim"), ("search", "query")):
        for publisher, number in ((["Quetzal Times"], 4), (["Wire"], 0)):
            asked = {name: "The bridge cost 48 million euros", "filters": {"publisher": publisher}}
            answer = pair.clients[0].post(f"/v1/{path}", json=asked).json()
            assert answer.get("withheld") == (number if tells else None)
            assert ("withheld" in answer) == tells
    pair.close()


@pytest.mark.parametrize(
    "wrong", [{"pubstatus": "secret"}, {"embargoed_until": "soon"}, {"expires": 5}], ids=repr
)
def test_rights_that_are_not_understood_are_refused(client: TestClient, wrong: dict) -> None:
    body = {"text": "New.", **wrong}
    (name,) = wrong
    assert name in assert_problem(client.put("/v1/documents/x", json=body), 422)["detail"]
    line = json.dumps({"id": "x", **body})
    imported = client.post("/v1/documents:import", content=line).text.splitlines()
    assert name in json.loads(imported[0])["reason"]
    assert_problem(client.get("/v1/documents/x"), 404)


def test_a_json_line_and_a_put_carry_rights(client: TestClient) -> None:
    rights = {
        "embargoed_until": "2020-01-01T06:00:00+01:00", "expires": "2999-01-01",
        "usageterms": "Not for television.", "rights": "Example Wire", "pubstatus": "usable",
    }  # fmt: skip
    client.put("/v1/documents/x", json={"text": "New.", **rights})
    line = json.dumps({"id": "y", "text": "New.", **rights})
    client.post("/v1/documents:import", content=line)
    for id in ("x", "y"):
        stored = client.get(f"/v1/documents/{id}").json()
        assert stored["embargoed_until"] == "2020-01-01T05:00:00Z"
        assert stored["expires"] == "2999-01-01T00:00:00Z"
        assert (stored["usageterms"], stored["rights"]) == ("Not for television.", "Example Wire")
