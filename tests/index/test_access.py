"""Access groups, in each corpus."""

from collections.abc import Iterator

import pytest

from index.embedded import EmbeddedCorpus
from index.exact import ExactCorpus
from tests.access_contract import AccessContract
from tests.conftest import OpenEmbedded


class TestExact(AccessContract):
    @pytest.fixture
    def corpus(self) -> ExactCorpus:
        return ExactCorpus()


class TestEmbedded(AccessContract):
    @pytest.fixture
    def corpus(self, open_embedded: OpenEmbedded) -> Iterator[EmbeddedCorpus]:
        opened = open_embedded()
        yield opened
        opened.close()


def test_groups_are_kept_when_the_corpus_is_opened_again(open_embedded: OpenEmbedded) -> None:
    from index.corpus import Filters
    from index.documents import document
    from index.ingest import ingest_one
    from tests.fakes import FakeEmbedder

    first = open_embedded()
    ingest_one(document("l", "The bridge fell.", access="law"), first, FakeEmbedder())
    first.close()
    again = open_embedded()
    assert again.count_documents(Filters(access=())) == 0
    assert again.search_words("bridge", 5, Filters(access=("law",)))
    assert again.search_words("bridge", 5, Filters(access=("sport",))) == []
    found = again.get("l")
    assert found is not None
    assert found.access == "law"
    again.close()
