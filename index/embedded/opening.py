"""A folder -> its corpus, open: locked, upgraded, checked."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import filelock

from index.contents import unfinished
from index.embedded.answering import EmbeddingModel
from index.embedded.boundary import folder_errors, is_on_read_only
from index.embedded.contents import EmbeddedContents
from index.embedded.corpus import DATABASE, VECTORS, WORDS, EmbeddedCorpus
from index.embedded.store import Store
from index.embedded.vectors import Kind
from index.embedded.words import WordIndex, copy_for_reading
from index.errors import CorpusError, CorpusLocked, EmbeddingMismatch
from index.recipe import check_recipes
from index.rights import Clock, utc_now
from index.versions import MOST_VERSIONS

log = logging.getLogger(__name__)


def open_corpus(
    folder: Path,
    *,
    identity: str,
    dimension: int,
    writable: bool,
    vector_index: Kind = "auto",
    reindexing: bool = False,
    clock: Clock = utc_now,
    most_versions: int = MOST_VERSIONS,
) -> EmbeddedCorpus:
    """Open the corpus in `folder`, which is made when it is missing and `writable` is set.

    The indexes are brought up to date first, which takes long only where they are missing,
    damaged or far behind. Where they cannot be, because the disk is full for instance, a warning
    says so and the corpus answers from what they hold.

    Args:
        identity, dimension: of the embedding model whose vectors are, or will be, stored.
        reindexing: let vectors of another model pass, for they are about to be replaced.
        clock: tells by which moment embargoes and expiries count.
        most_versions: most earlier versions of a document that are kept.

    Raises:
        CorpusLocked: another process has it open for writing.
        FolderReadOnly: the folder cannot be written.
        CorpusIncompatible: made by another version of claimdesk, or filled by a move that was cut
            off; nothing was touched.
        EmbeddingMismatch: its vectors come from another embedding model.
        RecipeMismatch: its passages were made by a newer version of claimdesk.
    """
    with contextlib.ExitStack() as stack:
        if writable:
            with folder_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)
            stack.callback(_lock(folder).release)
            _warn_of_lost_documents(folder)
        else:
            _settle(folder, clock)
        store = Store(
            folder / DATABASE, writable=writable, clock=clock, most_versions=most_versions
        )  # fmt: skip
        stack.callback(store.close)
        _check_finished(store, folder)
        if not reindexing:
            _check_identity(store, identity, writable)
            check_recipes(store.recipes())
        words_folder = folder / WORDS
        unfinished = writable and store.has_unfinished_erasure()
        if unfinished:  # a process was killed in the middle
            for derived in (folder / VECTORS, words_folder):
                shutil.rmtree(derived, ignore_errors=True)
        if not writable:
            words_folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / WORDS
            copy_for_reading(folder / WORDS, words_folder)
        words = WordIndex(words_folder, store.identity())
        model = EmbeddingModel(identity, dimension, vector_index)
        corpus = EmbeddedCorpus(
            store, words, folder / VECTORS, model, writable, clock, lambda: _settle(folder, clock)
        )
        stack.callback(corpus.stop_indexing)
        resources = stack.pop_all()
        try:
            corpus.start_indexing(resources)
        except BaseException:
            resources.close()
            raise
        if unfinished:
            _finish_erasure(corpus)
        return corpus


def _finish_erasure(corpus: EmbeddedCorpus) -> None:
    try:
        corpus.finish_erasure()
    except CorpusError as error:
        log.warning("files may still hold what was erased; the next start tries again: %s", error)


def _settle(folder: Path, clock: Clock) -> None:
    """Let the moments that have passed take effect, for a corpus that only reads.

    Where another process has the folder open for writing, that one does it.
    """
    path = folder / DATABASE
    if not path.exists():
        return
    with contextlib.suppress(CorpusError, OSError):
        reader = Store(path, writable=False)
        try:
            settled, moment = reader.settled(), reader.next_moment()
        finally:
            reader.close()
        now = clock()
        if moment <= now or (settled is not None and now < settled):
            with locked(folder), contextlib.closing(Store(path, writable=True, clock=clock)) as it:
                it.settle()


def _check_finished(store: Store, folder: Path) -> None:
    if EmbeddedContents(store).unfinished() is not None:
        raise unfinished(str(folder))


@contextlib.contextmanager
def open_contents(folder: Path, *, embedding: str | None = None) -> Iterator[EmbeddedContents]:
    """All that is stored in a folder, without indexes; nobody else writes to it meanwhile.

    Args:
        embedding: identity of the model whose vectors will be put; without it, nothing is put.

    Raises:
        CorpusError: there is no corpus, and nothing is to be put.
        CorpusLocked: another process has it open for writing.
        CorpusIncompatible: made by another version of claimdesk; nothing was touched.
        EmbeddingMismatch: its vectors come from another embedding model.
    """
    if embedding is None and not exists(folder):
        raise CorpusError(f"no corpus in {folder}: add documents first")
    with contextlib.ExitStack() as stack:
        if embedding is not None or not is_on_read_only(folder):
            with folder_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(folder))
        store = Store(folder / DATABASE, writable=embedding is not None)
        stack.callback(store.close)
        if embedding is not None:
            _check_identity(store, embedding, writable=True)
        yield EmbeddedContents(store)


def exists(folder: Path) -> bool:
    """Whether there is a corpus in the folder."""
    return (folder / DATABASE).is_file()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder, which nobody else writes to meanwhile. Raises: CorpusLocked."""
    lock = _lock(folder)
    try:
        yield
    finally:
        lock.release()


def _lock(folder: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(folder / "writer.lock", timeout=0)
    try:
        with folder_errors(folder):
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
        raise EmbeddingMismatch.between(stored, identity)
