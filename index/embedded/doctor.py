"""A data folder -> whether everything in it is what was written; nothing is changed.

A service may have it open: rows are read a few documents at a time, each time in one transaction.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.checksum import checksum
from index.documents import Document
from index.embedded.boundary import sqlite_errors
from index.embedded.corpus import DATABASE, VECTORS, WORDS
from index.embedded.rows import COLUMNS, document_of, passage_of
from index.embedded.schema import MIGRATIONS
from index.embedded.words import STAMP, files_in_use
from index.errors import CorpusCorrupt, CorpusError
from index.examine import MOST_PROBLEMS, Finding, is_part_of, is_unit
from index.progress import Tell, untold

DOCUMENTS_AT_ONCE = 100
PAGES = "database: pages, indexes, references"
# What reading a row raises if it holds a value that was never written.
NEVER_WRITTEN = (CorpusCorrupt, TypeError, ValueError)
# Tries at a file that a running service may be replacing.
TRIES = 3


def examine(folder: Path, tell: Tell = untold) -> Iterator[Finding]:
    """The findings, in the order of the checks.

    Raises:
        CorpusError: there is no corpus, or none that can be opened at all.
    """
    database = folder / DATABASE
    if not database.is_file():
        raise CorpusError(f"no corpus in {folder}")
    with sqlite_errors(database), contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA query_only = ON")
        tell("database", 0, 1)
        try:
            finding = _database(connection)
        except sqlite3.DatabaseError as error:  # so damaged that it cannot be looked at
            finding = Finding(PAGES, 0, (str(error),))
        yield finding
        if finding.problems:
            return  # its rows say nothing then
        yield from _rows(connection, tell)
        tell("vector index", 0, 1)
        yield _vector_files(folder / VECTORS)
        tell("word index", 0, 1)
        yield _word_files(folder / WORDS)


def _database(connection: sqlite3.Connection) -> Finding:
    problems = [
        row[0]
        for row in connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})")
        if row[0] != "ok"
    ]
    problems += [
        f"row {row} of {table} points at a row of {parent} that is not there"
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check")
    ][:MOST_PROBLEMS]
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema != len(MIGRATIONS):
        problems.append(
            f"schema version {schema}, not {len(MIGRATIONS)}: start claimdesk to upgrade"
        )
    return Finding(PAGES, pages, tuple(problems))


def _rows(connection: sqlite3.Connection, tell: Tell) -> Iterator[Finding]:
    """Documents against their hashes; passages and quotes against texts; vectors."""
    (total,) = connection.execute("SELECT COUNT(*) FROM documents").fetchone()
    counts = {"documents": 0, "passages": 0, "vectors": 0}
    wrong: dict[str, list[str]] = {name: [] for name in counts}
    dimensions: set[int] = set()
    last = -1
    while True:
        tell("documents, passages, vectors", min(counts["documents"], total), total)
        connection.execute("BEGIN")
        rows = connection.execute(
            f"SELECT number, hash, {COLUMNS} FROM documents WHERE number > ?"
            " ORDER BY number LIMIT ?",
            (last, DOCUMENTS_AT_ONCE),
        ).fetchall()
        for number, expected, *row in rows:
            last = number
            counts["documents"] += 1
            try:
                document = document_of(row)
                is_stored = document.content_hash() == expected
            except NEVER_WRITTEN:
                wrong["documents"].append(f"{row[0]}: it holds a value that was never written")
                continue
            if not is_stored:
                wrong["documents"].append(f"{document.id}: its content is not what was stored")
            _passages(connection, number, document, counts, wrong, dimensions)
        connection.rollback()
        if not rows:
            break
    if len(dimensions) > 1:
        wrong["vectors"].append(f"vectors of {sorted(dimensions)} bytes: not of one model")
    for name, what in (
        ("documents", "documents and versions: content against its hash"),
        ("passages", "passages and sentences: offsets against the text"),
        ("vectors", "vectors: one for each passage, of unit length"),
    ):
        yield Finding(what, counts[name], tuple(wrong[name][:MOST_PROBLEMS]))


def _passages(
    connection: sqlite3.Connection,
    number: int,
    document: Document,
    counts: dict[str, int],
    wrong: dict[str, list[str]],
    dimensions: set[int],
) -> None:
    rows = connection.execute(
        'SELECT v.vector, ?, p.ordinal, p.text, p.start, p."end", p.sentences'
        " FROM passages p LEFT JOIN vectors v ON v.key = p.key WHERE p.document = ?"
        " ORDER BY p.ordinal",
        (document.id, number),
    ).fetchall()
    if not rows:
        wrong["passages"].append(f"{document.id}: it has no passages")
    for ordinal, (blob, *row) in enumerate(rows):
        counts["passages"] += 1
        try:
            passage = passage_of(row)
            is_part = is_part_of(document.text, passage, ordinal)
        except NEVER_WRITTEN:
            wrong["passages"].append(
                f"{document.id}#{ordinal}: it holds a value that was never written"
            )
            continue
        if not is_part:
            wrong["passages"].append(f"{passage.id}: it is not that part of its document")
        if blob is None:
            wrong["vectors"].append(f"{passage.id}: it has no vector")
            continue
        counts["vectors"] += 1
        dimensions.add(len(blob))
        vector = np.frombuffer(blob, np.float32) if len(blob) % 4 == 0 else np.zeros(1, np.float32)
        if not is_unit(float(np.linalg.norm(vector))):
            wrong["vectors"].append(f"{passage.id}: its vector is not of unit length")


def _vector_files(folder: Path) -> Finding:
    files = sorted(folder.glob("*.faiss"))
    problems = []
    for file in files:
        match = re.fullmatch(r"[0-9a-f]+-\d+-r[\d.]+-([0-9a-f]+)\.faiss", file.name)
        with contextlib.suppress(FileNotFoundError):  # a newer one took its place
            if match is None or checksum(file) != match[1]:
                problems.append(f"{file.name} is not what was written: it is built anew")
    return Finding("vector index: saved files", len(files), tuple(problems))


def _word_files(folder: Path) -> Finding:
    problems: list[str] = []
    files: dict[str, str] = {}
    for _ in range(TRIES):
        problems = []
        try:
            stamp = json.loads((folder / STAMP).read_text())
            files = {name: stamp["files"][name] for name in files_in_use(folder, stamp["files"])}
            problems = [
                f"{name} is not what was written: the index is built anew"
                for name, expected in files.items()
                if checksum(folder / name) != expected
            ]
        except FileNotFoundError as error:
            if not (folder / STAMP).exists():
                break  # it is built at the next start
            problems = [f"{Path(error.filename or '').name} is missing: the index is built anew"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            problems = [f"it cannot be read: {error}: it is built anew"]
        if not problems:
            break
    return Finding("word index: files", len(files), tuple(problems[:MOST_PROBLEMS]))
