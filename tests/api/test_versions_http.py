"""Versions over HTTP and on the command line; a PUT of files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.schemas.documents import VersionsBody
from api.service import Service
from api.settings import Settings
from index.exact import ExactCorpus
from tests.api.answers import assert_problem, with_settings
from tests.conftest import OpenEmbedded, client_for
from tests.fakes import FakeEmbedder
from tests.index.formats.zipped import docx, p

PAGE = """<html><head><title>The ferry sank</title>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The ferry sank",
"datePublished": "2021-06-15"}</script></head><body><article><h1>The ferry sank</h1>
<p>The ferry to Lindholm sank on Monday evening, the harbour office said in a statement. Nobody was
hurt, and the passengers were taken ashore by fishing boats that were close by.</p></article></body>
</html>"""


def put(client: TestClient, text: str, **fields: object) -> None:
    answer = client.put("/v1/documents/news/b", json={"text": text, **fields})
    assert answer.status_code in (200, 201), answer.text


def top(client: TestClient, query: str, as_of: str | None = None) -> list[dict]:
    body = client.post("/v1/search", json={"query": query, "as_of": as_of}).json()
    return [one for one in body["results"] if one["document"]["id"] == "news/b"]


@pytest.mark.parametrize("kind", ["exact", "embedded"])
def test_a_correction_is_told_and_found_by_the_day(kind: str, open_embedded: OpenEmbedded) -> None:
    corpus = ExactCorpus() if kind == "exact" else open_embedded()
    with client_for(Service(Settings(), corpus, FakeEmbedder())) as client:
        put(client, "The bridge cost 8 million. It opened.", published_at="2024-01-02")
        put(
            client, "The bridge cost 9 million. It opened.", published_at="2024-01-02",
            modified_at="2024-01-10", title="Corrected",
        )  # fmt: skip
        (now,) = top(client, "The bridge cost")
        assert "9 million" in now["passage"]["text"]
        assert now["document"]["version"] == 2
        assert top(client, "The bridge cost 8 million", "2024-01-01") == []
        (then,) = top(client, "The bridge cost", "2024-01-09")
        assert "8 million" in then["passage"]["text"]
        assert (then["passage"]["id"], "version" in then["document"]) == ("news/b@1#0", False)
        verified = client.post("/v1/verify", json={"claim": "The bridge cost 8 million",
                                                   "as_of": "2024-01-09"}).json()  # fmt: skip
        quotes = verified["evidence"][0]["rationale"]
        listed = client.get("/v1/documents/news/b/versions").json()
        VersionsBody.model_validate(listed)
        old, new = listed["versions"]
        assert all(old["text"][one["start"] : one["end"]] == one["quote"] for one in quotes)
        assert (old["version"], old["since"], old["until"], old["current"]) == (
            1, "2024-01-02", "2024-01-10", False
        )  # fmt: skip
        assert new["changes"] == [
            {"old": "", "new": "Corrected"},
            {"old": "The bridge cost 8 million.", "new": "The bridge cost 9 million."},
        ]
        assert client.delete("/v1/documents/news/b").status_code == 204
        assert_problem(client.get("/v1/documents/news/b/versions"), 404)
        assert top(client, "The bridge cost", "2024-01-09") == []
    corpus.close()


def test_a_document_whose_id_ends_in_versions(client: TestClient) -> None:
    client.put("/v1/documents/x/versions", json={"text": "Here."})
    assert client.get("/v1/documents/x/versions").json()["id"] == "x/versions"


def test_no_earlier_version_is_kept_where_that_is_set(tmp_path: Path) -> None:
    from index.embedded import open_corpus

    corpus = open_corpus(
        tmp_path, identity="fake@1", dimension=32, writable=True, most_versions=0
    )  # fmt: skip
    with client_for(Service(Settings(), corpus, FakeEmbedder())) as client:
        put(client, "One.")
        put(client, "Two.")
        (only,) = client.get("/v1/documents/news/b/versions").json()["versions"]
        assert only["version"] == 2
    corpus.close()


@pytest.mark.parametrize(
    ("media_type", "body", "title", "text"),
    [
        ("text/plain", "The ferry sank.", "", "The ferry sank."),
        ("text/plain; charset=utf-8", "Café.".encode(), "", "Café."),
        ("text/markdown", "# Ferry\n\nIt *sank*.", "Ferry", "It sank."),
        ("text/html", PAGE, "The ferry sank", "The ferry to Lindholm sank on Monday evening"),
        ("Application/XHTML+XML", PAGE, "The ferry sank", "The ferry to Lindholm"),
        ("application/ninjs+json", json.dumps({"uri": "urn:x", "headline": "Ferry",
         "body_text": "It sank.", "pubstatus": "usable"}), "Ferry", "It sank."),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_put_takes_a_file(
    client: TestClient, media_type: str, body: str, title: str, text: str
) -> None:
    path, headers = "/v1/documents/the/id.x", {"Content-Type": media_type}
    answer = client.put(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (201, "the/id.x"), answer.text
    stored = client.get(path).json()
    assert (stored["id"], stored["title"]) == ("the/id.x", title)
    assert stored["text"].startswith(text)
    assert client.put(path, content=body, headers=headers).json()["status"] == "unchanged"


def test_what_the_query_says_goes_first(client: TestClient) -> None:
    said = {
        "title": "Other", "published_at": "2020-02-03", "publisher": "Wire", "language": "en",
        "url": "https://example.org/x", "modified_at": "2020-02-04", "rights": "R",
    }  # fmt: skip
    answer = client.put(
        "/v1/documents/x", content=PAGE, params=said, headers={"Content-Type": "text/html"}
    )
    assert answer.status_code == 201, answer.text
    stored = client.get("/v1/documents/x").json()
    assert {name: stored[name] for name in said} == said
    kept = client.put("/v1/documents/y", content=PAGE, headers={"Content-Type": "text/html"})
    assert kept.status_code == 201
    assert client.get("/v1/documents/y").json()["published_at"] == "2021-06-15"
    withheld = {"Content-Type": "text/plain"}
    client.put("/v1/documents/z?pubstatus=withheld", content="Secret.", headers=withheld)
    assert_problem(client.get("/v1/documents/z"), 404)


@pytest.mark.parametrize(
    ("media_type", "body", "params", "status", "detail"),
    [
        ("image/png", b"\x89PNG", {}, 415, "text/html"),
        ("text/html", "", {}, 422, ""),
        ("text/plain", "  ", {}, 422, "text is empty"),
        ("application/pdf", b"no pdf", {}, 422, ""),
        ("text/plain", "x", {"published_at": "soon"}, 422, "published_at"),
        ("text/plain", "x", {"nonsense": "1"}, 422, "nonsense"),
        ("text/plain", "x", {"pubstatus": "secret"}, 422, "pubstatus"),
        ("application/x-ndjson", '{"id": "a", "text": "A"}\n{"id": "b", "text": "B"}', {}, 422,
         "several documents"),
        ("application/json", "[]", {}, 422, "send a JSON object"),
        ("application/json", "{", {}, 422, "not JSON at character"),
        ("application/json", '{"text": "x", "odd": 1}', {}, 422, "odd"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_a_put_that_is_refused(
    client: TestClient, media_type: str, body: str, params: dict, status: int, detail: str
) -> None:
    answer = client.put(
        "/v1/documents/x", content=body, params=params, headers={"Content-Type": media_type}
    )
    assert detail in assert_problem(answer, status)["detail"]
    assert_problem(client.get("/v1/documents/x"), 404)


def test_a_packed_file_whose_text_is_longer_than_itself_is_too_large() -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    content = docx(p("word " * 2_000))
    assert len(content) < 5_000
    with with_settings(max_document_chars=5_000) as client:
        answer = client.put("/v1/documents/d", content=content, headers={"Content-Type": word})
        assert_problem(answer, 413)


def test_limits_hold_for_files() -> None:
    headers = {"Content-Type": "text/plain"}
    with with_settings(max_document_chars=10, max_body_bytes=100) as client:
        for size, status in ((11, 413), (101, 413)):
            answer = client.put("/v1/documents/d", content="x" * size, headers=headers)
            assert_problem(answer, status)
