"""Documents over HTTP: stored, listed, imported, and found."""

import json

import pytest
from fastapi.testclient import TestClient

from api.schemas.documents import DocumentBody, DocumentPage, Publishers, Stored
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from retrieval.errors import ModelUnavailable
from tests.api.answers import assert_problem, ndjson, with_settings
from tests.conftest import OpenEmbedded, client_for
from tests.fakes import BrokenEmbedder, FakeEmbedder


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


def test_publishers_are_listed(client: TestClient) -> None:
    client.put("/v1/documents/d", json={"text": "New.", "publisher": "Wire"})
    body = client.get("/v1/publishers").json()
    Publishers.model_validate(body)
    assert body["publishers"] == [
        {"name": "Wire", "documents": 2},
        {"name": "Tribune", "documents": 1},
    ]


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


def test_an_import_names_what_is_wrong_with_a_line_and_what_is_not_kept(client: TestClient) -> None:
    lines = [
        b'{"id": "x", "id": "y", "text": "New."}',
        b'{"id": "n", "text": "New.", "n": ' + b"9" * 5_000 + b"}",
        b'{"id": "d", "headline": "H", "body": "B.", "date": "20210615", "author": "A"}',
        b'{"id": "l", "text": "New.", "language": "elvish"}',
    ]
    *rows, last = ndjson(client.post("/v1/documents:import", content=b"\n".join(lines)))
    assert [row.get("reason", row["status"]) for row in rows] == [
        "the key 'id' comes twice", "added", "added",
        "language 'elvish' is none: write its tag (BCP 47), such as en",
    ]  # fmt: skip
    assert last["unknown_fields"] == {"n": 1, "author": 1}
    stored = client.get("/v1/documents/d").json()
    assert (stored["title"], stored["text"], stored["published_at"]) == ("H", "B.", "2021-06-15")


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


def test_document_limit() -> None:
    with with_settings(max_document_chars=10) as client:
        assert_problem(client.put("/v1/documents/d", json={"text": "x" * 11}), 413)


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_no_line_of_an_answer_is_cut_by_what_it_quotes(client: TestClient, end: str) -> None:
    """Python, httpx and requests take these for ends of lines."""
    given = {"id": f"an{end}id", "text": f"The{end}bridge cost 48 million euros."}
    answer = client.post("/v1/documents:import", content=json.dumps(given))
    first, _ = answer.text.splitlines()
    assert json.loads(first)["id"] == f"an{end}id"
