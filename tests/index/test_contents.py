"""What is stored, out of a corpus and into another: tests/move_contract.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.embedded import EmbeddedCorpus
from index.exact import ExactCorpus
from tests.conftest import OpenEmbedded
from tests.fakes import FakeEmbedder
from tests.move_contract import Make, MoveContract


class TestExact(MoveContract):
    @pytest.fixture
    def make(self) -> Make:
        return lambda **options: ExactCorpus(identity=FakeEmbedder.identity, **options)


class TestEmbedded(MoveContract):
    @pytest.fixture
    def make(self, open_embedded: OpenEmbedded) -> Iterator[Make]:
        opened: list[EmbeddedCorpus] = []

        def make(**options) -> EmbeddedCorpus:
            opened.append(open_embedded(f"data{len(opened)}", **options))
            return opened[-1]

        yield make
        for corpus in opened:
            corpus.close()
