"""The whole way of a document: read -> split -> embed -> stored, one outcome each."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from index.ahead import ahead
from index.corpus import Corpus, Embedder
from index.documents import Document, Outcome, Prepared, Refused
from index.errors import InvalidDocument
from index.language import detect_language
from index.split import embedding_text, split

BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 512
BATCHES_AHEAD = 1


def ingest(
    items: Iterable[Document | Refused], corpus: Corpus, embedder: Embedder
) -> Iterator[Outcome]:
    """Store documents in batches, yielding an outcome per item, in order.

    While one batch is written the next is embedded and the one after that is read and split.
    Memory is bounded by these batches, whatever the number of items. What is refused does not stop
    the rest. Same id and content: no work. Same id, new content: an update.
    """
    pending = _Pending(corpus)
    read = ahead(_batches(items, pending), BATCHES_AHEAD)
    for batch in ahead((_embedded(batch, embedder) for batch in read), BATCHES_AHEAD):
        yield from _stored(batch, corpus, pending)


Batch = list[Prepared | Outcome]


class _Pending:
    """Content hashes by document id, of what is stored and of what is on its way there.

    One id may come several times: what is stored takes away only itself, not what came after it.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._waiting: dict[str, Document] = {}
        self._lock = threading.Lock()

    def hash_of(self, id: str) -> str | None:
        with self._lock:
            if (waiting := self._waiting.get(id)) is not None:
                return waiting.content_hash()
            return self._corpus.content_hashes([id]).get(id)

    def add(self, document: Document) -> None:
        with self._lock:
            self._waiting[document.id] = document

    def remove(self, documents: Iterable[Document]) -> None:
        """They are stored now."""
        with self._lock:
            for document in documents:
                if self._waiting.get(document.id) is document:
                    del self._waiting[document.id]


def _batches(items: Iterable[Document | Refused], pending: _Pending) -> Iterator[Batch]:
    batch: Batch = []
    waiting = 0
    for item in items:
        entry = _prepare(item, pending)
        batch.append(entry)
        if isinstance(entry, Prepared):
            waiting += len(entry.passages)
        if len(batch) >= BATCH_DOCUMENTS or waiting >= BATCH_PASSAGES:
            yield batch
            batch, waiting = [], 0
    yield batch


def reindex(corpus: Corpus, embedder: Embedder) -> Iterator[Outcome]:
    """Split and embed every stored document anew, in one transaction.

    Until the last document the corpus answers as it did; stopping at any point changes nothing.
    """
    with corpus.replacing(embedder.identity) as replace:
        documents = corpus.all_documents()
        while batch := [
            Prepared(document, tuple(split(document)), _NO_VECTORS)
            for document in itertools.islice(documents, BATCH_DOCUMENTS)
        ]:
            replace([one for one in _embedded([*batch], embedder) if isinstance(one, Prepared)])
            for prepared in batch:
                yield Outcome(prepared.document.id, "updated", len(prepared.passages))


def _prepare(item: Document | Refused, pending: _Pending) -> Prepared | Outcome:
    if isinstance(item, Refused):
        return Outcome(item.source, "refused", reason=item.reason)
    document = item
    if document.language is None:
        document = dataclasses.replace(document, language=detect_language(document.text))
    if pending.hash_of(document.id) == document.content_hash():
        return Outcome(document.id, "unchanged")
    passages = tuple(split(document))
    if not passages:
        return Outcome(document.id, "refused", reason="text is empty")
    pending.add(document)
    return Prepared(document, passages, _NO_VECTORS)


_NO_VECTORS: Any = None


def _stored(batch: Batch, corpus: Corpus, pending: _Pending) -> Iterator[Outcome]:
    waiting = [entry for entry in batch if isinstance(entry, Prepared)]
    changes = iter(corpus.upsert(waiting) if waiting else ())
    pending.remove(entry.document for entry in waiting)
    for entry in batch:
        if isinstance(entry, Outcome):
            yield entry
        else:
            yield Outcome(entry.document.id, next(changes), len(entry.passages))


def ingest_one(document: Document, corpus: Corpus, embedder: Embedder) -> Outcome:
    """`ingest` for a single document.

    Raises:
        InvalidDocument: it was refused.
    """
    (outcome,) = ingest([document], corpus, embedder)
    if outcome.status == "refused":
        raise InvalidDocument(outcome.reason or "refused")
    return outcome


def _embedded(batch: Batch, embedder: Embedder) -> Batch:
    """The batch with the vectors of all its passages, from one call of the model."""
    waiting = [entry for entry in batch if isinstance(entry, Prepared)]
    texts = [
        embedding_text(entry.document.title, p.text) for entry in waiting for p in entry.passages
    ]
    rows = iter(embedder.embed(texts) if texts else ())
    return [
        dataclasses.replace(entry, vectors=np.stack([next(rows) for _ in entry.passages]))
        if isinstance(entry, Prepared)
        else entry
        for entry in batch
    ]
