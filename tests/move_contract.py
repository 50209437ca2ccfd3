"""What every Corpus must do when all that it stores is copied, out of it or into it.

A backend's test inherits `MoveContract` and gives `make`, which makes corpora by a clock, all for
the model of `FakeEmbedder`. Each is empty, and none shares anything with another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from index.contents import StoredDocument
from index.corpus import Corpus, Filters
from index.documents import document
from index.errors import DocumentErased
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one
from index.places import Place
from tests.fakes import FakeClock, FakeEmbedder
from tests.versions_contract import HOUR, NOW, day, said

Make = Callable[..., Corpus]


def filled(corpus: Corpus) -> Corpus:
    """The corpus with versions, rights, groups, places, dates, restrictions and a tombstone."""
    moments = {"embargoed_until": NOW + HOUR, "expires": NOW + 9 * HOUR + dt.timedelta(0, 0, 7)}
    given = [
        document("a", "The river bridge fell.", published_at=day(3), publisher="Wire"),
        document("a", "The river bridge stands.", published_at=day(3), modified_at=day(5),
                 publisher="Wire", access="law"),
        document("a", "The river bridge moved.", published_at=day(3), modified_at=day(9),
                 publisher="Wire", access="law"),
        document("a b", "A title has the storm.", title="Storm, 😀", url="https://x.org/ü"),
        document("a#1", "Undated vote of the mayor.\n\nIt was close.", language="en",
                 places=[Place(0, 9, page=2, box=(1.0, 2.5, 3.0, 4.0)), Place(9, 41, row=1)]),
        document("embargoed", "A ferry comes.", **moments, usageterms="once", rights="© X"),
        document("erased", "The museum burned down."),
        document("hidden", "A river of noise.", publisher="Herald", published_at=day(2)),
        document("held", "The train is late, and the vaccine too.", publisher="herald"),
        document("withheld", "The river is long.", pubstatus="withheld"),
        document("Z", "Ωmega river.", language="el"),
    ]  # fmt: skip
    assert {one.status for one in ingest(given, corpus, FakeEmbedder())} <= {"added", "updated"}
    assert corpus.erase("erased") is not None
    corpus.restrict("hidden", "deindexed")
    corpus.restrict("held", "held")
    corpus.sync()
    return corpus


def copy(source: Corpus, target: Corpus) -> Corpus:
    target.contents.put_decisions(source.contents.decisions())
    target.contents.put(list(source.contents.documents()))
    target.sync()
    return target


def everything(corpus: Corpus) -> dict[str, bytes]:
    return {one.id: one.digest() for one in corpus.contents.documents()}


class MoveContract:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(NOW)

    @pytest.fixture
    def make(self) -> Make:
        raise AssertionError("the backend's test gives this fixture")

    @pytest.fixture
    def reference(self, clock: FakeClock) -> ExactCorpus:
        corpus = ExactCorpus(clock=clock, identity=FakeEmbedder.identity)
        filled(corpus)
        return corpus

    @pytest.fixture(params=["out of it", "into it", "within"])
    def pair(
        self, request: pytest.FixtureRequest, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> tuple[Corpus, Corpus]:
        """A corpus and a copy of it."""
        source = reference if request.param == "into it" else filled(make(clock=clock))
        exact = ExactCorpus(clock=clock, identity=FakeEmbedder.identity)
        target = exact if request.param == "out of it" else make(clock=clock)
        return source, copy(source, target)

    def test_what_is_stored_is_what_the_reference_stores(
        self, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> None:
        corpus = filled(make(clock=clock))
        assert everything(corpus) == everything(reference)
        assert corpus.contents.count() == reference.contents.count() == 8
        assert corpus.contents.embedding() == FakeEmbedder.identity
        assert len(corpus.contents.decisions().tombstones) == 2
        (first, *_) = corpus.contents.documents("Z")
        numbers = [one.document.version for one in first.versions]
        assert (first.id, numbers, first.passages) == ("a", [1, 2, 3], 3)
        assert first.versions[0].document.access == "law"
        assert {passage.version for one in first.versions for passage in one.passages} == {None}

    def test_a_copy_is_the_same_and_answers_the_same(
        self, pair: tuple[Corpus, Corpus], clock: FakeClock
    ) -> None:
        source, target = pair
        assert everything(target) == everything(source)
        assert target.contents.decisions() == source.contents.decisions()
        assert target.contents.name() != source.contents.name()
        assert said(target) == said(source)
        assert target.restricted() == source.restricted()
        for id in everything(source):
            assert target.versions(id) == source.versions(id)
            assert target.texts(id) == source.texts(id)
        then = Filters(as_of=day(6), access=("law",))
        assert target.count_documents(then) == source.count_documents(then) > 0
        clock.now += 2 * HOUR
        target.sync()
        assert target.get("embargoed") == source.get("embargoed") is not None
        assert said(target) == said(source)

    def test_what_was_decided_holds_in_the_copy(self, pair: tuple[Corpus, Corpus]) -> None:
        source, target = pair
        for id, text in (("erased", "Another text."), ("new", "The museum  burned DOWN.")):
            with pytest.raises(DocumentErased):
                ingest_one(document(id, text), target, FakeEmbedder())
        same = document("a b", "A title has the storm.", title="Storm, 😀", url="https://x.org/ü")
        assert ingest_one(same, target, FakeEmbedder()).status == "unchanged"
        newer = replace(source.get("Z"), text="Another river.")
        assert ingest_one(newer, target, FakeEmbedder()).status == "updated"
        assert [one.document.version for one in target.versions("Z")] == [1, 2]

    def test_vectors_come_back_bit_for_bit(self, make: Make, clock: FakeClock) -> None:
        corpus = make(clock=clock)
        text = "A bridge was closed by the mayor."
        ingest_one(document("d", text, language="en"), corpus, FakeEmbedder())
        (stored,) = corpus.contents.documents()
        assert np.array_equal(stored.versions[0].vectors, FakeEmbedder().embed([text]))
        assert stored.versions[0].vectors.dtype == np.float32

    def test_putting_replaces_whatever_was_there(
        self, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> None:
        target = make(clock=clock)
        list(
            ingest(
                [document("a", f"Version {n} of another zebra.") for n in range(5)]
                + [document("other", "It stays.")],
                target, FakeEmbedder(),
            )
        )  # fmt: skip
        before = target.contents.generation()
        for _ in range(2):
            target.contents.put(list(reference.contents.documents()))
        target.sync()
        kept = everything(target)
        assert kept.pop("other")
        assert kept == everything(reference)
        assert target.search_words("zebra", 5) == []
        assert target.contents.generation() > before
        assert target.contents.remove(["other", "nobody"]) == 1
        assert target.contents.count() == reference.contents.count()

    def test_all_of_a_batch_or_none(
        self, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> None:
        target = make(clock=clock)
        good, bad, *_ = reference.contents.documents()
        broken = replace(bad.versions[-1], vectors=bad.versions[-1].vectors[:0])
        with pytest.raises(ValueError, match="zip"):
            target.contents.put([good, StoredDocument((broken,))])
        assert everything(target) == {}
        assert target.contents.count() == 0

    def test_documents_come_by_id_and_may_be_put_meanwhile(
        self, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> None:
        target = make(clock=clock)
        every = list(reference.contents.documents())
        ids = [one.id for one in every]
        assert ids == sorted(ids)  # "Z" before "a", "a#1" behind "a b"
        target.contents.put(every)
        for after in (None, "", "Z", "a", "a b", "m", "zz"):
            expected = [id for id in ids if id > (after or "")]
            assert [one.id for one in target.contents.documents(after)] == expected
        seen = []
        for one in target.contents.documents():
            seen.append(one.id)
            target.contents.put([one])
            target.contents.remove([id for id in ids if id < one.id])
        assert seen == ids
        assert list(everything(target)) == ids[-1:]

    def test_a_held_document_is_put_and_removed_all_the_same(
        self, pair: tuple[Corpus, Corpus]
    ) -> None:
        source, target = pair
        (held,) = (one for one in source.contents.documents() if one.id == "held")
        target.contents.put([held])
        assert target.contents.remove(["held"]) == 1
        assert target.get("held") is None
        assert [one.document_id for one in target.restricted()] == ["held", "hidden"]

    def test_decisions_take_effect_at_once_and_end(
        self, make: Make, clock: FakeClock, reference: ExactCorpus
    ) -> None:
        target = make(clock=clock)
        target.contents.put(list(reference.contents.documents()))
        none = target.contents.decisions()
        assert (none.restricted, none.tombstones) == ((), ())
        target.sync()
        assert target.get("hidden") is not None
        target.contents.put_decisions(reference.contents.decisions())
        target.sync()
        assert target.get("hidden") is None
        assert said(target) == said(reference)
        target.contents.put_decisions(none)
        target.sync()
        assert target.get("hidden") is not None
        assert target.contents.decisions() == none

    def test_what_is_unfinished_is_noted(self, make: Make, clock: FakeClock) -> None:
        contents = make(clock=clock).contents
        assert contents.unfinished() is None
        for name in ("exact 1", "exact 2"):
            contents.set_unfinished(name)
            assert contents.unfinished() == name
        contents.set_unfinished(None)
        assert contents.unfinished() is None
