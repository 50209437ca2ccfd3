"""Questions of searches, scores and counts, each one SQL statement."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.bm25 import K1, MAX_QUERY_TERMS, B, idf
from index.corpus import Filters
from index.documents import Vectors
from index.postgres import counts
from index.postgres.filters import Condition, of_passages
from index.postgres.pool import SEARCH_DEPTH
from index.postgres.state import State

# Passages up to which all that have one of a query's terms are scored. Beyond, its commonest terms
# find none of themselves while the others find enough (and count for the score all the same).
MOST_SCORED = 25_000
# Share of the passages from which on it is quicker to score all than to look terms up.
SCORE_ALL_FROM = 0.25
# Of a term that is commoner than this, alone in its query, only so many passages are scored.
MOST_COUNTED = 200_000


def nearest(vector: Vectors, k: int, filters: Filters, state: State, *, graph: bool) -> Condition:
    """The k passages of highest inner product: rows of key and score.

    Args:
        graph: whether to walk the graph of vectors of 16-bit numbers, whose nearest are compared
            again by those of 32, or else to compare them all.
    """
    where, values = of_passages(filters)
    values |= {"vector": vector, "k": k, "depth": max(2 * k, SEARCH_DEPTH)}
    rows = "vectors"
    where = f"model = {state.model} AND {where}"
    if graph:
        half = f"halfvec({state.dimension})"
        rows = (
            f"(SELECT key, vector FROM vectors WHERE {where}"
            f" ORDER BY vector::{half} <#> %(vector)s::vector::{half} LIMIT %(depth)s) near"
        )
        where = "true"
    return (
        f"SELECT key, -(vector <#> %(vector)s::vector) AS score FROM {rows} WHERE {where}"
        " ORDER BY vector <#> %(vector)s::vector, key LIMIT %(k)s",
        values,
    )


def products(vector: Vectors, keys: Sequence[int], state: State) -> Condition:
    """The inner product with each of these passages: rows of key and score."""
    return (
        "SELECT key, -(vector <#> %(vector)s::vector) AS score FROM vectors"
        f" WHERE key = ANY(%(keys)s) AND model = {state.model} AND shown",
        {"vector": vector, "keys": list(keys)},
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a query: its number, and how many of the shown passages have it."""

    number: int
    having: int

    def idf(self, passages: int) -> float:
        return idf(passages, self.having)


def rarest(terms: Sequence[Term]) -> list[Term]:
    """The terms that a query counts, the rarest first."""
    return heapq.nsmallest(MAX_QUERY_TERMS, terms, key=lambda term: (term.having, term.number))


def finding(terms: Sequence[Term], passages: int, most: int) -> int:
    """The number of terms to find passages by: the rarest ones that together are in no more than
    `most` passages; at least one."""
    if passages <= most:
        return len(terms)
    found, total = 0, 0
    for term in terms:
        total += term.having
        if found and total > most:
            break
        found += 1
    return found


def needed(terms: Sequence[Term], state: State, least: float) -> int:
    """The number of terms, the rarest first, that passages must be found by: one that has none of
    these stays below the score `least`, whichever of the other terms it has (MaxScore: Turtle,
    Flood, IPM 1995)."""
    number, rest = len(terms), 0.0
    for term in reversed(terms):
        rest += (K1 + 1) * term.idf(state.passages)
        if rest >= least:
            break
        number -= 1
    return number


def ceiling_of(terms: Sequence[Term], state: State) -> float:
    """The BM25 that no passage exceeds for these terms."""
    return sum((K1 + 1) * term.idf(state.passages) for term in terms)


def best_by_words(
    terms: Sequence[Term], finders: int, k: int, filters: Filters, state: State
) -> Condition:
    """The k passages of highest BM25 among those that the first terms find, or among all: then
    there may be some of score 0.

    Args:
        terms: all that count for the score.
    """
    where, values = of_passages(filters)
    values["k"] = k
    found = sum(term.having for term in terms[:finders])
    if finders < len(terms) or found < SCORE_ALL_FROM * state.passages:
        where = f"words && %(found_by)s::int[] AND {where}"
        values["found_by"] = [term.number for term in terms[:finders]]
    score, weights = _bm25(terms, where, state)
    return f"{score} ORDER BY score DESC, key LIMIT %(k)s", values | weights


def bm25_of(terms: Sequence[Term], keys: Sequence[int], state: State) -> Condition:
    """The BM25 of each of these passages: rows of key and score, which may be 0."""
    score, weights = _bm25(terms, "key = ANY(%(keys)s) AND shown", state)
    return score, weights | {"keys": list(keys)}


def _bm25(terms: Sequence[Term], where: str, state: State) -> Condition:
    """Rows of key and BM25 of the passages where that holds. Only numbers are put into the SQL."""
    weights = [(term.number, term.idf(state.passages)) for term in terms]
    levels = range(1, counts.LEVELS + 2)
    values = {f"at_{level}": counts.of_query(weights, level) for level in levels}
    sums = ", ".join(f"-(counts <#> %(at_{level})s::sparsevec) AS at_{level}" for level in levels)
    # A number with a point is none of floating point to PostgreSQL, and slow.
    usual = " + ".join(
        f"{level}::float8 * at_{level} / ({level}::float8 + norm)" for level in levels[:-1]
    )
    # count / (count + norm), with the product that gives the count but once.
    larger = " + ".join(
        f"{weight!r}::float8 * (1 - norm / (norm - (counts <#> {counts.larger_count(number)})))"
        for number, weight in weights
    )
    norm = f"{K1 * (1 - B)!r}::float8 + {K1 * B / state.mean_length!r}::float8 * length"
    return (
        f"SELECT key, {K1 + 1!r}::float8 * ({usual}"
        f" + CASE at_{levels[-1]} WHEN 0 THEN 0 ELSE {larger} END) AS score"
        f" FROM (SELECT key, counts, {norm} AS norm, {sums} FROM passages"
        f" WHERE {where} LIMIT {MOST_COUNTED}) counted",
        values,
    )


def terms_of(rows: Sequence[Any], terms: Sequence[str]) -> tuple[list[Term], int]:
    """The terms of a query that some shown passage has, from rows of word, number and frequency,
    and how many others there are."""
    known = [Term(number, having) for _, number, having in rows if having]
    return rarest(known), len(set(terms)) - len(known)
