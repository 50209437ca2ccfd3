"""Passages of a snapshot -> word index (tantivy): caught up or built, never trusted."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from index.checksum import checksum
from index.corpus import language_key, name_key
from index.embedded.boundary import index_errors
from index.embedded.snapshot import BEFORE_ALL, Snapshot, Text, needs_rebuild
from index.embedded.wordsearch import (
    EARLIER,
    NAME,
    NOW,
    ROW,
    UNDATED,
    WordSearcher,
    group_term,
    schema,
)
from index.errors import CorpusCorrupt, CorpusError, DiskFull, IndexUnavailable
from index.recipe import RECIPE
from index.split import embedding_text
from index.terms import ANALYZER, analyzer, searchable

log = logging.getLogger(__name__)
# Bytes of memory in which tantivy gathers rows before it writes a segment.
WRITER_BYTES = 64 * 2**20
# Name of the file that says what the folder holds.
STAMP = "stamp"


class WordIndex:
    """Keeps a `WordSearcher` at the store's generation. One thread at a time may `sync` it.

    Its folder holds tantivy's files and a stamp with corpus, generation, recipe and the checksum
    of each file. Only one process may write a folder: one that reads works on a copy of its own.
    """

    def __init__(self, folder: Path, corpus: str) -> None:
        self._folder, self._corpus = folder, corpus
        self._index: tantivy.Index | None = None
        self._schema = schema()
        self._checksums: dict[str, str] = {}
        self._in_memory = False
        # A copy that was made while another process wrote may say more than it holds.
        self._counted = False
        self._rebuilt_at: int | None = None
        self.rebuilds = 0
        """How often it was built from nothing."""
        self.searcher: WordSearcher | None = None
        """What answers now; None until the first `sync` where the folder held nothing usable."""
        try:
            with index_errors(NAME, folder):
                self._load()
        except CorpusError as error:
            log.warning("the word index is damaged and is built anew: %s", error)
            self.forget(on_disk=False)

    def forget(self, *, on_disk: bool) -> None:
        """Answer no more from what there is; the next `sync` builds the index anew."""
        self._index = self.searcher = None
        if on_disk:
            (self._folder / STAMP).unlink(missing_ok=True)

    def _load(self) -> None:
        if not (self._folder / STAMP).exists():
            if self._folder.exists() and any(self._folder.iterdir()):
                log.info("the word index in %s was never finished", self._folder)
            return
        stamp = self._stamp()
        if stamp is None:
            return
        generation, checksums = stamp
        # A file that the stamp lacks was written after it, and its step is done again; one that
        # is no longer in use was merged into such a file.
        for name in files_in_use(self._folder, checksums):
            if checksum(self._folder / name) != checksums[name]:
                raise CorpusCorrupt(f"{name} is not what was written")
        self._open(str(self._folder))
        self._checksums = checksums
        self._publish(generation)

    def _stamp(self) -> tuple[int, dict[str, str]] | None:
        """Generation and checksums of the files; None where another corpus or recipe made them."""
        try:
            stamp = json.loads((self._folder / STAMP).read_text())
            made = stamp["corpus"], stamp["recipe"]
            found = int(stamp["generation"]), dict(stamp["files"])
        except (ValueError, KeyError, TypeError):
            log.info("the word index was made by another version of claimdesk")
            return None
        if made != (self._corpus, RECIPE.of_word_index):
            log.info("the word index is of another corpus or version of claimdesk")
            return None
        return found

    def _open(self, path: str | None) -> None:
        """Open the index at a path, or an empty one in memory."""
        self._index = tantivy.Index(self._schema, path=path, reuse=True)
        self._index.register_tokenizer(ANALYZER, analyzer())
        self._index.config_reader(reload_policy="manual")
        self._in_memory = path is None

    def _publish(self, generation: int) -> None:
        assert self._index is not None
        self._index.reload()
        self.searcher = WordSearcher(
            generation, self._schema, self._index.searcher(), self._folder
        )  # fmt: skip

    def sync(self, snapshot: Snapshot, *, damaged: bool = False) -> None:
        """Bring `searcher` to the snapshot's generation; where that fails the earlier one stays.

        Args:
            damaged: a search failed: the index is built anew, but once per generation.

        Raises:
            DiskFull: it cannot be written; nothing is lost.
            IndexUnavailable: it could not be built either.
        """
        if damaged or self.searcher is None or self._index is None:
            self._rebuild(snapshot)
        elif self.searcher.generation == snapshot.generation:
            if not self._counted and not self._complete(snapshot):
                self._rebuild(snapshot)
        else:
            try:
                caught_up = self._caught_up(snapshot)
            except IndexUnavailable as error:
                log.warning("the word index cannot be caught up and is built anew: %s", error)
                caught_up = False
            if not caught_up:
                self._rebuild(snapshot)

    def build_anew(self, snapshot: Snapshot) -> None:
        """Build the index from nothing, whatever it holds. Raises: as `sync`."""
        self._rebuilt_at = None
        self._rebuild(snapshot)

    def _caught_up(self, snapshot: Snapshot) -> bool:
        """Whether what came since could be added; False where the index has to be built anew."""
        earlier = self.searcher
        assert earlier is not None
        with index_errors(NAME, self._folder):
            deleted = snapshot.deleted_since(earlier.generation)
            if deleted is None:
                return False
            # What came and went between two steps was never in the index.
            dead = earlier.rows - int(earlier.searcher.num_docs) + earlier.holding(deleted)
            if needs_rebuild(dead, snapshot.passages):
                return False
            self._write(snapshot, earlier.generation, deleted)
        if not self._complete(snapshot):
            self.searcher = earlier
            return False
        return True

    def _rebuild(self, snapshot: Snapshot) -> None:
        """Build the index from nothing: in memory where the disk is full and nothing answers."""
        if self._rebuilt_at == snapshot.generation:
            raise IndexUnavailable(
                "the word index failed again after it was built anew: it is tried again after the "
                "next write, or when claimdesk is started again"
            )
        self.rebuilds += 1
        answering, self._rebuilt_at, self._index = self.searcher, snapshot.generation, None
        try:
            with index_errors(NAME, self._folder):
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder.mkdir(parents=True, exist_ok=True)
                self._checksums = {}
                self._open(str(self._folder))
                self._write(snapshot, BEFORE_ALL, [])
        except DiskFull:
            self._rebuilt_at = self._index = None  # worth another try
            if answering is not None:
                raise
            log.warning("the disk is full: the word index is kept in memory until there is space")
            with index_errors(NAME, self._folder):
                self._open(None)
                self._write(snapshot, BEFORE_ALL, [])
        except BaseException:
            self._index = None  # it holds a part; the searcher that answered goes on
            raise
        if not self._complete(snapshot):
            self.forget(on_disk=True)
            raise IndexUnavailable("the word index does not hold what was written to it")

    def _complete(self, snapshot: Snapshot) -> bool:
        assert self.searcher is not None
        self._counted = True
        held: int = self.searcher.searcher.num_docs
        if held != snapshot.passages:
            log.warning("the word index holds %d of %d passages", held, snapshot.passages)
        return held == snapshot.passages

    def _write(self, snapshot: Snapshot, generation: int, deleted: Sequence[int]) -> None:
        """Add what came after a generation, remove what is deleted, publish, leave a stamp."""
        assert self._index is not None
        writer = self._index.writer(WRITER_BYTES, 1)
        try:
            for key in deleted:
                writer.delete_documents_by_term("key", key)
            for text in snapshot.texts_since(generation):
                # A process that was killed before it left its stamp does this step again.
                if generation != BEFORE_ALL:
                    writer.delete_documents_by_term("key", text.key)
                writer.add_document(_row(text))
            writer.commit()
        finally:
            writer.wait_merging_threads()
        self._publish(snapshot.generation)
        if not self._in_memory:
            self._leave_stamp(snapshot.generation)

    def _leave_stamp(self, generation: int) -> None:
        names = files_in_use(self._folder, (file.name for file in self._folder.iterdir()))
        # A file never changes under its name.
        self._checksums = {
            name: self._checksums.get(name) or checksum(self._folder / name) for name in names
        }
        draft = self._folder / f"{STAMP}.new"
        stamp = {
            "corpus": self._corpus, "generation": generation,
            "recipe": RECIPE.of_word_index, "files": self._checksums,
        }  # fmt: skip
        draft.write_text(json.dumps(stamp))
        draft.replace(self._folder / STAMP)


def _row(text: Text) -> tantivy.Document:
    row = tantivy.Document()
    row.add_text(ROW, ROW)
    row.add_integer("key", text.key)
    row.add_text("text", searchable(embedding_text(text.title, text.text)))
    day, since, until = text.published_at, text.period.since, text.period.until
    row.add_integer("day", day.toordinal() if day else UNDATED)
    row.add_integer("since", since.toordinal() if since else UNDATED)
    row.add_integer("until", until.toordinal() if until else NOW)
    if until is not None:
        row.add_text(EARLIER, EARLIER)
    row.add_text("access", group_term(text.access))
    if text.publisher is not None:
        row.add_text("publisher", name_key(text.publisher))
    if text.language is not None:
        row.add_text("language", language_key(text.language))
    return row


def files_in_use(folder: Path, names: Iterable[str]) -> list[str]:
    """Those of the names that belong to a segment. Raises: OSError, ValueError."""
    segments = _segments(folder)
    return [name for name in names if _in_use(name, segments)]


def _segments(folder: Path) -> dict[str, str]:
    """Name of each segment, with the stamp of the file that lists its deleted rows, if any.

    Raises:
        OSError, ValueError: the list of segments cannot be read.
    """
    try:
        listed = json.loads((folder / "meta.json").read_text())["segments"]
        return {
            one["segment_id"].replace("-", ""): str((one.get("deletes") or {}).get("opstamp", ""))
            for one in listed
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"meta.json lists no segments: {error!r}") from error


def _in_use(name: str, segments: dict[str, str]) -> bool:
    """Whether a file belongs to a segment; others that lie there are about to be removed."""
    segment, _, rest = name.partition(".")
    deletes = segments.get(segment)
    if deletes is None:
        return False
    return not rest.endswith(".del") or rest == f"{deletes}.del"


def copy_for_reading(folder: Path, to: Path) -> None:
    """A copy of the folder that another process writes, as links where the file system can.

    A file never changes under its name, so the copy stays as it is. A file that is gone meanwhile
    makes the copy unreadable, and it is built anew.
    """

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            shutil.copy2(source, target)

    with contextlib.suppress(OSError, shutil.Error):
        # The writer's locks are its own.
        shutil.copytree(
            folder, to, copy_function=link, ignore=shutil.ignore_patterns("*.lock")
        )  # fmt: skip
