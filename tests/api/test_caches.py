"""Answers given before: the same, bounded, and gone when the corpus changes."""

import numpy as np
import pytest

from api.caches import Cache, Remembering
from api.service import Service
from api.settings import Settings
from index.corpus import Filters
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.types import Claim
from tests.conftest import articles, client_for
from tests.fakes import FakeEmbedder, FakeStance

CLAIM = Claim("Turkey and Russia each sent 60 servicemen")


class Counting(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts):
        self.texts += texts
        return super().embed(texts)


def test_it_forgets_what_was_used_least_lately() -> None:
    cache: Cache[str, str] = Cache(10, lambda key, value: len(value))
    cache.put("a", "four")
    cache.put("b", "four")
    assert cache.get("a") == "four"
    cache.put("c", "four")
    assert cache.get("b") is None
    assert cache.get("a") == "four"
    assert (cache.hits, cache.misses) == (2, 3)


@pytest.mark.parametrize("size", [0, 10])
def test_what_is_too_large_is_not_kept(size: int) -> None:
    cache: Cache[str, str] = Cache(size, lambda key, value: len(value))
    cache.put("a", "eleven char")
    assert cache.get("a") is None


def test_what_was_asked_is_counted_too(service: Service) -> None:
    asked = [
        Claim("x" * 10_000, filters=Filters(publisher=(f"{n}" * 2_000,) * 100)) for n in range(3)
    ]
    for claim in asked:
        service.answer([claim])
        size = service.answers._kept.currsize
    assert size >= 3 * 4 * (10_000 + 200_000)


def test_vectors_are_the_embedder_s_own_and_made_once() -> None:
    counting = Counting()
    remembering = Remembering(counting, 10**6)
    texts = ["one", "two", "one", "x" * 2_000]
    expected = FakeEmbedder().embed(texts)
    for _ in range(2):
        assert np.array_equal(remembering.embed(texts), expected)
    assert counting.texts == ["one", "two", "x" * 2_000, "x" * 2_000]
    assert remembering.embed([]).shape == (0, counting.dimension)


class Prompting(FakeEmbedder):
    def embed_queries(self, texts):
        return super().embed([f"query {text}" for text in texts])


def test_a_text_as_a_claim_is_another_vector_than_as_a_sentence() -> None:
    remembering, plain = Remembering(Prompting(), 10**6), Prompting()
    for _ in range(2):
        assert np.array_equal(remembering.embed(["bridge"]), plain.embed(["bridge"]))
        assert np.array_equal(
            remembering.embed_queries(["bridge"]), plain.embed_queries(["bridge"])
        )
    assert (remembering.cache.hits, remembering.cache.misses) == (2, 2)


@pytest.fixture
def service() -> Service:
    stance = FakeStance()
    made = Service(Settings(), ExactCorpus(), FakeEmbedder(), stance)
    list(ingest(articles(), made.corpus, made.embedder))
    return made


def test_the_same_claim_costs_the_models_nothing(service: Service) -> None:
    first, again = service.answer([CLAIM, CLAIM])
    assert first is again is service.recall(CLAIM)
    assert service.answers.misses == 1
    weighed = len(service.models.stance.calls)
    assert service.answer([CLAIM]) == [first]
    assert len(service.models.stance.calls) == weighed


def test_other_parameters_are_another_question(service: Service) -> None:
    service.answer([CLAIM])
    assert service.recall(Claim(CLAIM.text, top_k=1)) is None


def test_a_change_of_the_corpus_is_seen_at_once(service: Service) -> None:
    (before,) = service.answer([CLAIM])
    extra = document("new", "Turkey and Russia each sent 44 servicemen to the centre.")
    list(service.ingest([extra]))
    (after,) = service.answer([CLAIM])
    assert after.generation > before.generation
    assert {item.document.id for item in after.evidence} - {
        item.document.id for item in before.evidence
    } == {"new"}


def test_hits_are_in_the_metrics(service: Service) -> None:
    with client_for(service) as client:
        answers = [client.post("/v1/verify", json={"claim": CLAIM.text}).json() for _ in range(3)]
        metrics = client.get("/metrics").text
    assert answers[0]["evidence"] == answers[2]["evidence"]
    assert 'claimdesk_cache_hits{cache="answers"} 2.0' in metrics
    assert 'claimdesk_cache_misses{cache="vectors"}' in metrics
