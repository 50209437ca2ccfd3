"""The graph of vectors: when it is made, that it loses nothing, that it follows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import psycopg
import pytest

from index.corpus import Filters
from index.documents import document
from index.exact import ExactCorpus
from index.ingest import ingest, ingest_one, reindex
from index.postgres import PostgresCorpus
from index.postgres.search import Term, finding, needed
from index.postgres.state import State
from tests.corpus_contract import ids
from tests.fakes import FakeEmbedder
from tests.index.postgres.conftest import OpenPostgres

MANY, FEW = 400, 12


def stored(corpus: PostgresCorpus) -> PostgresCorpus:
    many = [
        document(f"m{n}", f"Word{n % 97} and w{n % 89} of {n}.", language="en", publisher="Many")
        for n in range(MANY)
    ]
    few = [
        document(f"f{n}", f"Word{n} of a few.", publisher="Few", language="en", access="few",
                 published_at=f"2020-01-{n + 1:02}")
        for n in range(FEW)
    ]  # fmt: skip
    list(ingest([*many, *few], corpus, FakeEmbedder()))
    corpus.sync()
    return corpus


def has_graph(address: str) -> bool:
    with psycopg.connect(address, options="-csearch_path=claimdesk,public") as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid::regclass::text"
            " LIKE 'vectors_graph%'"
        ).fetchone()
    assert found is not None
    return found == (1,)


@pytest.fixture
def corpora(open_postgres: OpenPostgres, database: str) -> tuple[PostgresCorpus, PostgresCorpus]:
    """The same documents with a graph and without."""
    with_it = stored(open_postgres(database, graph_from=100))
    assert has_graph(database)
    return with_it, stored(open_postgres())


def test_a_search_of_the_graph_finds_what_comparing_all_finds(
    corpora: tuple[PostgresCorpus, PostgresCorpus],
) -> None:
    with_it, without = corpora
    assert with_it.rebuilds() == {"vectors": 1}
    for words in ("word5 and w7", "w3 of a few", "word80 w80 80"):
        vector = FakeEmbedder().embed([words])[0]
        for filters in (
            Filters(), Filters(publisher=("few",)), Filters(access=()), Filters(access=("few",)),
            Filters(as_of=dt.date(2020, 1, 5)), Filters(publisher=("Nobody",)),
        ):  # fmt: skip
            exact = without.search_vector(vector, 20, filters)
            near = with_it.search_vector(vector, 20, filters)
            assert len(near) == len(exact)
            np.testing.assert_allclose(
                [hit.score for hit in near], [hit.score for hit in exact], atol=1e-6
            )


def test_the_graph_follows_what_is_written(
    corpora: tuple[PostgresCorpus, PostgresCorpus],
) -> None:
    corpus, _ = corpora
    vector = FakeEmbedder().embed(["a heron"])[0]
    ingest_one(document("heron", "A heron."), corpus, FakeEmbedder())
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["heron"]
    corpus.restrict("heron", "deindexed")
    assert "heron" not in ids(corpus, corpus.search_vector(vector, 99))
    corpus.restrict("heron", "deindexed", lift=True)
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["heron"]
    corpus.delete([f"m{n}" for n in range(MANY - 5)])
    assert len(corpus.search_vector(vector, 99)) == FEW + 5 + 1
    corpus.erase("heron")
    assert len(corpus.search_vector(vector, 99)) == FEW + 5


def test_a_reindex_makes_a_graph_of_its_own(open_postgres: OpenPostgres, database: str) -> None:
    stored(open_postgres(database, graph_from=100))
    model = FakeEmbedder(dimension=48)
    model.identity = "wide@1"
    corpus = open_postgres(database, embedder=model, graph_from=100, reindexing=True)
    list(reindex(corpus, model))
    assert has_graph(database)
    vector = model.embed(["Word5 of a few."])[0]
    assert ids(corpus, corpus.search_vector(vector, 1)) == ["f5"]


def test_a_graph_that_was_cut_off_is_made_by_the_next(
    open_postgres: OpenPostgres, database: str
) -> None:
    stored(open_postgres(database))
    with psycopg.connect(database, options="-csearch_path=claimdesk,public") as connection:
        connection.execute(
            "CREATE INDEX vectors_graph_1 ON vectors USING hnsw ((vector::halfvec(32))"
            " halfvec_ip_ops) WHERE model = 1 AND shown"
        )
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'vectors_graph_1'::regclass"
        )
    assert not has_graph(database)
    corpus = open_postgres(database, graph_from=100)
    corpus.sync()
    assert has_graph(database)


def test_the_commonest_terms_find_nothing_of_themselves() -> None:
    terms = [Term(1, 3), Term(2, 50), Term(3, 80), Term(4, 900)]
    assert finding(terms, passages=1_000, most=2_000) == 4
    assert finding(terms, passages=1_000, most=134) == 3
    assert finding(terms, passages=1_000, most=60) == 2
    assert finding(terms, passages=1_000, most=2) == 1


def test_words_that_are_too_common_are_scored_where_the_rare_ones_find_too_few(
    open_postgres: OpenPostgres, database: str
) -> None:
    exact = stored(open_postgres(database))
    bounded = open_postgres(database, most_scored=15)
    for filters in (Filters(publisher=("many",)), Filters()):
        wanted = exact.search_words("few and w7", 30, filters)
        assert len(wanted) == 30
        assert bounded.search_words("few and w7", 30, filters) == wanted
    # Twelve have the rare term, and are the best: no more are looked at for them.
    assert bounded.search_words("few and", 9) == exact.search_words("few and", 9)


def test_words_that_occur_often_score_as_the_reference(corpus: PostgresCorpus) -> None:
    reference = ExactCorpus()
    texts = [" ".join(["heron"] * n + ["otter"] * (12 - n) + [f"w{n}"]) for n in range(12)]
    for target in (corpus, reference):
        list(ingest([document(f"d{n}", text) for n, text in enumerate(texts)], target,
                    FakeEmbedder()))  # fmt: skip
    query = "herons, otters w3"
    ours = {hit.key: hit.score for hit in corpus.search_words(query, 20)}
    theirs = {hit.key: hit.score for hit in reference.search_words(query, 20)}
    assert len(theirs) == 12
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert corpus.score_words(query, [*theirs]) == pytest.approx(theirs, rel=1e-6)


def test_the_best_by_words_are_the_same_however_few_are_scored_at_first(
    open_postgres: OpenPostgres,
) -> None:
    corpus = open_postgres()
    rng = np.random.default_rng(3)
    words = [f"word{at}" for at in range(60)]
    share = 1 / np.arange(1, 61)
    texts = [" ".join(rng.choice(words, 20, p=share / share.sum())) for _ in range(300)]
    list(ingest([document(f"d{at}", text) for at, text in enumerate(texts)], corpus,
                FakeEmbedder()))  # fmt: skip
    queries = [" ".join(rng.choice(words, 7, p=share / share.sum())) for _ in range(12)]
    for k in (1, 10, 120):
        exact = [corpus.search_words(query, k) for query in queries]
        corpus._answers._first_scored = 20
        assert [corpus.search_words(query, k) for query in queries] == exact
        corpus._answers._first_scored = 2_000


def test_terms_that_reach_no_score_need_not_find() -> None:
    terms = [Term(1, 3), Term(2, 50), Term(3, 800), Term(4, 990)]
    state = State(1, 0, None, None, 1, None, None, 1_000, 50_000, 1_000, 1_000, False)
    assert needed(terms, state, least=0.0) == 4
    assert needed(terms, state, least=0.1) == 3
    assert needed(terms, state, least=1.0) == 2
    assert needed(terms, state, least=99.0) == 0
