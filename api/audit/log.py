"""Verdicts -> an append-only log in a file or in a database: a chain (api/audit/chain.py)."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import queue
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence, Set
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from api import address
from api.audit.chain import BEGINNING, Entry, Piece, canonical, linked
from api.audit.file import AuditFile
from api.audit.table import AuditTable
from api.database import SECONDS
from api.errors import AuditUnavailable
from api.settings import Settings
from index.erasure import Place

Kind = Literal["verdict", "erasure"]
# Most entries that are written in one transaction.
BATCH = 256
# A claim that shares so many code points in a row with a text quotes it.
QUOTED_CHARS = 24
_ENTRIES = (
    "SELECT e.number, e.id, e.head, e.hash, p.place, p.document, p.content, p.salt"
    " FROM {entries} e LEFT JOIN {pieces} p ON p.entry = e.number"
)


class Rows(Protocol):
    """The rows of a log, of one moment.

    A statement names its tables {entries}, {pieces} and {notes}, and its values ?.
    """

    def run(self, statement: str, values: Sequence[Any] = ()) -> Iterable[tuple[Any, ...]]: ...

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None: ...


class AuditPlace(Protocol):
    """Where a log is kept. Each of its calls may raise AuditUnavailable, which says `where`."""

    where: str

    def exists(self) -> bool:
        """Whether something may have been kept."""
        ...

    def appending(self) -> AbstractContextManager[Rows]:
        """A transaction, durable when its block ends well, in which nobody else appends."""
        ...

    def reading(self) -> AbstractContextManager[Rows | None]:
        """What was kept at this moment; None where nothing was."""
        ...

    def rewrite(self) -> None:
        """Let nothing be left of what was taken away."""
        ...

    def close(self) -> None: ...


class AuditLog:
    """The log of a corpus. Safe to use from several threads; several processes may append.

    Entries wait for a thread that writes all that wait in one transaction.
    """

    def __init__(self, corpus: address.Place, seconds: float = SECONDS) -> None:
        self.place: AuditPlace
        if isinstance(corpus, Path):
            self.place = AuditFile(corpus)
        else:
            self.place = AuditTable(corpus, seconds)
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
        self.place.close()

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
                    one.done.set_exception(self._told(error))
            else:
                for one in batch:
                    one.done.set_result(None)
            if ends:
                return

    def _told(self, error: Exception) -> AuditUnavailable:
        """A new error for each caller who waits: raising an error changes its traceback."""
        where = "" if isinstance(error, AuditUnavailable) else f"{self.place.where}: "
        return AuditUnavailable(f"{where}{error}")

    def _append(self, batch: Sequence[_Waiting]) -> None:
        with self.place.appending() as rows:
            _insert(rows, batch)

    # -- erasing ----------------------------------------------------------------------------

    def quotes_of(self, document_id: str) -> list[str]:
        """What kept verdicts quote of a document, whether it is still stored or not."""
        with self.place.reading() as rows:
            if rows is None:
                return []
            pieces = rows.run(
                "SELECT content FROM {pieces} WHERE document = ? AND content IS NOT NULL",
                [document_id],
            )
            found = dict.fromkeys(quote for (one,) in pieces for quote in _quotes(json.loads(one)))
        return list(found)

    def documents(self) -> set[str]:
        """The ids of all documents that kept verdicts quote."""
        self._settle()
        with self.place.reading() as rows:
            if rows is None:
                return set()
            named = "SELECT DISTINCT document FROM {pieces} WHERE document IS NOT NULL"
            return {id for (id,) in rows.run(named)}

    def redact(self, document_id: str, texts: Sequence[str]) -> Place:
        """Take away every piece that is of a document, and every claim that quotes it, for good;
        the search that proves it. In a claim letter case and white space do not count.

        Args:
            texts: of the document and its earlier versions.

        Raises:
            AuditUnavailable: it could not be done, or not be finished: it is at the next start.
        """
        search = f"evidence of it in kept verdicts, and claims with {QUOTED_CHARS} letters of it"
        self._settle()
        stretches = {stretch for text in texts for stretch in _stretches(text)}
        left = self._quotes(document_id, stretches)
        if left:
            with self.place.appending() as rows:
                # Again: somebody else may have kept a verdict since.
                _take_away(rows, _pieces_of(rows, document_id, stretches))
        self.finish_redaction()
        return Place("audit log", search, left and self._quotes(document_id, stretches))

    def _quotes(self, document_id: str, stretches: Set[str]) -> int:
        """How many pieces are of a document, or of a claim that quotes it."""
        with self.place.reading() as rows:
            return len(_pieces_of(rows, document_id, stretches)) if rows is not None else 0

    def finish_redaction(self) -> None:
        """Rewrite the log, if there is something in it that was taken away."""
        with self.place.reading() as rows:
            noted = [*rows.run("SELECT name FROM {notes}")] if rows is not None else []
        if noted:
            self.place.rewrite()
            with self.place.appending() as rows:
                rows.run_many("DELETE FROM {notes} WHERE name = ?", noted)

    # -- reading ----------------------------------------------------------------------------

    def find(self, id: str) -> Entry | None:
        """The entry of a verdict."""
        with self.place.reading() as rows:
            found = [*_entries(rows, "WHERE e.id = ?", [id])] if rows is not None else []
        return found[0] if found else None

    def entries(self) -> Iterator[Entry]:
        """Every entry in the order of the chain, of one moment."""
        with self.place.reading() as rows:
            if rows is not None:
                yield from _entries(rows)


def audit_of(settings: Settings) -> AuditLog:
    """The log of the corpus that the settings name."""
    return AuditLog(settings.data, settings.database_timeout)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry to be written. done: ends when the entry is durable, or could not be written."""

    id: str
    kind: Kind
    head: dict[str, Any]
    pieces: tuple[Piece, ...]
    done: Future[None] = field(default_factory=Future)


def _pieces_of(rows: Rows, document_id: str, stretches: Set[str]) -> list[tuple[int, int]]:
    """Entry and place of each piece that is of a document, or of a claim that quotes it."""
    of_it = "SELECT entry, place FROM {pieces} WHERE document = ?"
    claims = "SELECT entry, place, content FROM {pieces} WHERE place = 0 AND content IS NOT NULL"
    found = [(entry, place) for entry, place in rows.run(of_it, [document_id])]
    for entry, place, content in rows.run(claims):
        if any(stretch in stretches for stretch in _stretches(content)):
            found.append((entry, place))
    return found


def _take_away(rows: Rows, found: Sequence[tuple[int, int]]) -> None:
    rows.run_many(
        "UPDATE {pieces} SET document = NULL, salt = NULL, content = NULL"
        " WHERE entry = ? AND place = ?",
        found,
    )
    head = {"pieces": [list(one) for one in found]}
    erasure = _Waiting(secrets.token_hex(16), "erasure", head, ())
    _insert(rows, [erasure])
    rows.run("INSERT INTO {notes} VALUES (?)", [erasure.id])


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


def _insert(rows: Rows, batch: Sequence[_Waiting]) -> None:
    last = "SELECT number, hash FROM {entries} ORDER BY number DESC LIMIT 1"
    number, link = next(iter(rows.run(last)), (0, BEGINNING))
    entries: list[tuple[Any, ...]] = []
    pieces: list[tuple[Any, ...]] = []
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
        entries.append((number, one.id, head, link))
        pieces += [
            (number, place, piece.document, *_kept(piece)) for place, piece in enumerate(one.pieces)
        ]
    rows.run_many("INSERT INTO {entries} VALUES (?, ?, ?, ?)", entries)
    rows.run_many("INSERT INTO {pieces} VALUES (?, ?, ?, ?, ?)", pieces)


def _kept(piece: Piece) -> tuple[str | None, str | None]:
    """Salt and content; of what is not kept no salt either, so that nobody can try guesses."""
    return (piece.salt, piece.content) if piece.content is not None else (None, None)


def _entries(rows: Rows, which: str = "", values: Sequence[Any] = ()) -> Iterator[Entry]:
    found = rows.run(f"{_ENTRIES} {which} ORDER BY e.number, p.place", values)
    for (number, id, head, link), pieces in itertools.groupby(found, lambda row: row[:4]):
        kept = tuple(Piece(*piece) for _, place, *piece in (row[3:] for row in pieces)
                     if place is not None)  # fmt: skip
        yield Entry(number, id, json.loads(head), kept, link)
