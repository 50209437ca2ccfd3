"""One door to the models: however many clients there are, one call at a time, urgent ones first."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from api.gate import BATCH_PATH, LONG_RUNNING_SLOTS
from api.running import TEXTS_TOKENS, chunks, token_counter
from api.service import Service
from api.settings import Settings
from index.documents import Vectors
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.errors import ClaimTooLong
from tests.conftest import articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

# Of the embedding model for claims and for sentences, of the stance model for passages and for
# sentences.
CALLS_OF_A_BATCH = 4


class Calls:
    """Counts the calls of models, and how many there were at once; `go` lets them end.

    embedded: the texts of each call of the embedding model.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.number = self.now = self.most_at_once = 0
        self.embedded: list[list[str]] = []
        self.go = threading.Event()
        self.go.set()
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._lock:
            self.number += 1
            self.now += 1
            self.most_at_once = max(self.most_at_once, self.now)
        try:
            time.sleep(self.seconds)
            assert self.go.wait(60)
            yield
        finally:
            with self._lock:
                self.now -= 1


class CountedEmbedder(FakeEmbedder):
    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.counted = calls

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.counted.embedded.append([*texts])
        with self.counted.one():
            return super().embed(texts)


class CountedStance(FakeStance):
    """Has room for claims of five words."""

    claim_tokens = 5

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.counted = calls

    def check(self, claim: str) -> None:
        if len(claim.split()) > self.claim_tokens:
            raise ClaimTooLong(f"the claim has more than {self.claim_tokens} words")

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        with self.counted.one():
            return super().predict(pairs)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def client(calls: Calls) -> Iterator[TestClient]:
    settings = Settings(cache_mb=0)
    service = Service(settings, ExactCorpus(), CountedEmbedder(calls), CountedStance(calls))
    list(ingest(articles(), service.corpus, FakeEmbedder()))
    with client_for(service) as opened:
        calls.number = 0
        calls.embedded.clear()
        yield opened


def in_threads(work: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_no_two_calls_of_the_models_at_once(
    calls: Calls, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LONG_RUNNING_SLOTS, BATCH_PATH, 100)  # half of them for one client
    calls.seconds = 0.002
    statuses: list[int] = []

    def post(path: str, **body) -> Callable[[], None]:
        return lambda: statuses.append(client.post(path, **body).status_code)

    def put(id: str) -> Callable[[], None]:
        body = {"text": f"The bridge cost {id} million euros."}
        return lambda: statuses.append(client.put(f"/v1/documents/{id}", json=body).status_code)

    lines = "\n".join(json.dumps({"id": f"i{n}", "text": f"Bridge {n} fell."}) for n in range(200))
    batches = [
        post(BATCH_PATH, json={"claims": [f"Bridge {n} cost {k} million" for k in range(5)]})
        for n in range(8)
    ]
    searches = [post("/v1/search", json={"query": f"bridge {n}"}) for n in range(12)]
    claims = [post("/v1/verify", json={"claim": f"Bridge {n} fell"}) for n in range(4)]
    documents = [put("71"), put("72"), post("/v1/documents:import", content=lines)]
    in_threads([*batches, *searches, *claims, *documents])
    assert sorted(set(statuses)) == [200, 201]
    assert len(statuses) == 27
    assert calls.number > 30
    assert calls.most_at_once == 1


def test_what_is_no_claim_costs_no_call_and_fails_no_neighbour(
    calls: Calls, client: TestClient
) -> None:
    too_long, empty = "one two three four five six", " \n"
    for claim, reason in ((too_long, "more than 5 words"), (empty, "the claim is empty")):
        refused = client.post("/v1/verify", json={"claim": claim})
        assert refused.status_code == 422
        assert reason in refused.json()["detail"]
    assert client.post("/v1/search", json={"query": empty}).status_code == 422
    assert calls.number == 0
    claims = [too_long, *(f"Bridge {n} fell" for n in range(7)), empty]
    rows = client.post(BATCH_PATH, json={"claims": claims}).text.splitlines()
    by_index = {row["index"]: row for row in map(json.loads, rows)}
    assert {at for at, row in by_index.items() if "error" in row} == {0, 8}
    assert by_index[0]["error"]["status"] == by_index[8]["error"]["status"] == 422
    alone = calls.number
    calls.number = 0
    client.post(BATCH_PATH, json={"claims": claims[1:-1]})
    # In one batch or two, as they come in: never each claim alone.
    assert max(alone, calls.number) <= 2 * CALLS_OF_A_BATCH
    assert client.post("/v1/search", json={"query": too_long}).status_code == 200


def test_a_single_claim_does_not_wait_for_a_batch_or_an_import(
    calls: Calls, client: TestClient
) -> None:
    lines = "\n".join(
        json.dumps({"id": f"i{n}", "text": f"Bridge {n} fell. " * 40}) for n in range(60)
    )
    claims = [f"Bridge {n} cost {n} million" for n in range(40)]
    single = {"claim": "Bridge one fell"}

    def waits(lane: str) -> bool:
        return f'claimdesk_queue_length{{lane="{lane}"}} 0.0' not in client.get("/metrics").text

    calls.go.clear()
    asked: list[tuple[Callable[[], object], Callable[[], bool]]] = [
        (lambda: client.post("/v1/documents:import", content=lines), lambda: calls.now == 1),
        (lambda: client.post(BATCH_PATH, json={"claims": claims}), lambda: waits("lines")),
        (lambda: client.post("/v1/verify", json=single), lambda: waits("claims")),
    ]
    threads = []
    for ask, is_under_way in asked:
        threads.append(threading.Thread(target=ask))
        threads[-1].start()
        until = time.monotonic() + 60
        while not is_under_way():
            assert time.monotonic() < until
            time.sleep(0.005)
    calls.go.set()
    for thread in threads:
        thread.join(60)
    # The call that was being made, of the import, and then the claim's.
    assert calls.embedded[1] == [single["claim"]]
    assert len(calls.embedded) > 10


def test_metrics_of_the_queue_and_of_each_stage(client: TestClient) -> None:
    client.post("/v1/verify", json={"claim": "Bridge cost 71 million"})
    client.post("/v1/search", json={"query": "bridge"})
    client.put("/v1/documents/new", json={"text": "A bridge."})
    text = client.get("/metrics").text
    for lane in ("claims", "searches", "documents"):
        assert f'claimdesk_queue_length{{lane="{lane}"}} 0.0' in text
        assert f'claimdesk_batch_size_count{{lane="{lane}"}} 1.0' in text
    for stage in ("embed", "dense", "lexical", "stance", "differences"):
        assert f'claimdesk_stage_seconds_count{{stage="{stage}"}}' in text


def test_texts_are_embedded_in_chunks_of_bounded_tokens() -> None:
    texts = ["x" * 4_000, "x" * 20_000, "x" * 40_000, "", "x" * 4, "x" * 27_984]
    count = token_counter(FakeEmbedder())
    assert [count(text) for text in texts] == [1_001, 5_001, 10_001, 1, 2, 6_997]
    assert list(chunks(texts, count, TEXTS_TOKENS)) == [texts[:2], texts[2:3], texts[3:]]
    assert list(chunks([], count, TEXTS_TOKENS)) == []


def test_tokens_are_counted_by_the_model_that_can() -> None:
    class Counting(FakeEmbedder):
        def count_tokens(self, text: str) -> int:
            return len(text.split())

    assert token_counter(Counting())("a b c") == 3
