"""Any sequence of add, update, delete, search and reopen, against a plain dict."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from index.documents import document
from index.embedded import open_corpus
from index.exact import ExactCorpus
from index.ingest import ingest
from index.terms import terms
from tests.fakes import FakeEmbedder

IDS = st.sampled_from(["a", "b", "c", "d/e", "ü"])
WORDS = st.sampled_from(["river", "bridge", "ferry", "vote", "storm", "water"])
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words) + ".")


class Corpora(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, str] = {}
        self.embedder = FakeEmbedder()
        self.exact = ExactCorpus()
        self.open()

    def open(self) -> None:
        model = self.embedder
        self.corpus = open_corpus(
            self.folder, identity=model.identity, dimension=model.dimension, writable=True
        )

    @rule(id=IDS, text=TEXTS)
    def put(self, id: str, text: str) -> None:
        expected = (
            "unchanged" if self.model.get(id) == text else
            "updated" if id in self.model else "added"
        )  # fmt: skip
        new = document(id, text, language="en")
        for corpus in (self.corpus, self.exact):
            (outcome,) = ingest([new], corpus, self.embedder)
            assert outcome.status == expected
        self.model[id] = text

    @rule(id=IDS)
    def delete(self, id: str) -> None:
        for corpus in (self.corpus, self.exact):
            assert corpus.delete([id]) == (id in self.model)
        self.model.pop(id, None)

    @rule(word=WORDS)
    def search_words(self, word: str) -> None:
        self.corpus.sync()
        hits = self.corpus.search_words(word, 50)
        found = self.corpus.passages([hit.key for hit in hits])
        having = {id for id, text in self.model.items() if terms(word)[0] in terms(text)}
        assert {passage.document_id for passage in found.values()} == having

    @rule(text=TEXTS)
    def search_vector(self, text: str) -> None:
        self.corpus.sync()
        vector = self.embedder.embed([text])[0]
        ours = {hit.key: round(hit.score, 4) for hit in self.corpus.search_vector(vector, 50)}
        theirs = {hit.key: round(hit.score, 4) for hit in self.exact.search_vector(vector, 50)}
        assert ours.keys() == theirs.keys()
        assert all(abs(ours[key] - theirs[key]) < 1e-3 for key in ours)

    @rule(save=st.booleans())
    def reopen(self, save: bool) -> None:
        if save:
            self.corpus.close()
        else:
            self.corpus._resources.close()  # as after a kill: the derived indexes are stale
        self.open()

    @invariant()
    def holds_what_the_dict_holds(self) -> None:
        if hasattr(self, "corpus"):
            stored = {item.id: item.text for item in self.corpus.all_documents()}
            assert stored == self.model

    def teardown(self) -> None:
        if hasattr(self, "corpus"):
            self.corpus.close()
            shutil.rmtree(self.folder)


TestCorpora = Corpora.TestCase
TestCorpora.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
