"""A data folder of schema version 2 (claimdesk before recipes), opened by this version."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.corpus import Filters
from index.documents import Document
from index.embedded.corpus import DATABASE
from index.embedded.store import MIGRATIONS
from index.errors import CorpusIncompatible
from index.ingest import ingest
from index.split import split
from tests.conftest import OpenEmbedded
from tests.corpus_contract import everything_found, sample
from tests.fakes import FakeEmbedder

# As it was written then: what is upgraded is what lies on disks, not what MIGRATIONS says today.
SCHEMA_2 = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('generation', '0'), ('tombstones_since', '0');
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
        text TEXT NOT NULL, title TEXT NOT NULL, url TEXT, publisher TEXT,
        published_at TEXT, language TEXT
    );
    CREATE TABLE passages (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, sentences TEXT NOT NULL, generation INTEGER NOT NULL
    );
    CREATE INDEX passages_by_document ON passages (document);
    CREATE INDEX passages_by_generation ON passages (generation);
    CREATE TABLE vectors (
        key INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
        vector BLOB NOT NULL
    );
    CREATE TABLE tombstones (key INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
    CREATE INDEX tombstones_by_generation ON tombstones (generation);
    CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
        INSERT INTO tombstones VALUES (
            old.key, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation')
        );
    END;
    INSERT INTO meta VALUES ('corpus', '0123456789abcdef0123456789abcdef');
    PRAGMA user_version = 2;
"""


def make_schema_2(data: Path, documents: list[Document]) -> None:
    """The folder with its indexes, as that version left it."""
    model = FakeEmbedder()
    (data / "vectors").mkdir(parents=True)
    (data / "words").mkdir()
    database = sqlite3.connect(data / DATABASE)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript(SCHEMA_2)
    keys, vectors = [], []
    for generation, document in enumerate(documents, start=1):
        number = database.execute(
            "INSERT INTO documents (id, hash, text, title, url, publisher, published_at, language)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id, document.content_hash(), document.text, document.title, document.url,
                document.publisher, document.published_at and document.published_at.isoformat(),
                document.language,
            ),
        ).lastrowid  # fmt: skip
        for passage in split(document):
            bounds = json.dumps([(span.start, span.end) for span in passage.sentences])
            keys.append(database.execute(
                'INSERT INTO passages (document, ordinal, text, start, "end", sentences,'
                " generation) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, passage.ordinal, passage.text, passage.start, passage.end, bounds,
                 generation),
            ).lastrowid)  # fmt: skip
            vectors.append(model.embed([passage.text])[0])
            blob = vectors[-1].tobytes()
            database.execute("INSERT INTO vectors VALUES (?, ?)", (keys[-1], blob))
        database.execute("UPDATE meta SET value = ? WHERE name = 'generation'", (generation,))
    database.execute("INSERT INTO meta VALUES ('embedding', ?)", (model.identity,))
    database.commit()
    database.close()
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(model.dimension))
    index.add_with_ids(np.array(vectors), np.array(keys))
    corpus = "0123456789abcdef0123456789abcdef"
    faiss.write_index(index, str(data / "vectors" / f"{corpus}-{len(documents)}.faiss"))
    (data / "words" / "stamp").write_text(f"{corpus} {len(documents)}")
    (data / "words" / "meta.json").write_text("{}")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_schema_2(tmp_path / "data", sample(30))
    return tmp_path / "data"


def test_nothing_is_lost(
    data: Path, open_embedded: OpenEmbedded, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = open_embedded()
    assert {one.id: one for one in corpus.all_documents()} == {one.id: one for one in sample(30)}
    assert everything_found(corpus)
    # No damage; but sentences are found otherwise now, so that what is added again is split anew.
    assert [record.message for record in caplog.records] == [
        "30 documents were split by an earlier version of claimdesk: they are found as before, "
        "and `claimdesk reindex` brings them up to date"
    ]
    assert {one.status for one in ingest(sample(30), corpus, FakeEmbedder())} == {"updated"}
    assert {one.status for one in ingest(sample(30), corpus, FakeEmbedder())} == {"unchanged"}
    # Everything is shown, in the only version there was, from its day on.
    for filters in (
        Filters(as_of=dt.date(2020, 1, 9)),
        Filters(published_after=dt.date(2020, 1, 9)),
    ):
        admitted = [one for one in sample(30) if filters.admits(one)]
        assert corpus.count_documents(filters) == len(admitted) > 0
    filters = Filters(publisher=("wire",))
    admitted = [one for one in sample(30) if filters.admits(one)]
    assert corpus.count_documents(filters) == len(admitted) == 15
    corpus.delete(["d3"])
    corpus.close()
    again = open_embedded()
    assert everything_found(again)
    assert again.stats().documents == 29
    again.close()
    assert [file for file in (data / "vectors").iterdir() if "-r" not in file.name] == []


def test_a_text_of_then_becomes_an_earlier_version(data: Path, open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    old = corpus.get("d1")
    assert old is not None
    new = replace(old, text="Corrected.", modified_at=dt.date(2020, 1, 20))
    assert [one.status for one in ingest([new], corpus, FakeEmbedder())] == ["updated"]
    corpus.sync()
    filters = Filters(as_of=dt.date(2020, 1, 19))
    (hit,) = corpus.search_words("number1", 5, filters)
    (passage,) = corpus.passages([hit.key]).values()
    assert (passage.document_id, passage.text) == ("d1", old.text)
    corpus.close()


def test_a_reader_asks_for_the_upgrade_and_leaves_it_to_a_writer(
    data: Path, open_embedded: OpenEmbedded
) -> None:
    before = (data / DATABASE).read_bytes()
    with pytest.raises(CorpusIncompatible, match="open it once for writing"):
        open_embedded(writable=False)
    assert (data / DATABASE).read_bytes() == before


def test_an_upgraded_folder_has_the_schema_of_a_new_one(
    data: Path, open_embedded: OpenEmbedded, tmp_path: Path
) -> None:
    open_embedded().close()
    open_embedded("new").close()
    schemas = []
    for folder in (data, tmp_path / "new"):
        database = sqlite3.connect(folder / DATABASE)
        rows = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        schemas.append([(kind, name, " ".join((sql or "").split())) for kind, name, sql in rows])
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        database.close()
    without_comments = [
        [(kind, name, sql.replace(COMMENT, "")) for kind, name, sql in schema] for schema in schemas
    ]
    assert without_comments[0] == without_comments[1]


COMMENT = "-- AUTOINCREMENT: a key is never used again, so a stale index cannot point at new text. "
