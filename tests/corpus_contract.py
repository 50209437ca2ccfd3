"""What every Corpus must do. A backend's test inherits `CorpusContract` and gives `corpus`."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from index.corpus import Corpus, Filters
from index.documents import Document, Prepared, document
from index.errors import CorpusError
from index.exact import ExactCorpus
from index.ingest import ingest
from index.split import split
from tests.fakes import FakeEmbedder

WORDS = [
    "river",
    "bridge",
    "centre",
    "ferry",
    "vote",
    "mayor",
    "train",
    "vaccine",
    "storm",
    "museum",
    "water",
    "noise",
]
FEW, MANY = 5, 120
RECALL_FLOOR = 0.95


def sample(count: int, seed: int = 7) -> list[Document]:
    """Documents of one short passage each, every third without a date."""
    random = np.random.default_rng(seed)
    return [
        document(
            f"d{number}",
            " ".join(random.choice(WORDS, 8)) + f" number{number}.",
            publisher=["Wire", "Herald"][number % 2],
            published_at=None if number % 3 == 0 else dt.date(2020, 1, 1 + number % 28),
            language=["en", "fr"][number % 4 == 0],
        )
        for number in range(count)
    ]


def fill(corpus: Corpus, documents: list[Document]) -> None:
    """Store the documents; the indexes are up to date when it returns."""
    assert {outcome.status for outcome in ingest(documents, corpus, FakeEmbedder())} == {"added"}
    corpus.sync()


def ids(corpus: Corpus, hits: list) -> list[str]:
    found = corpus.passages([hit.key for hit in hits])
    return [found[hit.key].document_id for hit in hits]


def everything_found(corpus: Corpus) -> bool:
    """Whether each document of `sample` is found by its own vector and by its number."""
    for stored in corpus.all_documents():
        number = f"number{stored.id[1:]}"
        vector = FakeEmbedder().embed([stored.text])[0]
        if ids(corpus, corpus.search_words(number, 1)) != [stored.id]:
            return False
        if stored.id not in ids(corpus, corpus.search_vector(vector, 3)):
            return False
    return True


class CorpusContract:
    embedder = FakeEmbedder()

    @pytest.fixture
    def corpus(self) -> Iterator[Corpus]:
        raise AssertionError("the backend's test gives this fixture")

    @pytest.fixture
    def exact(self) -> ExactCorpus:
        return ExactCorpus()

    def vector(self, text: str) -> np.ndarray:
        return self.embedder.embed([text])[0]

    def test_no_name_and_no_id_holds_a_nul(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        asked = Filters(publisher=("\x00",))
        assert corpus.count_documents(asked) == 0
        assert corpus.search_words("river bridge", 9, asked) == []
        assert corpus.search_vector(FakeEmbedder().embed(["river"])[0], 9, asked) == []
        assert corpus.documents("d1\x00d9").documents == corpus.documents("d1").documents
        assert len(corpus.documents("\x00").documents) == FEW

    def test_empty(self, corpus: Corpus) -> None:
        assert corpus.search_vector(self.vector("river"), 5) == []
        assert corpus.search_words("river", 5) == []
        assert corpus.score_vector(self.vector("river"), [1]) == {}
        assert corpus.score_words("river", [1]) == {}
        assert corpus.words_ceiling("river") == ExactCorpus().words_ceiling("river")
        assert corpus.get("x") is None
        assert corpus.documents().documents == []
        assert corpus.delete(["x"]) == 0
        assert (corpus.stats().documents, corpus.stats().passages) == (0, 0)

    @pytest.mark.parametrize("text", [*WORDS[:4], "ferry vote of the mayor", "number7"])
    def test_words_score_as_the_reference(
        self, corpus: Corpus, exact: ExactCorpus, text: str
    ) -> None:
        for target in (corpus, exact):
            fill(target, sample(MANY))
        ours = {hit.key: hit.score for hit in corpus.search_words(text, MANY)}
        theirs = {hit.key: hit.score for hit in exact.search_words(text, MANY)}
        assert ours == pytest.approx(theirs, rel=1e-4)
        assert corpus.score_words(text, list(theirs)) == pytest.approx(theirs, rel=1e-4)
        assert corpus.words_ceiling(text) == pytest.approx(exact.words_ceiling(text), rel=1e-4)
        assert corpus.words_ceiling(text) >= max(theirs.values())

    @pytest.mark.parametrize("kept", [MANY // 2, MANY - MANY // 20])
    def test_deleted_words_weigh_no_more(
        self, corpus: Corpus, exact: ExactCorpus, kept: int
    ) -> None:
        documents = sample(MANY)
        for target in (corpus, exact):
            fill(target, documents)
        for target in (corpus, exact):
            target.delete([document.id for document in documents[kept:]])
        corpus.sync()
        text = "river number7 storm"
        theirs = {hit.key: hit.score for hit in exact.search_words(text, MANY)}
        # A few deleted rows may stay for a while: then words weigh almost what they should.
        about = pytest.approx(theirs, rel=1e-4 if kept == MANY // 2 else 0.05)
        ours = {hit.key: hit.score for hit in corpus.search_words(text, MANY)}
        assert ours == about
        assert corpus.words_ceiling(text) >= max(ours.values())

    def test_vectors_score_as_the_reference(self, corpus: Corpus, exact: ExactCorpus) -> None:
        for target in (corpus, exact):
            fill(target, sample(MANY))
        found = wanted = 0
        for word in WORDS:
            vector = self.vector(f"{word} storm")
            theirs = {hit.key: hit.score for hit in exact.search_vector(vector, 10)}
            for hit in corpus.search_vector(vector, 10):
                if hit.key in theirs:
                    assert hit.score == pytest.approx(theirs[hit.key], abs=2e-3)
                    found += 1
            wanted += len(theirs)
            assert corpus.score_vector(vector, list(theirs)) == pytest.approx(theirs, abs=1e-5)
        assert found / wanted >= RECALL_FLOOR

    def test_best_first_and_no_more_than_k(self, corpus: Corpus) -> None:
        fill(corpus, sample(MANY))
        for hits in (
            corpus.search_vector(self.vector("river"), 7),
            corpus.search_words("river", 7),
        ):
            assert len(hits) == 7
            assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)

    def test_k_beyond_the_size(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        hits = corpus.search_vector(self.vector("river"), 1000)
        assert sorted(ids(corpus, hits)) == [f"d{n}" for n in range(FEW)]

    def test_zero_vector_scores_zero(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        hits = corpus.search_vector(np.zeros(self.embedder.dimension, np.float32), 3)
        assert [hit.score for hit in hits] == [0, 0, 0]

    @pytest.mark.parametrize("text", ["", " ", "?!", "unknownword AND *", "unknownword", "😀"])
    def test_words_that_are_not_there_or_not_words(self, corpus: Corpus, text: str) -> None:
        fill(corpus, [document("d", "A river runs here.")])
        assert corpus.search_words(text, 5) == []
        (hit,) = corpus.search_words(f"text:river AND * {text}", 5)  # words, not a query language
        assert hit.score == pytest.approx(corpus.search_words("river", 5)[0].score)
        assert corpus.score_words(text, []) == {}

    def test_a_document_is_deleted_once_whoever_deletes_it(self, corpus: Corpus) -> None:
        fill(corpus, sample(MANY))
        start, counts = threading.Barrier(4), [0] * 4

        def delete(who: int) -> None:
            start.wait()
            for number in range(20):
                counts[who] += corpus.delete([f"d{number}"])

        threads = [threading.Thread(target=delete, args=(who,)) for who in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(counts) == 20

    def test_a_deleted_document_is_found_no_more(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        before = corpus.stats().generation
        assert corpus.delete(["d2", "nope"]) == 1
        assert corpus.stats().generation == before + 1
        assert corpus.sync() == before + 1
        assert corpus.search_words("number2", 5) == []
        assert "d2" not in ids(corpus, corpus.search_vector(self.vector("number2"), 50))
        assert corpus.get("d2") is None
        assert corpus.stats().documents == corpus.stats().passages == FEW - 1

    def test_update_replaces_every_passage(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        (outcome,) = ingest([document("d2", "Entirely fresh words.")], corpus, self.embedder)
        assert outcome.status == "updated"
        corpus.sync()
        assert corpus.search_words("number2", 5) == []
        assert ids(corpus, corpus.search_words("fresh", 5)) == ["d2"]
        assert ids(corpus, corpus.search_vector(self.vector("entirely fresh words"), 1)) == ["d2"]
        assert corpus.stats().documents == FEW

    def test_same_id_twice_in_a_batch_keeps_the_last(self, corpus: Corpus) -> None:
        both = [document("x", "First text."), document("x", "Second text.")]
        assert [o.status for o in ingest(both, corpus, self.embedder)] == ["added", "updated"]
        corpus.sync()
        assert corpus.stats().passages == 1
        assert corpus.search_words("first", 5) == []

    @pytest.mark.parametrize(
        "filters",
        [
            Filters(publisher=("Wire",)),
            Filters(publisher=("Wire", "Herald"), language=("fr",)),
            Filters(as_of=dt.date(2020, 1, 9)),
            Filters(as_of=dt.date(2020, 1, 9), include_undated=True),
            Filters(published_after=dt.date(2020, 1, 9)),
            Filters(as_of=dt.date(2020, 1, 20), published_after=dt.date(2020, 1, 9)),
            Filters(published_after=dt.date(2020, 1, 9), include_undated=True),
            Filters(as_of=dt.date(2020, 1, 1), published_after=dt.date(2020, 1, 2)),
            Filters(publisher=("  wIRE ",)),
            Filters(publisher=("Nobody",)),
            Filters(publisher=("Herald",), language=("en",), as_of=dt.date(2020, 1, 20)),
        ],
        ids=repr,
    )
    def test_filters(self, corpus: Corpus, filters: Filters) -> None:
        documents = sample(60)
        fill(corpus, documents)
        admitted = sorted(item.id for item in documents if filters.admits(item))
        vector = self.vector("river")
        by_vector = ids(corpus, corpus.search_vector(vector, 100, filters))
        assert sorted(by_vector) == admitted
        everywhere = ids(corpus, corpus.search_words("river", 100))
        by_words = ids(corpus, corpus.search_words("river", 100, filters))
        assert by_words == [id for id in everywhere if id in admitted]
        undated = Filters(filters.publisher, filters.language)
        left_out = [item for item in documents if not item.published_at and undated.admits(item)]
        hidden = len([item for item in left_out if item.id not in admitted])
        assert corpus.count_undated(filters) == hidden
        assert corpus.count_documents(filters) == len(admitted)

    def test_publishers_as_most_documents_write_them(self, corpus: Corpus) -> None:
        names = ["The  Wire", "The Wire", "the wire", "The Wire", "Herald", None, "Acme"]
        fill(
            corpus,
            [document(f"d{at}", "Text here.", publisher=name) for at, name in enumerate(names)],
        )
        corpus.sync()
        assert corpus.publishers() == [("The Wire", 4), ("Acme", 1), ("Herald", 1)]
        corpus.delete(["d0", "d1", "d2", "d6"])
        corpus.sync()
        assert corpus.publishers() == [("Herald", 1), ("The Wire", 1)]

    def test_pages_by_id(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        first = corpus.documents(limit=3)
        second = corpus.documents(first.next_cursor, limit=3)
        assert [item.id for item in first.documents + second.documents] == sorted(
            f"d{n}" for n in range(FEW)
        )
        assert second.next_cursor is None
        every = list(corpus.all_documents())
        assert [replace(item, text="") for item in every] == first.documents + second.documents
        assert all(item.text for item in every)

    def test_what_is_stored_comes_back(self, corpus: Corpus) -> None:
        given = document(
            "id/with ünïcode #1", "Text 😀 here.\n\nאבג second.", title="T", url="https://x.org",
            publisher="P", published_at="2020-02-29", language="EN",
        )  # fmt: skip
        fill(corpus, [given])
        assert corpus.get(given.id) == given
        assert corpus.content_hashes([given.id, "other"]) == {given.id: given.content_hash()}
        hits = corpus.search_vector(self.vector("x"), 10)
        stored = corpus.passages([hit.key for hit in hits])
        assert sorted(stored.values(), key=lambda p: p.ordinal) == split(given)

    def test_a_failed_batch_leaves_nothing(self, corpus: Corpus) -> None:
        fill(corpus, sample(2))
        before = corpus.stats()
        good, bad = (document(id, "Some new words.") for id in ("good", "bad"))
        vectors = self.embedder.embed(["x"])
        batch = [
            Prepared(good, tuple(split(good)), vectors),
            Prepared(bad, tuple(split(bad)), vectors[:0]),
        ]
        with pytest.raises((ValueError, CorpusError)):
            corpus.upsert(batch)
        assert corpus.stats() == before
        assert corpus.get("good") is None

    def test_replacing_all_or_nothing(self, corpus: Corpus) -> None:
        fill(corpus, sample(2))
        before = corpus.stats()
        with pytest.raises(RuntimeError), corpus.replacing("other@1") as replace:  # noqa: PT012
            fresh = document("d0", "Something else.")
            replace([Prepared(fresh, tuple(split(fresh)), self.embedder.embed(["x"]))])
            raise RuntimeError
        corpus.sync()
        assert (corpus.stats().documents, corpus.stats().passages) == (
            before.documents, before.passages
        )  # fmt: skip
        assert corpus.search_words("something", 5) == []

    def test_a_write_is_indexed_without_being_asked_for(self, corpus: Corpus) -> None:
        fill(corpus, sample(FEW))
        assert corpus.index_generation() == corpus.generation()
        list(ingest([document("late", "Brand new words.")], corpus, self.embedder))
        assert corpus.wait_until_indexed(corpus.generation(), seconds=20)
        assert corpus.index_generation() == corpus.generation()
        assert ids(corpus, corpus.search_words("brand", 5)) == ["late"]
        assert ids(corpus, corpus.search_vector(self.vector("brand new words"), 1)) == ["late"]
        assert not corpus.wait_until_indexed(corpus.generation() + 1, seconds=0.01)

    def test_searches_during_writes_answer_from_one_state(self, corpus: Corpus) -> None:
        """Whatever is found was stored, and passes the filters, at every moment of an import."""
        fill(corpus, sample(FEW))
        filters = Filters(publisher=("Wire",), published_after=dt.date(2020, 1, 1))
        failures: list[BaseException] = []
        done = threading.Event()

        def search() -> None:
            try:
                while not done.is_set():
                    found = corpus.search_vector(self.vector("river"), 50, filters)
                    found += corpus.search_words("river", 50, filters)
                    for passage in corpus.passages([hit.key for hit in found]).values():
                        if (stored := corpus.get(passage.document_id)) is not None:
                            assert filters.admits(stored)
            except BaseException as error:  # noqa: BLE001 - told to the test's own thread
                failures.append(error)

        thread = threading.Thread(target=search)
        thread.start()
        documents = sample(MANY)[FEW:]
        for at in range(0, len(documents), 10):
            list(ingest(documents[at : at + 10], corpus, self.embedder))
            corpus.delete([documents[at].id])
        done.set()
        thread.join()
        assert failures == []
        corpus.sync()
        assert len(corpus.search_vector(self.vector("river"), 1000)) == corpus.stats().passages
