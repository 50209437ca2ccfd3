import threading
import time
from collections.abc import Iterable

import pytest

from index.documents import Refused, document
from index.exact import ExactCorpus
from index.ingest import BATCH_DOCUMENTS, BATCHES_WAITING, ingest, ingest_one, reindex
from tests.fakes import FakeEmbedder


def test_same_content_does_no_work() -> None:
    corpus, embedder = ExactCorpus(), FakeEmbedder()
    both = [document("a", "One."), document("b", "Two.")]
    assert [o.status for o in ingest(both, corpus, embedder)] == ["added", "added"]
    before = corpus.stats(), embedder.calls
    assert [o.status for o in ingest(both, corpus, embedder)] == ["unchanged", "unchanged"]
    assert (corpus.stats(), embedder.calls) == before
    changed = [document("a", "One.", publisher="P"), document("b", "Two.")]
    assert [o.status for o in ingest(changed, corpus, embedder)] == ["updated", "unchanged"]


def test_outcomes_come_in_order_and_refusals_do_not_stop_the_rest() -> None:
    items = [document("a", "One."), Refused("f:2", "why"), document("b", "Two.")]
    outcomes = list(ingest(items, ExactCorpus(), FakeEmbedder()))
    assert [(o.id, o.status) for o in outcomes] == [
        ("a", "added"), ("f:2", "refused"), ("b", "added")
    ]  # fmt: skip


def test_stored_content_is_looked_up_once_for_a_batch() -> None:
    class Counting(ExactCorpus):
        lookups = 0

        def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
            self.lookups += 1
            return super().content_hashes(document_ids)

    corpus = Counting()
    documents = [document(str(n), f"Number {n}.") for n in range(3 * BATCH_DOCUMENTS)]
    list(ingest(documents, corpus, FakeEmbedder()))
    assert corpus.lookups == 3


def test_long_documents_make_short_batches() -> None:
    """What is in memory at once is bounded by text, not only by the number of documents."""
    embedder = FakeEmbedder()
    documents = [document(str(n), f"Number {n} is here. " * 5_000) for n in range(4)]
    outcomes = list(ingest(documents, ExactCorpus(), embedder))
    assert embedder.calls == 2
    assert all(outcome.passages > 1_000 for outcome in outcomes)


def test_each_passage_gets_its_own_vector() -> None:
    corpus, embedder = ExactCorpus(), FakeEmbedder()
    texts = {"a": "One cat sat here. Two dogs ran. Three birds flew. Four fish swam.", "b": "Five."}
    list(ingest([document(id, text, title="T") for id, text in texts.items()], corpus, embedder))
    for key, passage in corpus.passages(range(1, 10)).items():
        (vector,) = embedder.embed([f"T. {passage.text}"])
        assert corpus.score_vector(vector, [key])[key] == pytest.approx(1, abs=1e-6)
    assert corpus.stats().passages == 3


def test_a_reindex_tells_of_every_document_in_order() -> None:
    corpus, embedder = ExactCorpus(), FakeEmbedder()
    stored = [document(f"{n:03}", f"Number {n}.") for n in range(2 * BATCH_DOCUMENTS + 1)]
    list(ingest(stored, corpus, embedder))
    outcomes = list(reindex(corpus, FakeEmbedder(dimension=8)))
    assert [(o.id, o.status, o.passages) for o in outcomes] == [
        (one.id, "updated", 1) for one in stored
    ]
    assert len(corpus.search_vector(FakeEmbedder(dimension=8).embed(["Number 7."])[0], 3)) == 3


def test_an_outcome_is_durable_when_it_is_yielded() -> None:
    corpus = ExactCorpus()
    documents = (document(str(n), f"Number {n}.") for n in range(BATCH_DOCUMENTS * 3))
    durable = [
        corpus.get(outcome.id) is not None for outcome in ingest(documents, corpus, FakeEmbedder())
    ]
    assert durable == [True] * BATCH_DOCUMENTS * 3


def test_input_is_read_no_further_than_the_batches_on_their_way() -> None:
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield document(str(read), f"Number {read}.")

    outcomes = ingest(endless(), ExactCorpus(), FakeEmbedder())
    for _ in range(BATCH_DOCUMENTS + 1):
        next(outcomes)
    # Two are written; in each of two threads one waits to be taken and one is in the making.
    assert 2 * BATCH_DOCUMENTS <= read <= (2 + 2 * (BATCHES_WAITING + 1)) * BATCH_DOCUMENTS
    outcomes.close()
    stopped = read
    time.sleep(0.1)
    assert read == stopped


def test_the_same_document_twice_is_stored_once_wherever_the_first_one_is() -> None:
    texts = ["One."] * BATCH_DOCUMENTS * 2 + ["Two."]
    documents = [document("a", text) for text in texts]
    corpus = ExactCorpus()
    found = [outcome.status for outcome in ingest(documents, corpus, FakeEmbedder())]
    assert found == ["added"] + ["unchanged"] * (len(texts) - 2) + ["updated"]
    assert corpus.get("a").text == "Two."


@pytest.mark.parametrize(
    ("status", "day", "outcome"),
    [
        ("canceled", "2021-06-16", "refused"),
        ("canceled", "2021-06-17", "refused"),
        ("canceled", "2021-06-18", "updated"),
        ("canceled", None, "updated"),
        ("withheld", "2021-06-16", "refused"),
        ("withheld", "2021-06-17", "updated"),
        ("usable", "2021-06-16", "updated"),
    ],
)
def test_an_older_version_brings_nothing_back_in_one_import(
    status: str, day: str | None, outcome: str
) -> None:
    corpus = ExactCorpus()
    other = document("a", "It is gone.", pubstatus=status, modified_at="2021-06-17")
    older = document("a", "It is here.", modified_at=day)
    for _ in range(2):  # again, when what withdraws it is stored already
        found = list(ingest([other, older], corpus, FakeEmbedder()))
        assert found[1].status == outcome
        if outcome == "refused":
            assert found[1].reason == "an older version of what was withheld or canceled since"
            assert corpus.get("a") is None


def test_a_failing_model_loses_nothing() -> None:
    from tests.fakes import BrokenEmbedder

    corpus = ExactCorpus()
    ingest_one(document("a", "Good."), corpus, FakeEmbedder())
    with pytest.raises(RuntimeError):
        ingest_one(document("a", "Bad."), corpus, BrokenEmbedder("Bad", RuntimeError("boom")))
    assert corpus.get("a").text == "Good."


def test_a_text_that_comes_back_while_an_older_one_is_on_its_way() -> None:
    """The older one, once stored, must not make the newer one forgotten."""
    third_is_read, two_are_stored, last_is_read = (threading.Event() for _ in range(3))

    class Slow(ExactCorpus):
        writes = 0

        def upsert(self, batch):
            self.writes += 1
            if self.writes == 1:
                third_is_read.wait(5)
            if self.writes == 3:
                last_is_read.wait(5)
                time.sleep(0.1)
            changes = super().upsert(batch)
            if self.writes == 2:
                two_are_stored.set()
            return changes

    def texts():
        for turn, text in enumerate(("One.", "Two.", "One.")):
            yield document("a", text)
            if turn == 2:
                third_is_read.set()
            for n in range(BATCH_DOCUMENTS - 1):
                yield document(f"{turn}-{n}", "Another.")
        two_are_stored.wait(5)
        last_is_read.set()
        yield document("a", "Two.")

    corpus = Slow()
    list(ingest(texts(), corpus, FakeEmbedder()))
    assert corpus.get("a").text == "Two."
