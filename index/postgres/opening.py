"""The address of a database -> its corpus, open: upgraded, checked."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from index.contents import unfinished
from index.errors import CorpusError
from index.postgres import erase
from index.postgres.contents import PostgresContents
from index.postgres.corpus import PostgresCorpus
from index.postgres.driver import run
from index.postgres.graph import GRAPH_FROM
from index.postgres.pool import CONNECTIONS, SECONDS, Pool
from index.postgres.reading import Reader
from index.postgres.schema import check_version, migrate
from index.postgres.search import MOST_SCORED
from index.postgres.state import LOCK, read_state
from index.postgres.stored import Stored
from index.postgres.writing import Model, Writer
from index.recipe import check_recipes
from index.rights import Clock, utc_now
from index.versions import MOST_VERSIONS

log = logging.getLogger(__name__)
# Seconds until a question about all documents is given up.
CONTENTS_SECONDS = 600.0


def open_corpus(
    address: str,
    *,
    identity: str,
    dimension: int,
    writable: bool,
    reindexing: bool = False,
    read_address: str | None = None,
    connections: int = CONNECTIONS,
    seconds: float = SECONDS,
    clock: Clock = utc_now,
    most_versions: int = MOST_VERSIONS,
    graph_from: int = GRAPH_FROM,
    most_scored: int = MOST_SCORED,
) -> PostgresCorpus:
    """Open the corpus of a database, whose tables are made when they are missing and `writable`.

    Any number of processes may have it open, for writing too.

    Args:
        address: postgresql://user@host/database, as libpq reads it.
        identity, dimension: of the embedding model whose vectors are, or will be, stored.
        reindexing: let vectors of another model pass, for they are about to be replaced.
        read_address: of a replica that searches and reads go to while it answers.
        connections: how many this process has at most, to each of the two.
        seconds: until a connection, a lock or a statement is given up.
        clock: tells by which moment embargoes and expiries count.
        most_versions: most earlier versions of a document that are kept.
        graph_from: passages from which on searches walk a graph of vectors.
        most_scored: passages up to which a search of words scores all that have one of them.

    Raises:
        DriverMissing: the extra claimdesk[postgres] is not installed.
        CorpusUnavailable: the database cannot be reached.
        CorpusIncompatible: it is of another version of claimdesk, has no pgvector, or is filled by
            a move that was cut off; nothing was touched.
        EmbeddingMismatch: its vectors come from another embedding model.
        RecipeMismatch: its passages were made by a newer version of claimdesk.
    """
    pool = Pool(address, connections=connections, seconds=seconds)

    def replica() -> Pool:
        assert read_address is not None
        return Pool(read_address, connections=connections, seconds=seconds)

    reader = Reader(pool, replica if read_address is not None else None)
    model = Model(identity, dimension)
    try:
        _prepare(pool, model, writable=writable, reindexing=reindexing)
        if not reindexing:
            check_recipes(Stored(reader, clock).other_recipes())
        writer = Writer(pool, model, clock, most_versions, graph_from, writable)
        corpus = PostgresCorpus(pool, reader, writer, most_scored)
        if corpus.contents.unfinished() is not None:
            raise unfinished("this database")
        if writable:
            if pool.ask(erase.is_unfinished):
                _finish_erasure(corpus)
            corpus.start()
    except BaseException:
        reader.close()
        pool.close()
        raise
    return corpus


@contextlib.contextmanager
def open_contents(
    address: str, *, embedding: str | None = None, dimension: int | None = None
) -> Iterator[PostgresContents]:
    """All that is stored in a database.

    Args:
        embedding, dimension: of the model whose vectors will be put; without them, nothing is put.

    Raises:
        CorpusError: there is no corpus, and nothing is to be put.
        DriverMissing, CorpusUnavailable, CorpusIncompatible, EmbeddingMismatch: as `open_corpus`.
    """
    writable = embedding is not None
    model = Model(embedding or "", dimension or 0)
    pool = Pool(address, seconds=CONTENTS_SECONDS)
    try:
        _prepare(pool, model, writable=writable, reindexing=not writable)
        yield PostgresContents(Writer(pool, model, utc_now, MOST_VERSIONS, GRAPH_FROM, writable))
    finally:
        pool.close()


def _prepare(pool: Pool, model: Model, *, writable: bool, reindexing: bool) -> None:
    with pool.connection(patient=True) as link:
        if writable:
            migrate(link)
        else:
            check_version(link)
        state = read_state(link)
        if writable and state.embedding is None and not reindexing:
            with link.transaction():
                run(link, LOCK)
                run(
                    link,
                    "UPDATE state SET embedding = %s, dimension = %s WHERE embedding IS NULL",
                    [model.identity, model.dimension],
                )
                state = read_state(link)
    if not reindexing:
        model.check(state)


def _finish_erasure(corpus: PostgresCorpus) -> None:
    try:
        corpus.finish_erasure()
    except CorpusError as error:
        log.warning("rows may still hold what was erased; the next start tries again: %s", error)
