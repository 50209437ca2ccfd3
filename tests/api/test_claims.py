"""Claims and searches over HTTP: verdicts, filters, batches."""

import pytest
from fastapi.testclient import TestClient

from api.schemas.claims import VerifyResponse
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from retrieval.errors import ModelUnavailable
from tests.api.answers import CLAIM, assert_problem, ndjson
from tests.conftest import CENTRE, client_for
from tests.fakes import BrokenEmbedder, FakeEmbedder, FakeStance


def test_verify(client: TestClient) -> None:
    response = client.post("/v1/verify", json={"claim": CLAIM, "top_k": 2})
    assert response.status_code == 200
    body = response.json()
    VerifyResponse.model_validate(body)
    first = body["evidence"][0]
    assert first["document"] == {
        "id": "a", "title": "Centre", "url": None, "publisher": "Wire",
        "published_at": "2021-01-30", "modified_at": None, "language": "en",
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


def test_undated_can_be_let_through(service: Service) -> None:
    service.settings = Settings(include_undated=True)
    with client_for(service) as client:
        body = client.post("/v1/search", json={"query": "bridge", "as_of": "2022-01-01"}).json()
    assert [item["document"]["id"] for item in body["results"]] == ["b", "a"]
    assert body["excluded"] == {"undated": 0}


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


def test_empty_corpus() -> None:
    with client_for(Service(Settings(), ExactCorpus(), FakeEmbedder())) as client:
        body = client.post("/v1/verify", json={"claim": CLAIM}).json()
        assert body["evidence"] == []
        assert client.get("/v1/documents").json() == {"documents": [], "next_cursor": None}
