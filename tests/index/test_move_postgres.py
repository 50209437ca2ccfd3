"""A corpus from a folder into PostgreSQL, and back into a folder."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.address import database_of
from api.cli import main
from api.keys.keyring import KeyStore
from index import move as moving
from index.corpus import Corpus, Filters
from index.embedded.opening import open_contents as open_folder
from index.errors import CorpusBusy, CorpusIncompatible
from index.ingest import ingest, ingest_one
from index.move import move
from index.postgres import open_contents, open_corpus
from tests.conftest import OpenEmbedded
from tests.corpus_contract import WORDS, ids, sample
from tests.fakes import FakeClock, FakeEmbedder
from tests.move_contract import everything, filled
from tests.postgres import NewDatabase
from tests.versions_contract import NOW, day

MODEL = FakeEmbedder()
FILTERS = (
    Filters(),
    Filters(as_of=day(4), access=("law",)),
    Filters(publisher=("wire",)),
)


@pytest.fixture
def source(tmp_path: Path, open_embedded: OpenEmbedded) -> Path:
    corpus = open_embedded("from", clock=FakeClock(NOW))
    list(ingest(sample(60), corpus, MODEL))
    filled(corpus)
    corpus.close()
    return tmp_path / "from"


def found(corpus: Corpus) -> dict:
    """Of the best ten hits of many searches the scores, and the documents that beat the tenth."""
    told = {}
    for word in WORDS:
        vector = MODEL.embed([f"{word} storm"])[0]
        for filters in FILTERS:
            for kind, hits in {
                "vector": corpus.search_vector(vector, 10, filters),
                "words": corpus.search_words(f"{word} number7", 10, filters),
            }.items():
                better = [hit for hit in hits if hit.score > hits[-1].score + 1e-3]
                told[word, filters, kind] = [hit.score for hit in hits]
                told[word, filters, kind, "ids"] = sorted(ids(corpus, better))
    return told


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return stopped.value.code


def test_there_and_back(
    source: Path, tmp_path: Path, new_database: NewDatabase, open_embedded: OpenEmbedded,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    address, back = new_database(), tmp_path / "back"
    key, token = KeyStore(source).create("desk", ["verify"])
    told = []
    for one, other in ((source, address), (address, back)):
        assert run("move", one, other, "--json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert (told[0]["documents"], told[0]["versions"], told[0]["keys"]) == (68, 70, 1)
    for place in (database_of(address), back):
        assert KeyStore(place).identify(token).id == key.id
    clock = FakeClock(NOW)
    database = open_corpus(
        address, identity=MODEL.identity, dimension=MODEL.dimension, writable=True, clock=clock
    )
    again = open_embedded("back", clock=clock)
    shutil.rmtree(source / "words")  # built anew, the words of what was replaced weigh no more
    first = open_embedded("from", clock=clock)
    assert everything(database) == everything(again) == everything(first)
    wanted = found(first)
    for corpus in (database, again):
        for question, answer in found(corpus).items():
            close = answer and isinstance(answer[0], float)
            assert wanted[question] == (pytest.approx(answer, rel=1e-4) if close else answer)
    for corpus in (database, again):
        assert corpus.restricted() == first.restricted()
        assert corpus.versions("a") == first.versions("a")
    same = next(iter(first.all_documents()))
    assert ingest_one(same, database, MODEL).status == "unchanged"
    for corpus in (database, again, first):
        corpus.close()


def test_a_database_that_is_away_is_told_of_in_one_line(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    address = f"postgresql://nobody@/news?host={tmp_path}"
    for places in ((source, address), (address, tmp_path / "to")):
        assert run("move", *places) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "cannot be reached" in line
        assert line.endswith("Run the same command again to go on")


class Stop(Exception):
    """A move is cut off."""


@pytest.mark.parametrize("into_database", [True, False])
def test_cut_off_and_gone_on_with(
    source: Path, tmp_path: Path, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch,
    into_database: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(moving, "TOGETHER_DOCUMENTS", 10)
    address = new_database()

    def moved(stop_at: tuple[str, int] | None = None) -> moving.Moved:
        def tell(step: str, done: int, _: int) -> None:
            if (step, done) == stop_at:
                raise Stop

        with ExitStack() as stack:
            if into_database:
                given = stack.enter_context(open_folder(source))
                taken = stack.enter_context(
                    open_contents(address, embedding=MODEL.identity, dimension=MODEL.dimension)
                )
            else:
                given = stack.enter_context(open_contents(address))
                taken = stack.enter_context(
                    open_folder(tmp_path / "to", embedding=given.embedding())
                )
            return move(given, taken, tell)

    if not into_database:
        assert run("move", source, address) == 0
    with pytest.raises(Stop):
        moved(("copying", 35))
    if into_database:
        with pytest.raises(CorpusIncompatible, match="claimdesk move"):
            open_corpus(address, identity=MODEL.identity, dimension=MODEL.dimension, writable=False)
    assert moved().copied == 68 - 30
    with pytest.raises(CorpusIncompatible, match="documents already"):
        moved()


def test_a_database_that_is_written_to_meanwhile_is_noticed(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    address = new_database()
    corpus = open_corpus(address, identity=MODEL.identity, dimension=MODEL.dimension, writable=True)
    list(ingest(sample(5), corpus, MODEL))

    def write(step: str, done: int, _: int) -> None:
        if (step, done) == ("comparing", 5):
            list(ingest(sample(6)[5:], corpus, MODEL))

    for told, copied in ((write, None), (lambda *_: None, 1)):
        with (
            open_contents(address) as given,
            open_folder(tmp_path / "to", embedding=given.embedding()) as taken,
        ):
            if copied is None:
                with pytest.raises(CorpusBusy, match="same command again"):
                    move(given, taken, told)
            else:
                assert move(given, taken, told).copied == copied
    corpus.close()
