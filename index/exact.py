"""The reference Corpus: plain Python and numpy, slow and obviously right."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from index import bm25
from index.contents import StoredDocument, StoredVersion
from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats, name_key
from index.documents import Document, Passage, Prepared, Vectors
from index.erasure import (
    REASONS,
    SALT_BYTES,
    Decisions,
    Place,
    Receipt,
    Refusal,
    Restricted,
    Restriction,
    Tombstone,
    id_digest,
    text_digest,
)
from index.errors import DocumentHeld
from index.exact_rows import Row, Shown, best, place_of, without
from index.recipe import RECIPE
from index.rights import Clock, next_moment, utc_now
from index.split import embedding_text
from index.terms import terms
from index.versions import (
    MOST_VERSIONS,
    Version,
    group_after,
    is_apart,
    is_new_version,
    is_withdrawn,
    versions_of,
)

BEFORE = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass
class ExactCorpus:
    """Holds everything in dictionaries. Every other corpus is compared with this one.

    A write replaces the dictionaries, so that a search beside it goes through whole ones.
    """

    clock: Clock = utc_now
    most_versions: int = MOST_VERSIONS
    identity: str | None = None
    """Of the embedding model."""
    _stored: dict[str, tuple[Document, ...]] = field(default_factory=dict)
    """The versions of each document, the one that stands now last."""
    _rows: dict[int, Row] = field(default_factory=dict)
    _restricted: dict[tuple[str, Restriction], dt.datetime] = field(default_factory=dict)
    _erased: dict[str, Tombstone] = field(default_factory=dict)
    """The tombstones by digest."""
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(SALT_BYTES), repr=False)
    _next_key: int = 1
    _generation: int = 0
    _unfinished: str | None = None
    _seen: Shown | None = None
    _writing: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        changes: list[Change] = []
        with self._writing:
            stored, rows = dict(self._stored), dict(self._rows)
            for prepared in batch:
                given = prepared.document
                if (refused := self._refusal(given)) is not None:
                    changes.append(refused)
                    continue
                known = stored.get(given.id, ())
                if known and is_withdrawn(given, known[-1]):
                    changes.append("withdrawn")
                    continue
                changes.append("updated" if known else "added")
                kept, number = known, 1
                if known:
                    newer = is_new_version(known[-1], given)
                    number = known[-1].version + newer
                    kept = known if newer else known[:-1]
                document = replace(given, version=number)
                kept = kept[max(0, len(kept) - self.most_versions) :]
                kept = tuple(
                    replace(one, access=group_after(one.access, known[-1].access, given.access))
                    for one in kept
                )
                stored[given.id] = (*kept, document)
                rows = without(rows, given.id, {one.version for one in kept})
                rows |= self._rows_of(replace(prepared, document=document))
            self._change(stored, rows, bool(batch))
        return changes

    @contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        with self._writing:
            before = self._stored, self._rows
            try:
                yield self._split_again
            except BaseException:
                self._change(*before, True)
                raise

    def _split_again(self, batch: Sequence[Prepared]) -> list[Change]:
        rows = dict(self._rows)
        for prepared in batch:
            document = prepared.document
            others = {one.version for one in self._stored[document.id]} - {document.version}
            rows = without(rows, document.id, others) | self._rows_of(prepared)
        self._change(self._stored, rows, bool(batch))
        return ["updated"] * len(batch)

    def _rows_of(self, prepared: Prepared) -> dict[int, Row]:
        """Rows for the passages of a version, under keys that are new."""
        rows = {}
        document = prepared.document
        for passage, vector in zip(prepared.passages, prepared.vectors, strict=True):
            words = Counter(terms(embedding_text(document.title, passage.text)))
            numbered = replace(passage, version=document.version)
            rows[self._next_key] = Row(numbered, vector, words)
            self._next_key += 1
        return rows

    def delete(self, document_ids: Sequence[str]) -> int:
        with self._writing:
            for id in document_ids:
                if id in self._stored:
                    self._check_not_held(id)
            return self._remove(document_ids)

    def _remove(self, document_ids: Sequence[str]) -> int:
        with self._writing:
            gone = {id for id in document_ids if id in self._stored}
            rows = self._rows
            for id in gone:
                rows = without(rows, id, set())
            stored = {id: kept for id, kept in self._stored.items() if id not in gone}
            self._change(stored, rows, bool(gone))
        return len(gone)

    def texts(self, document_id: str) -> list[str]:
        return [one.text for one in self._stored.get(document_id, ())]

    def erase(self, document_id: str, *, deleted: bool = False) -> Receipt | None:
        with self._writing:
            kept = self._stored.get(document_id, ())
            passages = sum(row.passage.document_id == document_id for row in self._rows.values())
            if not self.delete([document_id]) and not deleted:
                return None
            self._restricted.pop((document_id, "deindexed"), None)
            now, tombstone = self.clock(), id_digest(self._salt, document_id)
            texts = {text_digest(self._salt, one.text) for one in kept}
            for digest in (tombstone, *texts):
                self._erased[digest] = Tombstone(digest, tombstone, now)
            copies = {
                id for id, other in self._stored.items()
                if {text_digest(self._salt, one.text) for one in other} & texts
            }  # fmt: skip
            place = Place("memory", "its id", int(document_id in self._stored))
            return Receipt(
                document_id, now, len(kept), passages, tombstone, (place,), tuple(sorted(copies))
            )

    def forget_erasure(self, document_id: str) -> bool:
        tombstone = id_digest(self._salt, document_id)
        gone = [digest for digest, one in self._erased.items() if one.document == tombstone]
        for digest in gone:
            del self._erased[digest]
        return bool(gone)

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool = False) -> bool:
        with self._writing:
            if kind == "deindexed":
                self._check_not_held(document_id)
            known = document_id in self._stored
            if lift:
                known = self._restricted.pop((document_id, kind), None) is not None or known
            elif known:
                self._restricted.setdefault((document_id, kind), self.clock())
            self._change(self._stored, self._rows, kind == "deindexed")
        return known

    def restricted(self) -> list[Restricted]:
        return [Restricted(*key, since) for key, since in sorted(self._restricted.items())]

    def _check_not_held(self, document_id: str) -> None:
        if (document_id, "held") in self._restricted:
            raise DocumentHeld(f"{document_id}: {REASONS['held']}")

    def _refusal(self, document: Document) -> Refusal | None:
        if (document.id, "held") in self._restricted:
            return "held"
        digests = id_digest(self._salt, document.id), text_digest(self._salt, document.text)
        return "erased" if self._erased.keys() & digests else None

    def _change(
        self, stored: dict[str, tuple[Document, ...]], rows: dict[int, Row], changed: bool
    ) -> None:
        self._shown()  # a moment that passed before is a generation of its own
        self._stored, self._rows = stored, rows
        self._generation += changed
        self._seen = None

    def _shown(self) -> Shown:
        """What is shown at this moment. A moment that shows or hides something makes a generation.

        A document is hidden with all its versions, a version by what it said itself, too.
        """
        with self._writing:
            now, seen = self.clock(), self._seen
            if seen is not None and seen.since <= now < seen.until:
                return seen
            current = {
                id: kept[-1]
                for id, kept in self._stored.items()
                if kept[-1].is_shown(now) and (id, "deindexed") not in self._restricted
            }
            standing = {
                (id, version.document.version): version
                for id in current
                for version in self._versions(id)
                if version.document.is_shown(now)
                and not version.period.is_empty
                and not is_apart(version.document.access, current[id].access)
            }
            rows = {key: row for key, row in self._rows.items() if place_of(row) in standing}
            moments = [
                moment
                for kept in self._stored.values()
                for one in kept
                for moment in (one.embargoed_until, one.expires)
            ]
            since = max((one for one in moments if one and one <= now), default=BEFORE)
            self._seen = Shown(since, next_moment(moments, now), current, standing, rows)
            if seen is not None and seen.standing.keys() != standing.keys():
                self._generation += 1
            return self._seen

    def _versions(self, document_id: str) -> list[Version]:
        return versions_of(self._stored[document_id])

    def get(self, document_id: str) -> Document | None:
        return self._shown().current.get(document_id)

    def document_of(self, passage: Passage, filters: Filters = NO_FILTERS) -> Document | None:
        shown = self._shown()
        current = shown.current.get(passage.document_id)
        if current is None:
            return None
        number = current.version if passage.version is None else passage.version
        found = shown.standing.get((passage.document_id, number))
        if found is None or not filters.admits(found.document, found.period):
            return None
        return found.document

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        now = self.clock()
        if document_id not in self._shown().current:
            return []
        documents = [one.document for one in self._versions(document_id)]
        return versions_of(documents, lambda one: one.is_shown(now) and filters.sees(one.access))

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        stored = self._stored
        return {id: stored[id][-1].access for id in document_ids if id in stored}

    def documents(
        self, cursor: str | None = None, limit: int = 100, filters: Filters = NO_FILTERS
    ) -> Page:
        shown = self._shown().current
        documents = {id: one for id, one in shown.items() if filters.sees(one.access)}
        ids = sorted(id for id in documents if cursor is None or id > cursor)
        page = [replace(documents[id], text="", places=None) for id in ids[:limit]]
        return Page(page, page[-1].id if len(ids) > limit else None)

    def all_documents(self) -> Iterator[Document]:
        documents = self._shown().current
        yield from (documents[id] for id in sorted(documents))

    def stored_documents(self) -> Iterator[Document]:
        stored = self._stored
        yield from (one for id in sorted(stored) for one in stored[id])

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        stored = self._stored
        return {id: stored[id][-1].content_hash() for id in document_ids if id in stored}

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        shown = self._shown()
        found = {key: shown.rows[key].passage for key in keys if key in shown.rows}
        return {
            key: replace(passage, version=None)
            if shown.current[passage.document_id].version == passage.version
            else passage
            for key, passage in found.items()
        }

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return best(self.score_vector(vector, self._admitted(filters)), k)

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return best(self.score_words(text, self._admitted(filters)), k)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        rows = self._shown().rows
        return {key: float(np.dot(vector, rows[key].vector)) for key in keys if key in rows}

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        return bm25.scores(self._words(), text, keys)

    def words_ceiling(self, text: str) -> float:
        return bm25.ceiling(self._words(), text)

    def _words(self) -> dict[int, Counter[str]]:
        return {key: row.words for key, row in self._shown().rows.items()}

    def _admitted(self, filters: Filters) -> list[int]:
        shown = self._shown()
        admitted = {
            place
            for place, version in shown.standing.items()
            if filters.admits(version.document, version.period)
        }
        return [key for key, row in shown.rows.items() if place_of(row) in admitted]

    def count_documents(self, filters: Filters) -> int:
        standing = self._shown().standing.values()
        return sum(filters.admits(version.document, version.period) for version in standing)

    def count_passages(self, filters: Filters) -> int:
        return len(self._admitted(filters))

    def count_undated(self, filters: Filters) -> int:
        if not filters.hides_undated:
            return 0
        return sum(
            document.published_at is None and filters.without_dates().admits(document)
            for document in self._shown().current.values()
        )

    def count_withheld(self, filters: Filters) -> int:
        shown = self._shown().current
        hidden = [
            kept[-1] for id, kept in self._stored.items()
            if id not in shown and (id, "deindexed") not in self._restricted
        ]  # fmt: skip
        return sum(filters.admits(document) for document in hidden)

    def publishers(self, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
        spellings: dict[str, Counter[str]] = {}
        for document in self._shown().current.values():
            if document.publisher is not None and filters.sees(document.access):
                counts = spellings.setdefault(name_key(document.publisher), Counter())
                counts[document.publisher] += 1
        named = [
            (min(counts, key=lambda name: (-counts[name], name)), counts.total())
            for counts in spellings.values()
        ]
        return sorted(named, key=lambda item: (-item[1], item[0]))

    @property
    def contents(self) -> ExactContents:
        return ExactContents(self)

    def generation(self) -> int:
        self._shown()
        return self._generation

    def index_generation(self) -> int:
        return self.generation()

    def is_settled(self) -> bool:
        return True  # `index_generation` asks the clock

    def rebuilds(self) -> Mapping[str, int]:
        return {}

    def sync(self) -> int:
        return self.generation()

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        return self.generation() >= generation

    def stats(self) -> Stats:
        shown = self._shown()
        passages = sum(
            shown.standing[place_of(row)].period.is_current for row in shown.rows.values()
        )
        return Stats(len(shown.current), passages, self._generation)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class ExactContents:
    """See `index.contents.Contents`."""

    _corpus: ExactCorpus

    def name(self) -> str:
        return f"exact {id(self._corpus)}"

    def embedding(self) -> str | None:
        return self._corpus.identity

    def generation(self) -> int:
        return self._corpus._generation

    def count(self) -> int:
        return len(self._corpus._stored)

    def documents(self, after: str | None = None) -> Iterator[StoredDocument]:
        ids = sorted(id for id in self._corpus._stored if after is None or id > after)
        for id in ids:
            with self._corpus._writing:
                found = self._document(id)
            if found is not None:
                yield found

    def _document(self, document_id: str) -> StoredDocument | None:
        if document_id not in self._corpus._stored:
            return None
        found = []
        for one in self._corpus._versions(document_id):
            place = document_id, one.document.version
            rows = [row for row in self._corpus._rows.values() if place_of(row) == place]
            passages = tuple(replace(row.passage, version=None) for row in rows)
            vectors = np.array([row.vector for row in rows], np.float32)
            found.append(StoredVersion(one.document, passages, vectors, RECIPE.of_passages))
        return StoredDocument(tuple(found))

    def put(self, batch: Sequence[StoredDocument]) -> None:
        corpus = self._corpus
        with corpus._writing:
            stored, rows = dict(corpus._stored), dict(corpus._rows)
            for given in batch:
                rows = without(rows, given.id, set())
                stored[given.id] = tuple(one.document for one in given.versions)
                for one in given.versions:
                    rows |= corpus._rows_of(Prepared(one.document, one.passages, one.vectors))
            corpus._change(stored, rows, bool(batch))

    def remove(self, document_ids: Sequence[str]) -> int:
        return self._corpus._remove(document_ids)

    def decisions(self) -> Decisions:
        tombstones = sorted(self._corpus._erased.items())
        return Decisions(
            tuple(self._corpus.restricted()),
            tuple(one for _, one in tombstones),
            self._corpus._salt,
        )

    def put_decisions(self, decisions: Decisions) -> None:
        corpus = self._corpus
        with corpus._writing:
            corpus._restricted = {
                (one.document_id, one.kind): one.since for one in decisions.restricted
            }
            corpus._erased = {one.digest: one for one in decisions.tombstones}
            corpus._salt = decisions.salt
            corpus._change(corpus._stored, corpus._rows, True)

    def unfinished(self) -> str | None:
        return self._corpus._unfinished

    def set_unfinished(self, name: str | None) -> None:
        self._corpus._unfinished = name
