"""HTTP over the embedded corpus: documents are written, deleted and searched for at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from api.settings import Settings
from tests.conftest import OpenEmbedded, client_for
from tests.fakes import FakeEmbedder, FakeStance

WRITERS, READERS, DOCUMENTS = 3, 3, 8
QUERY = "The ferry strike ended"
# Seconds until what was written last must be found.
INDEXED_WITHIN = 30


@pytest.fixture
def client(open_embedded: OpenEmbedded) -> Iterator[TestClient]:
    service = Service(Settings(), open_embedded(), FakeEmbedder(), FakeStance())
    with service, client_for(service) as opened:
        yield opened


def name(writer: int, number: int) -> str:
    """A word that only one document has, which is also the document's id."""
    return f"w{writer}n{number}"


def text(id: str, version: int) -> str:
    return f"{QUERY} at quay {id} after {version} days. Crews of {id} went back to work."


def is_changed(number: int) -> bool:
    return number % 3 == 0


def is_deleted(number: int) -> bool:
    return number % 4 == 1


def write(client: TestClient, writer: int) -> None:
    """Add documents, change every third, delete every fourth."""
    for number in range(DOCUMENTS):
        path = f"/v1/documents/{(id := name(writer, number))}"
        assert client.put(path, json={"text": text(id, 1)}).status_code == 201
        if is_changed(number):
            assert client.put(path, json={"text": text(id, 2)}).status_code == 200
        if is_deleted(number):
            assert client.delete(path).status_code == 204


def read(client: TestClient, written: Event) -> int:
    """Ask until everything is written; the number of answers with evidence."""
    generation = with_evidence = 0
    while not written.is_set():
        for path, body in (
            ("/v1/verify", {"claim": QUERY, "top_k": 3}),
            ("/v1/search", {"query": QUERY, "mode": "hybrid"}),
            ("/v1/search", {"query": QUERY, "mode": "lexical"}),
        ):
            response = client.post(path, json=body)
            assert response.status_code == 200, response.text
            answer = response.json()
            assert answer["provenance"]["index_generation"] >= generation
            generation = answer["provenance"]["index_generation"]
            evidence = answer.get("evidence") or answer.get("results") or []
            for item in evidence:
                id, passage = item["document"]["id"], item["passage"]
                slices = [text(id, v)[passage["start"] : passage["end"]] for v in (1, 2)]
                assert passage["text"] in slices
                for quote in item["rationale"]:
                    assert quote["quote"] in passage["text"]
            with_evidence += bool(evidence)
    return with_evidence


def wait_until_indexed(client: TestClient) -> dict:
    """What /v1/info says once searches answer from the newest generation of the store."""
    until = time.monotonic() + INDEXED_WITHIN
    while time.monotonic() < until:
        info = client.get("/v1/info").json()
        if info["index_generation"] == info["store_generation"]:
            return info
        time.sleep(0.02)
    raise AssertionError(f"not indexed within {INDEXED_WITHIN} s: {info}")


def test_writes_and_searches_at_once(client: TestClient) -> None:
    written = Event()
    with ThreadPoolExecutor(WRITERS + READERS) as threads:
        readers = [threads.submit(read, client, written) for _ in range(READERS)]
        try:
            for writer in [threads.submit(write, client, n) for n in range(WRITERS)]:
                writer.result()
        finally:
            written.set()
    assert all(reader.result() for reader in readers)

    info = wait_until_indexed(client)
    kept = [n for n in range(DOCUMENTS) if not is_deleted(n)]
    assert info["documents"] == WRITERS * len(kept)
    for writer in range(WRITERS):
        for number in range(DOCUMENTS):
            id = name(writer, number)
            answer = client.post("/v1/search", json={"query": id, "mode": "lexical"}).json()
            found = {item["document"]["id"]: item["passage"]["text"] for item in answer["results"]}
            if number not in kept:
                assert found == {}
                continue
            (passage,) = found.values()
            assert passage in text(id, 2 if is_changed(number) else 1)


def test_an_import_is_found_as_soon_as_it_has_answered(client: TestClient) -> None:
    lines = [f'{{"id": "{name(0, n)}", "text": "{text(name(0, n), 1)}"}}' for n in range(200)]
    assert client.post("/v1/documents:import", content="\n".join(lines)).status_code == 200
    info = client.get("/v1/info").json()
    assert info["documents"] == 200
    assert info["index_generation"] == info["store_generation"]
    answer = client.post("/v1/search", json={"query": name(0, 199), "mode": "lexical"}).json()
    assert [item["document"]["id"] for item in answer["results"]] == [name(0, 199)]
