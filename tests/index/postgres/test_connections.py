"""Connections that are lost, databases that are away, replicas, other processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from index.corpus import NO_FILTERS
from index.documents import Prepared, document
from index.errors import CorpusBusy, CorpusUnavailable
from index.ingest import ingest_one
from index.postgres import PostgresCorpus
from index.split import split
from tests.conftest import ROOT
from tests.corpus_contract import everything_found, fill, ids, sample
from tests.fakes import FakeEmbedder
from tests.index.postgres.conftest import OpenPostgres
from tests.postgres import NewDatabase, Server, new_server


def cut(address: str) -> None:
    """End every other connection to a database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def found(corpus: PostgresCorpus, word: str) -> list[str]:
    return ids(corpus, corpus.search_words(word, 9))


def test_connections_that_were_cut_are_made_anew(
    open_postgres: OpenPostgres, database: str
) -> None:
    corpus = open_postgres(database)
    fill(corpus, sample(5))
    threads = [threading.Thread(target=lambda: found(corpus, "river")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cut(database)
    assert found(corpus, "number3") == ["d3"]
    cut(database)
    assert ingest_one(document("late", "Brand new."), corpus, FakeEmbedder()).status == "added"
    cut(database)
    assert corpus.get("late") is not None


def test_a_write_whose_connection_is_cut_leaves_nothing(
    open_postgres: OpenPostgres, database: str
) -> None:
    corpus = open_postgres(database)
    fill(corpus, sample(5))
    before = corpus.generation()
    other = document("d0", "Entirely other words.")
    prepared = Prepared(other, tuple(split(other)), FakeEmbedder().embed([other.text]))
    with pytest.raises(CorpusUnavailable), corpus.replacing("fake@1") as replace:  # noqa: PT012
        replace([prepared])
        cut(database)
        replace([prepared])
    assert corpus.generation() == before
    assert everything_found(corpus)


def test_who_writes_for_too_long_makes_others_busy(
    open_postgres: OpenPostgres, database: str
) -> None:
    corpus, other = open_postgres(database), open_postgres(database, seconds=0.3)
    fill(corpus, sample(3))
    with corpus.replacing("fake@1"):
        with pytest.raises(CorpusBusy):
            other.delete(["d0"])
        assert found(other, "number1") == ["d1"]
    assert other.delete(["d0"]) == 1


def test_corpora_of_one_database_see_each_others_writes(
    open_postgres: OpenPostgres, database: str
) -> None:
    first, second = open_postgres(database), open_postgres(database)
    fill(first, sample(20))
    assert everything_found(second)
    assert second.index_generation() == first.generation()
    second.delete(["d3"])
    assert found(first, "number3") == []
    assert first.count_documents(NO_FILTERS) == 19
    assert first.publishers() == second.publishers()
    second.restrict("d4", "deindexed")
    assert found(first, "number4") == []
    assert first.get("d4") is None


def test_writers_side_by_side_lose_nothing(open_postgres: OpenPostgres, database: str) -> None:
    corpora = [open_postgres(database) for _ in range(3)]
    failures: list[BaseException] = []

    def write(at: int) -> None:
        try:
            for one in sample(36)[at::3]:
                ingest_one(one, corpora[at], FakeEmbedder())
                # One document that all write.
                ingest_one(
                    document("same", f"Number{at} of {one.id}."), corpora[at], FakeEmbedder()
                )
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=write, args=[at]) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    corpus = corpora[0]
    assert corpus.generation() == 72
    assert corpus.stats().documents == 37
    assert [one.version for one in corpus.stored_documents() if one.id == "same"] == [
        *range(16, 37)
    ]
    corpus.delete(["same"])
    assert everything_found(corpus)


IMPORT = """
import sys
from index.ingest import ingest_one
from index.postgres import open_corpus
from tests.corpus_contract import sample
from tests.fakes import FakeEmbedder

model = FakeEmbedder()
corpus = open_corpus(sys.argv[1], identity=model.identity, dimension=model.dimension, writable=True)
for document in sample(200):
    ingest_one(document, corpus, model)
    print(document.id, flush=True)
"""


def test_a_process_that_is_killed_loses_nothing_that_it_was_told(
    open_postgres: OpenPostgres, database: str
) -> None:
    corpus = open_postgres(database)
    told = []
    command = [sys.executable, "-c", IMPORT, database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        for line in process.stdout:
            told.append(line.strip())
            if len(told) == 30:
                process.kill()
                break
    time.sleep(0.1)
    stored = [one.id for one in corpus.all_documents()]
    assert set(told) <= set(stored)
    assert len(stored) <= len(told) + 2
    assert everything_found(corpus)
    ingest_one(document("after", "Nobody holds a lock."), corpus, FakeEmbedder())


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """A server of its own, and a replica that follows it."""
    server = new_server()
    replica = server.replica()
    yield server, replica
    replica.remove()
    server.remove()


def wait_for_tables(replica: Server) -> None:
    """Returns when the replica has the corpus's tables, which it is not asked without."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with psycopg.connect(replica.address()) as connection:
            if connection.execute("SELECT to_regclass('claimdesk.state')").fetchone() != (None,):
                return
        time.sleep(0.02)


def test_a_replica_that_has_no_tables_yet_is_asked_later(
    open_postgres: OpenPostgres, new_database: NewDatabase
) -> None:
    corpus = open_postgres(new_database(), read_address=new_database())
    fill(corpus, sample(3))
    assert everything_found(corpus)


def test_a_replica_answers_and_the_primary_while_it_is_away(
    open_postgres: OpenPostgres, pair: tuple[Server, Server]
) -> None:
    server, replica = pair
    fill(open_postgres(server.address()), sample(9))
    wait_for_tables(replica)
    corpus = open_postgres(server.address(), read_address=replica.address(), seconds=3.0)
    assert corpus.wait_until_indexed(corpus.generation(), 20)
    assert everything_found(corpus)
    with psycopg.connect(replica.address(), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        behind = corpus.index_generation()
        ingest_one(document("late", "Brand new."), corpus, FakeEmbedder())
        assert corpus.index_generation() == behind == corpus.generation() - 1
        assert found(corpus, "brand") == []
        assert corpus.is_settled()
        assert corpus.content_hashes(["late"])
        corpus.delete(["d1"])
        assert not corpus.is_settled()
        assert not corpus.wait_until_indexed(corpus.generation(), 0.05)
        connection.execute("SELECT pg_wal_replay_resume()")
    assert corpus.wait_until_indexed(corpus.generation(), 20)
    assert corpus.is_settled()
    assert found(corpus, "brand") == ["late"]
    replica.kill()
    ingest_one(document("later", "Brand again."), corpus, FakeEmbedder())
    assert sorted(found(corpus, "brand")) == ["late", "later"]
    assert corpus.index_generation() == corpus.generation()
    replica.start()


def test_a_database_that_is_away_is_told_and_comes_back(
    open_postgres: OpenPostgres, pair: tuple[Server, Server]
) -> None:
    server, _ = pair
    corpus = open_postgres(server.address(), seconds=1.0)
    ingest_one(document("there", "An osprey."), corpus, FakeEmbedder())
    server.kill()
    calls = (
        lambda: found(corpus, "osprey"),
        lambda: corpus.delete(["there"]),
        lambda: open_postgres(server.address(), seconds=1.0),
    )
    for call in calls:
        with pytest.raises(CorpusUnavailable) as raised:
            call()
        assert "password" not in str(raised.value)
    assert not corpus.is_settled()
    server.start()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            assert found(corpus, "osprey") == ["there"]
            break
        except CorpusUnavailable:
            time.sleep(0.1)
    ingest_one(document("more", "Two ospreys."), corpus, FakeEmbedder())
    assert sorted(found(corpus, "osprey")) == ["more", "there"]


def test_a_replica_that_is_away_from_the_start_is_asked_later(
    open_postgres: OpenPostgres, new_database: NewDatabase
) -> None:
    nowhere = "postgresql://postgres@/nothing?host=/tmp/there-is-no-server-here"
    corpus = open_postgres(new_database(), read_address=nowhere, seconds=1.0)
    fill(corpus, sample(3))
    assert everything_found(corpus)
