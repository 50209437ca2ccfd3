import datetime as dt
from dataclasses import replace

import pytest

from index.corpus import Filters, Hit
from index.documents import Document, Passage, document
from index.exact import ExactCorpus
from index.ingest import ingest
from retrieval.errors import QuoteMismatch
from retrieval.search import Fusion, _pool, search
from retrieval.types import Claim
from tests.conftest import articles
from tests.fakes import FakeEmbedder

EMBEDDER = FakeEmbedder()


@pytest.fixture
def corpus() -> ExactCorpus:
    corpus = ExactCorpus()
    list(ingest(articles(), corpus, EMBEDDER))
    return corpus


def found(corpus: ExactCorpus, text: str, **options) -> list:
    return search(Claim(text, **options), EMBEDDER.embed([text])[0], corpus, Fusion())


def test_fusion_by_hand() -> None:
    assert Fusion(0.25)(dense=0.8, lexical=6.0, ceiling=12.0) == pytest.approx(0.2 + 0.375)
    assert Fusion(0.25)(dense=0.8, lexical=0.0, ceiling=0.0) == pytest.approx(0.2)
    assert Fusion(0.25)(dense=0.8, lexical=15.0, ceiling=12.0) == pytest.approx(0.2 + 0.75)


def test_best_passage_of_each_document_once(corpus: ExactCorpus) -> None:
    text = " ".join(f"Sentence {n} is about the river and the bridge." for n in range(12))
    list(ingest([document("long", text)], corpus, EMBEDDER))
    ids = [candidate.document.id for candidate in found(corpus, "river bridge", top_k=4)]
    assert ids[0] == "long"
    assert sorted(ids) == ["a", "b", "c", "long"]


@pytest.mark.parametrize("top_k", [4, 13])
def test_a_long_document_hides_no_other(corpus: ExactCorpus, top_k: int) -> None:
    paragraph = (
        "The river rose under the bridge on day {}, and the river fell by the evening of it."
    )
    long = document("long", "\n\n".join(paragraph.format(n) for n in range(150)))
    list(ingest([long], corpus, EMBEDDER))
    ids = [candidate.document.id for candidate in found(corpus, "river bridge", top_k=top_k)]
    assert sorted(ids) == ["a", "b", "c", "long"]


def test_pool_by_hand() -> None:
    document_of = {1: "a", 2: "b", 3: "a", 4: "c"}
    passages = {key: Passage(id, 0, "x", 0, 1, ()) for key, id in document_of.items()}
    by_vector = [Hit(1, 0.9), Hit(3, 0.8), Hit(2, 0.7), Hit(99, 0.6)]
    by_words = [Hit(4, 5.0), Hit(2, 4.0)]
    # a: 1/61, b: 1/62 + 1/62, c: 1/61; a deleted passage (99) has no vote.
    assert _pool([by_vector, by_words], passages, 1) == {"b"}
    assert _pool([by_vector, by_words], passages, 9) == {"a", "b", "c"}


def test_every_candidate_carries_both_scores(corpus: ExactCorpus) -> None:
    claim = "The bridge cost 48 million euros"
    vector = EMBEDDER.embed([claim])[0]
    for mode in ("hybrid", "dense", "lexical"):
        candidates = found(corpus, claim, mode=mode)
        assert candidates[0].document.id == "b"
        for candidate in candidates:
            keys = [k for k, p in corpus.passages(range(1, 99)).items() if p == candidate.passage]
            assert candidate.scores.dense == corpus.score_vector(vector, keys)[keys[0]]
            assert candidate.scores.lexical == corpus.score_words(claim, keys).get(keys[0], 0.0)


def test_modes_order_by_their_own_score(corpus: ExactCorpus) -> None:
    for mode, score in (("dense", "dense"), ("lexical", "lexical")):
        candidates = found(corpus, "The bridge opened in May", mode=mode)
        assert candidates
        values = [getattr(candidate.scores, score) for candidate in candidates]
        assert values == sorted(values, reverse=True)
    assert [c.document.id for c in found(corpus, "bridge", mode="lexical")] == ["b"]


def test_a_quote_that_is_not_in_its_document_fails_closed(corpus: ExactCorpus) -> None:
    key = next(k for k, p in corpus.passages(range(1, 99)).items() if p.document_id == "a")
    row = corpus._rows[key]
    p = row.passage
    row.passage = Passage(p.document_id, p.ordinal, p.text, p.start + 1, p.end + 1, p.sentences)
    with pytest.raises(QuoteMismatch, match="a#0"):
        found(corpus, "centre")


def test_a_document_dated_anew_since_it_was_found_is_not_let_through(
    corpus: ExactCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = dt.date(2021, 12, 31)
    known = found(corpus, "centre", filters=Filters(as_of=day))
    document_of = corpus.document_of

    def later(passage: Passage, filters: Filters) -> Document | None:
        item = document_of(passage)
        dated_anew = item and replace(item, published_at=day + dt.timedelta(1))
        return dated_anew if dated_anew and filters.admits(dated_anew) else None

    monkeypatch.setattr(corpus, "document_of", later)
    assert known
    assert not found(corpus, "centre", filters=Filters(as_of=day))
