import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.contract import NDJSON
from api.gate import LONG_RUNNING_SLOTS
from api.problems import MEDIA_TYPE
from api.routes import examples
from api.schemas import (
    BatchLine,
    DocumentBody,
    DocumentLine,
    DocumentPage,
    ImportLine,
    Info,
    Publishers,
    SearchResponse,
    Stored,
    VerifyResponse,
)
from api.service import Service
from api.settings import Settings
from index.errors import CorpusError
from index.exact import ExactCorpus
from retrieval.errors import ModelUnavailable
from tests.conftest import CENTRE, ROOT, OpenEmbedded, client_for
from tests.fakes import BrokenEmbedder, FakeEmbedder, FakeStance

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


def test_verify(client: TestClient) -> None:
    response = client.post("/v1/verify", json={"claim": CLAIM, "top_k": 2})
    assert response.status_code == 200
    body = response.json()
    VerifyResponse.model_validate(body)
    first = body["evidence"][0]
    assert first["document"] == {
        "id": "a", "title": "Centre", "url": None, "publisher": "Wire",
        "published_at": "2021-01-30", "language": "en",
    }  # fmt: skip
    assert first["passage"] == {"id": "a#0", "text": CENTRE, "start": 0, "end": len(CENTRE)}
    assert first["rationale"][0]["quote"] == CENTRE[:56]
    assert set(first["scores"]) == {"dense", "lexical", "fused"}
    assert body["verdict"] is body["probability"] is body["probabilities"] is None
    assert first["stance"] is first["stance_probabilities"] is None
    assert first["differences"] == []
    assert body["provenance"]["models"] == {"embedding": "fake@1", "stance": None}
    assert body["provenance"]["index_generation"] == 1
    assert len(body["evidence"]) == 2


def test_verify_with_a_stance_model(weighing_service: Service) -> None:
    claim = "The bridge cost 71 million euros"
    with client_for(weighing_service) as client:
        body = client.post("/v1/verify", json={"claim": claim, "top_k": 1}).json()
        searched = client.post("/v1/search", json={"query": claim}).json()
        info = client.get("/v1/info").json()
    VerifyResponse.model_validate(body)
    assert body["verdict"] == "REFUTED"
    assert (
        body["probability"]
        == body["probabilities"]["REFUTED"]
        == max(body["probabilities"].values())
    )
    assert set(body["probabilities"]) == {
        "SUPPORTED", "REFUTED", "CONFLICTING_EVIDENCE", "NOT_ENOUGH_EVIDENCE"
    }  # fmt: skip
    assert body["sources"] == {"supporting": 0, "refuting": 1}
    (item,) = body["evidence"]
    assert item["stance"] == "REFUTES"
    assert set(item["stance_probabilities"]) == {"SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"}
    assert item["differences"] == [
        {
            "kind": "number",
            "claim": {"start": 16, "end": 26, "text": "71 million"},
            "evidence": {"start": 16, "end": 26, "text": "48 million"},
        }
    ]
    assert info["models"]["stance"] == "fake-stance@1"
    assert "stance" not in searched["results"][0]


def test_search_modes_filters_and_as_of(client: TestClient) -> None:
    def ids(**body) -> list[str]:
        response = client.post("/v1/search", json={"query": CLAIM, **body})
        assert response.status_code == 200, response.text
        return [item["document"]["id"] for item in response.json()["results"]]

    assert ids()[0] == "a"
    assert ids(mode="lexical") == ["a"]
    assert ids(filters={"publisher": ["Tribune"]}) == ["b"]
    assert ids(filters={"language": ["FR"]}) == ["c"]
    assert ids(as_of="2022-01-01") == ["a"]
    body = client.post("/v1/search", json={"query": "x", "as_of": "2022-01-01"}).json()
    assert body["excluded"] == {"undated": 1}


def test_published_after_and_as_of_bound_a_range(client: TestClient) -> None:
    def search(after: str, until: str) -> dict:
        asked = {"query": "centre", "as_of": until, "filters": {"published_after": after}}
        return client.post("/v1/search", json=asked).json()

    body = search("2021-01-30", "2021-01-30")
    assert [item["document"]["id"] for item in body["results"]] == ["a"]
    assert body["searched"] == {"documents": 1, "undated": 0}
    assert body["excluded"] == {"undated": 1}
    assert search("2021-01-31", "2024-01-01")["results"][0]["document"]["id"] == "c"
    asked = {"query": "centre", "filters": {"published_after": "soon"}}
    problem = assert_problem(client.post("/v1/search", json=asked), 422)
    assert "filters.published_after" in problem["detail"]


def test_a_filter_is_read_as_people_write_it(client: TestClient) -> None:
    def ids(**filters) -> list[str]:
        asked = {"query": "bridge", "filters": filters}
        results = client.post("/v1/search", json=asked).json()["results"]
        return [item["document"]["id"] for item in results]

    assert ids(publisher=["  tribune "]) == ids(publisher=["TRIBUNE"]) == ["b"]
    assert ids(language=["fra"]) == ids(language=["French"]) == ids(language=["fr-CA"]) == ["c"]
    for path, query in (("search", {"query": "x"}), ("verify/batch", {"claims": ["x"]})):
        body = {**query, "filters": {"language": ["en", "xx"]}}
        problem = assert_problem(client.post(f"/v1/{path}", json=body), 422)
        assert "filters.language.1" in problem["detail"]
        assert "'xx'" in problem["detail"]


def test_publishers_are_listed(client: TestClient) -> None:
    client.put("/v1/documents/d", json={"text": "New.", "publisher": "Wire"})
    body = client.get("/v1/publishers").json()
    Publishers.model_validate(body)
    assert body["publishers"] == [
        {"name": "Wire", "documents": 2},
        {"name": "Tribune", "documents": 1},
    ]


def test_where_no_document_is_searched_the_answer_says_so(weighing_service: Service) -> None:
    nobody = {"claim": "The bridge cost 48 million", "filters": {"publisher": ["Nobody"]}}
    with client_for(weighing_service) as client:
        filtered = client.post("/v1/verify", json=nobody).json()
        found = client.post("/v1/verify", json={"claim": nobody["claim"]}).json()
        for id in ("a", "b", "c"):
            client.delete(f"/v1/documents/{id}")
        empty = client.post("/v1/verify", json={"claim": nobody["claim"]}).json()
    for body in (filtered, empty):
        VerifyResponse.model_validate(body)
        assert body["searched"] == {"documents": 0, "undated": 0}
        assert (body["verdict"], body["reason"]) == ("NOT_ENOUGH_EVIDENCE", "no_documents")
        assert body["probability"] is body["probabilities"] is None
        assert body["sources"] == {"supporting": 0, "refuting": 0}
    assert found["searched"] == {"documents": 3, "undated": 1}
    assert found["reason"] is None
    assert found["probability"] == found["probabilities"][found["verdict"]]


def test_a_claim_is_answered_as_it_was_read(weighing_service: Service) -> None:
    written = "  The bridge\r\ncost\u00a0 71 million  euros\n"
    with client_for(weighing_service) as client:
        body = client.post("/v1/verify", json={"claim": written}).json()
        (line,) = ndjson(client.post("/v1/verify/batch", json={"claims": [written]}))
    assert body["claim"] == line["claim"] == "The bridge cost 71 million euros"
    said = body["evidence"][0]["differences"][0]["claim"]
    assert body["claim"][said["start"] : said["end"]] == said["text"] == "71 million"


def test_what_was_stored_is_found_at_once(open_embedded: OpenEmbedded) -> None:
    """Over the default corpus, whose indexes follow in the background."""
    corpus = open_embedded()

    def top(client: TestClient, query: str) -> tuple[str | None, int]:
        body = client.post("/v1/search", json={"query": query}).json()
        first = body["results"][0]["document"]["id"] if body["results"] else None
        return first, body["provenance"]["index_generation"]

    lines = [
        json.dumps({"id": f"d{n}", "text": f"The {word} lies at anchor. It is {word}."})
        for n, word in enumerate(["ferry", "tug", "barge"] * 40)
    ]
    with client_for(Service(Settings(), corpus, FakeEmbedder())) as client:
        rows = ndjson(client.post("/v1/documents:import", content="\n".join(lines)))
        assert rows[-1]["summary"]["added"] == 120
        info = client.get("/v1/info").json()
        assert info["index_generation"] == info["store_generation"]
        first, generation = top(client, "ferry")
        assert first is not None
        assert generation == info["index_generation"]
        client.put("/v1/documents/new", json={"text": "The icebreaker left."})
        assert top(client, "icebreaker") == ("new", generation + 1)
        client.delete("/v1/documents/new")
        assert top(client, "icebreaker")[0] != "new"
    corpus.close()


def test_writes_and_searches_at_once(open_embedded: OpenEmbedded) -> None:
    """Every answer is of one state of the corpus, and no later one is older."""
    corpus = open_embedded()
    statuses: list[int] = []
    generations: list[int] = []

    def write(client: TestClient, name: str) -> None:
        for n in range(15):
            body = {"text": f"Ferry {name} {n} sails. It is full.", "publisher": name}
            statuses.append(client.put(f"/v1/documents/{name}{n % 5}", json=body).status_code)

    def read(client: TestClient) -> None:
        seen: list[int] = []
        for n in range(20):
            asked = {"query": f"ferry {n}", "filters": {"publisher": ["one", "two"]}}
            answer = client.post("/v1/search", json=asked)
            statuses.append(answer.status_code)
            body = answer.json()
            seen.append(body["provenance"]["index_generation"])
            for item in body["results"]:
                assert item["document"]["publisher"] in {"one", "two"}
        generations.extend(seen)
        assert seen == sorted(seen)

    with client_for(Service(Settings(), corpus, FakeEmbedder())) as client:
        work = [(write, client, "one"), (write, client, "two"), (read, client), (read, client)]
        with ThreadPoolExecutor(len(work)) as pool:
            for future in [pool.submit(*call) for call in work]:
                future.result(60)
        assert set(statuses) <= {200, 201}
        assert client.get("/v1/info").json()["documents"] == 10
    assert len(generations) == 40
    corpus.close()


def test_undated_can_be_let_through(service: Service) -> None:
    service.settings = Settings(include_undated=True)
    with client_for(service) as client:
        body = client.post("/v1/search", json={"query": "bridge", "as_of": "2022-01-01"}).json()
    assert [item["document"]["id"] for item in body["results"]] == ["b", "a"]
    assert body["excluded"] == {"undated": 0}


def test_a_documents_life(client: TestClient) -> None:
    path = "/v1/documents/news/2024/ü 1"
    body = {"text": "Cafe\u0301 closed.", "title": "T", "published_at": "2024-01-01"}
    assert_problem(client.get(path), 404)
    first = client.put(path, json=body)
    assert (first.status_code, first.json()["status"]) == (201, "added")
    Stored.model_validate(first.json())
    again = client.put(path, json=body)
    assert (again.status_code, again.json()["status"]) == (200, "unchanged")
    changed = client.put(path, json={**body, "text": "It opened again."})
    assert (changed.status_code, changed.json()["status"]) == (200, "updated")
    stored = client.get(path).json()
    DocumentBody.model_validate(stored)
    assert (stored["id"], stored["text"]) == ("news/2024/ü 1", "It opened again.")
    assert client.delete(path).status_code == 204
    assert_problem(client.delete(path), 404)
    assert_problem(client.get(path), 404)


def test_listing_pages(client: TestClient) -> None:
    first = client.get("/v1/documents", params={"limit": 2}).json()
    DocumentPage.model_validate(first)
    second = client.get("/v1/documents", params={"cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in first["documents"] + second["documents"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None


def ndjson(response) -> list[dict]:
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def test_import(client: TestClient) -> None:
    body = b'{"_id": "x", "text": "New."}\n\nnonsense\n{"id": "a", "text": "Changed."}\n'
    rows = ndjson(client.post("/v1/documents:import", content=body))
    assert rows[:3] == [
        {"line": 1, "status": "added", "id": "x", "passages": 1},
        {"line": 3, "status": "refused", "reason": "not JSON: Expecting value (character 1)"},
        {"line": 4, "status": "updated", "id": "a", "passages": 1},
    ]
    assert rows[3]["summary"] == {"added": 1, "updated": 1, "unchanged": 0, "refused": 1}
    assert client.get("/v1/documents/a").json()["text"] == "Changed."


@pytest.mark.parametrize(
    ("reason", "status", "detail"),
    [
        (ModelUnavailable("not finite"), 503, "a model cannot be used; see the log"),
        (RuntimeError("the reason"), 500, "internal error; see the log, request id {id}"),
    ],
)
def test_an_import_that_fails_on_its_way_says_so(
    reason: Exception, status: int, detail: str
) -> None:
    broken = BrokenEmbedder("poison", reason)
    with client_for(Service(Settings(), ExactCorpus(), broken)) as client:
        body = b'{"id": "a", "text": "poison"}\n'
        failed, last = ndjson(client.post("/v1/documents:import", content=body))
    assert failed["error"]["request_id"] == last["request_id"]
    detail = detail.format(id=last["request_id"])
    assert (failed["error"]["status"], failed["error"]["detail"]) == (status, detail)
    assert last["summary"]["added"] == 0


@pytest.mark.parametrize(("date", "stored"), [("20210615", "2021-06-15"), ("15/06/2021", None)])
def test_both_doors_read_a_date_alike(client: TestClient, date: str, stored: str | None) -> None:
    new = {"text": "New.", "published_at": date}
    (line, _) = ndjson(client.post("/v1/documents:import", content=json.dumps({"id": "a1", **new})))
    put = client.put("/v1/documents/a2", json=new)
    if stored is None:
        assert "published_at" in line["reason"]
        assert "published_at" in assert_problem(put, 422)["detail"]
    else:
        for id in ("a1", "a2"):
            assert client.get(f"/v1/documents/{id}").json()["published_at"] == stored


def test_a_language_is_found_with_its_region_and_without(client: TestClient) -> None:
    stored = {"text": "A lorry on the motorway.", "language": "en-GB"}
    client.put("/v1/documents/uk", json=stored)
    for language in ("en", "EN-us"):
        asked = {"query": "lorry motorway", "filters": {"language": [language]}}
        results = client.post("/v1/search", json=asked).json()["results"]
        assert results[0]["document"]["id"] == "uk"


def test_an_id_that_normalising_makes_longer_is_refused(client: TestClient) -> None:
    assert client.put("/v1/documents/" + "\u0958" * 400, json={"text": "New."}).status_code == 422


def test_info_says_how_long_a_claim_may_be(client: TestClient) -> None:
    assert client.get("/v1/info").json()["limits"]["claim_tokens"] is None  # no stance model here
    stance = FakeStance()
    with client_for(Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)) as weighing:
        limits = weighing.get("/v1/info").json()["limits"]
    assert limits["claim_tokens"] == stance.claim_tokens


def test_batch_fails_only_the_bad_line(client: TestClient) -> None:
    claims = [CLAIM, "", 5, "x" * 10_001, "bridge", " ", None]
    rows = ndjson(client.post("/v1/verify/batch", json={"claims": claims, "top_k": 1}))
    assert sorted(row["index"] for row in rows) == list(range(len(claims)))
    by_index = {row["index"]: row for row in rows}
    assert by_index[0]["evidence"][0]["document"]["id"] == "a"
    assert by_index[4]["evidence"][0]["document"]["id"] == "b"
    assert {at for at, row in by_index.items() if "error" in row} == {1, 2, 3, 5, 6}
    assert all(row["error"]["status"] == 422 for row in rows if "error" in row)


def test_batch_with_a_claim_the_model_fails_on() -> None:
    broken = BrokenEmbedder("poison", ModelUnavailable("not finite"))
    with client_for(Service(Settings(), ExactCorpus(), broken)) as client:
        claims = ["fine", "poison", "also fine"]
        rows = ndjson(client.post("/v1/verify/batch", json={"claims": claims}))
    assert {row["index"]: row.get("error", {}).get("status") for row in rows} == {
        0: None, 1: 503, 2: None
    }  # fmt: skip


def test_a_fault_of_ours_in_a_batch_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    broken = BrokenEmbedder("poison", RuntimeError("the reason"))
    with client_for(Service(Settings(), ExactCorpus(), broken)) as client:
        (row,) = ndjson(client.post("/v1/verify/batch", json={"claims": ["poison"]}))
    assert row["error"]["detail"].startswith("internal error; see the log")
    (record,) = [record for record in caplog.records if record.name == "api.problems"]
    assert "the reason" in str(record.exc_info[1])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/verify/batch", {"claims": ["stuck"]}),
        ("PUT", "/v1/documents/stuck", {"text": "stuck"}),
    ],
)
def test_long_work_leaves_threads_for_the_rest(
    method: str, path: str, body: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LONG_RUNNING_SLOTS, "/v1/verify/batch", 100)  # half of them for one client

    class Stuck(FakeEmbedder):
        def embed(self, texts):
            if "stuck" in texts:
                free.wait(20)
            return super().embed(texts)

    free = threading.Event()
    with client_for(Service(Settings(), ExactCorpus(), Stuck())) as client:
        streams = [
            threading.Thread(target=client.request, args=(method, path), kwargs={"json": body})
            for _ in range(50)
        ]
        for stream in streams:
            stream.start()
        try:
            until = time.monotonic() + 10
            while "claimdesk_requests_in_flight 51.0" not in client.get("/metrics").text:
                assert time.monotonic() < until
                time.sleep(0.05)
            # The models are held up: whatever needs none of them is answered.
            for path in ("/readyz", "/v1/info", "/v1/documents", "/v1/publishers"):
                assert client.get(path).status_code == 200
            assert time.monotonic() < until
        finally:
            free.set()
            for stream in streams:
                stream.join()


def test_empty_corpus() -> None:
    with client_for(Service(Settings(), ExactCorpus(), FakeEmbedder())) as client:
        body = client.post("/v1/verify", json={"claim": CLAIM}).json()
        assert body["evidence"] == []
        assert client.get("/v1/documents").json() == {"documents": [], "next_cursor": None}


def test_health_info_metrics(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    generations = {"store_generation": 1, "index_generation": 1}
    assert client.get("/readyz").json() == {"status": "ok", **generations}
    info = client.get("/v1/info").json()
    Info.model_validate(info)
    assert (info["documents"], info["passages"]) == (3, 3)
    assert generations.items() <= info.items()
    client.get("/v1/documents/a")
    text = client.get("/metrics").text
    for name, value in {"documents": 3, **generations}.items():
        assert f"claimdesk_{name} {value}.0" in text
    assert (
        'claimdesk_requests_total{method="GET",route="/v1/documents/{id:path}",status="200"} 1.0'
        in text
    )


def test_not_ready_before_and_after(service: Service) -> None:
    client = client_for(service)
    assert client.get("/healthz").status_code == 200
    assert_problem(client.get("/readyz"), 503)
    assert_problem(client.post("/v1/verify", json={"claim": CLAIM}), 503)


def test_docs_page_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text.replace("http://localhost", "")


def test_request_id_is_kept_or_made(client: TestClient) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    made = client.get("/healthz", headers={"X-Request-ID": "no spaces, please"})
    assert len(made.headers["x-request-id"]) == 32


def with_settings(**changes) -> TestClient:
    return client_for(Service(Settings(**changes), ExactCorpus(), FakeEmbedder()))


def test_cors_is_off_unless_an_origin_is_set() -> None:
    origin = {"Origin": "https://newsroom.example.org"}
    with with_settings() as client:
        assert "access-control-allow-origin" not in client.get("/v1/info", headers=origin).headers
    with with_settings(cors_origins=[origin["Origin"]]) as client:
        allowed = client.get("/v1/info", headers=origin).headers
        assert allowed["access-control-allow-origin"] == origin["Origin"]
        other = client.get("/v1/info", headers={"Origin": "https://evil.example.org"}).headers
        assert "access-control-allow-origin" not in other


def test_a_browser_that_asks_first() -> None:
    page = {"Origin": "https://newsroom.example.org", "Access-Control-Request-Method": "POST"}
    local = {"Access-Control-Request-Private-Network": "true"}
    with with_settings(cors_origins=[page["Origin"]]) as client:
        allowed = client.options("/v1/verify", headers={**page, **local})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == page["Origin"]
        assert allowed.headers["access-control-allow-private-network"] == "true"
        evil = {**page, **local, "Origin": "https://evil.example.org"}
        refused = client.options("/v1/verify", headers=evil)
        assert "CLAIMDESK_CORS_ORIGINS" in assert_problem(refused, 400)["detail"]
        assert not [name for name in refused.headers if name.startswith("access-control-")]
        method = client.options(
            "/v1/verify", headers={**page, "Access-Control-Request-Method": "TRACE"}
        )
        assert assert_problem(method, 400)["detail"] == "Disallowed CORS method"
    with with_settings(cors_origins=["*"]) as client:
        anyone = client.options("/v1/verify", headers={**page, **local})
        assert "access-control-allow-private-network" not in anyone.headers


def test_a_foreign_page_cannot_write(service: Service) -> None:
    line = json.dumps({"id": "planted", "text": "Planted."})
    headers = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    with client_for(service) as client:
        refused = client.post("/v1/documents:import", content=line, headers=headers)
        assert_problem(refused, 403)
        assert client.get("/v1/documents/planted").status_code == 404
        assert client.get("/healthz", headers=headers).status_code == 200
        for origin in ("http://localhost", ""):
            own = client.post("/v1/verify", json={"claim": "x"}, headers={"Origin": origin})
            assert own.status_code == 200
    service.settings = Settings(cors_origins=["https://evil.example"])
    with client_for(service) as client:
        let_in = client.post("/v1/documents:import", content=line, headers=headers)
        assert let_in.status_code == 200


def test_text_means_the_same_however_it_is_composed(service: Service) -> None:
    with client_for(service) as client:
        stored = client.put(
            "/v1/documents/cafe%CC%81", json={"text": "Le café.", "publisher": "Cafe\u0301"}
        )
        assert stored.status_code == 201
        for id in ("cafe%CC%81", "caf%C3%A9"):
            assert client.get(f"/v1/documents/{id}").json()["id"] == "caf\u00e9"
        for publisher in ("Cafe\u0301", "Caf\u00e9"):
            body = {"query": "cafe\u0301", "filters": {"publisher": [publisher]}}
            (found,) = client.post("/v1/search", json=body).json()["results"]
            assert found["scores"]["lexical"] > 0
        assert client.delete("/v1/documents/cafe%CC%81").status_code == 204


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("text", "status"), [("a" + "\n" * 400_000 + "b", 201), ("a" + "\u0301\u0323" * 90_000, 422)]
)
def test_no_text_takes_quadratic_time(client: TestClient, text: str, status: int) -> None:
    assert client.put("/v1/documents/x", json={"text": text}).status_code == status


def test_another_host_is_refused() -> None:
    with with_settings() as client:
        assert_problem(client.get("/v1/info", headers={"Host": "evil.example.org"}), 421)
        assert client.get("/v1/info", headers={"Host": "127.0.0.1:8000"}).status_code == 200
        assert client.get("/v1/info", headers={"Host": "[::1]:8000"}).status_code == 200
        # A container asks itself by an address that need not be among the names it is called by.
        assert client.get("/readyz", headers={"Host": "172.17.0.2"}).status_code == 200
        assert_problem(client.get("/metrics", headers={"Host": "172.17.0.2"}), 421)
    with with_settings(allowed_hosts=["*"]) as client:
        assert client.get("/v1/info", headers={"Host": "x.example.org"}).status_code == 200


def test_rate_limit_lets_probes_through() -> None:
    with with_settings(rate_limit="2/minute") as client:
        assert [client.get("/v1/info").status_code for _ in range(2)] == [200, 200]
        refused = client.get("/v1/info")
        assert_problem(refused, 429)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert client.get("/healthz").status_code == 200


def test_body_limits() -> None:
    with with_settings(max_body_bytes=500, max_import_bytes=600) as client:
        big = json.dumps({"claim": "x" * 600}).encode()
        assert_problem(client.post("/v1/verify", content=big), 413)
        chunks = (big[at : at + 50] for at in range(0, len(big), 50))
        headers = {"Content-Type": "application/json"}
        assert_problem(client.post("/v1/verify", content=chunks, headers=headers), 413)
        assert_problem(client.post("/v1/documents:import", content=b"x" * 601), 413)
        chunks = (b"x" * 100 for _ in range(7))
        assert_problem(client.post("/v1/documents:import", content=chunks), 413)


def test_document_limit() -> None:
    with with_settings(max_document_chars=10) as client:
        assert_problem(client.put("/v1/documents/d", json={"text": "x" * 11}), 413)


def test_too_many_in_flight_and_too_slow() -> None:
    slow = Service(
        Settings(max_in_flight=1, request_timeout=0.3), ExactCorpus(), FakeEmbedder(delay=1.0)
    )
    with client_for(slow) as client:
        answers = []
        ask = {"url": "/v1/verify", "json": {"claim": CLAIM}}
        threads = [
            threading.Thread(target=lambda: answers.append(client.post(**ask))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        details = sorted(assert_problem(answer, 503)["detail"] for answer in answers)
        assert details[-1].startswith("no answer within 0.3 seconds")
        assert details[0].startswith("1 requests are in flight")


def test_an_unexpected_error_gives_nothing_away() -> None:
    broken = BrokenEmbedder("poison", RuntimeError("secret path"))
    with client_for(Service(Settings(), ExactCorpus(), broken)) as client:
        body = assert_problem(client.post("/v1/verify", json={"claim": "poison"}), 500)
        assert "secret" not in json.dumps(body)
        assert client.post("/v1/verify", json={"claim": "fine"}).status_code == 200


class Panic(BaseException):
    """As libraries written in Rust raise it."""


def test_a_panic_is_a_problem_like_any_other() -> None:
    service = Service(Settings(), ExactCorpus(), BrokenEmbedder("poison", Panic("at line 7")))
    with client_for(service) as client:
        for path, body in (("verify", {"claim": "poison"}), ("search", {"query": "poison"})):
            assert_problem(client.post(f"/v1/{path}", json=body), 500)
        assert_problem(client.put("/v1/documents/x", json={"text": "poison"}), 500)
        body = {"claims": ["fine", "poison", "good"]}
        rows = ndjson(client.post("/v1/verify/batch", json=body))
        assert [row.get("error", {}).get("status") for row in rows] == [None, 500, None]


def test_a_probe_is_told_no_more_than_that(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise CorpusError("/srv/secret.sqlite: unable to open")

    with client_for(service) as client:
        monkeypatch.setattr(service.corpus, "stats", broken)
        problem = assert_problem(client.get("/readyz"), 503)
    assert "secret" not in json.dumps(problem)


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
