"""Store + vectors + words + columns -> one Corpus; its indexes follow the store."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np

from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors
from index.embedded import vectorfile
from index.embedded.boundary import index_errors
from index.embedded.filters import Columns, columns_of
from index.embedded.indexer import Indexer
from index.embedded.snapshot import Snapshot
from index.embedded.store import Store
from index.embedded.vectors import Kind, VectorIndex, scores, vector_index_of
from index.embedded.words import WordIndex, copy_for_reading
from index.embedded.wordsearch import WordSearcher
from index.errors import (
    CorpusError,
    CorpusLocked,
    CorpusReadOnly,
    EmbeddingMismatch,
    IndexUnavailable,
    RecipeMismatch,
)
from index.recipe import RECIPE

log = logging.getLogger(__name__)
DATABASE = "claimdesk.sqlite"
VECTORS, WORDS = "vectors", "words"


def open_corpus(
    folder: Path,
    *,
    identity: str,
    dimension: int,
    writable: bool,
    vector_index: Kind = "auto",
    reindexing: bool = False,
) -> EmbeddedCorpus:
    """Open the corpus in `folder`, which is made when it is missing and `writable` is set.

    The indexes are brought up to date first, which takes long only where they are missing,
    damaged or far behind. Where they cannot be, because the disk is full for instance, a warning
    says so and the corpus answers from what they hold.

    Args:
        identity, dimension: of the embedding model whose vectors are, or will be, stored.
        reindexing: let vectors of another model pass, for they are about to be replaced.

    Raises:
        CorpusLocked: another process has it open for writing.
        CorpusIncompatible: made by another version of claimdesk; nothing was touched.
        EmbeddingMismatch: its vectors come from another embedding model.
        RecipeMismatch: its passages were made by a newer version of claimdesk.
    """
    with contextlib.ExitStack() as stack:
        if writable:
            folder.mkdir(parents=True, exist_ok=True)
            stack.callback(_lock(folder).release)
            _warn_of_lost_documents(folder)
        store = Store(folder / DATABASE, writable=writable)
        stack.callback(store.close)
        if not reindexing:
            _check_identity(store, identity, writable)
            _check_recipe(store)
        words_folder = folder / WORDS
        if not writable:
            words_folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / WORDS
            copy_for_reading(folder / WORDS, words_folder)
        words = WordIndex(words_folder, store.identity())
        model = EmbeddingModel(identity, dimension, vector_index)
        corpus = EmbeddedCorpus(store, words, folder / VECTORS, model, writable)
        stack.callback(corpus.stop_indexing)
        corpus.start_indexing(stack.pop_all())
        return corpus


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """The embedding model, and the kind of index for its vectors."""

    identity: str
    dimension: int
    vector_index: Kind


@dataclass(frozen=True, slots=True)
class _Indexes:
    """What searches answer from. Vectors and columns are of one generation and row for row alike;
    `words` may be of an earlier one while it cannot be written, and is None until it was built."""

    vectors: VectorIndex
    columns: Columns
    words: WordSearcher | None

    @property
    def generation(self) -> int:
        words = self.words.generation if self.words else 0
        return min(self.vectors.generation, words)


def exists(folder: Path) -> bool:
    """Whether there is a corpus in the folder."""
    return (folder / DATABASE).is_file()


def _lock(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / "writer.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise CorpusLocked(
            f"{folder} is open for writing in another process (a running service?): "
            "send documents to it over HTTP, or stop it first"
        ) from error
    return lock


def _warn_of_lost_documents(folder: Path) -> None:
    """A database that is gone or empty looks like a new corpus; indexes beside it say that it is
    none."""
    database = folder / DATABASE
    held = database.stat().st_size if database.is_file() else 0
    if not held and any((folder / VECTORS).glob("*.faiss")):
        log.warning(
            "%s is missing or empty, but there are indexes of documents beside it: the corpus "
            "begins without documents. Restore the file from a copy, if they are wanted", database,
        )  # fmt: skip


def _check_identity(store: Store, identity: str, writable: bool) -> None:
    stored = store.meta("embedding")
    if stored is None and writable:
        store.set_meta("embedding", identity)
    elif stored is not None and stored != identity:
        raise _mismatch(stored, identity)


def _mismatch(stored: str, identity: str) -> EmbeddingMismatch:
    return EmbeddingMismatch(
        f"the corpus holds vectors of {stored}, the embedding model is {identity}: "
        "set the model back, or run `claimdesk reindex`"
    )


def _check_recipe(store: Store) -> None:
    """Passages of an earlier recipe are right, but not what would be made today: docs/decisions."""
    others = {name: n for name, n in store.recipes().items() if name != RECIPE.of_passages}
    for recipe, documents in others.items():
        if RECIPE.is_older_than(recipe):
            raise RecipeMismatch(
                f"{documents:,} documents were split by a newer claimdesk (recipe {recipe}): "
                "upgrade claimdesk, or run `claimdesk reindex`"
            )
    if others:
        log.warning(
            "%s documents were split by an earlier version of claimdesk: they are found as before, "
            "and `claimdesk reindex` brings them up to date", f"{sum(others.values()):,}",
        )  # fmt: skip


class EmbeddedCorpus:
    """See `index.corpus.Corpus`. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        words: WordIndex,
        vectors_folder: Path,
        model: EmbeddingModel,
        writable: bool,
    ) -> None:
        self._store, self._words, self._model, self._writable = store, words, model, writable
        self._vectors_folder = vectors_folder
        self._saved_vectors = 0
        self._resources = contextlib.ExitStack()
        self._indexer: Indexer | None = None
        self._indexes: _Indexes | None = None
        self._failure: CorpusError | None = None
        self._words_damaged = False
        # One thread at a time brings the indexes up to date or saves them.
        self._sync_lock = threading.Lock()
        self._published = threading.Condition()

    # -- writing ----------------------------------------------------------------------------

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        if not batch:
            return []
        changes = self._store.upsert(batch)
        self._wake_indexer()
        return changes

    @contextlib.contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """See `index.ingest.reindex`."""
        with self._store.replacing(identity) as replace:
            yield replace
        self._wake_indexer()

    def delete(self, document_ids: Sequence[str]) -> int:
        deleted = self._store.delete(document_ids)
        self._wake_indexer()
        return deleted

    def _wake_indexer(self) -> None:
        if self._indexer is not None:
            self._indexer.wake()

    # -- what is stored ---------------------------------------------------------------------

    def get(self, document_id: str) -> Document | None:
        return self._store.get(document_id)

    def documents(self, cursor: str | None = None, limit: int = 100) -> Page:
        return self._store.documents(cursor, limit)

    def all_documents(self) -> Iterator[Document]:
        return self._store.all_documents()

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        return self._store.content_hashes(document_ids)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        return self._store.passages(keys)

    def generation(self) -> int:
        return self._store.generation()

    def stats(self) -> Stats:
        return self._store.stats()

    # -- what is found ----------------------------------------------------------------------

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        indexes = self._answering()
        admitted = indexes.columns.mask(filters) if filters else None
        with index_errors("vector index", self._vectors_folder):
            return indexes.vectors.search(vector, k, admitted)

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._searching_words() as words:
            return words.search(text, k, filters)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        return scores(self._store.vectors(keys), vector, keys)

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        with self._searching_words() as words:
            return words.score(text, keys)

    def words_ceiling(self, text: str) -> float:
        with self._searching_words() as words:
            return words.ceiling(text)

    def count_documents(self, filters: Filters) -> int:
        return self._answering().columns.count_documents(filters)

    def count_undated(self, filters: Filters) -> int:
        return self._answering().columns.count_undated(filters)

    def publishers(self) -> list[tuple[str, int]]:
        return self._answering().columns.publisher_counts()

    def _answering(self) -> _Indexes:
        if self._indexes is None:
            raise IndexUnavailable(f"the indexes could not be built: {self._failure}")
        return self._indexes

    @contextlib.contextmanager
    def _searching_words(self) -> Iterator[WordSearcher]:
        """The word index; where it fails it is built anew in the background, once."""
        words = self._answering().words
        if words is None:
            raise IndexUnavailable(f"the word index could not be built: {self._failure}")
        try:
            yield words
        except IndexUnavailable:
            if words is self._words.searcher:
                self._words_damaged = True
                self._wake_indexer()
            raise

    # -- indexes ----------------------------------------------------------------------------

    def index_generation(self) -> int:
        return self._indexes.generation if self._indexes else 0

    def index_error(self) -> CorpusError | None:
        """Why the indexes are behind the store, where the last attempt to catch up failed."""
        return self._failure

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        if self._indexer is None:  # nothing catches up by itself
            seconds = 0
        with self._published:
            return self._published.wait_for(
                lambda: self.index_generation() >= generation, timeout=seconds
            )

    def start_indexing(self, resources: contextlib.ExitStack) -> None:
        """Load what was saved, bring it up to date, then follow the writes. Called once.

        Args:
            resources: what `close` gives back.
        """
        self._resources = resources
        if self._writable:
            with self._store.snapshot() as snapshot:
                generation = snapshot.generation
            # Indexes of a later generation are of a store that an older copy replaced. Its next
            # writes will have the same generations and keys, so they have to go before there are.
            vectorfile.drop_newer(self._vectors_folder, self._store.identity(), generation)
        with contextlib.suppress(EmbeddingMismatch):  # then a reindex is what comes next
            try:
                self.sync()
            except CorpusError as error:
                if isinstance(error, EmbeddingMismatch):
                    raise
                log.warning("the indexes are not up to date: %s", error)
        if self._writable:
            self._indexer = Indexer(self.sync)

    def stop_indexing(self) -> None:
        if self._indexer is not None:
            self._indexer.stop()

    def sync(self) -> int:
        """Bring the indexes to the store's generation, which is returned.

        What searches answer from is replaced when all of it is ready. Where the word index cannot
        be written it stays as it was, and the others are brought up to date without it.

        Raises:
            DiskFull: there is no space to write the word index.
            IndexUnavailable: an index could not be built.
            EmbeddingMismatch: the stored vectors come from another model now.
        """
        with self._sync_lock:
            try:
                generation = self._sync()
            except CorpusError as error:
                self._failure = type(error)(str(error))  # without the frames that it came through
                raise
            self._failure = None
            return generation

    def _sync(self) -> int:
        with self._store.snapshot() as snapshot:
            if snapshot.embedding not in (None, self._model.identity):
                raise _mismatch(snapshot.embedding, self._model.identity)
            earlier = self._indexes
            if (
                earlier is not None
                and earlier.generation == snapshot.generation
                and not self._words_damaged
            ):
                return snapshot.generation
            vectors, columns = self._vectors_and_columns(snapshot)
            failure = self._sync_words(snapshot)
            self._publish(_Indexes(vectors, columns, self._words.searcher))
            if failure is not None:
                raise failure
            return snapshot.generation

    def _vectors_and_columns(self, snapshot: Snapshot) -> tuple[VectorIndex, Columns]:
        earlier = self._indexes
        if earlier is not None and earlier.vectors.generation == snapshot.generation:
            return earlier.vectors, earlier.columns
        columns = columns_of(snapshot, earlier.columns if earlier else None)
        with index_errors("vector index", self._vectors_folder):
            model = self._model
            vectors = earlier.vectors if earlier else self._load_vectors(snapshot)
            vectors = vector_index_of(
                snapshot, model.dimension, model.vector_index, vectors, self._check_stopping
            )
            if not np.array_equal(vectors.living_keys, columns.keys):
                raise IndexUnavailable("the vector index and the filter columns differ")
        return vectors, columns

    def _load_vectors(self, snapshot: Snapshot) -> VectorIndex | None:
        loaded = vectorfile.load(
            self._vectors_folder, self._store.identity(), snapshot.generation, self._model.dimension
        )
        self._saved_vectors = loaded.generation if loaded else 0
        return loaded

    def _sync_words(self, snapshot: Snapshot) -> CorpusError | None:
        """What the word index failed with, if it did."""
        damaged, self._words_damaged = self._words_damaged, False
        words = self._words
        if words.searcher is not None and words.searcher.generation > snapshot.generation:
            words.forget(on_disk=True)  # see `start_indexing`
        try:
            words.sync(snapshot, damaged=damaged)
        except CorpusError as error:
            return error
        return None

    def _check_stopping(self) -> None:
        if self._indexer is not None and self._indexer.is_stopping:
            raise CorpusError("the corpus is being closed")

    def _publish(self, indexes: _Indexes) -> None:
        with self._published:
            self._indexes = indexes
            self._published.notify_all()

    def save(self) -> None:
        """Write the vector index, so that the next start need not build it anew.

        Raises:
            CorpusReadOnly: opened for reading.
            DiskFull, IndexUnavailable: it cannot be written; what was saved before stays.
        """
        if not self._writable:
            raise CorpusReadOnly("this corpus was opened for reading")
        with self._sync_lock:
            indexes = self._indexes
            if indexes is None:
                return
            if indexes.vectors.generation != self._saved_vectors:
                with index_errors("vector index", self._vectors_folder):
                    saved = vectorfile.save(
                        indexes.vectors, self._vectors_folder, self._store.identity()
                    )
                if not saved:
                    return
                self._saved_vectors = indexes.vectors.generation
            self._store.forget_tombstones(indexes.generation)

    def close(self) -> None:
        """Stop following the writes, save the indexes as they are, give everything back."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._resources.close)
            self.stop_indexing()
            if self._writable:
                try:
                    self.save()
                except CorpusError as error:
                    log.warning("the indexes were not saved, the documents are: %s", error)
