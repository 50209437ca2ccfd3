"""What every Corpus must do with rights, moments and versions, by a clock of the test.

A backend's test inherits `VersionsContract` and gives `make`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from index.corpus import NO_FILTERS, Corpus, Filters
from index.documents import Document, document
from index.errors import DocumentWithdrawn
from index.ingest import ingest, ingest_one, reindex
from index.rights import Clock
from index.versions import Change
from tests.corpus_contract import ids, sample
from tests.fakes import FakeClock, FakeEmbedder

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MARKER = "zanzibar"
Make = Callable[..., Corpus]

HIDDEN = {
    "embargoed": {"embargoed_until": NOW + HOUR},
    "withheld": {"pubstatus": "withheld"},
    "canceled": {"pubstatus": "canceled"},
    "expired": {"expires": NOW - HOUR},
    "expired now": {"expires": NOW},
}


def day(number: int) -> dt.date:
    return dt.date(2024, 1, number)


def secret(id: str = "secret", **rights) -> Document:
    return document(
        id, f"The {MARKER} bridge falls over the river.", title=f"{MARKER} river",
        publisher="Zanzibar Gazette", published_at=day(3), language="en", **rights,
    )  # fmt: skip


def put(corpus: Corpus, *documents: Document) -> list[str]:
    statuses = [outcome.status for outcome in ingest(documents, corpus, FakeEmbedder())]
    corpus.sync()
    return statuses


def said(corpus: Corpus) -> dict:
    """All that a corpus tells, but the numbers of its generations and the keys of its passages."""
    filters = [
        NO_FILTERS, Filters(as_of=day(20)), Filters(as_of=day(2)), Filters(publisher=("wire",)),
        Filters(publisher=("zanzibar gazette",)), Filters(as_of=day(9), include_undated=True),
        Filters(published_after=day(2)),
    ]  # fmt: skip
    told: dict = {
        "documents": corpus.documents().documents, "all": list(corpus.all_documents()),
        "publishers": corpus.publishers(), "stats": replace(corpus.stats(), generation=0),
    }  # fmt: skip
    for words in (MARKER, "river bridge", f"{MARKER} number3"):
        told[words] = round(corpus.words_ceiling(words), 3)
        vector = FakeEmbedder().embed([words])[0]
        for one in filters:
            by_vector, by_words = (
                corpus.search_vector(vector, 99, one), corpus.search_words(words, 99, one)
            )  # fmt: skip
            for name, hits in (("vector", by_vector), ("words", by_words)):
                found = corpus.passages([hit.key for hit in hits])
                told[words, one, name] = sorted(
                    (-round(hit.score, 3), found[hit.key].id, found[hit.key].text) for hit in hits
                )
                for passage in found.values():
                    assert corpus.document_of(passage, one) is not None
            told[one] = corpus.count_documents(one), corpus.count_undated(one)
    return told


class VersionsContract:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(NOW)

    @pytest.fixture
    def make(self) -> Make:
        raise AssertionError("the backend's test gives this fixture")

    @pytest.fixture
    def corpus(self, make: Make, clock: Clock) -> Corpus:
        return make(clock=clock)

    # -- rights -----------------------------------------------------------------------------

    @pytest.mark.parametrize("why", HIDDEN)
    def test_what_is_hidden_is_as_if_it_was_not_there(
        self, make: Make, clock: FakeClock, why: str
    ) -> None:
        with_it, without = make(clock=clock), make(clock=clock)
        put(without, *sample(9))
        put(with_it, secret(**HIDDEN[why]), *sample(9))
        assert with_it.get("secret") is None
        assert with_it.versions("secret") == []
        assert said(with_it) == said(without)
        assert with_it.count_withheld(NO_FILTERS) == 1
        assert with_it.count_withheld(Filters(as_of=day(1))) == 0
        assert put(with_it, secret(**HIDDEN[why])) == ["unchanged"]
        assert with_it.delete(["secret"]) == 1
        assert with_it.count_withheld(NO_FILTERS) == 0

    @pytest.mark.parametrize("why", HIDDEN)
    def test_what_was_shown_is_hidden_by_an_update_and_shown_again(
        self, make: Make, clock: FakeClock, why: str
    ) -> None:
        corpus, without = make(clock=clock), make(clock=clock)
        put(without, *sample(9))
        put(corpus, *sample(9), secret())
        shown = said(corpus)
        assert ids(corpus, corpus.search_words(MARKER, 9)) == ["secret"]
        assert put(corpus, secret(**HIDDEN[why])) == ["updated"]
        assert said(corpus) == said(without)
        assert put(corpus, secret()) == ["updated"]
        assert said(corpus) == shown

    def test_a_moment_that_passes_hides_and_shows_without_a_write(
        self, make: Make, clock: FakeClock
    ) -> None:
        corpus, without, both = make(clock=clock), make(clock=clock), make(clock=clock)
        put(without, *sample(5))
        put(both, *sample(5), secret(), secret("other"))
        put(corpus, *sample(5), secret(embargoed_until=NOW + HOUR, expires=NOW + 3 * HOUR))
        put(corpus, secret("other", embargoed_until=NOW + HOUR, expires=NOW + 4 * HOUR))
        before = corpus.index_generation()
        assert said(corpus) == said(without)
        assert corpus.index_generation() == before
        clock.now += HOUR
        assert not (corpus.is_settled() and corpus.index_generation() == before)
        assert found(corpus) == ["other", "secret"]
        assert corpus.is_settled()
        assert corpus.index_generation() > before
        assert without_rights(said(corpus)) == without_rights(said(both))
        clock.now = NOW + 3 * HOUR - dt.timedelta(microseconds=1)
        assert found(corpus) == ["other", "secret"]
        clock.now = NOW + 3 * HOUR
        assert found(corpus) == ["other"]
        clock.now = NOW + 9 * HOUR
        assert corpus.get("other") is None
        assert said(corpus) == said(without)

    def test_a_clock_that_was_wrong_is_set_right(self, corpus: Corpus, clock: FakeClock) -> None:
        put(corpus, secret(embargoed_until=NOW + HOUR), *sample(3))
        clock.now += 9 * HOUR
        assert found(corpus) == ["secret"]
        clock.now = NOW
        assert found(corpus) == []
        assert corpus.get("secret") is None

    def test_a_re_index_shows_nothing(self, make: Make, clock: FakeClock) -> None:
        corpus, without = make(clock=clock), make(clock=clock)
        put(without, *sample(3))
        put(corpus, *sample(3), secret(embargoed_until=NOW + HOUR))
        assert len(list(reindex(corpus, FakeEmbedder()))) == 4
        corpus.sync()
        assert said(corpus) == said(without)
        clock.now += HOUR
        assert found(corpus) == ["secret"]

    # -- versions ---------------------------------------------------------------------------

    def test_as_of_asks_the_version_of_that_day(self, corpus: Corpus) -> None:
        put(corpus, *sample(5), text(1, "one", day(2)))
        assert put(corpus, text(1, "two", day(2), modified_at=day(10))) == ["updated"]
        put(corpus, text(1, "three", day(2), modified_at=day(20), publisher="Post"))
        expected = {None: "three", 1: None, 2: "one", 9: "one", 10: "two", 19: "two", 20: "three"}
        for number, word in expected.items():
            filters = Filters(as_of=number and day(number))
            for hits in (
                corpus.search_words(MARKER, 9, filters),
                corpus.search_vector(FakeEmbedder().embed([MARKER])[0], 1, filters),
            ):
                texts = {key: corpus.passages([key])[key] for key in (hit.key for hit in hits)}
                hit_by = [one for one in texts.values() if one.document_id == "x1"]
                if word is None:
                    assert hit_by == []
                    continue
                (passage,) = hit_by
                assert word in passage.text
                stood = corpus.document_of(passage, filters)
                assert stood is not None
                assert stood.text[passage.start : passage.end] == passage.text
                assert corpus.document_of(passage, Filters(as_of=day(1))) is None
            listed = [d for d in sample(5) if filters.admits(d)]
            assert corpus.count_documents(filters) == len(listed) + (word is not None)
        assert corpus.count_documents(Filters(("post",), as_of=day(12))) == 0
        assert ("Paper", 1) not in corpus.publishers()
        assert corpus.get("x1").text == text(1, "three", None).text  # type: ignore[union-attr]
        assert (corpus.stats().documents, corpus.stats().passages) == (6, 6)

    def test_scores_are_those_of_the_reference(self, make: Make, clock: FakeClock) -> None:
        from index.exact import ExactCorpus

        ours, theirs = make(clock=clock), ExactCorpus(clock)
        for corpus in (ours, theirs):
            put(corpus, *sample(9), text(1, "one", day(2)), text(2, "one", None))
            put(corpus, text(1, "two", day(5)), text(2, "two", day(6)), secret(**HIDDEN["expired"]))
            put(corpus, text(3, "one", day(9)), text(3, "two", None))
        assert said(ours) == said(theirs)

    @pytest.mark.parametrize(
        ("second", "days"),
        [
            ({"published_at": day(5)}, {2: "one", 4: "one", 5: "two"}),
            ({"published_at": day(2)}, {2: "two", 9: "two"}),  # no day says when it was corrected
            ({"published_at": day(1)}, {1: "two", 2: "two"}),
            ({"published_at": None}, {2: None, 9: None}),
            ({"published_at": None, "modified_at": day(3)}, {2: None, 9: None}),
        ],
        ids=repr,
    )
    def test_dates_decide_which_version_stood(
        self, corpus: Corpus, second: dict, days: dict[int, str | None]
    ) -> None:
        put(corpus, text(1, "one", day(2)), text(1, "two", **second))
        for number, word in days.items():
            hits = corpus.search_words(MARKER, 9, Filters(as_of=day(number)))
            found = corpus.passages([hit.key for hit in hits])
            assert [one.text.split()[1] for one in found.values()] == [word] * bool(word)
        now = corpus.passages([hit.key for hit in corpus.search_words(MARKER, 9)])
        assert [one.text.split()[1] for one in now.values()] == ["two"]

    def test_a_correction_says_what_it_corrected(self, corpus: Corpus) -> None:
        first = document("x", "It cost 8 million. The mayor spoke. It opened.", published_at=day(2))
        later = document(
            "x", "It cost 9 million. The mayor spoke. It opened. We were wrong.", title="Bridge",
            published_at=day(2), modified_at=day(4),
        )  # fmt: skip
        put(corpus, first)
        put(corpus, later)
        old, new = corpus.versions("x")
        assert (old.document.text, old.period.since, old.period.until) == (
            first.text, day(2), day(4)
        )  # fmt: skip
        assert (old.document.version, new.document.version, old.changes) == (1, 2, None)
        assert new.period.is_current
        assert new.changes == (
            Change("", "Bridge"), Change("It cost 8 million.", "It cost 9 million."),
            Change("", "We were wrong."),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("status", "number", "comes_back"),
        [
            ("canceled", 4, False),
            ("canceled", 5, False),  # which is final
            ("canceled", 6, True),
            ("canceled", None, True),  # nothing says that it is older
            ("withheld", 4, False),
            ("withheld", 5, True),
        ],
    )
    def test_an_older_version_of_another_import_brings_nothing_back(
        self, make: Make, clock: FakeClock, status: str, number: int | None, comes_back: bool
    ) -> None:
        corpus, without = make(clock=clock), make(clock=clock)
        put(without, *sample(3))
        put(corpus, *sample(3), text(1, "one", day(2), modified_at=day(3)))
        put(corpus, text(1, "gone", day(2), modified_at=day(5), pubstatus=status))
        other = text(1, "other", day(2), modified_at=number and day(number))
        assert put(corpus, other, text(9, "new", None)) == [
            "updated" if comes_back else "refused", "added",
        ]  # fmt: skip
        assert found(corpus) == (["x1", "x9"] if comes_back else ["x9"])
        if not comes_back:
            with pytest.raises(DocumentWithdrawn):
                ingest_one(other, corpus, FakeEmbedder())
            assert {one.version for one in corpus.stored_documents() if one.id == "x1"} == {1, 2}
            corpus.delete(["x9"])
            corpus.sync()
            assert said(corpus) == said(without)
            assert put(corpus, text(1, "gone", day(2), modified_at=day(9), pubstatus=status)) == [
                "updated"
            ]

    def test_other_fields_make_no_version_and_move_its_days(self, corpus: Corpus) -> None:
        put(corpus, text(1, "one", day(2)), text(1, "two", day(2)))
        assert corpus.search_words("one", 9, Filters(as_of=day(3))) == []
        put(corpus, text(1, "two", day(2), modified_at=day(5), publisher="Herald"))
        assert [one.document.publisher for one in corpus.versions("x1")] == ["Paper", "Herald"]
        assert len(corpus.search_words("one", 9, Filters(as_of=day(3)))) == 1
        assert corpus.search_words("one", 9, Filters(as_of=day(5))) == []

    def test_a_hidden_document_hides_its_versions(self, corpus: Corpus, clock: FakeClock) -> None:
        put(corpus, text(1, "one", day(2)), text(1, "two", day(5), expires=NOW + HOUR))
        assert len(corpus.search_words("one", 9, Filters(as_of=day(3)))) == 1
        clock.now += HOUR
        assert corpus.search_words("one", 9, Filters(as_of=day(3))) == []
        assert corpus.words_ceiling("one") == corpus.words_ceiling("unheard")
        assert corpus.versions("x1") == []
        assert corpus.count_documents(Filters(as_of=day(3))) == 0

    def test_a_withheld_version_stays_hidden(self, corpus: Corpus) -> None:
        put(corpus, text(1, "one", day(2), pubstatus="withheld"), text(1, "two", day(5)))
        assert corpus.search_words("one", 9, Filters(as_of=day(3))) == []
        (shown,) = corpus.versions("x1")
        assert (shown.document.version, shown.changes) == (2, None)
        put(corpus, text(1, "three", day(6), pubstatus="withheld"), text(1, "four", day(7)))
        told = [change for one in corpus.versions("x1") for change in one.changes or ()]
        assert told == [Change("The two zanzibar.", "The four zanzibar.")]

    def test_no_more_versions_than_are_kept(self, make: Make, clock: FakeClock) -> None:
        corpus = make(clock=clock, most_versions=2)
        put(corpus, *(text(1, f"word{number}", day(number)) for number in range(1, 7)))
        assert [one.document.version for one in corpus.versions("x1")] == [4, 5, 6]
        assert corpus.search_words("word3", 9, Filters(as_of=day(3))) == []
        assert len(corpus.search_words("word4", 9, Filters(as_of=day(4)))) == 1
        none = make(clock=clock, most_versions=0)
        put(none, text(1, "one", day(2)), text(1, "two", day(5)))
        assert [one.document.version for one in none.versions("x1")] == [2]

    def test_deleting_deletes_versions_and_a_re_index_keeps_them(self, corpus: Corpus) -> None:
        put(corpus, text(1, "one", day(2)), text(1, "two", day(5)), *sample(3))
        before = said(corpus)
        list(reindex(corpus, FakeEmbedder()))
        corpus.sync()
        assert said(corpus) == before
        assert corpus.delete(["x1"]) == 1
        corpus.sync()
        assert corpus.search_words("one", 9, Filters(as_of=day(3))) == []
        assert corpus.versions("x1") == []
        assert [one.id for one in corpus.stored_documents()] == ["d0", "d1", "d2"]


def text(number: int, word: str, published_at: dt.date | None, **fields) -> Document:
    given = {"publisher": "Paper", "published_at": published_at, "language": "en", **fields}
    return document(f"x{number}", f"The {word} {MARKER}.", **given)


def found(corpus: Corpus) -> list[str]:
    return sorted(ids(corpus, corpus.search_words(MARKER, 9)))


def without_rights(told: dict) -> dict:
    """What a corpus tells, of documents no more than their ids."""
    named = {name: [one.id for one in told[name]] for name in ("documents", "all")}
    return {**told, **named}
