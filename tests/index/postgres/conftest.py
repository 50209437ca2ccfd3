"""Corpora in the database server of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from index.corpus import Embedder
from index.postgres import PostgresCorpus, open_corpus
from tests.fakes import FakeEmbedder
from tests.postgres import NewDatabase

OpenPostgres = Callable[..., PostgresCorpus]


@pytest.fixture
def open_postgres(new_database: NewDatabase) -> Iterator[OpenPostgres]:
    """A function that opens a corpus, in a new database where no address is given."""
    opened: list[PostgresCorpus] = []

    def opener(
        address: str | None = None, embedder: Embedder | None = None, **options
    ) -> PostgresCorpus:
        model = embedder or FakeEmbedder()
        options = {"writable": True, "connections": 4, "seconds": 20.0, **options}
        opened.append(
            open_corpus(
                address or new_database(), identity=model.identity, dimension=model.dimension,
                **options,
            )
        )  # fmt: skip
        return opened[-1]

    yield opener
    for corpus in opened:
        corpus.close()


@pytest.fixture
def corpus(open_postgres: OpenPostgres) -> PostgresCorpus:
    return open_postgres()
