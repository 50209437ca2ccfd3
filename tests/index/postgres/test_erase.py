"""Erased: no byte of it is left in the files of the tables."""

from __future__ import annotations

import psycopg

from index.documents import document
from index.embedded.erase import found_in_files
from index.ingest import ingest_one
from index.postgres import PostgresCorpus
from tests.corpus_contract import everything_found, fill, sample
from tests.fakes import FakeEmbedder
from tests.index.postgres.conftest import OpenPostgres
from tests.postgres import Server

# Words that only the erased document has, in its text, its title and its earlier version.
MARK, EARLIER_MARK = "zebrafinch", "quokkapaw"
LONG = " ".join(f"The {MARK} of day {n} sang to nobody at all." for n in range(300))


def store_secret(corpus: PostgresCorpus) -> None:
    fill(corpus, sample(40))
    for text in (f"The {EARLIER_MARK} slept. " + LONG, LONG):
        ingest_one(document("the secret", text, title=MARK), corpus, FakeEmbedder())


def bytes_left(postgres: Server, address: str) -> int:
    """How often a word of it is in a file of the database."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (number,) = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    words = [MARK.encode(), EARLIER_MARK.encode(), b"the secret"]
    return found_in_files(postgres.data / "base" / str(number), words)


def test_no_byte_of_an_erased_document_is_left(
    open_postgres: OpenPostgres, postgres: Server, database: str
) -> None:
    corpus = open_postgres(database)
    store_secret(corpus)
    corpus.restrict("the secret", "deindexed")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ANALYZE")
    assert bytes_left(postgres, database) > 10
    receipt = corpus.erase("the secret")
    assert receipt.is_complete
    assert (receipt.versions, receipt.copies) == (2, ())
    assert receipt.passages > 10
    (server,) = [place for place in receipt.places if "write-ahead log" in place.name]
    assert "not searched" in server.search
    assert bytes_left(postgres, database) == 0
    assert corpus.versions("the secret") == []
    assert corpus.search_words(MARK, 5) == []
    assert everything_found(corpus)


def test_what_was_deleted_before_an_erasure_is_gone_as_well(
    open_postgres: OpenPostgres, postgres: Server, database: str
) -> None:
    corpus = open_postgres(database)
    store_secret(corpus)
    ingest_one(document("other", "An otter swam."), corpus, FakeEmbedder())
    corpus.delete(["the secret"])
    corpus.erase("other")
    assert bytes_left(postgres, database) == 0


def test_an_erasure_that_was_cut_off_is_finished_at_the_next_start(
    open_postgres: OpenPostgres, postgres: Server, database: str
) -> None:
    corpus = open_postgres(database)
    store_secret(corpus)
    # What is left when the process ends between the two steps.
    with psycopg.connect(database, options="-csearch_path=claimdesk") as connection:
        connection.execute("UPDATE state SET erasing = true")
    corpus.delete(["the secret"])
    assert bytes_left(postgres, database) > 10
    again = open_postgres(database)
    assert bytes_left(postgres, database) == 0
    assert everything_found(again)
