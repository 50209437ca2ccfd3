"""A folder and a database that hold the same find the same."""

from __future__ import annotations

from index.corpus import Corpus, Filters
from index.documents import Document
from index.embedded import EmbeddedCorpus
from index.ingest import ingest
from index.postgres import PostgresCorpus
from index.read import read
from index.split import sentences
from tests.conftest import EXAMPLES, OpenEmbedded
from tests.fakes import FakeEmbedder
from tests.index.postgres.conftest import OpenPostgres

TOP, LEAST_OVERLAP = 10, 0.95


def best(corpus: Corpus, query: str, filters: Filters) -> tuple[list[str], list[str]]:
    """The passages that are found first, by vectors and by words."""
    by_vector = corpus.search_vector(FakeEmbedder().embed_queries([query])[0], TOP, filters)
    by_words = corpus.search_words(query, TOP, filters)
    passages = corpus.passages([hit.key for hit in by_vector + by_words])
    vectors, words = (
        [passages[hit.key].id for hit in hits] for hits in (by_vector, by_words)
    )  # fmt: skip
    return vectors, words


def overlap(ours: list[str], theirs: list[str]) -> float:
    return len(set(ours) & set(theirs)) / max(1, len(theirs))


def stored(corpus: EmbeddedCorpus | PostgresCorpus) -> list[Document]:
    assert {one.status for one in ingest(read(EXAMPLES), corpus, FakeEmbedder())} == {"added"}
    corpus.sync()
    return list(corpus.all_documents())


def test_the_top_ten_of_both_corpora_agree(
    open_embedded: OpenEmbedded, open_postgres: OpenPostgres
) -> None:
    folder, database = open_embedded(), open_postgres(graph_from=20)
    documents = stored(folder)
    assert stored(database) == documents
    publisher = next(one.publisher for one in documents if one.publisher)
    queries = [
        one.text[span.start : span.end] for one in documents for span in sentences(one.text)[:4]
    ]
    assert len(queries) > 30
    shares = [
        overlap(ours, theirs)
        for query in queries
        for filters in (Filters(), Filters(publisher=(publisher,)))
        for ours, theirs in zip(
            best(database, query, filters), best(folder, query, filters), strict=True
        )
        if theirs
    ]
    assert sum(shares) / len(shares) >= LEAST_OVERLAP
    folder.close()
