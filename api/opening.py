"""Settings -> the corpus and the models that they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.address import Database
from api.settings import Settings
from index.corpus import Corpus, Embedder
from index.documents import Outcome
from index.embedded import open_corpus
from index.ingest import reindex
from retrieval.embed import CompiledEmbedder, load_embedder
from retrieval.stance import CompiledCrossEncoder, load_stance


def embedder_of(settings: Settings) -> CompiledEmbedder:
    """The embedding model of the settings.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    return load_embedder(
        settings.embedding_model, settings.cache, settings.threads, device=settings.device
    )


def stance_of(settings: Settings) -> CompiledCrossEncoder:
    """The stance model of the settings, which must not be `NO_MODEL`.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    return load_stance(
        settings.stance_model,
        settings.cache,
        settings.threads,
        settings.stance_precision,
        settings.device,
    )


def corpus_of(
    settings: Settings, embedder: Embedder, writable: bool, reindexing: bool = False
) -> Corpus:
    """The corpus of the settings, in a folder or in a database.

    Raises:
        CorpusError: it cannot be opened; the message says what to do.
    """
    place = settings.data
    if isinstance(place, Database):
        from index.postgres import open_corpus as open_database  # an extra, which most do without

        replica = settings.read_data
        return open_database(
            place.secret,
            identity=embedder.identity,
            dimension=embedder.dimension,
            writable=writable,
            reindexing=reindexing,
            read_address=replica.secret if replica else None,
            connections=settings.database_connections,
            seconds=settings.database_timeout,
            most_versions=settings.max_versions,
        )
    return open_corpus(
        place,
        identity=embedder.identity,
        dimension=embedder.dimension,
        writable=writable,
        vector_index=settings.vector_index,
        reindexing=reindexing,
        most_versions=settings.max_versions,
    )


@contextmanager
def reindexing(settings: Settings) -> Iterator[tuple[int, Iterator[Outcome]]]:
    """Yields the number of documents, and the outcome of each as it is split and embedded again.

    See `index.ingest.reindex`.
    """
    embedder = embedder_of(settings)
    corpus = corpus_of(settings, embedder, writable=True, reindexing=True)
    try:
        yield corpus.stats().documents, reindex(corpus, embedder)
    finally:
        corpus.close()
