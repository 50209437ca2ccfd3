"""What is damaged on the disk, or full, is noticed, told and mended, or refused by name."""

from __future__ import annotations

import datetime as dt
import errno
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import errors
from index.checksum import checksum
from index.corpus import Hit
from index.documents import Prepared
from index.embedded import boundary
from index.embedded.corpus import DATABASE, EmbeddedCorpus, EmbeddingModel
from index.embedded.doctor import examine
from index.embedded.snapshot import Snapshot
from index.embedded.store import Store
from index.embedded.words import WordIndex
from index.split import split
from tests.conftest import OpenEmbedded
from tests.corpus_contract import fill, ids, sample
from tests.fakes import FakeEmbedder


def zero_the_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    size = len(content)
    content[size // 5 : 4 * size // 5] = bytes(4 * size // 5 - size // 5)
    file.write_bytes(content)


def change_one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [zero_the_middle, change_one_byte])
@pytest.mark.parametrize("writable", [True, False])
def test_a_damaged_vector_file_is_noticed_and_replaced(
    open_embedded: OpenEmbedded,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
    writable: bool,
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.close()
    (file,) = (tmp_path / "data" / "vectors").iterdir()
    damage(file)
    again = open_embedded(writable=writable)
    assert "the vector index" in caplog.text
    assert "damaged" in caplog.text
    vector = FakeEmbedder().embed([again.get("d7").text])[0]
    assert ids(again, again.search_vector(vector, 1)) == ["d7"]
    again.close()
    if writable:
        caplog.clear()
        third = open_embedded()
        assert "damaged" not in caplog.text
        third.close()


@pytest.mark.parametrize("writable", [True, False])
def test_a_database_that_was_cut_off_is_damaged(
    open_embedded: OpenEmbedded, tmp_path: Path, writable: bool
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.close()
    database = tmp_path / "data" / DATABASE
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
    with pytest.raises(errors.CorpusCorrupt, match="restore it from a copy"):
        open_embedded(writable=writable)


DAMAGED = {
    "documents": "published_at = '2021-v6-15'",
    "passages": "sentences = '[[0,'",
}


def change(data: Path, statement: str) -> None:
    """Change rows behind the back of the corpus."""
    with sqlite3.connect(data / DATABASE) as connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("table", DAMAGED)
def test_a_value_that_was_never_written_is_told(
    open_embedded: OpenEmbedded, tmp_path: Path, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    """A byte of a row that is another: SQLite takes no notice."""
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    change(tmp_path / "data", f"UPDATE {table} SET {DAMAGED[table]}")
    for file in (tmp_path / "data" / "vectors").iterdir():
        file.unlink()
    again = open_embedded()
    if table == "documents":
        assert "the database is damaged, it holds '2021-v6-15'" in caplog.text
    with pytest.raises((errors.CorpusCorrupt, errors.IndexUnavailable), match="damaged"):
        again.passages([hit.key for hit in again.search_words("river", 3)])
    again.close()


@pytest.mark.parametrize(
    ("table", "value", "problem"),
    [
        *(
            (table, value, "it holds a value that was never written")
            for table, value in DAMAGED.items()
        ),
        ("documents", "places = '[[oops'", "it holds a value that was never written"),
        ("passages", "start = 'x'", "it holds a value that was never written"),
        ("documents", "text = x'00ff'", "its content is not what was stored"),
    ],
)
def test_the_doctor_names_what_was_never_written(
    open_embedded: OpenEmbedded, tmp_path: Path, table: str, value: str, problem: str
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    change(tmp_path / "data", f"UPDATE {table} SET {value}")
    told = {one.check.partition(" ")[0]: one.problems for one in examine(tmp_path / "data")}
    assert len(told[table]) == 3
    assert told[table][0].startswith("d0")
    assert all(each.endswith(problem) for each in told[table])


def test_a_recipe_that_was_never_written_is_told(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    change(tmp_path / "data", "UPDATE documents SET recipe = 'x.y'")
    with pytest.raises(errors.CorpusCorrupt, match=r"it holds the recipe 'x\.y'"):
        open_embedded()


def test_a_start_that_fails_gives_the_folder_back(open_embedded: OpenEmbedded) -> None:
    times = iter([dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])
    with pytest.raises(StopIteration):
        open_embedded(clock=lambda: next(times))
    open_embedded().close()


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("loss", [Path.unlink, empty])
def test_indexes_without_documents_are_told_of(
    open_embedded: OpenEmbedded,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    loss: Callable[[Path], None],
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    corpus.close()
    assert "missing or empty" not in caplog.text
    loss(tmp_path / "data" / DATABASE)
    open_embedded().close()
    assert f"{DATABASE} is missing or empty" in caplog.text


WORD_FILES = ["fast", "fieldnorm", "idx", "pos", "term", "del"]


@pytest.mark.parametrize("suffix", WORD_FILES)
@pytest.mark.parametrize("damage", [zero_the_middle, change_one_byte, Path.unlink])
def test_a_damaged_file_of_the_word_index_is_noticed(
    open_embedded: OpenEmbedded,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    suffix: str,
    damage: Callable[[Path], None],
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.delete(["d3"])
    corpus.sync()
    expected = corpus.search_words("river number7", 60)
    corpus.close()
    files = list((tmp_path / "data" / "words").glob(f"*.{suffix}"))
    assert files
    for file in files:
        damage(file)
    again = open_embedded()
    assert "the word index is damaged" in caplog.text
    hits = {hit.key: hit.score for hit in again.search_words("river number7", 60)}
    assert hits == pytest.approx({hit.key: hit.score for hit in expected}, rel=0.05)
    again.close()


@pytest.mark.parametrize(
    ("name", "field"), [("stamp", "files"), ("stamp", "generation"), ("meta.json", "segments")]
)
def test_a_word_index_whose_json_lacks_a_field_is_built_anew(
    open_embedded: OpenEmbedded, tmp_path: Path, name: str, field: str
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(10))
    expected = corpus.search_words("river number7", 10)
    corpus.close()
    file = tmp_path / "data" / "words" / name
    content = json.loads(file.read_text())
    del content[field]
    file.write_text(json.dumps(content))
    again = open_embedded()
    assert again.rebuilds()["words"] == 1
    assert again.search_words("river number7", 10) == expected
    again.close()


def test_the_word_index_has_no_other_files(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.delete(["d3"])
    corpus.sync()
    corpus.close()
    found = {file.suffix[1:] for file in (tmp_path / "data" / "words").iterdir()}
    # Rows are not stored, so their files hold nothing that is read.
    assert found - {"", "json", "lock", "store"} == set(WORD_FILES)


def test_a_word_index_is_built_anew_once_per_generation(tmp_path: Path) -> None:
    store = Store(tmp_path / DATABASE, writable=True)
    document_, folder = sample(1)[0], tmp_path / "words"
    passages = tuple(split(document_))
    store.upsert([Prepared(document_, passages, FakeEmbedder().embed(["x"]))])
    words = WordIndex(folder, store.identity())
    with store.snapshot() as snapshot:
        words.sync(snapshot)
        made = (folder / "stamp").stat().st_mtime_ns
        for _ in range(2):
            with pytest.raises(errors.IndexUnavailable, match="failed again"):
                words.sync(snapshot, damaged=True)
        assert (folder / "stamp").stat().st_mtime_ns == made
    store.delete(["nothing"])
    store.upsert([Prepared(document_, passages, FakeEmbedder().embed(["x"]))])
    with store.snapshot() as snapshot:
        words.sync(snapshot, damaged=True)
        assert (folder / "stamp").stat().st_mtime_ns != made
        assert words.searcher is not None
        assert words.searcher.generation == snapshot.generation
    store.close()


class FailingWords:
    """A word index that no search can use until it was synced as damaged."""

    def __init__(self) -> None:
        self.searcher: Any = None
        self.synced: list[bool] = []

    def sync(self, snapshot: Snapshot, *, damaged: bool = False) -> None:
        self.synced.append(damaged)
        self.searcher = FailingSearcher(snapshot.generation, fails=not damaged)


class FailingSearcher:
    def __init__(self, generation: int, *, fails: bool) -> None:
        self.generation, self.fails = generation, fails

    def search(self, *_: object) -> list[Hit]:
        if self.fails:
            raise errors.IndexUnavailable("the word index cannot be used: as a test")
        return []


def test_a_search_that_fails_has_the_word_index_mended_in_the_background(tmp_path: Path) -> None:
    words: Any = FailingWords()
    model = EmbeddingModel("fake@1", 32, "auto")
    store = Store(tmp_path / DATABASE, writable=True)
    corpus = EmbeddedCorpus(store, words, tmp_path / "vectors", model, writable=True)
    corpus.start_indexing(ExitStack())
    with pytest.raises(errors.IndexUnavailable):
        corpus.search_words("river", 5)
    deadline = time.monotonic() + 20
    while words.synced != [False, True] and time.monotonic() < deadline:
        time.sleep(0.005)
    assert corpus.sync() == 0
    assert corpus.search_words("river", 5) == []
    assert words.synced == [False, True]
    corpus.close()
    store.close()


def test_checksums_tell_content_and_length(tmp_path: Path) -> None:
    file = tmp_path / "file"
    found = set()
    for content in (b"", b"\0", b"\0\0", b"a", b"b", bytes(2_000_000), bytes(2_000_001)):
        file.write_bytes(content)
        found.add(checksum(file))
    assert len(found) == 7


# -- errors of the libraries ----------------------------------------------------------------

CODES = {
    name: getattr(sqlite3, name)
    for name in dir(sqlite3)
    if name.startswith("SQLITE_") and isinstance(getattr(sqlite3, name), int)
}
# Result codes are documented with these; other constants of the module are flags and limits.
RESULT_CODES = [
    "ERROR", "INTERNAL", "PERM", "ABORT", "BUSY", "LOCKED", "NOMEM", "READONLY", "INTERRUPT",
    "IOERR", "CORRUPT", "NOTFOUND", "FULL", "CANTOPEN", "PROTOCOL", "EMPTY", "SCHEMA", "TOOBIG",
    "CONSTRAINT", "MISMATCH", "MISUSE", "NOLFS", "AUTH", "FORMAT", "RANGE", "NOTADB", "WARNING",
]  # fmt: skip


def subclasses(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind, *(sub for one in kind.__subclasses__() for sub in subclasses(one))}


@pytest.mark.parametrize("kind", sorted(subclasses(sqlite3.Error), key=repr))
@pytest.mark.parametrize("code", [None, *RESULT_CODES])
def test_every_error_of_sqlite_has_a_counterpart(
    tmp_path: Path, kind: type[sqlite3.Error], code: str | None
) -> None:
    error = kind("as a test")
    if code is not None:
        error.sqlite_errorcode = CODES[f"SQLITE_{code}"] | 7 << 8  # an extended code
    with pytest.raises(errors.CorpusError) as raised, boundary.sqlite_errors(tmp_path / "x"):
        raise error
    expected = {
        "BUSY": errors.CorpusBusy, "LOCKED": errors.CorpusBusy, "FULL": errors.DiskFull,
        "CORRUPT": errors.CorpusCorrupt, "NOTADB": errors.CorpusCorrupt,
        "READONLY": errors.FolderReadOnly,
    }.get(code, errors.CorpusError)  # fmt: skip
    assert type(raised.value) is expected
    assert raised.value.__cause__ is error


class PanicException(BaseException):
    """As pyo3 names a panic of a library in Rust."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("worker thread failed"), errors.IndexUnavailable),
        (ValueError("IO: No space left on device (os error 28)"), errors.DiskFull),
        (RuntimeError("Error in faiss::read_index"), errors.IndexUnavailable),
        (MemoryError(), errors.IndexUnavailable),
        (OSError(errno.ENOSPC, "full"), errors.DiskFull),
        (OSError(errno.EDQUOT, "over quota"), errors.DiskFull),
        (FileNotFoundError("meta.json"), errors.IndexUnavailable),
        (PanicException("index out of bounds"), errors.IndexUnavailable),
    ],
    ids=repr,
)
def test_every_error_of_an_index_has_a_counterpart(
    tmp_path: Path, error: BaseException, expected: type[Exception]
) -> None:
    with pytest.raises(expected) as raised, boundary.index_errors("index", tmp_path):
        raise error
    assert type(raised.value) is expected


@pytest.mark.parametrize("error", [KeyboardInterrupt(), errors.CorpusCorrupt("x"), KeyError("x")])
def test_what_is_no_error_of_an_index_passes(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, boundary.index_errors("index", tmp_path):
        raise error
    assert raised.value is error


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    store = Store(tmp_path / DATABASE, writable=True, busy_seconds=0.05)
    one = sample(1)[0]
    batch = [Prepared(one, tuple(split(one)), FakeEmbedder().embed(["x"]))]
    store.upsert(batch)
    with sqlite3.connect(tmp_path / DATABASE) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.CorpusBusy, match="locked"):
            store.upsert(batch)
        assert store.get(one.id) == one  # reading goes on
    other.close()
    assert store.upsert(batch) == ["updated"]
    store.close()


def test_a_search_needs_nothing_of_the_folder(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    """As on a disk that went full, or away, under the feet of a running service."""
    corpus = open_embedded()
    fill(corpus, sample(20))
    for folder in ("words", "vectors"):
        for file in (tmp_path / "data" / folder).glob("*"):
            file.unlink()
    assert ids(corpus, corpus.search_words("number5", 5)) == ["d5"]
    vector = np.asarray(FakeEmbedder().embed([corpus.get("d5").text])[0])
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["d5"]
    corpus.close()
