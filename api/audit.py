"""Verdicts -> an append-only log: one SQLite file, a hash chain over its entries, one writer.

An entry has a head, which no one changes, and pieces: the claim and each item of evidence. The head
holds a salted hash of each piece, and the chain runs over the heads. So a piece can be taken away,
because its document was erased, and the chain still holds; that it was is an entry of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from api.errors import AuditUnavailable
from index.erasure import Place

FILE = "audit.sqlite"
FORMAT = "claimdesk-audit/1"
SALT_BYTES = 16
Kind = Literal["verdict", "erasure"]
# Seconds that a write waits for another process that appends.
BUSY_SECONDS = 20.0
# Most entries that are written in one transaction.
BATCH = 256
# A claim that shares so many code points in a row with a text quotes it.
QUOTED_CHARS = 24
# Seconds to wait for readers of an earlier state, after an erasure.
CHECKPOINT_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, head TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pieces (
    entry INTEGER NOT NULL REFERENCES entries (number), place INTEGER NOT NULL,
    document TEXT, salt TEXT, content TEXT, PRIMARY KEY (entry, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pieces_by_document ON pieces (document) WHERE document IS NOT NULL;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_UNFINISHED = "unfinished_erasure"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an entry that may be taken away.

    document: the id of the document that it is of, if any. content: None where it was not kept, or
    taken away; salt is None then as well.
    """

    document: str | None
    content: str | None
    salt: str | None = field(default_factory=lambda: secrets.token_hex(SALT_BYTES))

    @property
    def commitment(self) -> str:
        """What the head holds of it. Of a piece that is not kept it is of no use to anybody."""
        return sha256(f"{self.salt}{self.content}")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is kept. number: its place in the chain, from 1."""

    number: int
    id: str
    head: dict[str, Any]
    pieces: tuple[Piece, ...]
    hash: str


class AuditLog:
    """The log of a data folder. Safe to use from several threads; several processes may append.

    Entries wait for a thread that writes all that wait in one transaction, which is durable when
    `wait` returns.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._last: Future[None] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    # -- writing ----------------------------------------------------------------------------

    def put(self, id: str, head: dict[str, Any], pieces: Sequence[Piece]) -> Future[None]:
        """Queue a verdict's entry, of which nobody may hear before the future says that it is
        durable, or raises AuditUnavailable."""
        waiting = _Waiting(id, "verdict", head, tuple(pieces))
        with self._lock:
            if self._closed:
                raise AuditUnavailable("the audit log is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
                self._thread.start()
            self._last = waiting.done
            self._waiting.put(waiting)
        return waiting.done

    def wait(self) -> None:
        """Return once all that was put is durable.

        Raises:
            AuditUnavailable: it could not be written.
        """
        if self._last is not None:
            self._last.result()

    def _settle(self) -> None:
        """Return once nothing is on its way; what could not be kept was told to who put it."""
        if self._last is not None:
            wait([self._last])

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, ends = [first], False
            while len(batch) < BATCH:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    ends = True
                    break
                batch.append(following)
            try:
                self._append(batch)
            except Exception as error:  # noqa: BLE001 - whoever waits hears of it
                for one in batch:
                    one.done.set_exception(AuditUnavailable(f"{self.path}: {error}"))
            else:
                for one in batch:
                    one.done.set_result(None)
            if ends:
                return

    def _append(self, batch: Sequence[_Waiting]) -> None:
        with self._transaction() as connection:
            _insert(connection, batch)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that writes; of this thread, and closed afterwards."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(
            sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        ) as connection:
            if not self._is_made(connection):
                self.path.chmod(0o600)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
            connection.execute("PRAGMA synchronous = FULL")
            yield connection

    def _is_made(self, connection: sqlite3.Connection) -> bool:
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notes'").fetchone()
        return found is not None

    # -- erasing ----------------------------------------------------------------------------

    def quotes_of(self, document_id: str) -> list[str]:
        """What kept verdicts quote of a document, whether it is still stored or not."""
        with self._reading() as connection:
            if connection is None:
                return []
            pieces = connection.execute(
                "SELECT content FROM pieces WHERE document = ? AND content IS NOT NULL",
                (document_id,),
            )
            found = dict.fromkeys(quote for (one,) in pieces for quote in _quotes(json.loads(one)))
        return list(found)

    def documents(self) -> set[str]:
        """The ids of all documents that kept verdicts quote."""
        self._settle()
        with self._reading() as connection:
            if connection is None:
                return set()
            rows = connection.execute(
                "SELECT DISTINCT document FROM pieces WHERE document IS NOT NULL"
            )
            return {id for (id,) in rows}

    def redact(self, document_id: str, texts: Sequence[str]) -> Place:
        """Take away every piece that is of a document, and every claim that quotes it, for good;
        the search that proves it. In a claim letter case and white space do not count.

        Args:
            texts: of the document and its earlier versions.

        Raises:
            AuditUnavailable: it could not be done, or not be finished: it is at the next start.
        """
        search = f"evidence of it in kept verdicts, and claims with {QUOTED_CHARS} letters of it"
        if not self.path.exists():
            return Place("audit log", search, 0)
        self._settle()
        stretches = {stretch for text in texts for stretch in _stretches(text)}
        with self._errors():
            with self._transaction() as connection:
                found = _pieces_of(connection, document_id, stretches)
                if found:
                    connection.executemany(
                        "UPDATE pieces SET document = NULL, salt = NULL, content = NULL"
                        " WHERE entry = ? AND place = ?",
                        found,
                    )
                    head = {"pieces": [list(one) for one in found]}
                    erasure = _Waiting(secrets.token_hex(16), "erasure", head, ())
                    _insert(connection, [erasure])
                    connection.execute("INSERT OR IGNORE INTO notes VALUES (?)", (_UNFINISHED,))
            self.finish_redaction()
            with self._connection() as connection:
                left = len(_pieces_of(connection, document_id, stretches))
        return Place("audit log", search, left)

    def finish_redaction(self) -> None:
        """Rewrite the file, if there is something in it that was taken away."""
        if not self.path.exists():
            return
        with self._errors(), self._connection() as connection:
            if connection.execute("SELECT 1 FROM notes").fetchone() is None:
                return
            connection.execute("VACUUM")
            until = time.monotonic() + CHECKPOINT_SECONDS
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > until:
                    raise AuditUnavailable(f"{self.path} is being read for too long")
                time.sleep(0.05)
            connection.execute("DELETE FROM notes")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, json.JSONDecodeError) as error:
            raise AuditUnavailable(f"{self.path}: {error}") from error

    # -- reading ----------------------------------------------------------------------------

    def find(self, id: str) -> Entry | None:
        """The entry of a verdict."""
        with self._reading() as connection:
            row = (
                connection
                and connection.execute(
                    "SELECT number, id, head, hash FROM entries WHERE id = ?", (id,)
                ).fetchone()
            )
            return _entry(connection, row) if connection and row else None

    def entries(self) -> Iterator[Entry]:
        """Every entry in the order of the chain, of one moment."""
        with self._reading() as connection:
            if connection is None:
                return
            connection.execute("BEGIN")
            rows = connection.execute("SELECT number, id, head, hash FROM entries ORDER BY number")
            for row in rows:
                yield _entry(connection, row)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.is_file():
            yield None
            return
        with (
            self._errors(),
            contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection,
        ):
            connection.execute("PRAGMA query_only = ON")
            yield connection if self._is_made(connection) else None


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: str
    kind: Kind
    head: dict[str, Any]
    pieces: tuple[Piece, ...]
    done: Future[None] = field(default_factory=Future)


def _pieces_of(
    connection: sqlite3.Connection, document_id: str, stretches: Set[str]
) -> list[tuple[int, int]]:
    """Entry and place of each piece that is of a document, or of a claim that quotes it."""
    found = connection.execute(
        "SELECT entry, place FROM pieces WHERE document = ?", (document_id,)
    ).fetchall()
    claims = connection.execute(
        "SELECT entry, place, content FROM pieces WHERE place = 0 AND content IS NOT NULL"
    )
    for entry, place, content in claims:
        if any(stretch in stretches for stretch in _stretches(content)):
            found.append((entry, place))
    return found


def _stretches(text: str) -> Iterator[str]:
    """All of `QUOTED_CHARS` of a text; the whole where it is shorter."""
    folded = " ".join(text.split()).casefold()
    for at in range(max(1, len(folded) - QUOTED_CHARS + 1)):
        yield folded[at : at + QUOTED_CHARS]


def _quotes(value: Any) -> Iterator[str]:
    """Every quote in a piece of evidence, wherever it stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in items if isinstance(value, dict | list) else ():
        if name == "quote" and isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            yield from _quotes(one)


def _insert(connection: sqlite3.Connection, batch: Sequence[_Waiting]) -> None:
    last = connection.execute(
        "SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1"
    ).fetchone()
    number, link = last or (0, BEGINNING)
    for one in batch:
        number += 1
        head = canonical(
            {
                **one.head,
                "number": number,
                "id": one.id,
                "kind": one.kind,
                "kept_at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
                "commitments": [piece.commitment for piece in one.pieces],
            }
        )
        link = linked(link, head)
        connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", (number, one.id, head, link))
        connection.executemany(
            "INSERT INTO pieces VALUES (?, ?, ?, ?, ?)",
            [
                (number, place, piece.document, *_kept(piece))
                for place, piece in enumerate(one.pieces)
            ],
        )


def _kept(piece: Piece) -> tuple[str | None, str | None]:
    """Salt and content; of what is not kept no salt either, so that nobody can try guesses."""
    return (piece.salt, piece.content) if piece.content is not None else (None, None)


def _entry(connection: sqlite3.Connection, row: Sequence[Any]) -> Entry:
    number, id, head, link = row
    pieces = connection.execute(
        "SELECT document, content, salt FROM pieces WHERE entry = ? ORDER BY place", (number,)
    )
    return Entry(number, id, json.loads(head), tuple(Piece(*piece) for piece in pieces), link)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value that hashes are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def linked(link: str, head: str) -> str:
    """The hash of an entry: of that of the one before, and of its head."""
    return sha256(f"{link}{head}")


BEGINNING: Final = sha256(FORMAT)
"""What the first entry is linked to."""


def problems(entries: Iterator[Entry]) -> Iterator[tuple[int, list[str]]]:
    """Of each entry its number and what is wrong with it: links, hashes, pieces that are gone.

    A piece may be gone where its entry says that it never was kept, or a later one that its
    document was erased.
    """
    link, expected = BEGINNING, 0
    gone: dict[tuple[int, int], str] = {}
    for entry in entries:
        expected += 1
        wrong = []
        if entry.number != expected or entry.head.get("number") != entry.number:
            wrong.append(f"entry {expected} is missing, or not in its place")
            expected = entry.number
        if linked(link, canonical(entry.head)) != entry.hash:
            wrong.append(f"entry {entry.number}: its head is not what was written")
        if entry.head.get("id") != entry.id:
            wrong.append(f"entry {entry.number}: it has another id")
        wrong += _wrong_pieces(entry)
        not_kept = set(entry.head.get("not_kept", ()))
        for place, piece in enumerate(entry.pieces):
            if piece.content is None and place not in not_kept:
                gone[entry.number, place] = f"entry {entry.number}: piece {place} is missing"
        if entry.head.get("kind") == "erasure":
            for number, place in entry.head.get("pieces", ()):
                gone.pop((number, place), None)
        link = entry.hash
        yield entry.number, wrong
    if gone:
        yield expected, list(gone.values())


def _wrong_pieces(entry: Entry) -> Iterator[str]:
    """What is wrong with the pieces that are there."""
    commitments = entry.head.get("commitments", [])
    if len(commitments) != len(entry.pieces):
        yield f"entry {entry.number}: pieces are missing, or too many"
    for place, (piece, commitment) in enumerate(zip(entry.pieces, commitments, strict=False)):
        if piece.content is None:
            continue
        if piece.commitment != commitment:
            yield f"entry {entry.number}: piece {place} is not what was written"
        elif piece.document != _document_of(place, piece.content):  # an erasure would miss it
            yield f"entry {entry.number}: piece {place} is filed under another document"


def _document_of(place: int, content: str) -> Any:
    """The id of the document that a piece is of; the first of an entry is its claim.

    Of what is no evidence it is one that no document has.
    """
    try:
        return json.loads(content)["document"]["id"] if place else None
    except (ValueError, LookupError, TypeError):
        return ""
