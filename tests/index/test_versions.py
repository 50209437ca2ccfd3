"""Rights, moments and versions: both corpora by one contract, and the embedded one's own."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from index.corpus import NO_FILTERS
from index.exact import ExactCorpus
from index.versions import Period, periods
from tests.conftest import OpenEmbedded
from tests.corpus_contract import sample
from tests.fakes import FakeClock
from tests.versions_contract import HOUR, NOW, Make, VersionsContract, day, found, put, secret


class TestExactVersions(VersionsContract):
    @pytest.fixture
    def make(self) -> Make:
        return ExactCorpus


class TestEmbeddedVersions(VersionsContract):
    @pytest.fixture
    def make(self, open_embedded: OpenEmbedded) -> Iterator[Make]:
        opened, numbers = [], itertools.count()

        def make(**options):
            opened.append(open_embedded(f"data{next(numbers)}", **options))
            return opened[-1]

        yield make
        for corpus in opened:
            corpus.close()


def test_periods_by_hand() -> None:
    assert periods([day(1)]) == [Period(day(1))]
    assert periods([day(1), day(5)]) == [Period(day(1), day(5)), Period(day(5))]
    late = periods([day(1), day(5), day(3)])
    assert late == [Period(day(1), day(3)), Period(day(5), day(3)), Period(day(3))]
    assert [one.is_empty for one in late] == [False, True, False]
    assert periods([day(1), None])[0].is_empty
    assert not periods([None, day(2)])[0].is_empty


def test_moments_that_pass_while_nothing_is_open(open_embedded: OpenEmbedded) -> None:
    clock = FakeClock(NOW)
    corpus = open_embedded(clock=clock)
    put(corpus, *sample(3), secret(embargoed_until=NOW + HOUR, expires=NOW + 2 * HOUR))
    corpus.close()
    for hours, expected in ((0, []), (1, ["secret"]), (2, [])):
        clock.now = NOW + hours * HOUR
        for writable in (False, True):
            corpus = open_embedded(clock=clock, writable=writable)
            assert found(corpus) == expected
            assert corpus.count_withheld(NO_FILTERS) == 1 - len(expected)
            corpus.close()


def test_a_reader_follows_the_moments_beside_a_writer(open_embedded: OpenEmbedded) -> None:
    clock = FakeClock(NOW)
    writer = open_embedded(clock=clock)
    put(writer, *sample(3), secret(expires=NOW + HOUR))
    reader = open_embedded(clock=clock, writable=False)
    assert found(reader) == found(writer) == ["secret"]
    passages = reader.passages([hit.key for hit in reader.search_words("zanzibar", 9)])
    clock.now += HOUR
    assert reader.get("secret") is None
    assert [reader.document_of(one) for one in passages.values()] == [None]
    assert found(writer) == []
    assert found(reader) == []
    reader.close()
    writer.close()


def test_the_thread_that_follows_the_writes_follows_the_moments(
    open_embedded: OpenEmbedded,
) -> None:
    corpus = open_embedded()
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=0.4)
    put(corpus, *sample(3), secret(embargoed_until=soon))
    until = time.monotonic() + 20
    # Asked of the indexes, for a question to the corpus would let the moment take effect itself.
    while corpus._indexes.columns.count_documents(NO_FILTERS) < 4:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert corpus.is_settled()
    assert found(corpus) == ["secret"]
    corpus.close()


def test_who_asks_while_a_moment_takes_effect_waits_for_it(open_embedded: OpenEmbedded) -> None:
    clock = FakeClock(NOW)
    corpus = open_embedded(clock=clock)
    put(corpus, *sample(3), secret(expires=NOW + HOUR))
    before = corpus._store.generation()
    clock.now += HOUR
    with ThreadPoolExecutor() as threads:
        with corpus._sync_lock:  # the indexes stay of before
            threads.submit(corpus.generation)
            while corpus._store.generation() == before:
                time.sleep(0.01)
            asked = threads.submit(corpus.count_documents, NO_FILTERS)
            wait([asked], timeout=0.1)
        assert asked.result() == 3
    corpus.close()


def test_an_answer_is_not_given_again_while_the_indexes_hold_what_is_hidden(
    open_embedded: OpenEmbedded,
) -> None:
    corpus = open_embedded()
    put(corpus, secret(), *sample(3))
    corpus.stop_indexing()
    corpus._store.upsert([])  # another generation
    assert corpus.is_settled()
    corpus.delete(["secret"])
    assert not corpus.is_settled()
    corpus.close()
    again = open_embedded()
    assert again.is_settled()
    again.close()
