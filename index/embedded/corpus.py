"""Store + vectors + words -> one Corpus that is always at the store's generation."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import filelock
import numpy as np
import numpy.typing as npt

from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors, publisher_key
from index.embedded.store import Store
from index.embedded.vectors import Kind, VectorIndex, scores
from index.embedded.words import WordIndex
from index.errors import CorpusLocked, EmbeddingMismatch

log = logging.getLogger(__name__)
DATABASE = "claimdesk.sqlite"
FILTER_CACHE = 16


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

    Args:
        identity, dimension: of the embedding model whose vectors are, or will be, stored.
        reindexing: let vectors of another model pass, for they are about to be replaced.

    Raises:
        CorpusLocked: another process has it open for writing.
        CorpusIncompatible: made by another version of claimdesk; nothing was touched.
        EmbeddingMismatch: its vectors come from another embedding model.
    """
    with contextlib.ExitStack() as stack:
        if writable:
            folder.mkdir(parents=True, exist_ok=True)
            stack.callback(_lock(folder).release)
        store = Store(folder / DATABASE, writable=writable)
        stack.callback(store.close)
        if not reindexing:
            _check_identity(store, identity, writable)
        if writable:
            words_folder, vectors_folder = folder / "words", folder / "vectors"
        else:
            words_folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "words"
            vectors_folder = folder / "vectors"
            with contextlib.suppress(OSError, shutil.Error):
                # Segments never change once written; one that is merged away meanwhile only
                # makes this copy unreadable, and an unreadable index is rebuilt.
                shutil.copytree(folder / "words", words_folder)
        words = WordIndex(words_folder, store.identity())
        vectors = VectorIndex(vectors_folder, store.identity(), dimension, vector_index)
        _forget_other_futures(store.generation(), vectors, words, writable)
        return EmbeddedCorpus(store, vectors, words, stack.pop_all(), writable)


def _forget_other_futures(
    generation: int, vectors: VectorIndex, words: WordIndex, writable: bool
) -> None:
    """A store that was put back from a copy has indexes of writes that it never saw. Its next ones
    will have the same generations and keys, so they have to go before there are any."""
    if vectors.generation > generation:
        vectors.reset(on_disk=writable)
    if words.generation > generation:
        words.reset()


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


def _check_identity(store: Store, identity: str, writable: bool) -> None:
    stored = store.meta("embedding")
    if stored is None and writable:
        store.set_meta("embedding", identity)
    elif stored is not None and stored != identity:
        raise EmbeddingMismatch(
            f"the corpus holds vectors of {stored}, the embedding model is {identity}: "
            "set the model back, or run `claimdesk reindex`"
        )


class EmbeddedCorpus:
    """See `index.corpus.Corpus`. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        vectors: VectorIndex,
        words: WordIndex,
        resources: contextlib.ExitStack,
        writable: bool,
    ) -> None:
        self._store, self._vectors, self._words = store, vectors, words
        self._resources, self._writable = resources, writable
        # FAISS and tantivy's reload are not safe beside a search of their own; a search takes
        # milliseconds. One lock each, so that vectors and words are searched side by side.
        self._vectors_lock, self._words_lock = threading.Lock(), threading.Lock()
        self._consistent = True
        self._admitted: OrderedDict[tuple[int, Filters], npt.NDArray[np.int64]] = OrderedDict()

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        return self._store.upsert(batch) if batch else []

    @contextlib.contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """See `index.ingest.reindex`."""
        # Until it ends well the vectors are of another model than the index is made for.
        self._consistent = False
        with self._store.replacing(identity) as replace:
            yield replace
        self._consistent = True

    def delete(self, document_ids: Sequence[str]) -> int:
        return self._store.delete(document_ids)

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

    def sync(self) -> int:
        """Bring both derived indexes to the store's generation, which is returned.

        Every search begins here, so what any process committed is seen by the next search, and a
        bulk import pays for its indexes once, at the end.
        """
        with self._vectors_lock, self._words_lock:
            return min(self._sync_words(), self._sync_vectors())

    def _sync_vectors(self) -> int:
        generation = self._store.generation()
        self._vectors.sync(self._store, generation)
        return generation

    def _sync_words(self) -> int:
        generation = self._store.generation()
        self._words.sync(self._store, generation)
        return generation

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._vectors_lock:
            generation = self._sync_vectors()
            filters = self._store.spellings(filters)
            among = self._keys(generation, filters) if filters else None
            return self._vectors.search(vector, k, among)

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        filters = self._store.spellings(filters)
        with self._words_lock:
            try:
                self._sync_words()
                return self._words.search(text, k, filters)
            except ValueError as error:
                log.warning("word index cannot be used and is rebuilt: %s", error)
                self._words.rebuild(self._store, self._store.generation())
                return self._words.search(text, k, filters)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        return scores(self._store.vectors(keys), vector, keys)

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        with self._words_lock:
            self._sync_words()
            return self._words.score(text, keys)

    def words_ceiling(self, text: str) -> float:
        with self._words_lock:
            self._sync_words()
            return self._words.ceiling(text)

    def _keys(self, generation: int, filters: Filters) -> npt.NDArray[np.int64]:
        """Keys that pass the filters, remembered while the generation lasts."""
        at = (generation, filters)
        if at not in self._admitted:
            self._admitted[at] = self._store.admitted(filters, generation)
            if len(self._admitted) > FILTER_CACHE:
                self._admitted.popitem(last=False)
        self._admitted.move_to_end(at)
        return self._admitted[at]

    def count_documents(self, filters: Filters) -> int:
        return sum(filters.admits(document) for document in self._listed())

    def count_undated(self, filters: Filters) -> int:
        if not filters.hides_undated:
            return 0
        others = filters.without_dates()
        return sum(one.published_at is None and others.admits(one) for one in self._listed())

    def publishers(self) -> list[tuple[str, int]]:
        spellings: dict[str, Counter[str]] = {}
        for document in self._listed():
            if document.publisher is not None:
                counts = spellings.setdefault(publisher_key(document.publisher), Counter())
                counts[document.publisher] += 1
        named = [
            (min(counts, key=lambda name: (-counts[name], name)), counts.total())
            for counts in spellings.values()
        ]
        return sorted(named, key=lambda item: (-item[1], item[0]))

    def _listed(self) -> Iterator[Document]:
        cursor: str | None = None
        while True:
            page = self.documents(cursor, 1_000)
            yield from page.documents
            if (cursor := page.next_cursor) is None:
                return

    def index_generation(self) -> int:
        return self._store.generation()  # every search brings the indexes up to it

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        return self._store.generation() >= generation

    def generation(self) -> int:
        return self._store.generation()

    def stats(self) -> Stats:
        return self._store.stats()

    def save(self) -> None:
        """Write the derived indexes, so that the next start need not rebuild them."""
        if not (self._writable and self._consistent):
            return
        with self._vectors_lock, self._words_lock:
            generation = min(self._sync_words(), self._sync_vectors())
            self._vectors.save()
            self._store.forget_tombstones(generation)

    def close(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._resources.close)
            self.save()
