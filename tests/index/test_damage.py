"""What is damaged on the disk, or full, is noticed, told and mended, or refused by name."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index import errors
from index.documents import document
from index.embedded import boundary
from index.embedded.checksum import checksum
from index.embedded.corpus import DATABASE
from index.ingest import ingest
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


def test_the_word_index_has_no_other_files(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.delete(["d3"])
    corpus.sync()
    corpus.close()
    found = {file.suffix[1:] for file in (tmp_path / "data" / "words").iterdir()}
    # Rows are not stored, so their files hold nothing that is read.
    assert found - {"", "json", "lock", "store"} == set(WORD_FILES)


def test_a_word_index_that_fails_in_a_search_is_built_anew_once(
    open_embedded: OpenEmbedded, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = open_embedded()
    fill(corpus, sample(20))
    healthy = corpus._words.searcher
    corpus._words.searcher = BrokenSearcher(healthy.generation)
    corpus._indexes = type(corpus._indexes)(
        corpus._indexes.vectors, corpus._indexes.columns, corpus._words.searcher
    )
    with pytest.raises(errors.IndexUnavailable):
        corpus.search_words("number5", 5)
    list(ingest([document("late", "Late words.")], corpus, FakeEmbedder()))
    assert corpus.wait_until_indexed(corpus.generation(), 20)
    assert ids(corpus, corpus.search_words("number5", 5)) == ["d5"]
    corpus.close()


class BrokenSearcher:
    """A word searcher whose files are unreadable."""

    def __init__(self, generation: int) -> None:
        self.generation = generation

    def search(self, *_: object) -> None:
        raise errors.IndexUnavailable("the word index cannot be used: as a test")


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
        "READONLY": errors.CorpusReadOnly,
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


def test_a_locked_database_is_busy(open_embedded: OpenEmbedded, tmp_path: Path) -> None:
    corpus = open_embedded()
    fill(corpus, sample(3))
    for connection in corpus._store._idle:
        connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "data" / DATABASE)
    other.execute("BEGIN IMMEDIATE")
    failed: list[type[BaseException]] = []

    def delete() -> None:
        try:
            corpus.delete(["d1"])
        except errors.CorpusError as error:
            failed.append(type(error))

    thread = threading.Thread(target=delete)
    thread.start()
    thread.join(10)
    assert ids(corpus, corpus.search_words("number1", 5)) == ["d1"]  # reading goes on
    other.rollback()
    other.close()
    assert failed == [errors.CorpusBusy]
    assert corpus.delete(["d1"]) == 1
    corpus.close()


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
