"""A data folder -> one file, while it is written to; back, also by a newer version; the doctor."""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.documents import document
from index.embedded import EmbeddedCorpus, backup
from index.embedded.corpus import DATABASE
from index.embedded.doctor import examine
from index.embedded.erase import found_in_files
from index.errors import CorpusCorrupt, CorpusError, CorpusIncompatible, CorpusLocked
from index.ingest import ingest, ingest_one
from tests.conftest import OpenEmbedded
from tests.corpus_contract import everything_found, fill, sample
from tests.fakes import FakeEmbedder
from tests.index.test_upgrade import make_schema_2


def write(data: Path, file: Path, **options) -> dict:
    return backup.write_backup(data, file, beside=["keys.json"], made_by="test", **options)


def whole(folder: Path) -> list[str]:
    """What the doctor finds wrong."""
    return [problem for finding in examine(folder) for problem in finding.problems]


@pytest.fixture
def data(open_embedded: OpenEmbedded, tmp_path: Path) -> Path:
    """A closed data folder of 60 documents."""
    corpus = open_embedded()
    fill(corpus, sample(60))
    corpus.close()
    (tmp_path / "data" / "keys.json").write_text("{}")
    return tmp_path / "data"


def test_there_and_back(data: Path, tmp_path: Path, open_embedded: OpenEmbedded) -> None:
    steps: list[tuple[str, int, int]] = []
    file = tmp_path / "backup.zip"
    manifest = write(data, file, tell=lambda *step: steps.append(step))
    assert set(manifest["files"]) == {DATABASE, "keys.json"}
    assert manifest["rows_of_documents"] == 60
    assert (f"copying {DATABASE}", *2 * [steps[0][2]]) in steps
    assert file.stat().st_mode & 0o077 == 0
    restored = backup.restore(file, tmp_path / "again")
    assert (restored.documents, restored.erased, restored.replaced) == (60, 0, None)
    assert (tmp_path / "again" / "keys.json").read_text() == "{}"
    corpus = open_embedded("again")
    assert everything_found(corpus)
    corpus.close()
    assert whole(tmp_path / "again") == []
    assert {one.name for one in tmp_path.iterdir()} == {"data", "again", "backup.zip"}


def test_a_backup_while_documents_are_stored_is_of_one_moment(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    stop, stored = threading.Event(), 0

    def store() -> None:
        nonlocal stored
        for at in range(0, 100_000, 8):
            fresh = [one for one in sample(at + 8)[at:] if not stop.is_set()]
            stored += len(list(ingest(fresh, corpus, FakeEmbedder())))
            if stop.is_set():
                return

    writer = threading.Thread(target=store)
    writer.start()
    try:
        for number in range(3):
            write(tmp_path / "data", tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    corpus.close()
    sizes = []
    for number in range(3):
        restored = backup.restore(tmp_path / f"{number}.zip", tmp_path / f"r{number}")
        sizes.append(restored.documents)
        assert restored.documents % 8 == 0  # whole batches
        assert whole(restored.folder) == []
    assert sizes == sorted(sizes)
    assert sizes[-1] <= stored


def test_a_corpus_is_never_overwritten_unless_told(
    data: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    file = tmp_path / "backup.zip"
    write(data, file)
    with pytest.raises(CorpusIncompatible, match="not empty"):
        backup.restore(file, data)
    corpus = open_embedded()
    with pytest.raises(CorpusLocked):
        backup.restore(file, data, replace=True)
    fill(corpus, [one for one in sample(70) if int(one.id[1:]) >= 60])
    corpus.close()
    restored = backup.restore(file, data, replace=True)
    assert restored.documents == 60
    with sqlite3.connect(restored.replaced / DATABASE) as kept:
        assert kept.execute("SELECT COUNT(*) FROM documents").fetchone() == (70,)
    kept.close()


def test_what_was_erased_since_does_not_come_back(
    data: Path, tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    file = tmp_path / "backup.zip"
    write(data, file)
    corpus = open_embedded()
    corpus.erase("d7")
    corpus.close()
    restored = backup.restore(file, data, replace=True)
    assert (restored.documents, restored.erased) == (59, 1)
    assert found_in_files(data, [b"number7."]) == 0
    again = open_embedded()
    assert again.get("d7") is None
    (outcome,) = ingest([sample(8)[7]], again, FakeEmbedder())
    assert outcome.status == "refused"
    again.close()


def test_an_older_backup_is_brought_to_this_version(
    tmp_path: Path, open_embedded: OpenEmbedded
) -> None:
    make_schema_2(tmp_path / "data", sample(60))
    file = tmp_path / "backup.zip"
    assert write(tmp_path / "data", file)["schema"] == 2
    backup.restore(file, tmp_path / "again")
    assert whole(tmp_path / "again") == []
    corpus = open_embedded("again")
    assert everything_found(corpus)
    assert corpus.erase("d1").is_complete
    corpus.close()


def test_a_newer_backup_is_refused(data: Path, tmp_path: Path) -> None:
    with sqlite3.connect(data / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    write(data, tmp_path / "backup.zip")
    with pytest.raises(CorpusIncompatible, match="upgrade"):
        backup.restore(tmp_path / "backup.zip", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def cut(content: bytearray) -> bytearray:
    return content[: len(content) // 2]


def flip(content: bytearray) -> bytearray:
    content[len(content) // 2] ^= 1
    return content


def nothing(content: bytearray) -> bytearray:
    return content[:0]


@pytest.mark.parametrize("damage", [cut, flip, nothing])
def test_a_damaged_backup_is_refused(
    data: Path, tmp_path: Path, damage: Callable[[bytearray], bytearray]
) -> None:
    file = tmp_path / "backup.zip"
    write(data, file)
    file.write_bytes(damage(bytearray(file.read_bytes())))
    with pytest.raises(CorpusCorrupt):
        backup.restore(file, tmp_path / "again")
    assert {one.name for one in tmp_path.iterdir()} == {"data", "backup.zip"}


def test_no_damaged_bit_of_the_directory_is_anything_but_a_damaged_backup(
    data: Path, tmp_path: Path
) -> None:
    """Bits that say how it is packed, encrypted, of which format, where it lies."""
    file, other = tmp_path / "backup.zip", tmp_path / "other.zip"
    write(data, file)
    content = file.read_bytes()
    refused = 0
    for at in range(content.find(b"PK\x01\x02"), len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        other.write_bytes(changed)
        try:
            with backup.unpacked(other) as (folder, _):  # what is of no account, such as a day
                assert whole(folder) == []
        except CorpusCorrupt:
            refused += 1
    assert refused > 100


def test_a_backup_is_not_written_into_the_folder_by_another_name(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(data)
    with pytest.raises(CorpusError, match="inside"):
        write(data, tmp_path / "link" / DATABASE)


@pytest.mark.parametrize("name", ["../outside", "/outside", ".hidden", "in/side"])
def test_a_backup_writes_nowhere_else(data: Path, tmp_path: Path, name: str) -> None:
    file, other = tmp_path / "backup.zip", tmp_path / "other.zip"
    write(data, file)
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        manifest = json.loads(source.read(backup.MANIFEST))
        manifest["files"][name] = manifest["files"]["keys.json"]
        target.writestr(backup.MANIFEST, json.dumps(manifest))
        target.writestr(DATABASE, source.read(DATABASE))
        target.writestr("keys.json", source.read("keys.json"))
        target.writestr(name, source.read("keys.json"))
    with pytest.raises(CorpusCorrupt, match="a file would not lie in the folder"):
        backup.restore(other, tmp_path / "again")


@pytest.mark.parametrize("wrong", [{"files": [DATABASE]}, {"schema": None}, {"schema": "7"}])
def test_a_manifest_of_other_types_is_refused(
    data: Path, tmp_path: Path, wrong: dict[str, object]
) -> None:
    file, other = tmp_path / "backup.zip", tmp_path / "other.zip"
    write(data, file)
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        manifest = {**json.loads(source.read(backup.MANIFEST)), **wrong}
        target.writestr(backup.MANIFEST, json.dumps(manifest))
        for name in (DATABASE, "keys.json"):
            target.writestr(name, source.read(name))
    with pytest.raises(CorpusCorrupt, match="its manifest is not of that format"):
        backup.restore(other, tmp_path / "again")


def test_what_cannot_be_backed_up(tmp_path: Path, data: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus"):
        write(tmp_path / "nothing", tmp_path / "backup.zip")
    with pytest.raises(CorpusError, match="inside"):
        write(data, data / "backup.zip")


# -- the doctor -----------------------------------------------------------------------------


DAMAGES = {
    "content": "UPDATE documents SET text = replace(text, 'number7', 'number8') WHERE id = 'd7'",
    "its content": "UPDATE documents SET published_at = '1999-01-01' WHERE id = 'd7'",
    "not that part": "UPDATE passages SET start = start + 1 WHERE ordinal = 0",
    "not that part of": "UPDATE passages SET text = text || '!' WHERE key = 7",
    "no vector": "DELETE FROM vectors WHERE key = 7",
    "unit length": "UPDATE vectors SET vector = zeroblob(128) WHERE key = 7",
    "no passages": "PRAGMA foreign_keys = ON; DELETE FROM passages WHERE key = 7",
    "not there": "PRAGMA foreign_keys = OFF; DELETE FROM documents WHERE id = 'd7'",
}


def test_a_whole_folder(data: Path) -> None:
    findings = list(examine(data))
    assert [finding.problems for finding in findings] == [()] * 6
    assert [finding.looked_at for finding in findings][1:4] == [60, 60, 60]
    assert all(finding.looked_at for finding in findings)


@pytest.mark.parametrize(("said", "damage"), DAMAGES.items())
def test_a_changed_row_is_found(data: Path, said: str, damage: str) -> None:
    with sqlite3.connect(data / DATABASE) as connection:
        connection.executescript(damage)
    connection.close()
    assert any(said in problem for problem in whole(data))


@pytest.mark.parametrize("place", ["vectors/*.faiss", "words/*.idx", DATABASE])
def test_a_changed_file_is_found(data: Path, place: str) -> None:
    """Of the database the whole middle: most bits of it are texts, which the hashes cover."""
    (file, *_) = sorted(data.glob(place))
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    if place == DATABASE:
        content[middle : middle + 8192] = np.random.default_rng(7).bytes(8192)
    else:
        content[middle] ^= 0x41
    file.write_bytes(content)
    assert whole(data)


def test_a_folder_is_whole_whose_documents_got_another_group(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus = open_embedded()
    for text, group in {"It fell.": None, "It stands.": "desk", "It leans.": "law"}.items():
        ingest_one(document("a", text, access=group), corpus, FakeEmbedder())
    assert [one.document.access for one in corpus.versions("a")] == ["law"] * 3
    corpus.close()
    assert whole(tmp_path / "data") == []


def test_the_doctor_looks_while_documents_are_stored(
    open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    corpus: EmbeddedCorpus = open_embedded()
    fill(corpus, sample(40))
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            ids = [f"d{number % 40}"]
            corpus.delete(ids)
            list(ingest([sample(40)[number % 40]], corpus, FakeEmbedder()))
            corpus.sync()
            corpus.save()

    writer = threading.Thread(target=change)
    writer.start()
    try:
        for _ in range(5):
            assert whole(tmp_path / "data") == []
    finally:
        stop.set()
        writer.join()
        corpus.close()
