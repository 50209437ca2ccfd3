"""Store + vectors + words + columns -> one Corpus; its indexes follow the store."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors
from index.embedded import vectorfile
from index.embedded.answering import EmbeddingModel, Indexes
from index.embedded.boundary import index_errors
from index.embedded.contents import EmbeddedContents
from index.embedded.filters import Columns, columns_of
from index.embedded.indexer import Indexer
from index.embedded.snapshot import Snapshot
from index.embedded.store import Store
from index.embedded.vectors import VectorIndex, scores, vector_index_of
from index.embedded.words import WordIndex
from index.embedded.wordsearch import WordSearcher
from index.erasure import Receipt, Restricted, Restriction
from index.errors import CorpusError, CorpusReadOnly, EmbeddingMismatch, IndexUnavailable
from index.rights import CLOCK_STEP, NEVER, Clock, utc_now
from index.versions import Version

log = logging.getLogger(__name__)
DATABASE = "claimdesk.sqlite"
VECTORS, WORDS = "vectors", "words"


class EmbeddedCorpus:
    """See `index.corpus.Corpus`. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        words: WordIndex,
        vectors_folder: Path,
        model: EmbeddingModel,
        writable: bool,
        clock: Clock = utc_now,
        settle_elsewhere: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Args:
            settle_elsewhere: settles the store of a corpus that only reads.
        """
        self._store, self._words, self._model, self._writable = store, words, model, writable
        self._clock, self._settle_elsewhere = clock, settle_elsewhere
        self.contents = EmbeddedContents(store, lambda: self._written(hides=True))
        # From when to when what the store shows stays as it is.
        self._settled, self._due = clock(), NEVER
        self._settling = threading.Lock()
        # The generation from which on the indexes hold nothing that was hidden, deleted or given to
        # an access group.
        self._clean_from = 0
        # Held while these three are read from the store and set: of two writers at once, the one
        # that read first must not set them last.
        self._noting = threading.Lock()
        self._vectors_folder = vectors_folder
        self._saved_vectors = 0
        self._resources = contextlib.ExitStack()
        self._indexer: Indexer | None = None
        self._indexes: Indexes | None = None
        self._failure: CorpusError | None = None
        self._vector_rebuilds = 0
        self._words_damaged = False
        # One thread at a time brings the indexes up to date or saves them.
        self._sync_lock = threading.Lock()
        self._published = threading.Condition()

    # -- writing ----------------------------------------------------------------------------

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        if not batch:
            return []
        changes = self._store.upsert(batch)
        now = self._clock()
        # A document of an access group is hidden from callers outside the group.
        self._written(
            hides=any(bool(one.document.access) or not one.document.is_shown(now) for one in batch)
        )
        return changes

    @contextlib.contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """See `index.ingest.reindex`."""
        with self._store.replacing(identity) as replace:
            yield replace
        self._wake_indexer()

    def delete(self, document_ids: Sequence[str]) -> int:
        deleted = self._store.delete(document_ids)
        self._written(hides=bool(deleted))
        return deleted

    def texts(self, document_id: str) -> list[str]:
        return self._store.texts(document_id)

    def erase(self, document_id: str, *, deleted: bool = False) -> Receipt | None:
        gone = self._store.erase(document_id, deleted=deleted)
        if gone is None:
            if self._store.has_unfinished_erasure():
                self.finish_erasure()
            return None
        self._written(hides=True)
        self.finish_erasure()
        indexes = self._answering()
        with index_errors("word index", self._vectors_folder):
            places = self._store.places_of(gone, indexes.vectors.keys.tolist(), indexes.words)
        return Receipt(
            gone.document_id, gone.at, gone.versions, len(gone.keys), gone.tombstone,
            tuple(places), gone.copies,
        )  # fmt: skip

    def finish_erasure(self) -> None:
        """Let no file hold what the store no longer does: indexes are built anew, then saved.

        Raises:
            DiskFull, IndexUnavailable, CorpusBusy: it is finished when claimdesk starts again.
        """
        with self._sync_lock, self._store.snapshot() as snapshot:
            vectors, columns = self._vectors_and_columns(snapshot, anew=True)
            self._words.build_anew(snapshot)
            self._publish(Indexes(vectors, columns, self._words.searcher))
            self._failure, self._saved_vectors = None, 0
        self.save()
        self._store.scrub()

    def forget_erasure(self, document_id: str) -> bool:
        return self._store.forget_erasure(document_id)

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool = False) -> bool:
        known = self._store.restrict(document_id, kind, lift=lift)
        self._written(hides=known and kind == "deindexed")
        return known

    def restricted(self) -> list[Restricted]:
        return self._store.restricted()

    def _written(self, *, hides: bool) -> None:
        with self._noting:
            if hides:
                self._clean_from = self._store.generation()
            self._due = self._store.next_moment()
        self._wake_indexer()

    def _wake_indexer(self) -> None:
        if self._indexer is not None:
            self._indexer.wake()

    # -- moments ----------------------------------------------------------------------------

    def is_settled(self) -> bool:
        return not self._moment_has_passed() and self.index_generation() >= self._clean_from

    def _moment_has_passed(self) -> bool:
        now = self._clock()
        return now >= self._due or now < self._settled - CLOCK_STEP

    def _settle(self) -> None:
        """Let the moments that have passed take effect in the store and in the indexes.

        Raises:
            CorpusError: the store cannot be written: nothing is answered that it should hide.
        """
        # While another thread lets them take effect, the indexes are still of before.
        if not (self._moment_has_passed() or self._settling.locked()):
            return
        with self._settling:
            if not self._moment_has_passed():
                return
            now = self._clock()
            if self._writable:
                self._store.settle()
            else:
                self._settle_elsewhere()
            with self._noting:
                self._clean_from = self._store.generation()
                self._settled, self._due = now, self._store.next_moment()
            try:
                self.sync()
            except CorpusError as error:
                # Vectors and columns follow all the same, and no document is read that is hidden.
                log.warning("the word index still weighs what is hidden: %s", error)

    def _follow(self) -> None:
        """Bring store and indexes up to date, in the thread of the indexer."""
        self._settle()
        self.sync()

    def _seconds_to_next_moment(self) -> float:
        return max(0.0, (self._due - self._clock()).total_seconds())

    # -- what is stored ---------------------------------------------------------------------

    def get(self, document_id: str) -> Document | None:
        return self._store.get(document_id)

    def document_of(self, passage: Passage, filters: Filters = NO_FILTERS) -> Document | None:
        return self._store.document_of(passage, filters)

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        return self._store.versions(document_id, filters)

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        return self._store.groups_of(document_ids)

    def documents(
        self, cursor: str | None = None, limit: int = 100, filters: Filters = NO_FILTERS
    ) -> Page:
        self._settle()
        return self._store.documents(cursor, limit, filters)

    def all_documents(self) -> Iterator[Document]:
        self._settle()
        return self._store.all_documents()

    def stored_documents(self) -> Iterator[Document]:
        return self._store.stored_documents()

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        return self._store.content_hashes(document_ids)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        return self._store.passages(keys)

    def generation(self) -> int:
        self._settle()
        return self._store.generation()

    def _count_rebuild(self) -> None:
        self._vector_rebuilds += 1

    def rebuilds(self) -> Mapping[str, int]:
        return {"vectors": self._vector_rebuilds, "words": self._words.rebuilds}

    def stats(self) -> Stats:
        self._settle()
        return self._store.stats()

    # -- what is found ----------------------------------------------------------------------

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        indexes = self._answering()
        columns = indexes.columns
        admitted = columns.mask(filters) if filters or columns.has_earlier else None
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

    def count_passages(self, filters: Filters) -> int:
        return self._answering().columns.count_passages(filters)

    def count_undated(self, filters: Filters) -> int:
        return self._answering().columns.count_undated(filters)

    def count_withheld(self, filters: Filters) -> int:
        self._settle()
        return sum(filters.admits(document) for document in self._store.withheld())

    def publishers(self, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
        return self._answering().columns.publisher_counts(filters)

    def _answering(self) -> Indexes:
        self._settle()
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
            self._store.settle()
        self._due = self._store.next_moment()
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
            self._indexer = Indexer(self._follow, self._seconds_to_next_moment)

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
                raise EmbeddingMismatch.between(snapshot.embedding, self._model.identity)
            earlier = self._indexes
            if (
                earlier is not None
                and earlier.generation == snapshot.generation
                and not self._words_damaged
            ):
                return snapshot.generation
            vectors, columns = self._vectors_and_columns(snapshot)
            failure = self._sync_words(snapshot)
            self._publish(Indexes(vectors, columns, self._words.searcher))
            if failure is not None:
                raise failure
            return snapshot.generation

    def _vectors_and_columns(
        self, snapshot: Snapshot, *, anew: bool = False
    ) -> tuple[VectorIndex, Columns]:
        earlier = None if anew else self._indexes
        if earlier is not None and earlier.vectors.generation == snapshot.generation:
            return earlier.vectors, earlier.columns
        columns = columns_of(snapshot, earlier.columns if earlier else None)
        with index_errors("vector index", self._vectors_folder):
            model = self._model
            vectors = earlier.vectors if earlier else None
            if vectors is None and not anew:
                vectors = self._load_vectors(snapshot)
            vectors = vector_index_of(
                snapshot, model.dimension, model.vector_index, vectors, self._check_stopping,
                self._count_rebuild,
            )  # fmt: skip
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
        """The error with which the word index could not be brought up to date, if there is one."""
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

    def _publish(self, indexes: Indexes) -> None:
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
