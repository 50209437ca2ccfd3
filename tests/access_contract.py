"""What every Corpus must keep from who is not of a document's access group."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from index.corpus import Corpus, Filters
from index.documents import document
from index.ingest import ingest, ingest_one
from tests.fakes import FakeEmbedder

NOBODY, SPORT, BOTH = (
    Filters(access=()),
    Filters(access=("sport",)),
    Filters(access=("law", "sport")),
)
SEEN = {
    NOBODY: {"open"},
    SPORT: {"open", "s"},
    BOTH: {"open", "s", "l"},
    Filters(): {"open", "s", "l"},
}


class AccessContract:
    @pytest.fixture
    def stored(self, corpus: Corpus) -> Corpus:
        days = {"published_at": "2021-05-02"}
        list(
            ingest(
                [
                    document("l", "The bridge fell. Law.", access="law", publisher="Law", **days),
                    document("open", "The bridge fell. All.", publisher="Wire", **days),
                    document("s", "The bridge fell. Sport.", access="  SPORT", publisher="wire"),
                ],
                corpus,
                FakeEmbedder(),
            )
        )
        corpus.sync()
        return corpus

    @pytest.mark.parametrize("filters", SEEN, ids=repr)
    def test_searches_counts_lists_and_publishers(self, stored: Corpus, filters: Filters) -> None:
        vector = FakeEmbedder().embed(["The bridge fell."])[0]
        for hits in (
            stored.search_words("bridge", 9, filters),
            stored.search_vector(vector, 9, filters),
        ):
            passages = stored.passages([hit.key for hit in hits])
            assert {one.document_id for one in passages.values()} == SEEN[filters]
        every = stored.passages([hit.key for hit in stored.search_words("bridge", 9)])
        read = {one.document_id for one in every.values() if stored.document_of(one, filters)}
        assert read == SEEN[filters]
        assert stored.count_documents(filters) == len(SEEN[filters])
        assert stored.count_passages(filters) == len(SEEN[filters])
        assert {one.id for one in stored.documents(filters=filters).documents} == SEEN[filters]
        names = {"open": "wire", "s": "wire", "l": "law"}
        shown = {name.lower() for name, _ in stored.publishers(filters)}
        assert shown == {names[id] for id in SEEN[filters]}
        assert sum(number for _, number in stored.publishers(filters)) == len(SEEN[filters])

    def test_a_page_ends_at_a_document_that_is_seen(self, stored: Corpus) -> None:
        first = stored.documents(limit=1, filters=SPORT)
        assert ([one.id for one in first.documents], first.next_cursor) == (["open"], "open")
        last = stored.documents("open", 1, SPORT)
        assert ([one.id for one in last.documents], last.next_cursor) == (["s"], None)
        assert stored.documents(limit=1, filters=NOBODY).next_cursor is None

    def test_with_dates_and_names_the_group_counts_as_well(self, stored: Corpus) -> None:
        asked = Filters(as_of=dt.date(2022, 1, 1), access=())
        assert stored.count_documents(asked) == 1
        assert stored.count_undated(asked) == 0
        assert stored.count_undated(Filters(as_of=dt.date(2022, 1, 1), access=("sport",))) == 1
        assert stored.count_documents(Filters(publisher=("WIRE",), access=())) == 1

    def test_groups_are_told_of_what_is_hidden_too(self, stored: Corpus) -> None:
        ingest_one(document("h", "x", access="law", pubstatus="withheld"), stored, FakeEmbedder())
        assert stored.groups_of(["s", "open", "h", "none"]) == {
            "s": "sport",
            "open": None,
            "h": "law",
        }
        assert stored.count_withheld(NOBODY) == 0
        assert stored.count_withheld(BOTH) == 1

    def test_a_document_that_changes_groups_takes_its_versions_along(self, stored: Corpus) -> None:
        newer = document("open", "The bridge stands.", access="law", modified_at="2021-06-01",
                         publisher="Wire", published_at="2021-05-02")  # fmt: skip
        ingest_one(newer, stored, FakeEmbedder())
        stored.sync()
        for asked in (NOBODY, Filters(as_of=dt.date(2021, 5, 10), access=())):
            assert stored.count_documents(asked) == 0
            assert stored.search_words("bridge", 9, asked) == []
        then = Filters(as_of=dt.date(2021, 5, 10), access=("law",))
        assert stored.count_documents(then) == 2
        assert {one.document.access for one in stored.versions("open")} == {"law"}
        assert stored.versions("open", NOBODY) == []

    def test_a_document_that_leaves_its_group_leaves_its_earlier_text_there(
        self, stored: Corpus
    ) -> None:
        newer = document("s", "The bridge stands.", publisher="Wire", modified_at="2021-06-01",
                         published_at="2021-05-02")  # fmt: skip
        ingest_one(newer, stored, FakeEmbedder())
        stored.sync()
        (seen,) = stored.versions("s", NOBODY)
        assert (seen.document.text, seen.changes) == ("The bridge stands.", None)
        assert [one.document.version for one in stored.versions("s", SPORT)] == [1, 2]

    @pytest.mark.parametrize("first", [None, "sport"])
    def test_earlier_versions_stay_in_the_last_group_of_their_document(
        self, corpus: Corpus, first: str | None
    ) -> None:
        for month, group in enumerate((first, "law", None), start=2):
            newer = document(
                "d",
                f"The bridge fell in part {month}.",
                access=group,
                published_at="2021-01-02",
                modified_at=f"2021-0{month}-02",
            )
            ingest_one(newer, corpus, FakeEmbedder())
        corpus.sync()
        assert {one.document.access for one in corpus.versions("d")} == {"law", None}
        for groups, found in (((), 0), (("sport",), 0), (("law",), 1)):
            then = Filters(as_of=dt.date(2021, 1, 10), access=groups)
            assert corpus.count_documents(then) == found
            assert len(corpus.search_words("bridge", 9, then)) == found
            assert len(corpus.versions("d", then)) == 1 + 2 * found

    def test_a_version_of_a_third_group_is_not_taken_along(self, corpus: Corpus) -> None:
        """Who moves the document need not see that group."""
        days = {"published_at": "2021-01-02"}
        for text, group, month in (
            ("The bridge fell. Sport.", "sport", 2),
            ("The bridge fell. All.", None, 3),
            ("The bridge fell. All.", "law", 3),
            ("The bridge fell. Law.", "law", 4),
        ):
            newer = document("d", text, access=group, modified_at=f"2021-0{month}-02", **days)
            ingest_one(newer, corpus, FakeEmbedder())
        corpus.sync()
        law, sport = Filters(access=("law",)), Filters(access=("sport",))
        assert [one.document.version for one in corpus.versions("d", law)] == [2, 3]
        assert corpus.versions("d", sport) == []
        for groups in (law, sport):
            then = replace(groups, as_of=dt.date(2021, 1, 10))
            assert (corpus.count_documents(then), corpus.search_words("bridge", 9, then)) == (0, [])
        ingest_one(
            document("d", "It stands.", modified_at="2021-05-02", **days), corpus, FakeEmbedder()
        )
        corpus.sync()
        assert corpus.count_documents(replace(sport, as_of=dt.date(2021, 1, 10))) == 1
