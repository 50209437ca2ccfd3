"""Columns beside the vectors: what they admit is what `Filters.admits` says, at every step."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import Filters
from index.documents import Document, document
from index.embedded.corpus import DATABASE
from index.embedded.filters import columns_of
from index.embedded.store import Store
from index.embedded.vectors import VectorIndex, build
from index.ingest import ingest
from tests.conftest import OpenEmbedded
from tests.corpus_contract import RECALL_FLOOR, fill, sample
from tests.fakes import FakeEmbedder

DAYS = st.none() | st.dates(dt.date(2019, 12, 30), dt.date(2020, 2, 2))
NAMES = st.lists(st.sampled_from(["Wire", "HERALD", " wire", "Nobody"]), max_size=2)
LANGUAGES = st.lists(st.sampled_from(["en", "fr", "de"]), max_size=2)
FILTERS = st.builds(
    Filters,
    publisher=NAMES.map(tuple),
    language=LANGUAGES.map(tuple),
    as_of=DAYS,
    include_undated=st.booleans(),
    published_after=DAYS,
)


def stored_columns(tmp_path: Path):
    store = Store(tmp_path / "data" / DATABASE, writable=False)
    with store.snapshot() as snapshot:
        columns = columns_of(snapshot)
    documents = {one.id: one for one in store.all_documents()}
    owners = [passage.document_id for passage in store.passages(columns.keys.tolist()).values()]
    store.close()
    return columns, [documents[id] for id in owners]


@pytest.fixture(scope="module")
def columns_and_documents(tmp_path_factory: pytest.TempPathFactory):
    from index.embedded import open_corpus

    tmp_path, model = tmp_path_factory.mktemp("filters"), FakeEmbedder()
    corpus = open_corpus(
        tmp_path / "data", identity=model.identity, dimension=model.dimension, writable=True
    )
    documents = [replace(one, publisher=None) if at % 7 == 0 else one
                 for at, one in enumerate(sample(60))]  # fmt: skip
    long = " ".join(f"Sentence {n} of a long document about a river." for n in range(9))
    list(ingest([*documents, document("long", long, publisher="The Wire")], corpus, model))
    corpus.close()
    return stored_columns(tmp_path)


@given(filters=FILTERS)
def test_a_mask_admits_what_the_definition_admits(columns_and_documents, filters: Filters) -> None:
    columns, documents = columns_and_documents
    assert columns.mask(filters).tolist() == [filters.admits(one) for one in documents]
    unique = {one.id: one for one in documents}.values()
    assert columns.count_documents(filters) == sum(filters.admits(one) for one in unique)
    hidden = [
        one for one in unique
        if one.published_at is None and not filters.admits(one)
        and filters.without_dates().admits(one)
    ]  # fmt: skip
    assert columns.count_undated(filters) == len(hidden)


def test_caught_up_columns_are_those_built_anew(open_embedded: OpenEmbedded) -> None:
    corpus = open_embedded()
    columns = None
    for step in range(4):
        list(ingest(sample(40)[step * 10 : step * 10 + 10], corpus, FakeEmbedder()))
        corpus.delete([f"d{step * 10}", f"d{step}"])
        new = document(f"d{step * 10 + 1}", "Now another text.", publisher=f"Paper {step}")
        list(ingest([new], corpus, FakeEmbedder()))
        with corpus._store.snapshot() as snapshot:
            columns, fresh = columns_of(snapshot, columns), columns_of(snapshot)
        for name in ("keys", "days", "first"):
            assert np.array_equal(getattr(columns, name), getattr(fresh, name))
        for filters in (Filters(publisher=("paper 2", "Wire")), Filters(language=("fr",))):
            assert np.array_equal(columns.mask(filters), fresh.mask(filters))
        assert columns.publisher_counts() == fresh.publisher_counts()
        assert columns.generation == fresh.generation == corpus.generation()
    corpus.close()


def test_a_filtered_search_reads_no_table(open_embedded: OpenEmbedded) -> None:
    writer = open_embedded()
    fill(writer, sample(60))
    writer.close()
    corpus = open_embedded(writable=False)  # without a thread that reads beside the search
    statements: list[str] = []
    connections = [*corpus._store.connections.idle]
    assert connections
    for connection in connections:
        connection.set_trace_callback(statements.append)
    filters = Filters(("Wire",), ("en",), dt.date(2020, 1, 20), published_after=dt.date(2020, 1, 2))
    vector = FakeEmbedder().embed(["river"])[0]
    hits = corpus.search_vector(vector, 20, filters) + corpus.search_words("river", 20, filters)
    corpus.count_documents(filters)
    corpus.count_undated(filters)
    corpus.publishers()
    assert [*corpus._store.connections.idle] == connections
    assert statements == []
    assert hits
    corpus.passages([hits[0].key])
    assert len(statements) == 1
    corpus.close()


@pytest.fixture(scope="module", params=["hnsw", "ivf", "flat"])
def index_and_vectors(request: pytest.FixtureRequest) -> tuple[VectorIndex, np.ndarray]:
    """Vectors about 200 centres, as passages lie about subjects."""
    random = np.random.default_rng(5)
    centres = random.standard_normal((200, 32))
    vectors = centres[random.integers(200, size=20_000)] + 0.5 * random.standard_normal(
        (20_000, 32)
    )
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return build(lambda: [(range(20_000), vectors)], 20_000, 32, request.param), vectors


@pytest.mark.parametrize("share", [0.0005, 0.1, 0.3, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("by", ["chance", "subject"])
def test_filters_over_many_passages_lose_few(
    index_and_vectors: tuple[VectorIndex, np.ndarray], share: float, by: str
) -> None:
    """Beside every admitted vector compared, whether or not the filter goes with the subject."""
    index, vectors = index_and_vectors
    random = np.random.default_rng(6)
    by_subject = vectors @ vectors[0]
    order = random.random(len(vectors)) if by == "chance" else by_subject
    admitted = order <= np.quantile(order, share)
    found = wanted = 0
    for query in vectors[random.integers(len(vectors), size=20)]:
        scores = np.where(admitted, vectors @ query, -2)
        best = np.sort(scores)[::-1][: min(20, admitted.sum())]
        hits = index.search(query, 20, admitted)
        assert len(hits) == len(best)
        assert all(admitted[hit.key] for hit in hits)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        found += sum(hit.score >= best[-1] - 1e-3 for hit in hits)
        wanted += len(best)
    assert found / wanted >= RECALL_FLOOR


def test_names_as_an_earlier_version_stored_them(open_embedded: OpenEmbedded, tmp_path) -> None:
    corpus = open_embedded()
    fill(corpus, [Document("a", "Words here.", publisher="Wire", language="en")])
    corpus.close()
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        database.execute("UPDATE documents SET publisher = ' the   Wire ', language = 'English'")
    database.close()
    again = open_embedded()
    for filters in (Filters(("The Wire",)), Filters(language=("en",))):
        assert again.count_documents(filters) == 1
    again.close()
