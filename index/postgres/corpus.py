"""A database of PostgreSQL -> one Corpus; see `index.corpus.Corpus`."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from index.corpus import NO_FILTERS, Change, Filters, Hit, Page, Stats
from index.documents import Document, Passage, Prepared, Vectors
from index.erasure import Receipt, Restricted, Restriction
from index.postgres import erase
from index.postgres.answers import Answers
from index.postgres.contents import PostgresContents
from index.postgres.driver import run
from index.postgres.graph import GraphBuilder
from index.postgres.pool import Pool
from index.postgres.reading import Reader
from index.postgres.search import MOST_SCORED
from index.postgres.stored import Stored
from index.postgres.writing import Writer
from index.versions import Version

# Seconds between two looks whether a replica has followed.
FOLLOW_PAUSE = 0.02


class PostgresCorpus:
    """Safe to use from several threads, and beside any number of other processes.

    The indexes are part of each transaction: what is written is found, and `sync` has nothing to
    do but to wait for a graph of vectors that is being made, which is not needed to find them.
    With a replica, reads are answered from there: `index_generation` says how far it is.
    """

    def __init__(
        self, pool: Pool, reader: Reader, writer: Writer, most_scored: int = MOST_SCORED
    ) -> None:
        self._pool, self._reader, self._writer = pool, reader, writer
        self._settling = threading.Lock()
        self._answers = Answers(reader, writer.model, writer.clock, self._settle, most_scored)
        self._stored = Stored(reader, writer.clock)
        self._graph = GraphBuilder(pool, writer.least_for_graph)

    def start(self) -> None:
        """Let a graph of the vectors be made, where it is due."""
        self._graph.start(self._answers.state(primary=True))

    # -- writing ----------------------------------------------------------------------------

    def upsert(self, batch: Sequence[Prepared]) -> list[Change]:
        if not batch:
            return []
        changes, state = self._writer.upsert(batch)
        self._graph.start(state)
        return changes

    @contextlib.contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """See `index.ingest.reindex`. Other writers wait, or are told that the corpus is busy."""
        with self._writer.replacing(identity) as replace:
            yield replace
        self._graph.tidy()

    def delete(self, document_ids: Sequence[str]) -> int:
        return self._writer.delete(document_ids)

    def texts(self, document_id: str) -> list[str]:
        return self._stored.texts(document_id)

    def erase(self, document_id: str, *, deleted: bool = False) -> Receipt | None:
        with self._writer.changing() as change:
            gone = erase.erase(change.link, document_id, change.now, deleted=deleted)
        if gone is None:
            return None
        self.finish_erasure()
        places = self._pool.ask(lambda link: erase.places_of(link, gone))
        return Receipt(
            gone.document_id, gone.at, gone.versions, len(gone.keys), gone.tombstone,
            tuple(places), gone.copies,
        )  # fmt: skip

    def finish_erasure(self) -> None:
        """Let no dead row hold what was erased.

        Raises:
            DiskFull, CorpusBusy, CorpusUnavailable: it is finished when claimdesk starts again.
        """
        with self._writer.changing(patient=True) as change:
            erase.forget_words(change.link)
        with self._pool.connection(patient=True) as link:
            erase.scrub(link)
        with self._writer.changing() as change:
            run(change.link, "UPDATE state SET erasing = false")

    def forget_erasure(self, document_id: str) -> bool:
        return self._writer.forget_erasure(document_id)

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool = False) -> bool:
        return self._writer.restrict(document_id, kind, lift=lift)

    def restricted(self) -> list[Restricted]:
        return self._stored.restricted()

    def _settle(self) -> None:
        """Let the moments that have passed take effect, if nobody did meanwhile."""
        with self._settling:
            if not self._answers.state(primary=True).is_settled(self._writer.clock()):
                self._writer.settle()

    # -- what is stored ---------------------------------------------------------------------

    def get(self, document_id: str) -> Document | None:
        return self._stored.get(document_id)

    def document_of(self, passage: Passage, filters: Filters = NO_FILTERS) -> Document | None:
        return self._stored.document_of(passage, filters)

    def versions(self, document_id: str, filters: Filters = NO_FILTERS) -> list[Version]:
        return self._stored.versions(document_id, filters)

    def groups_of(self, document_ids: Iterable[str]) -> dict[str, str | None]:
        return self._stored.groups_of(document_ids)

    def documents(
        self, cursor: str | None = None, limit: int = 100, filters: Filters = NO_FILTERS
    ) -> Page:
        return self._answers.documents(cursor, limit, filters)

    def all_documents(self) -> Iterator[Document]:
        return self._answers.all_documents()

    def stored_documents(self) -> Iterator[Document]:
        return self._stored.stored_documents()

    @property
    def contents(self) -> PostgresContents:
        return PostgresContents(self._writer)

    def content_hashes(self, document_ids: Iterable[str]) -> dict[str, str]:
        return self._stored.content_hashes(document_ids)

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        return self._answers.passages(keys)

    # -- what is found ----------------------------------------------------------------------

    def search_vector(self, vector: Vectors, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return self._answers.search_vector(vector, k, filters)

    def search_words(self, text: str, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        return self._answers.search_words(text, k, filters)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        return self._answers.score_vector(vector, keys)

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        return self._answers.score_words(text, keys)

    def words_ceiling(self, text: str) -> float:
        return self._answers.words_ceiling(text)

    def count_documents(self, filters: Filters) -> int:
        return self._answers.count_documents(filters)

    def count_passages(self, filters: Filters) -> int:
        return self._answers.count_passages(filters)

    def count_undated(self, filters: Filters) -> int:
        return self._answers.count_undated(filters)

    def count_withheld(self, filters: Filters) -> int:
        return self._answers.count_withheld(filters)

    def publishers(self, filters: Filters = NO_FILTERS) -> list[tuple[str, int]]:
        return self._answers.publishers(filters)

    # -- generations ------------------------------------------------------------------------

    def is_settled(self) -> bool:
        return self._answers.is_settled()

    def generation(self) -> int:
        return self._answers.settled_state(primary=True).generation

    def index_generation(self) -> int:
        return self._answers.state().generation

    def rebuilds(self) -> Mapping[str, int]:
        return {"vectors": self._graph.built}

    def sync(self) -> int:
        generation = self.generation()
        if self._graph.is_due(self._answers.state(primary=True)):
            self._graph.build()
            self._graph.wait()
        return generation

    def wait_until_indexed(self, generation: int, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.index_generation() < generation:
            if time.monotonic() >= until:
                return False
            time.sleep(min(FOLLOW_PAUSE, max(0.0, until - time.monotonic())))
        return True

    def connections(self) -> dict[str, int]:
        """Those to the database that is written; see `Pool.connections`."""
        return self._pool.connections()

    def stats(self) -> Stats:
        state = self._answers.settled_state()
        return Stats(state.documents, state.standing, state.generation)

    def close(self) -> None:
        self._graph.stop()
        self._reader.close()
        self._pool.close()
