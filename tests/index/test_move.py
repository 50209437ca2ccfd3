"""A copy of a corpus: complete, cut off anywhere and gone on with, refused where it would mix."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from index import move as moving
from index.contents import Contents
from index.documents import document
from index.embedded import open_corpus
from index.embedded.opening import open_contents
from index.errors import (
    CorpusBusy,
    CorpusError,
    CorpusIncompatible,
    CorpusLocked,
    EmbeddingMismatch,
)
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one
from index.move import Moved, move
from tests.conftest import ROOT, OpenEmbedded
from tests.corpus_contract import sample
from tests.fakes import FakeClock, FakeEmbedder
from tests.move_contract import filled
from tests.versions_contract import NOW, said

MODEL = FakeEmbedder()
SMALL_BATCH = 3


@pytest.fixture
def source(tmp_path: Path, open_embedded: OpenEmbedded) -> Path:
    """A folder with documents, versions, restrictions and a tombstone."""
    corpus = open_embedded("from", clock=FakeClock(NOW))
    list(ingest(sample(20), corpus, MODEL))
    filled(corpus)
    corpus.close()
    return tmp_path / "from"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "TOGETHER_DOCUMENTS", SMALL_BATCH)


def moved(source: Path, target: Path, tell: Callable[..., None] = lambda *_: None) -> Moved:
    with ExitStack() as stack:
        given = stack.enter_context(open_contents(source))
        taken = stack.enter_context(open_contents(target, embedding=given.embedding()))
        return move(given, taken, tell, lambda: tell("beside", 0, 1))


def test_a_folder_into_another(source: Path, tmp_path: Path, open_embedded: OpenEmbedded) -> None:
    # Built anew, the words of what was replaced weigh no more.
    shutil.rmtree(source / "words")
    before = sorted(file.name for file in source.rglob("*"))
    done = moved(source, tmp_path / "to")
    assert (done.documents, done.copied) == (28, 28)
    assert (done.versions, done.restrictions, done.tombstones) == (30, 2, 2)
    assert sorted(file.name for file in source.rglob("*")) == before
    clock = FakeClock(NOW)
    one, other = (open_embedded(name, clock=clock) for name in ("from", "to"))
    assert said(one) == said(other)
    assert one.contents.decisions() == other.contents.decisions()
    assert other.get("hidden") is None
    one.close()
    other.close()


class Stop(Exception):
    """A move is cut off."""


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("step", "at"),
    [("copying", 1), ("copying", 4), ("copying", 17), ("copying", 28), ("comparing", 1),
     ("comparing", 20), ("beside", 0)],
)  # fmt: skip
def test_cut_off_and_gone_on_with(
    source: Path, tmp_path: Path, open_embedded: OpenEmbedded, step: str, at: int
) -> None:
    def cut_off(told: str, done: int, _: int) -> None:
        if (told, done) == (step, at):
            raise Stop

    with pytest.raises(Stop):
        moved(source, tmp_path / "to", cut_off)
    for writable in (True, False):
        with pytest.raises(CorpusIncompatible, match="claimdesk move"):
            open_embedded("to", writable=writable)
    with pytest.raises(CorpusIncompatible, match="claimdesk move"):
        moved(tmp_path / "to", tmp_path / "third")
    done = moved(source, tmp_path / "to")
    stored = (at - 1) // SMALL_BATCH * SMALL_BATCH if step == "copying" else 28
    assert done.copied == 28 - stored
    assert done == moved_at_once(source, tmp_path, done.copied)
    open_embedded("to").close()


def moved_at_once(source: Path, tmp_path: Path, copied: int) -> Moved:
    whole = moved(source, tmp_path / "at once")
    assert whole.copied == whole.documents
    return Moved(
        whole.documents, whole.versions, whole.passages, whole.restrictions, whole.tombstones,
        copied, whole.sha256,
    )  # fmt: skip


KILLED = """
import sys
import time
from pathlib import Path
from index import move
from tests.index.test_move import moved

def tell(*told):
    if " ".join(map(str, told)) == sys.argv[3]:
        print("there", flush=True)
        time.sleep(60)

move.TOGETHER_DOCUMENTS = 2
moved(Path(sys.argv[1]), Path(sys.argv[2]), tell)
"""


@pytest.mark.slow
@pytest.mark.parametrize("at", ["copying 15 28", "comparing 9 28"])
def test_killed_and_gone_on_with(source: Path, tmp_path: Path, at: str) -> None:
    command = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "to"), at]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = moved(source, tmp_path / "to")
    assert done.copied < 28
    assert done == moved_at_once(source, tmp_path, done.copied)


@pytest.mark.usefixtures("small_batches")
def test_what_changed_before_it_goes_on_is_brought_over(
    source: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    def cut_off(told: str, done: int, _: int) -> None:
        if (told, done) == ("copying", 20):
            raise Stop

    with pytest.raises(Stop):
        moved(source, tmp_path / "to", cut_off)
    corpus = open_embedded("from")
    ingest_one(document("Z", "Entirely another text."), corpus, MODEL)
    ingest_one(document("0", "Before all others."), corpus, MODEL)
    corpus.delete(["a b", "d19"])
    corpus.erase("d2")
    corpus.restrict("held", "held", lift=True)
    corpus.close()
    done = moved(source, tmp_path / "to")
    assert done.documents == 26
    assert done == moved_at_once(source, tmp_path, done.copied)


def test_a_target_with_documents_of_its_own_is_refused(
    source: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    other = open_embedded("to")
    ingest_one(document("mine", "A text of its own."), other, MODEL)
    other.close()
    with pytest.raises(CorpusIncompatible, match="documents already"):
        moved(source, tmp_path / "to")
    again = open_embedded("to")
    assert [one.id for one in again.all_documents()] == ["mine"]
    again.erase("mine")  # what was erased there may not come in with a copy
    again.close()
    with pytest.raises(CorpusIncompatible, match="documents already"):
        moved(source, tmp_path / "to")


def test_a_target_of_another_move_or_model_is_refused(
    source: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    with open_contents(tmp_path / "to", embedding=MODEL.identity) as contents:
        contents.set_unfinished("another corpus")
    with pytest.raises(CorpusIncompatible, match="another corpus"):
        moved(source, tmp_path / "to")
    with open_contents(tmp_path / "model", embedding="other@1"):
        pass
    with pytest.raises(EmbeddingMismatch, match="other@1"):
        moved(source, tmp_path / "model")


def test_a_source_that_is_written_to_is_refused(
    source: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    corpus = open_embedded("from")
    with pytest.raises(CorpusLocked):
        moved(source, tmp_path / "to")
    corpus.close()
    one, other = (ExactCorpus(clock=FakeClock(NOW), identity=MODEL.identity) for _ in range(2))
    list(ingest(sample(9), one, MODEL))

    def write(told: str, done: int, _: int) -> None:
        if (told, done) == ("comparing", 9):
            ingest_one(document("late", "It came late."), one, MODEL)

    with pytest.raises(CorpusBusy, match="same command again"):
        move(one.contents, other.contents, write)
    assert move(one.contents, other.contents).copied == 1


def test_a_copy_that_differs_is_told(source: Path, tmp_path: Path) -> None:
    def damage(told: str, done: int, _: int) -> None:
        if (told, done) == ("comparing", 1):
            (stored, *_) = target.documents("d5")
            target.remove([stored.id])

    with open_contents(source) as given:
        target: Contents = ExactCorpus(clock=FakeClock(NOW), identity=MODEL.identity).contents
        with pytest.raises(CorpusError, match="d6 is not the same"):
            move(given, target, damage)
        assert target.unfinished() == given.name()
        assert move(given, target).copied == 1


def test_nothing_to_move(tmp_path: Path, open_embedded: OpenEmbedded) -> None:
    open_embedded("from").close()
    with pytest.raises(CorpusError, match="no documents"):
        moved(tmp_path / "from", tmp_path / "to")
    with pytest.raises(CorpusError, match="no corpus"):
        moved(tmp_path / "nowhere", tmp_path / "to")
    assert not (tmp_path / "nowhere").exists()


def test_a_finished_copy_has_indexes_of_its_own(source: Path, tmp_path: Path) -> None:
    moved(source, tmp_path / "to")
    for folder in (source, tmp_path / "to"):
        corpus = open_corpus(
            folder, identity=MODEL.identity, dimension=MODEL.dimension, writable=True
        )
        (hit,) = corpus.search_words("number7", 1)
        assert corpus.passages([hit.key])[hit.key].document_id == "d7"
        corpus.close()
