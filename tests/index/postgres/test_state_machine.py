"""Any sequence of writes, searches, reopening, passing time, against a dict and the reference."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import rule

from index.postgres import open_corpus
from tests.index.test_state_machine import Corpora
from tests.postgres import NewDatabase


class PostgresCorpora(Corpora):
    new_database: ClassVar[NewDatabase]
    address: str | None = None

    def open(self) -> None:
        self.address = self.address or PostgresCorpora.new_database()
        model = self.embedder
        self.corpus = open_corpus(
            self.address, identity=model.identity, dimension=model.dimension, writable=True,
            connections=3, clock=self.clock, most_versions=3, graph_from=12,
        )  # fmt: skip

    @rule()
    def reopen(self) -> None:
        self.corpus.close()
        self.open()


@pytest.fixture(autouse=True)
def databases(new_database: NewDatabase) -> None:
    PostgresCorpora.new_database = staticmethod(new_database)


TestPostgresCorpora = PostgresCorpora.TestCase
TestPostgresCorpora.settings = settings(
    max_examples=6, stateful_step_count=20, deadline=None, derandomize=True
)
