"""Documents -> split -> embedded -> stored, with one outcome each."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.corpus import Change, Corpus, Embedder
from index.documents import Document, Outcome, Prepared, Refused, Split, Vectors
from index.erasure import REASONS, REFUSALS
from index.errors import InvalidDocument
from index.language import detect_language
from index.prefetch import prefetch
from index.split import embedding_text, split

# A batch ends with the item that reaches either limit: items, or code points of text. 128,000 code
# points are about 500 passages.
BATCH_DOCUMENTS = 64
BATCH_CHARS = 128_000
# Batches that are finished by one stage and wait for the next.
BATCHES_WAITING = 1
NO_VECTORS: Vectors = np.zeros((0, 0), np.float32)


VectorsOf = Callable[[Iterable[list[str]]], Iterator[Vectors]]
"""Lists of texts -> the vectors of each, in their order; of an empty list none."""


def ingest(
    items: Iterable[Document | Refused], corpus: Corpus, embedder: Embedder
) -> Iterator[Outcome]:
    """Store documents in batches; yield the outcome of each item, in order.

    A document whose id and content are stored already is left as it is; one whose content is new
    replaces the stored one. A refused item does not stop the rest.

    While a batch is written, the next one is embedded and the one after that is read and split.
    Memory holds these batches, whatever the number of items.
    """

    def vectors_of(lists: Iterable[list[str]]) -> Iterator[Vectors]:
        return (embedder.embed(texts) if texts else NO_VECTORS for texts in lists)

    return ingest_by(items, corpus, vectors_of)


def ingest_by(
    items: Iterable[Document | Refused], corpus: Corpus, vectors_of: VectorsOf
) -> Iterator[Outcome]:
    """`ingest` with vectors that are made elsewhere, of as many batches at once as it takes."""
    pending = _Pending(corpus)
    batches = prefetch((_split(batch, pending) for batch in _batches(items)), BATCHES_WAITING)
    for batch, prepared in prefetch(_embedded(batches, vectors_of), BATCHES_WAITING):
        changes = corpus.upsert(prepared) if prepared else []
        pending.remove(one.document for one in prepared)
        stored = (_outcome(one, change) for one, change in zip(prepared, changes, strict=True))
        yield from (outcome or next(stored) for outcome in batch.outcomes)


def _embedded(
    batches: Iterable[_Batch], vectors_of: VectorsOf
) -> Iterator[tuple[_Batch, list[Prepared]]]:
    waiting: deque[_Batch] = deque()

    def texts() -> Iterator[list[str]]:
        for batch in batches:
            waiting.append(batch)
            yield _texts(batch.changed)

    for vectors in vectors_of(texts()):
        batch = waiting.popleft()
        yield batch, _prepared(batch.changed, vectors)


def _outcome(prepared: Prepared, change: Change) -> Outcome:
    if change != "added" and change != "updated":
        return Outcome(prepared.document.id, "refused", reason=REASONS[change])
    return Outcome(prepared.document.id, change, len(prepared.passages))


def ingest_one(document: Document, corpus: Corpus, embedder: Embedder) -> Outcome:
    """Store one document; return its outcome.

    Raises:
        InvalidDocument: it was refused.
        DocumentErased, DocumentHeld: it may not be stored.
    """
    (outcome,) = ingest([document], corpus, embedder)
    for refusal, kind in REFUSALS.items():
        if outcome.reason == REASONS[refusal]:
            raise kind(outcome.reason)
    if outcome.status == "refused":
        raise InvalidDocument(outcome.reason or "refused")
    return outcome


def reindex(corpus: Corpus, embedder: Embedder) -> Iterator[Outcome]:
    """Split and embed every stored document again, hidden ones and earlier versions too.

    Yields the outcome of each, in order of ids.

    All of it is one transaction: the corpus answers as before until the last document is done, and
    nothing has changed where this stops earlier.
    """
    with corpus.replacing(embedder.identity) as replace:
        documents = corpus.stored_documents()
        while batch := list(itertools.islice(documents, BATCH_DOCUMENTS)):
            parts = [Split(one, tuple(split(one))) for one in batch]
            texts = _texts(parts)
            prepared = _prepared(parts, embedder.embed(texts) if texts else NO_VECTORS)
            replace(prepared)
            for one in prepared:
                yield Outcome(one.document.id, "updated", len(one.passages))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Consecutive items: the documents to store, and the outcome of each item.

    An outcome is None where the item is a document to store; these are in the same order.
    """

    changed: list[Split]
    outcomes: list[Outcome | None]


def _batches(items: Iterable[Document | Refused]) -> Iterator[list[Document | Refused]]:
    batch: list[Document | Refused] = []
    chars = 0
    for item in items:
        batch.append(item)
        chars += len(item.text) if isinstance(item, Document) else 0
        if len(batch) >= BATCH_DOCUMENTS or chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _split(items: Sequence[Document | Refused], pending: _Pending) -> _Batch:
    """The passages of the documents that have new content."""
    known = pending.content_hashes([item.id for item in items if isinstance(item, Document)])
    batch = _Batch([], [])
    for item in items:
        if isinstance(item, Refused):
            batch.outcomes.append(Outcome(item.source, "refused", reason=item.reason))
            continue
        document = _with_language(item)
        content = document.content_hash()
        if known.get(document.id) == content:
            batch.outcomes.append(Outcome(document.id, "unchanged"))
        elif passages := tuple(split(document)):
            known[document.id] = content
            pending.add(document)
            batch.changed.append(Split(document, passages))
            batch.outcomes.append(None)
        else:
            batch.outcomes.append(Outcome(document.id, "refused", reason="text is empty"))
    return batch


def _with_language(document: Document) -> Document:
    if document.language is not None:
        return document
    return dataclasses.replace(document, language=detect_language(document.text))


def _texts(documents: Sequence[Split]) -> list[str]:
    """What is embedded of documents: the texts of all their passages, in order."""
    return [
        embedding_text(one.document.title, passage.text)
        for one in documents
        for passage in one.passages
    ]


def _prepared(documents: Sequence[Split], vectors: Vectors) -> list[Prepared]:
    """The documents with the vectors of all their passages."""
    if not documents:
        return []
    ends = np.cumsum([len(one.passages) for one in documents])
    return [
        Prepared(one.document, one.passages, rows)
        for one, rows in zip(documents, np.split(vectors, ends[:-1]), strict=True)
    ]


class _Pending:
    """Content hashes by id of documents that are stored or on their way to be.

    An id may come several times in one import. When a version of it has been stored, a newer one
    that is still on its way must stay known: so a version removes only itself.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._waiting: dict[str, Document] = {}
        self._lock = threading.Lock()

    def content_hashes(self, ids: Sequence[str]) -> dict[str, str]:
        with self._lock:
            waiting = {id: self._waiting[id].content_hash() for id in ids if id in self._waiting}
            return {**self._corpus.content_hashes(ids), **waiting}

    def add(self, document: Document) -> None:
        with self._lock:
            self._waiting[document.id] = document

    def remove(self, stored: Iterable[Document]) -> None:
        with self._lock:
            for document in stored:
                if self._waiting.get(document.id) is document:
                    del self._waiting[document.id]
