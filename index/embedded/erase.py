"""A document -> no byte of it in the database, and a receipt of the searches that show it.

Rows go in one transaction, which notes that files still hold what they held. Then the indexes are
built anew, the database is rewritten, and the note goes. A process that is killed in between does
the rest when it starts again (index/embedded/opening.py).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.checksum import READ_BYTES
from index.embedded import restrictions
from index.embedded.rows import ALL_VERSIONS, COLUMNS, EARLIER, document_of, keys_of, remove
from index.embedded.wordsearch import WordSearcher
from index.erasure import Place
from index.errors import CorpusBusy
from index.terms import terms

UNFINISHED = "unfinished_erasure"
"""Name in the table meta of the note that files may still hold what was erased."""
# What is looked for in files: stretches of so many bytes, which a page of SQLite rarely cuts in
# two, and at most so many of them.
NEEDLE_BYTES, MOST_NEEDLES = 32, 200
# Most terms of an erased document that are looked up in the word index.
MOST_TERMS = 500
# Seconds to wait for readers of an earlier state, and between two looks whether they are gone.
CHECKPOINT_SECONDS, CHECKPOINT_PAUSE = 60.0, 0.05


@dataclass(frozen=True, slots=True)
class Gone:
    """What was removed: enough to look for it afterwards. It is never stored.

    keys: of its passages. needles: bytes that only it held. terms: words that only it had.
    """

    document_id: str
    at: dt.datetime
    tombstone: str
    versions: int
    keys: tuple[int, ...]
    needles: tuple[bytes, ...]
    terms: tuple[str, ...]
    copies: tuple[str, ...]


def erase(
    connection: sqlite3.Connection, document_id: str, now: dt.datetime, *, deleted: bool = False
) -> Gone | None:
    """Remove a document with its versions, leave tombstones; None where there is none. Part of a
    transaction.

    Args:
        deleted: also where there is none any more: a tombstone of its id is left.

    Raises:
        DocumentHeld: it must stay.
    """
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM documents WHERE {ALL_VERSIONS}", keys_of(document_id)
    ).fetchall()
    if not rows and not deleted:
        return None
    restrictions.check_not_held(connection, document_id)
    texts = list(dict.fromkeys(document_of(row).text for row in rows))
    keys = [
        key
        for (key,) in connection.execute(
            f"SELECT key FROM passages JOIN documents ON number = document WHERE {ALL_VERSIONS}",
            keys_of(document_id),
        )
    ]
    remove(connection, document_id)
    restrictions.lift(connection, document_id, "deindexed")
    tombstone = restrictions.bury(connection, document_id, texts, now)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", (UNFINISHED,))
    needles, copies = _only_there(connection, texts)
    words = dict.fromkeys(word for text in texts for word in terms(text))
    return Gone(document_id, now, tombstone, len(rows), tuple(keys), needles, tuple(words), copies)


def _only_there(
    connection: sqlite3.Connection, texts: Sequence[str]
) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Stretches of the texts that no stored text holds, and the ids of those that hold a text."""
    candidates = dict.fromkeys(stretch for text in texts for stretch in _stretches(text))
    copies: set[str] = set()
    for id, text in connection.execute("SELECT id, text FROM documents"):
        for stretch in [one for one in candidates if one in text]:
            del candidates[stretch]
        if text in texts:
            copies.add(id.partition(EARLIER)[0])
    return tuple(one.encode() for one in candidates), tuple(sorted(copies))


def _stretches(text: str) -> list[str]:
    """Parts of the text of `NEEDLE_BYTES`, spread evenly; the whole where it is shorter."""
    count = max(1, min(MOST_NEEDLES, len(text) // NEEDLE_BYTES))
    step = max(1, len(text) // count)
    found = (text[at : at + NEEDLE_BYTES] for at in range(0, len(text), step))
    return [_cut(one) for one in found if len(one) == min(NEEDLE_BYTES, len(text))]


def _cut(stretch: str) -> str:
    return stretch.encode()[:NEEDLE_BYTES].decode(errors="ignore")


def scrub(connection: sqlite3.Connection) -> None:
    """Rewrite the database without what is free in it, and empty its write-ahead log.

    Raises:
        CorpusBusy: somebody reads an earlier state for too long.
    """
    connection.execute("VACUUM")
    until = time.monotonic() + CHECKPOINT_SECONDS
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > until:
            raise CorpusBusy(
                "the rows are erased, but an earlier state of the database is still being read: "
                "erase again later, or start claimdesk again, to empty its log"
            )
        time.sleep(CHECKPOINT_PAUSE)


def places_of(
    connection: sqlite3.Connection,
    gone: Gone,
    indexed_keys: Iterable[int],
    words: WordSearcher | None,
    folder: Path,
) -> list[Place]:
    """Each place that held it, searched."""
    database = connection.execute(
        f"SELECT COUNT(*) FROM documents WHERE {ALL_VERSIONS}", keys_of(gone.document_id)
    ).fetchone()[0]
    passages, vectors = (
        sum(
            connection.execute(f"SELECT COUNT(*) FROM {table} WHERE key = ?", (key,)).fetchone()[0]
            for key in gone.keys
        )
        for table in ("passages", "vectors")
    )
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    alive = set(gone.keys) & set(indexed_keys)
    return [
        Place("database: documents and versions", "rows of its id", database),
        Place("database: passages", "rows of its passages' keys", passages),
        Place("database: vectors", "rows of its passages' keys", vectors),
        Place("database: free pages", "pages that a deletion left behind", free),
        Place("vector index", "rows of its passages' keys, deleted ones included", len(alive)),
        Place("word index", "rows of its passages' keys", words.holding(gone.keys) if words else 0),
        Place(
            "word index: terms",
            f"{min(MOST_TERMS, len(gone.terms))} of its terms: those in the index that no "
            "remaining row has",
            _stray_terms(gone.terms[:MOST_TERMS], words),
        ),
        Place(
            "files of the data folder",
            f"{len(gone.needles)} stretches of its text as UTF-8, that no other document holds, "
            "in every file",
            found_in_files(folder, gone.needles),
        ),
    ]


def _stray_terms(words: Iterable[str], searcher: WordSearcher | None) -> int:
    """How many terms the dictionary knows although no row that is alive has them."""
    if searcher is None:
        return 0
    return sum(searcher.is_stray(word) for word in words)


def found_in_files(folder: Path, needles: Sequence[bytes]) -> int:
    """How often one of the byte strings is in a file of the folder, or of one inside it.

    Others may write meanwhile: a file that is gone before it is read holds none.
    """
    if not needles:
        return 0
    pattern = re.compile(b"|".join(map(re.escape, needles)))
    overlap = max(map(len, needles)) - 1
    found = 0
    for inside, _, names in os.walk(folder):
        for file in (Path(inside) / name for name in names):
            with contextlib.suppress(FileNotFoundError):
                found += _found_in(file, pattern, overlap) if file.is_file() else 0
    return found


def _found_in(file: Path, pattern: re.Pattern[bytes], overlap: int) -> int:
    """How often a pattern is in a file, which is read in blocks.

    It is not mapped into memory: a process that reads past the end of a mapped file, which SQLite
    cut meanwhile, is killed.

    Args:
        overlap: bytes of a block that are searched again with the next one.
    """
    found, last = 0, b""
    with file.open("rb") as opened:
        while block := opened.read(READ_BYTES):
            block = last + block
            # What ends inside the overlap was found in the block before.
            found += sum(match.end() > len(last) for match in pattern.finditer(block))
            last = block[max(0, len(block) - overlap) :]
    return found
