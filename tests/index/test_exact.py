import math

import pytest

from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.corpus_contract import CorpusContract
from tests.fakes import FakeEmbedder


class TestExact(CorpusContract):
    @pytest.fixture
    def corpus(self) -> ExactCorpus:
        return ExactCorpus()


def test_bm25_by_hand() -> None:
    corpus = ExactCorpus()
    texts = {"a": "cat cat dog.", "b": "dog.", "c": "bird bird bird bird bird."}
    list(ingest([document(id, text) for id, text in texts.items()], corpus, FakeEmbedder()))
    # 3 passages of 3, 1 and 5 words: mean 3. "cat" is in one of them, twice.
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 3 / 3))
    assert [hit.score for hit in corpus.search_words("Cats", 5)] == pytest.approx([expected])
    assert corpus.words_ceiling("cat cat") == pytest.approx(idf * 2.2)
