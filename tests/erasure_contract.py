"""What every Corpus must do with what is erased, de-indexed and held."""

from __future__ import annotations

import pytest

from index.corpus import NO_FILTERS, Corpus
from index.documents import document
from index.errors import DocumentErased, DocumentHeld
from index.exact import ExactCorpus
from index.ingest import ingest_one
from tests.fakes import FakeEmbedder

TEXT = "The otter swam across. Nobody saw it."


class ErasureContract:
    @pytest.fixture
    def stored(self, corpus: Corpus) -> Corpus:
        for id, text in {"a": TEXT, "b": "The bridge fell.", "copy": TEXT}.items():
            ingest_one(document(id, text), corpus, FakeEmbedder())
        corpus.sync()
        return corpus

    def found(self, corpus: Corpus, word: str) -> list[str]:
        corpus.sync()
        hits = corpus.search_words(word, 9)
        passages = corpus.passages([hit.key for hit in hits])
        vector = FakeEmbedder().embed([word])[0]
        near = corpus.passages([hit.key for hit in corpus.search_vector(vector, 9)])
        by_words = sorted(passage.document_id for passage in passages.values())
        assert set(by_words) <= {passage.document_id for passage in near.values()}
        return by_words

    def test_an_erased_document_is_gone_and_stays_gone(self, stored: Corpus) -> None:
        receipt = stored.erase("a")
        assert receipt is not None
        assert receipt.is_complete
        assert (receipt.versions, receipt.passages, receipt.copies) == (1, 1, ("copy",))
        assert stored.get("a") is None
        assert self.found(stored, "otter") == ["copy"]
        assert stored.erase("a") is None
        for id, text in (("a", "Another text."), ("new", f"  {TEXT.upper()} ")):
            with pytest.raises(DocumentErased):
                ingest_one(document(id, text), stored, FakeEmbedder())
        assert stored.stats().documents == 2

    def test_an_erasure_can_be_forgotten(self, stored: Corpus) -> None:
        stored.erase("a")
        assert stored.forget_erasure("a")
        assert not stored.forget_erasure("a")
        assert ingest_one(document("new", TEXT), stored, FakeEmbedder()).status == "added"
        assert ingest_one(document("a", TEXT), stored, FakeEmbedder()).status == "added"

    def test_what_was_deleted_before_is_kept_out_where_that_is_said(self, stored: Corpus) -> None:
        stored.delete(["a"])
        assert stored.erase("a") is None
        receipt = stored.erase("a", deleted=True)
        assert receipt is not None
        assert receipt.is_complete
        assert (receipt.versions, receipt.passages, receipt.copies) == (0, 0, ())
        with pytest.raises(DocumentErased):
            ingest_one(document("a", "Another text."), stored, FakeEmbedder())
        # Its text is not known any more.
        assert ingest_one(document("new", TEXT), stored, FakeEmbedder()).status == "added"
        assert stored.forget_erasure("a")

    def test_every_version_is_erased(self, stored: Corpus) -> None:
        ingest_one(document("b", "The bridge stands."), stored, FakeEmbedder())
        receipt = stored.erase("b")
        assert receipt is not None
        assert receipt.versions == 2
        for text in ("The bridge fell.", "The bridge stands."):
            with pytest.raises(DocumentErased):
                ingest_one(document("other", text), stored, FakeEmbedder())

    def test_a_deindexed_document_is_kept_and_in_no_answer(self, stored: Corpus) -> None:
        before = ExactCorpus()
        for id, text in {"b": "The bridge fell.", "copy": TEXT}.items():
            ingest_one(document(id, text), before, FakeEmbedder())
        assert stored.restrict("a", "deindexed")
        assert self.found(stored, "otter") == ["copy"]
        (hit,), (alone,) = (one.search_words("otter", 5) for one in (stored, before))
        assert hit.score == pytest.approx(alone.score, rel=1e-4)
        assert stored.get("a") is None
        assert stored.versions("a") == []
        assert [one.id for one in stored.documents().documents] == ["b", "copy"]
        assert stored.stats().documents == stored.count_documents(NO_FILTERS) == 2
        assert [one.id for one in stored.stored_documents()] == ["a", "b", "copy"]
        assert stored.count_withheld(NO_FILTERS) == 0
        withheld = document("a", TEXT, pubstatus="withheld")
        ingest_one(withheld, stored, FakeEmbedder())
        assert stored.count_withheld(NO_FILTERS) == 0
        stored.restrict("a", "deindexed", lift=True)
        assert stored.count_withheld(NO_FILTERS) == 1

    def test_a_deindexed_document_stays_so_whatever_is_stored(self, stored: Corpus) -> None:
        stored.restrict("a", "deindexed")
        ingest_one(document("a", "The otter sank."), stored, FakeEmbedder())
        assert self.found(stored, "sank") == []
        stored.delete(["a"])
        ingest_one(document("a", "The otter rose."), stored, FakeEmbedder())
        assert self.found(stored, "rose") == []
        assert stored.restrict("a", "deindexed", lift=True)
        assert self.found(stored, "rose") == ["a"]
        assert stored.get("a").text == "The otter rose."

    def test_a_held_document_stays_as_it_is(self, stored: Corpus) -> None:
        assert stored.restrict("a", "held")
        refused = (
            lambda: stored.erase("a"),
            lambda: stored.delete(["b", "a"]),
            lambda: stored.restrict("a", "deindexed"),
            lambda: ingest_one(document("a", "Other."), stored, FakeEmbedder()),
        )
        for call in refused:
            with pytest.raises(DocumentHeld):
                call()
        assert stored.get("a").text == TEXT
        assert stored.get("b") is not None
        assert ingest_one(document("a", TEXT), stored, FakeEmbedder()).status == "unchanged"
        assert self.found(stored, "otter") == ["a", "copy"]
        assert stored.restrict("a", "held", lift=True)
        assert stored.delete(["a"]) == 1

    def test_what_is_not_there_cannot_be_restricted(self, stored: Corpus) -> None:
        assert not stored.restrict("x", "held")
        assert not stored.restrict("x", "deindexed", lift=True)
        assert stored.erase("x") is None
        assert stored.restricted() == []

    def test_restrictions_are_listed(self, stored: Corpus) -> None:
        stored.restrict("b", "held")
        stored.restrict("a", "held")
        stored.restrict("copy", "deindexed")
        listed = [(one.document_id, one.kind) for one in stored.restricted()]
        assert listed == [("a", "held"), ("b", "held"), ("copy", "deindexed")]
