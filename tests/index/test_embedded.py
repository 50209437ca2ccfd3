import multiprocessing
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.corpus import Filters
from index.documents import document
from index.embedded import EmbeddedCorpus, lists, open_corpus
from index.embedded.corpus import DATABASE
from index.errors import (
    CorpusCorrupt,
    CorpusError,
    CorpusIncompatible,
    CorpusLocked,
    CorpusReadOnly,
    EmbeddingMismatch,
    IndexUnavailable,
)
from index.ingest import ingest, reindex
from tests.conftest import OpenEmbedded
from tests.corpus_contract import CorpusContract, fill, ids, sample
from tests.fakes import BrokenEmbedder, FakeEmbedder


class TestEmbedded(CorpusContract):
    @pytest.fixture(params=["auto", "hnsw", "ivf"])
    def corpus(
        self, request: pytest.FixtureRequest, open_embedded: OpenEmbedded
    ) -> Iterator[EmbeddedCorpus]:
        corpus = open_embedded(vector_index=request.param)
        yield corpus
        corpus.close()


def search(corpus: EmbeddedCorpus, word: str) -> tuple[list[str], list[str]]:
    """Ids found by vector and by words, each sorted, once the indexes are up to date."""
    corpus.sync()
    vector = FakeEmbedder().embed([word])[0]
    by_vector = corpus.search_vector(vector, 1000)
    return sorted(ids(corpus, by_vector)), sorted(ids(corpus, corpus.search_words(word, 1000)))


def everything(corpus: EmbeddedCorpus) -> list[str]:
    return sorted(item.id for item in corpus.all_documents())


def test_grows_from_exact_to_inverted_lists_and_back(
    open_embedded: OpenEmbedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "FLAT_UP_TO", 30)
    corpus = open_embedded()
    for count in (20, 80):
        list(ingest(sample(count), corpus, FakeEmbedder()))
        assert search(corpus, "river")[0] == everything(corpus)
    corpus.delete([f"d{n}" for n in range(10, 80)])
    assert search(corpus, "river")[0] == everything(corpus)
    corpus.close()


def test_reopened_without_rebuilding(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(40))
    corpus.delete(["d3"])
    corpus.close()
    again = open_embedded()
    assert again.index_generation() == again.stats().generation
    assert search(again, "number5")[1] == ["d5"]
    assert search(again, "river")[0] == everything(again)
    again.close()


def test_indexes_are_never_trusted_over_the_store(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    corpus.close()
    for file in (tmp_path / "data").rglob("*"):
        if file.is_file() and file.parent.name in {"words", "vectors"}:
            file.write_bytes(b"rubbish")
    again = open_embedded()
    assert search(again, "number5")[1] == ["d5"]
    assert search(again, "river")[0] == everything(again)
    again.close()


def test_catches_up_with_what_happened_since_it_was_saved(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    corpus.save()
    saved = {file: file.read_bytes() for file in (tmp_path / "data/vectors").iterdir()}
    assert saved
    corpus.delete(["d1"])
    list(ingest([document("d2", "Changed words."), document("n", "New.")], corpus, FakeEmbedder()))
    corpus._resources.close()  # as if killed: nothing derived is saved
    for file, content in saved.items():
        file.write_bytes(content)
    again = open_embedded()
    assert search(again, "changed") == (everything(again), ["d2"])
    assert "d1" not in everything(again)
    again.close()


def test_reader_sees_what_the_writer_commits(open_embedded: OpenEmbedded) -> None:
    writer = open_embedded()
    fill(writer, sample(10))
    writer.save()
    reader = open_embedded(writable=False)
    assert search(reader, "number4")[1] == ["d4"]
    list(ingest([document("late", "Brand new words.")], writer, FakeEmbedder()))
    writer.delete(["d4"])
    assert search(reader, "brand")[1] == ["late"]
    assert search(reader, "number4") == (everything(reader), [])
    with pytest.raises(CorpusReadOnly):
        list(ingest([document("x", "No.")], reader, FakeEmbedder()))
    with pytest.raises(CorpusReadOnly):
        reader.delete(["d1"])
    reader.close()
    assert search(writer, "brand")[1] == ["late"]
    writer.close()


def _open_elsewhere(folder: Path, answer) -> None:
    try:
        model = FakeEmbedder()
        open_corpus(
            folder, identity=model.identity, dimension=model.dimension, writable=True
        ).close()
        answer.put("opened")
    except CorpusLocked as error:
        answer.put(str(error))


def test_second_writer_is_told(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    processes = multiprocessing.get_context("spawn")
    answer = processes.Queue()
    process = processes.Process(target=_open_elsewhere, args=(tmp_path / "data", answer))
    process.start()
    said = answer.get(timeout=60)
    process.join()
    assert "open for writing in another process" in said
    corpus.close()


def test_reading_what_is_not_there(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="add documents first"):
        open_embedded("nowhere", writable=False)
    assert not (tmp_path / "nowhere").exists()


def test_newer_schema_is_refused_and_left_alone(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    open_embedded().close()
    database = tmp_path / "data" / DATABASE
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = database.read_bytes()
    with pytest.raises(CorpusIncompatible, match="99"):
        open_embedded()
    assert database.read_bytes() == before


def test_not_a_database(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / DATABASE).write_text("my shopping list, much longer than a header" * 9)
    with pytest.raises(CorpusIncompatible, match="not a claimdesk corpus"):
        open_embedded()
    assert (tmp_path / "data" / DATABASE).read_text().startswith("my shopping list")


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("version", [0, 1, 8])
def test_a_database_of_another_program(
    open_embedded: OpenEmbedded, tmp_path: Path, version: int, writable: bool
) -> None:
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / DATABASE) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(CorpusIncompatible, match="not a claimdesk corpus"):
        open_embedded(writable=writable)
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables == [("recipes",)]


def test_old_schema_is_upgraded(
    open_embedded: OpenEmbedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.embedded import store

    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    upgraded = (*store.MIGRATIONS, "ALTER TABLE documents ADD COLUMN note TEXT")
    monkeypatch.setattr(store, "MIGRATIONS", upgraded)
    with pytest.raises(CorpusIncompatible, match="older"):
        open_embedded(writable=False)
    again = open_embedded()
    assert everything(again) == ["d0", "d1", "d2"]
    assert again._store._one("PRAGMA user_version") == (len(upgraded),)
    again.close()


def test_a_migration_that_fails_changes_nothing(
    open_embedded: OpenEmbedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.embedded import store

    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    broken = (*store.MIGRATIONS, "DELETE FROM documents; SELECT nonsense FROM nowhere")
    with monkeypatch.context() as patch:
        patch.setattr(store, "MIGRATIONS", broken)
        with pytest.raises(CorpusError, match="no such table"):
            open_embedded()
    again = open_embedded()
    assert everything(again) == ["d0", "d1", "d2"]
    again.close()


def test_another_store_in_the_same_folder_is_noticed(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    assert search(corpus, "number1")[1] == ["d1"]
    corpus.close()
    for file in (tmp_path / "data").glob(f"{DATABASE}*"):
        file.unlink()
    other = open_embedded()
    list(ingest([document("p", "Penguins eat fish.")], other, FakeEmbedder()))
    assert search(other, "penguins") == (["p"], ["p"])
    assert search(other, "number1")[1] == []
    other.close()


@pytest.mark.parametrize("killed", [False, True])
def test_a_store_that_was_put_back_from_a_copy_is_noticed(
    open_embedded: OpenEmbedded, tmp_path: Path, killed: bool
) -> None:
    """Its next writes have the generations and keys of those that it never saw."""
    data = tmp_path / "data"
    corpus = open_embedded()
    list(ingest([document("a", "Ants build hills.")], corpus, FakeEmbedder()))
    corpus.close()
    shutil.copy(data / DATABASE, tmp_path / "copy")
    for name, text in (("b", "Bees make honey."), ("c", "Cats sleep.")):
        corpus = open_embedded()
        list(ingest([document(name, text)], corpus, FakeEmbedder()))
        corpus.close()
    for file in data.glob(f"{DATABASE}*"):
        file.unlink()
    shutil.copy(tmp_path / "copy", data / DATABASE)
    corpus = open_embedded()
    for name in ("dogs", "emus"):
        list(ingest([document(name, f"Of {name} we know.")], corpus, FakeEmbedder()))
    if killed:  # without a search or a save: what lies there was saved before the copy came back
        corpus._resources.close()
        corpus = open_embedded()
    assert search(corpus, "emus") == (["a", "dogs", "emus"], ["emus"])
    assert search(corpus, "honey")[1] == []
    vector = FakeEmbedder().embed(["Of emus we know."])[0]
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["emus"]
    corpus.close()


@pytest.mark.parametrize("lost", ["meta.json", "*.term", "*.pos"])
def test_a_lost_file_of_the_word_index_is_noticed(
    open_embedded: OpenEmbedded, tmp_path: Path, lost: str
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    assert search(corpus, "number5")[1] == ["d5"]
    corpus.close()
    files = list((tmp_path / "data" / "words").glob(lost))
    assert files
    for file in files:
        file.unlink()
    again = open_embedded()
    assert search(again, "number5")[1] == ["d5"]
    again.close()


def test_a_copy_that_says_more_than_it_holds_is_noticed(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    """As a reader finds it that copies the folder while the writer builds it anew."""
    words, earlier = tmp_path / "data" / "words", tmp_path / "earlier"
    corpus = open_embedded()
    fill(corpus, sample(10))
    corpus.close()
    shutil.copytree(words, earlier)
    corpus = open_embedded()
    list(ingest(sample(20), corpus, FakeEmbedder()))
    corpus.sync()
    corpus.close()
    (words / "stamp").replace(earlier / "stamp")
    shutil.rmtree(words)
    earlier.rename(words)
    reader = open_embedded(writable=False)
    assert search(reader, "number15")[1] == ["d15"]
    reader.close()


def test_a_word_index_that_cannot_catch_up_is_built_anew(
    open_embedded: OpenEmbedded, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    shutil.rmtree(tmp_path / "data" / "words")  # under its feet
    (tmp_path / "data" / "words").write_text("a file where the folder was")
    list(ingest([document("late", "Brand new words.")], corpus, FakeEmbedder()))
    with pytest.raises(IndexUnavailable):
        corpus.sync()
    assert ids(corpus, corpus.search_words("number5", 5)) == ["d5"]  # what is in memory answers
    vector = FakeEmbedder().embed(["brand new words"])[0]
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["late"]
    assert corpus.index_generation() < corpus.generation()
    (tmp_path / "data" / "words").unlink()
    list(ingest([document("later", "Words again.")], corpus, FakeEmbedder()))
    assert search(corpus, "brand")[1] == ["late"]
    assert "built anew" in caplog.text
    corpus.close()


def test_a_stray_file_among_the_vectors_is_passed_over(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(5))
    corpus.close()
    (tmp_path / "data" / "vectors" / "notes.faiss").write_text("x")
    again = open_embedded()
    assert search(again, "river")[0] == everything(again)
    again.close()


def test_a_folder_in_the_place_of_the_vector_file_is_replaced(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(5))
    corpus.close()
    (file,) = (tmp_path / "data" / "vectors").iterdir()
    file.unlink()
    corpus_name, *_ = file.name.split("-")
    for name in (file.name, f"{corpus_name}-99-r2-0.faiss"):
        (file.with_name(name) / "inside").mkdir(parents=True)
    somebodys = [
        file.with_name(name) / "inside" for name in ("old.faiss", f"{corpus_name}-copy of Tuesday")
    ]
    for folder in somebodys:
        folder.mkdir(parents=True)
    for rebuilds in (1, 0):
        again = open_embedded()
        assert search(again, "river")[0] == everything(again)
        assert again.rebuilds()["vectors"] == rebuilds
        again.close()
    assert all(folder.is_dir() for folder in somebodys)


def test_a_draft_of_a_save_that_was_cut_off_is_dropped(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(5))
    draft = tmp_path / "data" / "vectors" / "abc-1.new"
    draft.parent.mkdir(exist_ok=True)
    draft.write_text("x")
    corpus.close()
    assert not draft.exists()


def test_no_more_words_are_hoped_for_than_are_searched(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    words = [f"word{at}" for at in range(100)]
    fill(corpus, [document("d", " ".join(words))])
    assert corpus.words_ceiling(" ".join(words)) == corpus.words_ceiling(" ".join(words[:64]))
    more = corpus.words_ceiling(" ".join([*words[:64], "unheard"]))
    assert more > corpus.words_ceiling(" ".join(words[:64]))
    corpus.close()


def test_a_damaged_store_is_told(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    fill(corpus, sample(120))
    corpus.close()
    database = tmp_path / "data" / DATABASE
    content = bytearray(database.read_bytes())
    content[4096 * 3 :] = b"\xa5" * (len(content) - 4096 * 3)
    database.write_bytes(content)
    with pytest.raises(CorpusError, match=r"damaged|not a claimdesk corpus"):
        everything(open_embedded(writable=False))


def test_writes_during_catch_ups_are_indexed_once(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    done = threading.Event()

    def keep_up() -> None:
        while not done.is_set():
            corpus.sync()

    thread = threading.Thread(target=keep_up)
    thread.start()
    for number in range(30):
        list(ingest([document(f"d{number}", "A river.", language="en")], corpus, FakeEmbedder()))
        if number % 3 == 2:
            corpus.delete([f"d{number - 1}"])
    done.set()
    thread.join()
    by_vector, by_words = search(corpus, "river")
    assert by_vector == by_words == everything(corpus)
    assert len(by_vector) == 20
    corpus.close()


@pytest.mark.parametrize("kind", ["hnsw", "ivf", "flat"])
def test_deletes_are_remembered_over_a_restart(open_embedded: OpenEmbedded, kind: str) -> None:
    corpus = open_embedded(vector_index=kind)
    fill(corpus, sample(60))
    corpus.delete([f"d{n}" for n in range(50)])
    corpus.close()
    again = open_embedded(vector_index=kind)
    vector = FakeEmbedder().embed(["river"])[0]
    found = again.search_vector(vector, 10)
    assert sorted(ids(again, found)) == everything(again)
    fill(again, [*sample(12), document("new", "A river in a new town.", language="en")])
    again.delete(["d55"])
    again.close()
    third = open_embedded(vector_index=kind)
    found = third.search_vector(vector, 100)
    assert len(found) == third.stats().passages
    assert sorted(set(ids(third, found))) == everything(third)
    assert "new" in everything(third)
    third.close()


@pytest.mark.parametrize("kind", ["hnsw", "ivf"])
def test_a_filter_that_admits_few_loses_none(open_embedded: OpenEmbedded, kind: str) -> None:
    corpus = open_embedded(vector_index=kind)
    many = [document(f"m{n}", f"Word{n % 97} and w{n % 89}.", language="en") for n in range(2000)]
    few = [
        document(f"f{n}", f"Word{n} of a few.", publisher="Few", language="en") for n in range(20)
    ]
    list(ingest(many + few, corpus, FakeEmbedder()))
    corpus.sync()
    vector = FakeEmbedder().embed(["word5 and word7"])[0]
    found = corpus.search_vector(vector, 100, Filters(publisher=("Few",)))
    assert sorted(ids(corpus, found)) == sorted(item.id for item in few)
    assert found == sorted(found, key=lambda hit: -hit.score)
    corpus.close()


@pytest.mark.parametrize("kind", ["hnsw", "ivf", "flat"])
def test_an_index_that_could_not_be_built_is_built_later(
    open_embedded: OpenEmbedded, tmp_path: Path, kind: str
) -> None:
    corpus = open_embedded(vector_index=kind)
    fill(corpus, sample(40))
    list(ingest([document("bad", "A river that is broken.")], corpus, FakeEmbedder()))
    database = sqlite3.connect(tmp_path / "data" / DATABASE)
    (key,) = database.execute("SELECT MAX(key) FROM vectors").fetchone()
    (whole,) = database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
    database.close()
    corpus.close()
    set_vector(tmp_path, key, whole[:-4])
    for file in (tmp_path / "data" / "vectors").iterdir():
        file.unlink()
    broken = open_embedded(vector_index=kind)  # the documents are there, though nothing is found
    assert broken.get("bad") is not None
    vector = FakeEmbedder().embed(["river"])[0]
    for _ in range(2):
        with pytest.raises(CorpusCorrupt, match="dimensions"):
            broken.sync()
        with pytest.raises(IndexUnavailable, match="dimensions"):
            broken.search_vector(vector, 5)
    set_vector(tmp_path, key, whole)
    broken.sync()
    assert len(broken.search_vector(vector, 100)) == broken.stats().passages
    broken.close()


def set_vector(tmp_path: Path, key: int, content: bytes) -> None:
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        database.execute("UPDATE vectors SET vector = ? WHERE key = ?", (content, key))
    database.close()


@pytest.mark.parametrize("kind", ["hnsw", "ivf", "flat"])
def test_what_came_and_went_unseen_costs_no_rebuild(
    open_embedded: OpenEmbedded, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    corpus = open_embedded(vector_index=kind)
    fill(corpus, sample(40))
    for number in range(3):
        for more in ("", " and more"):
            text = f"A river of {number}{more}."
            list(ingest([document("twice", text, language="en")], corpus, FakeEmbedder()))
        search(corpus, "river")
        corpus.save()
        assert corpus._store._all("SELECT * FROM tombstones") == []
    assert "built anew" not in caplog.text
    corpus.close()


@pytest.mark.parametrize("kind", ["hnsw", "ivf"])
def test_dead_rows_do_not_crowd_out_the_living(open_embedded: OpenEmbedded, kind: str) -> None:
    corpus = open_embedded(vector_index=kind)
    fill(corpus, [document(f"d{n}", f"Word{n} and w{n % 7}.", language="en") for n in range(900)])
    corpus.delete([f"d{n}" for n in range(860)])
    corpus.sync()
    vector = FakeEmbedder().embed(["word5 and w3"])[0]
    assert len(corpus.search_vector(vector, 40)) == 40
    corpus.close()


def test_connections_do_not_outgrow_their_callers(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    for _ in range(30):
        thread = threading.Thread(target=lambda: everything(corpus))
        thread.start()
        thread.join()
    assert len(corpus._store.connections.idle) <= 3
    corpus.close()


class OtherEmbedder(FakeEmbedder):
    identity = "other@2"


def test_another_model_asks_for_a_reindex(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(5))
    corpus.close()
    other = OtherEmbedder(dimension=16)
    with pytest.raises(EmbeddingMismatch, match="reindex"):
        open_embedded(embedder=other)
    corpus = open_embedded(embedder=other, reindexing=True)
    assert len(list(reindex(corpus, other))) == 5
    corpus.close()
    again = open_embedded(embedder=other)
    hits = again.search_vector(other.embed([again.get("d3").text])[0], 5)
    assert ids(again, hits)[0] == "d3"
    again.close()


def test_a_reindex_that_fails_changes_nothing(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    fill(corpus, sample(5))
    broken = BrokenEmbedder("number4", RuntimeError("out of memory"))
    broken.identity = "broken@1"
    with pytest.raises(RuntimeError):
        list(reindex(corpus, broken))
    corpus.close()
    again = open_embedded()
    assert search(again, "number4")[1] == ["d4"]
    again.close()
    narrow = BrokenEmbedder("number4", RuntimeError("out of memory"))
    narrow.identity, narrow.dimension = "narrow@1", 8
    corpus = open_embedded(embedder=narrow, reindexing=True)
    with pytest.raises(RuntimeError):
        list(reindex(corpus, narrow))
    corpus.close()
    again = open_embedded()
    assert search(again, "number4")[1] == ["d4"]
    again.close()
