"""Databases of other versions, other models, other owners; the driver that is not there."""

from __future__ import annotations

import subprocess
import sys
import threading

import psycopg
import pytest

from index.errors import (
    CorpusError,
    CorpusIncompatible,
    CorpusReadOnly,
    CorpusUnavailable,
    EmbeddingMismatch,
    RecipeMismatch,
)
from index.ingest import ingest, reindex
from index.postgres import open_contents, open_corpus
from index.postgres.schema import MIGRATIONS
from tests.conftest import ROOT
from tests.corpus_contract import everything_found, fill, ids, sample
from tests.fakes import BrokenEmbedder, FakeClock, FakeEmbedder
from tests.index.postgres.conftest import OpenPostgres
from tests.versions_contract import HOUR, NOW, found, put, secret


class OtherEmbedder(FakeEmbedder):
    identity = "other@2"


def execute(address: str, sql: str) -> None:
    with psycopg.connect(address, options="-csearch_path=claimdesk,public") as connection:
        connection.execute(sql)


def test_what_was_stored_is_there_when_it_is_opened_again(
    open_postgres: OpenPostgres, database: str
) -> None:
    corpus = open_postgres(database)
    fill(corpus, sample(9))
    generation = corpus.generation()
    corpus.close()
    again = open_postgres(database)
    assert everything_found(again)
    assert again.generation() == generation
    assert {one.status for one in ingest(sample(9), again, FakeEmbedder())} == {"unchanged"}


def test_several_open_an_empty_database_at_once(open_postgres: OpenPostgres, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP EXTENSION vector CASCADE")
    failures: list[BaseException] = []

    def opener() -> None:
        try:
            open_postgres(database)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=opener) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_newer_database_is_refused_and_left_as_it_is(
    open_postgres: OpenPostgres, database: str
) -> None:
    open_postgres(database)
    newer = len(MIGRATIONS) + 1
    execute(database, f"INSERT INTO versions (version) VALUES ({newer})")
    for writable in (True, False):
        with pytest.raises(CorpusIncompatible, match="upgrade claimdesk"):
            open_postgres(database, writable=writable)


def test_nothing_is_made_for_who_only_reads(open_postgres: OpenPostgres, database: str) -> None:
    with pytest.raises(CorpusError, match="add documents first"):
        open_postgres(database, writable=False)
    with pytest.raises(CorpusError, match="add documents first"), open_contents(database):
        pass
    fill(open_postgres(database), sample(3))
    reader = open_postgres(database, writable=False)
    assert everything_found(reader)
    with pytest.raises(CorpusReadOnly):
        reader.delete(["d0"])


def test_a_move_that_was_cut_off_is_told(open_postgres: OpenPostgres, database: str) -> None:
    open_postgres(database).contents.set_unfinished("another")
    with pytest.raises(CorpusIncompatible, match="claimdesk move"):
        open_postgres(database)


def test_another_model_asks_for_a_reindex(open_postgres: OpenPostgres, database: str) -> None:
    corpus = open_postgres(database)
    fill(corpus, sample(5))
    other = OtherEmbedder(dimension=16)
    with pytest.raises(EmbeddingMismatch, match="reindex"):
        open_postgres(database, embedder=other)
    again = open_postgres(database, embedder=other, reindexing=True)
    assert len(list(reindex(again, other))) == 5
    hits = again.search_vector(other.embed([again.get("d3").text])[0], 5)
    assert ids(again, hits)[0] == "d3"
    # The process that still has the other model neither searches nor stores.
    with pytest.raises(EmbeddingMismatch):
        corpus.search_vector(FakeEmbedder().embed(["river"])[0], 5)
    with pytest.raises(EmbeddingMismatch):
        list(ingest(sample(7), corpus, FakeEmbedder()))
    assert again.stats().passages == 5


def test_a_reindex_that_fails_changes_nothing(open_postgres: OpenPostgres, database: str) -> None:
    fill(open_postgres(database), sample(5))
    broken = BrokenEmbedder("number4", RuntimeError("out of memory"))
    broken.identity, broken.dimension = "broken@1", 8
    corpus = open_postgres(database, embedder=broken, reindexing=True)
    with pytest.raises(RuntimeError):
        list(reindex(corpus, broken))
    assert everything_found(open_postgres(database))


def test_passages_of_a_newer_recipe_are_refused(open_postgres: OpenPostgres, database: str) -> None:
    fill(open_postgres(database), sample(3))
    execute(database, "UPDATE documents SET recipe = '2.1' WHERE id = 'd1'")
    corpus = open_postgres(database)
    assert "d1" in {one.id for one in ingest(sample(3), corpus, FakeEmbedder())}
    execute(database, "UPDATE documents SET recipe = '99.1' WHERE id = 'd1'")
    with pytest.raises(RecipeMismatch):
        open_postgres(database)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://postgres:secret@127.0.0.1:1/none",
        "postgresql://postgres:secret@/none?host=/tmp/nowhere",
        "postgresql://postgres:secret@/none?hopst=x",
        "postgresql://postgres:secret%zz@127.0.0.1:1/none",
        "postgresql://postgres:more@secret@127.0.0.1:1/none",
        "postgres:secret@127.0.0.1:1/none",
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(address: str) -> None:
    with pytest.raises(CorpusError) as raised:
        open_corpus(address, identity="x", dimension=2, writable=True, seconds=2)
    assert "secret" not in str(raised.value)
    is_told = isinstance(raised.value, CorpusUnavailable)
    assert is_told or "not understood" in str(raised.value)


def test_every_unique_key_carries_the_documents_id(
    open_postgres: OpenPostgres, database: str
) -> None:
    """As the statements of docs/scale.md need it, which name the constraints that there are."""
    open_postgres(database)
    with psycopg.connect(database) as connection:
        keys = connection.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true)"
            " FROM pg_index WHERE indisunique AND indrelid IN ('claimdesk.documents'::regclass,"
            " 'claimdesk.passages'::regclass, 'claimdesk.vectors'::regclass)"
        ).fetchall()
        constraints = connection.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f'"
            " AND connamespace = 'claimdesk'::regnamespace"
        ).fetchall()
    assert len(keys) == 3
    assert {column for _, column in keys} == {"id", "document_id"}
    shards = (ROOT / "docs" / "scale.md").read_text().partition("## Shards")[2]
    for (name,) in constraints:
        assert f"DROP CONSTRAINT {name};" in shards
        assert f"ADD CONSTRAINT {name}\n" in shards


WITHOUT = """
import sys
sys.modules["psycopg"] = None
import index.postgres
from index.errors import DriverMissing
try:
    index.postgres.open_corpus("postgresql://x", identity="x", dimension=2, writable=True)
except DriverMissing as error:
    print(error)
"""


def test_without_the_driver_the_error_names_the_extra() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "claimdesk[postgres]" in done.stdout


def test_a_reader_follows_the_moments_beside_a_writer(
    open_postgres: OpenPostgres, database: str
) -> None:
    clock = FakeClock(NOW)
    writer = open_postgres(database, clock=clock)
    put(writer, *sample(3), secret(expires=NOW + HOUR))
    reader = open_postgres(database, clock=clock, writable=False)
    assert found(reader) == found(writer) == ["secret"]
    passages = reader.passages([hit.key for hit in reader.search_words("zanzibar", 9)])
    generation = reader.index_generation()
    clock.now += HOUR
    assert not reader.is_settled()
    assert reader.get("secret") is None
    assert [reader.document_of(one) for one in passages.values()] == [None]
    assert found(reader) == []
    assert reader.is_settled()
    assert writer.index_generation() == generation + 1
    assert found(writer) == []


def test_a_pgvector_that_is_too_old_is_told(open_postgres: OpenPostgres, database: str) -> None:
    execute(database, "UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
    with pytest.raises(CorpusIncompatible, match="ALTER EXTENSION"):
        open_postgres(database)
    execute(database, "UPDATE pg_extension SET extversion = '0.8.6' WHERE extname = 'vector'")
