"""The whole way of a document: read -> split -> embed -> stored, one outcome each."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from index.errors import InvalidDocument
from index.split import embedding_text, split
from index.types import Corpus, Document, Embedder, Prepared

BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 512


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that could not become a document, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. Once it is yielded the change is durable."""

    id: str
    status: Literal["added", "updated", "unchanged", "refused"]
    passages: int = 0
    reason: str | None = None


def ingest(
    items: Iterable[Document | Refused], corpus: Corpus, embedder: Embedder
) -> Iterator[Outcome]:
    """Store documents in batches, yielding an outcome per item, in order.

    Memory is bounded by a batch, whatever the number of items. What is refused does not stop the
    rest. Same id and content: no work. Same id, new content: an update.
    """
    batch: list[Prepared | Outcome] = []
    pending: dict[str, str] = {}
    waiting = 0
    for item in items:
        entry = _prepare(item, corpus, pending)
        batch.append(entry)
        if isinstance(entry, Prepared):
            pending[entry.document.id] = entry.document.content_hash()
            waiting += len(entry.passages)
        if len(batch) >= BATCH_DOCUMENTS or waiting >= BATCH_PASSAGES:
            yield from _flush(batch, corpus, embedder)
            batch, pending, waiting = [], {}, 0
    yield from _flush(batch, corpus, embedder)


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
            replace(_embedded(batch, embedder))
            for prepared in batch:
                yield Outcome(prepared.document.id, "updated", len(prepared.passages))


def _prepare(
    item: Document | Refused, corpus: Corpus, pending: dict[str, str]
) -> Prepared | Outcome:
    if isinstance(item, Refused):
        return Outcome(item.source, "refused", reason=item.reason)
    document = item
    if document.language is None:
        document = dataclasses.replace(document, language=detect_language(document.text))
    stored = pending.get(document.id) or corpus.content_hashes([document.id]).get(document.id)
    if stored == document.content_hash():
        return Outcome(document.id, "unchanged")
    passages = tuple(split(document))
    if not passages:
        return Outcome(document.id, "refused", reason="text is empty")
    return Prepared(document, passages, _NO_VECTORS)


_NO_VECTORS: Any = None


def _flush(
    batch: list[Prepared | Outcome], corpus: Corpus, embedder: Embedder
) -> Iterator[Outcome]:
    waiting = [entry for entry in batch if isinstance(entry, Prepared)]
    if waiting:
        changes = iter(corpus.upsert(_embedded(waiting, embedder)))
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


def _embedded(batch: Sequence[Prepared], embedder: Embedder) -> list[Prepared]:
    texts = [embedding_text(entry.document, p) for entry in batch for p in entry.passages]
    vectors = embedder.embed(texts)
    ends = itertools.accumulate(len(entry.passages) for entry in batch)
    return [
        dataclasses.replace(entry, vectors=vectors[end - len(entry.passages) : end])
        for entry, end in zip(batch, ends, strict=True)
    ]


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the text's first 2,000 characters, or None when unsure."""
    language, probability = _identifier().classify(text[:2_000])
    return str(language) if probability >= 0.8 else None
