"""Erased: no byte is left, nothing brings it back. De-indexed: in no answer. Held: untouched."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.checksum import READ_BYTES
from index.documents import document
from index.embedded import EmbeddedCorpus
from index.embedded.corpus import DATABASE
from index.embedded.erase import found_in_files
from index.errors import CorpusBusy, CorpusError, DocumentErased, DocumentHeld
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one, reindex
from tests.conftest import ROOT, OpenEmbedded
from tests.corpus_contract import fill, ids, sample
from tests.erasure_contract import ErasureContract
from tests.fakes import FakeEmbedder

# Words that only the erased document has, in its text and in its earlier version.
MARK, EARLIER_MARK = "zebrafinch", "quokkapaw"
LONG = " ".join(f"The {MARK} of day {n} sang to nobody at all." for n in range(300))


def store_secret(corpus: EmbeddedCorpus) -> None:
    """A long document with an earlier version, among others."""
    fill(corpus, sample(40))
    for text in (f"The {EARLIER_MARK} slept. " + LONG, LONG):
        ingest_one(document("secret", text, title=MARK), corpus, FakeEmbedder())
        corpus.sync()
    corpus.save()


def bytes_left(folder: Path) -> int:
    """How often a word of it is in a file: as it is, and as the word index has it after another."""
    needles = [MARK.encode(), EARLIER_MARK.encode(), b"ebrafinch", b"uokkapaw", b"secret"]
    return found_in_files(folder, needles)


def test_bytes_are_found_across_the_blocks_that_a_file_is_read_in(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file").write_bytes(b"." * (READ_BYTES - 4) + b"platypus" + b"." * READ_BYTES + b"pl")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty").touch()
    assert found_in_files(tmp_path, [b"platypus", b"quokka"]) == 1
    assert found_in_files(tmp_path, [b"l"]) == 2
    assert found_in_files(tmp_path, []) == 0


def test_no_byte_of_an_erased_document_is_left(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    store_secret(corpus)
    assert bytes_left(tmp_path) > 100
    receipt = corpus.erase("secret")
    assert receipt.is_complete
    assert (receipt.versions, receipt.copies) == (2, ())
    assert receipt.passages > 10
    assert {place.name for place in receipt.places} >= {"vector index", "word index"}
    assert bytes_left(tmp_path) == 0
    assert corpus.get("secret") is None
    assert corpus.versions("secret") == []
    assert corpus.search_words(MARK, 5) == []
    assert corpus.stats().documents == 40
    corpus.close()
    assert bytes_left(tmp_path) == 0
    again = open_embedded()
    assert ids(again, again.search_words("number7", 1)) == ["d7"]
    again.close()


def test_the_receipt_tells_what_is_still_there(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    store_secret(corpus)
    (tmp_path / "data" / "forgotten.txt").write_text(LONG)
    receipt = corpus.erase("secret")
    assert not receipt.is_complete
    (place,) = [place for place in receipt.places if place.found]
    assert place.name == "files of the data folder"
    corpus.close()


@pytest.mark.parametrize("erased", ["other", "secret"])
def test_what_was_deleted_before_an_erasure_is_gone_as_well(
    open_embedded: OpenEmbedded, tmp_path: Path, erased: str
) -> None:
    corpus = open_embedded()
    store_secret(corpus)
    ingest_one(document("other", "An otter swam."), corpus, FakeEmbedder())
    corpus.delete(["secret"])
    corpus.sync()
    receipt = corpus.erase(erased, deleted=True)
    assert receipt.is_complete
    corpus.close()
    assert bytes_left(tmp_path) == 0


def test_an_erasure_that_met_a_reader_is_finished_by_the_next(
    open_embedded: OpenEmbedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads an earlier state keeps it in the log."""
    corpus = open_embedded()
    store_secret(corpus)
    monkeypatch.setattr("index.embedded.erase.CHECKPOINT_SECONDS", 0.1)
    connections = corpus._store.connections
    connections._busy_seconds = 0.1  # of those that are opened from now on
    connections._close_idle()
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / DATABASE)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM documents").fetchone()
        with pytest.raises(CorpusBusy, match="erase again"):
            corpus.erase("secret")
    assert corpus.erase("secret") is None
    assert bytes_left(tmp_path) == 0
    corpus.close()


ERASE = """
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from index.embedded import open_corpus
from tests.erasure_contract import ErasureContract
from tests.fakes import FakeEmbedder

model = FakeEmbedder()
corpus = open_corpus(
    Path(sys.argv[1]), identity=model.identity, dimension=model.dimension, writable=True
)


class Stops:
    # The store, at whose call of one name the process dies.
    def __init__(self, store):
        self.store = store

    def __getattr__(self, name):
        if name == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self.store, name)


corpus._store = Stops(corpus._store)
corpus.erase("secret")
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["snapshot", "forget_tombstones", "scrub", "places_of"])
def test_a_killed_erasure_is_finished_at_the_next_start(
    open_embedded: OpenEmbedded, tmp_path: Path, step: str
) -> None:
    """Killed before the indexes are built, when they are saved, before the rewrite, and after."""
    corpus = open_embedded()
    store_secret(corpus)
    corpus.close()
    command = [sys.executable, "-c", ERASE, str(tmp_path / "data"), step]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    again = open_embedded()
    assert again.get("secret") is None
    assert bytes_left(tmp_path) == 0
    with pytest.raises(DocumentErased):
        ingest_one(document("secret", "New."), again, FakeEmbedder())
    again.close()


def test_no_name_of_it_is_kept(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    store_secret(corpus)
    corpus.restrict("secret", "deindexed")
    corpus.erase("secret")
    corpus.close()
    assert b"secret" not in (tmp_path / "data" / DATABASE).read_bytes()


def test_two_corpora_have_tombstones_of_their_own(open_embedded: OpenEmbedded) -> None:
    found = []
    for name in ("one", "two"):
        corpus = open_embedded(name)
        ingest_one(document("x", "An otter swam."), corpus, FakeEmbedder())
        found.append(corpus.erase("x").tombstone)
        corpus.close()
    assert found[0] != found[1]


def test_an_import_says_what_is_refused(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.erase("d1")
    corpus.restrict("d2", "held")
    lines = [document("d1", "New."), document("d2", "New."), document("d3", "New.")]
    outcomes = list(ingest(lines, corpus, FakeEmbedder()))
    assert [one.status for one in outcomes] == ["refused", "refused", "added"]
    assert "erased" in outcomes[0].reason
    assert "held" in outcomes[1].reason
    corpus.close()


def test_reading_alone_restricts_nothing(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    reader = open_embedded(writable=False)
    for call in (
        lambda: reader.erase("d1"),
        lambda: reader.restrict("d1", "held"),
        lambda: reader.forget_erasure("d1"),
    ):
        with pytest.raises(CorpusError):
            call()
    reader.close()


def test_a_reindex_and_a_restart_keep_what_is_restricted(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(9))
    corpus.restrict("d5", "deindexed")
    corpus.restrict("d6", "held")
    list(reindex(corpus, FakeEmbedder()))
    corpus.close()
    again = open_embedded()
    assert again.search_words("number5", 5) == []
    assert again.get("d5") is None
    with pytest.raises(DocumentHeld):
        again.delete(["d6"])
    assert [(one.document_id, one.kind) for one in again.restricted()] == [
        ("d5", "deindexed"),
        ("d6", "held"),
    ]
    again.close()


class TestEmbeddedErasure(ErasureContract):
    @pytest.fixture
    def corpus(self, open_embedded: OpenEmbedded) -> Iterator[EmbeddedCorpus]:
        corpus = open_embedded()
        yield corpus
        corpus.close()


class TestExactErasure(ErasureContract):
    @pytest.fixture
    def corpus(self) -> ExactCorpus:
        return ExactCorpus()
