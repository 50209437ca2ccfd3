"""Any sequence of writes, searches, reopening, passing time, against a dict and the reference."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from index.corpus import Corpus, Filters
from index.documents import Document, document
from index.embedded import open_corpus
from index.exact import ExactCorpus
from index.ingest import ingest
from tests.fakes import FakeClock, FakeEmbedder

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
IDS = st.sampled_from(["a", "b", "c", "d/e", "ü"])
WORDS = st.sampled_from(["river", "bridge", "ferry", "vote", "storm", "water"])
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words) + ".")
DAYS = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 9))
HOURS = st.none() | st.integers(-3, 9)
FILTERS = st.builds(
    Filters, as_of=DAYS, include_undated=st.booleans(), published_after=st.none() | DAYS
)


def moment(hours: int | None) -> dt.datetime | None:
    return None if hours is None else NOW + dt.timedelta(hours=hours)


def brings_back(before: Document, new: Document) -> bool:
    """Whether an older version would come back that `before` withdrew."""
    withdrawn, back = before.modified_at, new.modified_at
    if before.pubstatus == "usable" or new.pubstatus != "usable" or not withdrawn or not back:
        return False
    return back < withdrawn or (before.pubstatus == "canceled" and back == withdrawn)


class Corpora(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, Document] = {}
        self.embedder, self.clock = FakeEmbedder(), FakeClock(NOW)
        self.exact = ExactCorpus(self.clock, most_versions=3)
        self.open()

    def open(self) -> None:
        model = self.embedder
        self.corpus = open_corpus(
            self.folder, identity=model.identity, dimension=model.dimension, writable=True,
            clock=self.clock, most_versions=3,
        )  # fmt: skip

    @rule(id=IDS, text=TEXTS, published_at=DAYS, modified_at=DAYS, embargo=HOURS, expires=HOURS,
          pubstatus=st.sampled_from(["usable", "usable", "withheld", "canceled"]))  # fmt: skip
    def put(self, id: str, text: str, embargo: int | None, expires: int | None, **fields) -> None:
        new = document(
            id, text, language="en", embargoed_until=moment(embargo), expires=moment(expires),
            **fields,
        )  # fmt: skip
        before = self.model.get(id)
        expected = (
            "refused" if before and brings_back(before, new) else
            "unchanged" if before == new else
            "updated" if before else "added"
        )  # fmt: skip
        for corpus in (self.corpus, self.exact):
            (outcome,) = ingest([new], corpus, self.embedder)
            assert outcome.status == expected
        if expected != "refused":
            self.model[id] = new

    @rule(id=IDS)
    def delete(self, id: str) -> None:
        for corpus in (self.corpus, self.exact):
            assert corpus.delete([id]) == (id in self.model)
        self.model.pop(id, None)

    @rule(hours=st.integers(1, 4))
    def wait(self, hours: int) -> None:
        self.clock.now += dt.timedelta(hours=hours)

    @rule(word=WORDS, text=TEXTS, filters=FILTERS)
    def search(self, word: str, text: str, filters: Filters) -> None:
        self.corpus.sync()
        vector = self.embedder.embed([text])[0]

        def told(corpus: Corpus) -> tuple[set[str], dict[str, float], int, int, int]:
            by_words = corpus.search_words(word, 99, filters)
            by_vector = corpus.search_vector(vector, 99, filters)
            found = corpus.passages([hit.key for hit in by_words + by_vector])
            for passage in found.values():
                assert corpus.document_of(passage, filters) is not None
            return (
                {found[hit.key].id for hit in by_words},
                {found[hit.key].id: round(hit.score, 2) for hit in by_vector},
                corpus.count_documents(filters), corpus.count_undated(filters),
                corpus.count_withheld(filters),
            )  # fmt: skip

        ours, theirs = told(self.corpus), told(self.exact)
        assert ours[0] == theirs[0]
        assert ours[1].keys() == theirs[1].keys()
        assert all(abs(ours[1][id] - theirs[1][id]) < 0.02 for id in ours[1])
        assert ours[2:] == theirs[2:]

    @rule(id=IDS)
    def list_versions(self, id: str) -> None:
        assert self.corpus.versions(id) == self.exact.versions(id)

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
            stored = {item.id: item for item in self.corpus.all_documents()}
            now = self.clock.now
            assert stored == {id: one for id, one in self.model.items() if one.is_shown(now)}

    def teardown(self) -> None:
        if hasattr(self, "corpus"):
            self.corpus.close()
            shutil.rmtree(self.folder)


TestCorpora = Corpora.TestCase
TestCorpora.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
