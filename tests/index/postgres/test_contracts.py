"""What every corpus must do, of PostgreSQL."""

from __future__ import annotations

import pytest

from index.postgres import PostgresCorpus
from tests.access_contract import AccessContract
from tests.corpus_contract import CorpusContract
from tests.erasure_contract import ErasureContract
from tests.index.postgres.conftest import OpenPostgres
from tests.move_contract import MoveContract
from tests.versions_contract import Make, VersionsContract


class TestCorpus(CorpusContract):
    @pytest.fixture
    def corpus(self, open_postgres: OpenPostgres) -> PostgresCorpus:
        return open_postgres()


class TestVersions(VersionsContract):
    @pytest.fixture
    def make(self, open_postgres: OpenPostgres) -> Make:
        return open_postgres


class TestErasure(ErasureContract):
    pass


class TestAccess(AccessContract):
    pass


class TestMove(MoveContract):
    @pytest.fixture
    def make(self, open_postgres: OpenPostgres) -> Make:
        return open_postgres
