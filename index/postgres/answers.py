"""What is found, counted and listed: each answer is of one state of the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from cachetools import LRUCache

from index.bm25 import K1, idf
from index.corpus import NO_FILTERS, Filters, Hit, Page, name_key
from index.documents import Document, Passage, Vectors
from index.errors import CorpusBusy, CorpusError
from index.postgres import filters as conditions
from index.postgres import search
from index.postgres.driver import Row, fetch
from index.postgres.filters import Condition
from index.postgres.reading import Reader
from index.postgres.restrictions import NOT_DEINDEXED
from index.postgres.rows import COLUMNS, LISTED, PASSAGE, document_of, passage_of
from index.postgres.state import COLUMNS as STATE
from index.postgres.state import WIDTH, State, read_state, state_of
from index.postgres.writing import Model
from index.rights import Clock
from index.terms import terms

# How often a question is asked that others' writes interfere with, and counts that are remembered.
TRIES, REMEMBERED = 8, 1_000
# Rows that are read at a time.
TOGETHER = 200
# Passages that are scored at first, which tell how many more have to be.
FIRST_SCORED = 2_000


class Answers:
    """Reads a corpus. Safe to use from several threads."""

    def __init__(
        self,
        reader: Reader,
        model: Model,
        clock: Clock,
        settle: Callable[[], None],
        most_scored: int,
    ) -> None:
        """
        Args:
            settle: lets the moments that have passed take effect.
            most_scored: see `index.postgres.search.MOST_SCORED`.
        """
        self._most_scored, self._first_scored = most_scored, min(FIRST_SCORED, most_scored)
        self._reader, self._model, self._clock, self._settle = reader, model, clock, settle
        self._state: State | None = None
        self._counted: LRUCache[Hashable, Any] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    # -- states -----------------------------------------------------------------------------

    def state(self, *, primary: bool = False) -> State:
        """Where the corpus stands, whatever moments have passed."""
        return self._reader.ask(read_state, primary=primary)

    def settled_state(self, *, primary: bool = False) -> State:
        state, _ = self._ask(lambda _: ("SELECT 1", {}), primary=primary)
        return state

    def _ask(
        self, question: Callable[[State], Condition], *, primary: bool = False
    ) -> tuple[State, list[Row]]:
        """The rows that answer a question, and the state that they are of.

        Args:
            question: makes the SQL, given the state that was seen last: its model, its dimension,
                whether there is a graph.
        """
        for number in range(TRIES):
            used = self._state or self.state()
            sql, values = question(used)
            asked = (
                f"SELECT {STATE}, answer.* FROM state LEFT JOIN LATERAL"
                f" (SELECT true, found.* FROM ({sql}) found) answer ON true"
            )
            found = self._reader.ask(
                lambda link, asked=asked, values=values: fetch(link, asked, values),  # type: ignore[misc]
                # A replica may not have followed yet.
                primary=primary or number > 1,
            )
            state = self._state = state_of(found[0])
            if not state.is_settled(self._clock()):
                self._settle()
            elif (used.model, used.dimension) == (state.model, state.dimension):
                return state, [row[WIDTH + 1 :] for row in found if row[WIDTH]]
        raise CorpusBusy("the corpus changes all the time: try again later")

    def _remembered(self, name: Hashable, count: Callable[[], tuple[State, Any]]) -> Any:
        """A count of the state that is there: counted once."""
        state = self.settled_state()
        with self._lock:
            known = self._counted.get((state.generation, name))
        if known is None:
            state, known = count()
            with self._lock:
                self._counted[state.generation, name] = known
        return known

    # -- searches ---------------------------------------------------------------------------

    def search_vector(self, vector: Vectors, k: int, filters: Filters) -> list[Hit]:
        if k < 1:
            return []
        state, found = self._ask(
            lambda state: search.nearest(
                vector, k, filters, self._checked(state), graph=state.graph
            )
        )
        if state.graph and len(found) < k:  # the filters keep out most of what is near
            _, found = self._ask(
                lambda state: search.nearest(vector, k, filters, state, graph=False)
            )
        return _hits(found)

    def score_vector(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        if not keys:
            return {}
        _, found = self._ask(lambda state: search.products(vector, keys, self._checked(state)))
        return dict(found)

    def _checked(self, state: State) -> State:
        self._model.check(state)
        return state

    def search_words(self, text: str, k: int, filters: Filters) -> list[Hit]:
        if k < 1:
            return []

        found, of, state, finders = self._found_by(
            text,
            k,
            filters,
            lambda of, state: search.finding(of, state.passages, self._first_scored),
        )
        while finders < len(of):
            most = search.finding(of, state.passages, self._most_scored)
            least = found[k - 1].score if len(found) == k else 0.0
            needed = search.needed(of, state, least)
            if needed <= finders or (len(found) == k and finders >= most):
                break
            more = max(finders + 1, min(needed, most))
            found, of, state, finders = self._found_by(
                text,
                k,
                filters,
                lambda of, _, more=more: min(more, len(of)),  # type: ignore[misc]
            )
        return found

    def _found_by(
        self,
        text: str,
        k: int,
        filters: Filters,
        finders: Callable[[list[search.Term], State], int],
    ) -> tuple[list[Hit], list[search.Term], State, int]:
        """The best passages among those that have one of the rarest terms of a text.

        Args:
            finders: how many terms these are, given all of them and the state.

        Returns:
            The passages; the terms of the text, the rarest first; the state that they are of; how
            many terms the passages were found by.
        """
        of: list[search.Term] = []
        state, number = self._state or self.state(), 0

        def best(now: list[search.Term], then: State) -> Condition:
            nonlocal of, state, number
            of, state, number = now, then, finders(now, then)
            return search.best_by_words(of, number, k, filters, state)

        found = self._by_words(text, best)
        return _hits([row for row in found if row[1]]), of, state, number

    def score_words(self, text: str, keys: Sequence[int]) -> dict[int, float]:
        if not keys:
            return {}
        found = self._by_words(text, lambda of, state: search.bm25_of(of, keys, state))
        return {key: score for key, score in found if score}

    def _by_words(
        self, text: str, question: Callable[[list[search.Term], State], Condition]
    ) -> list[Row]:
        """Rows of key and score, weighed by the same state as they are of."""
        for _ in range(TRIES):
            of, _, counted = self._terms(text)
            if not of:
                return []
            sql, values = question(of, counted)
            state, found = self._ask(lambda _, sql=sql, values=values: (sql, values))  # type: ignore[misc]
            if state.generation == counted.generation:
                break
        return found  # after the last try, weighed by the state of the moment before

    def _terms(self, text: str) -> tuple[list[search.Term], int, State]:
        """The terms of a text that count, the rarest first; the number of its terms that no passage
        has; the state that both are of."""
        words = list(dict.fromkeys(terms(text)))
        if not words:
            return [], 0, self.settled_state()
        state, found = self._ask(
            lambda _: (
                "SELECT word, number, frequency FROM words WHERE word = ANY(%(words)s::text[])",
                {"words": words},
            )
        )
        known, unknown = search.terms_of(found, words)
        return known, unknown, state

    def words_ceiling(self, text: str) -> float:
        known, unknown, state = self._terms(text)
        return search.ceiling_of(known, state) + unknown * (K1 + 1) * idf(state.passages, 0)

    # -- counts -----------------------------------------------------------------------------

    def count_documents(self, filters: Filters) -> int:
        if not filters:
            return self.settled_state().documents
        return self._count("documents", conditions.of_documents(filters), filters)

    def count_passages(self, filters: Filters) -> int:
        if not filters:
            return self.settled_state().standing
        return self._count("passages", conditions.of_passages(filters), filters)

    def count_undated(self, filters: Filters) -> int:
        if not filters.hides_undated:
            return 0
        undated = filters.without_dates()
        return self._count("documents", conditions.of_undated(filters), ("undated", undated))

    def _count(self, table: str, condition: Condition, name: Hashable) -> int:
        where, values = condition

        def count() -> tuple[State, int]:
            sql = f"SELECT count(*) FROM {table} WHERE {where}"
            state, ((number,),) = self._ask(lambda _: (sql, values))
            return state, number

        return int(self._remembered((table, name), count))

    def count_withheld(self, filters: Filters) -> int:
        sql = f"SELECT {LISTED} FROM documents WHERE hidden AND until IS NULL AND {NOT_DEINDEXED}"
        _, found = self._ask(lambda _: (sql, {}))
        return sum(filters.admits(document_of(row)) for row in found)

    def publishers(self, filters: Filters) -> list[tuple[str, int]]:
        where, values = conditions.seen_by(filters.access)

        def count() -> tuple[State, list[Row]]:
            sql = (
                f"SELECT publisher, count(*) FROM documents WHERE {where}"
                " AND publisher IS NOT NULL GROUP BY publisher"
            )
            return self._ask(lambda _: (sql, values))

        spellings: dict[str, Counter[str]] = {}
        for name, number in self._remembered(("publishers", filters.access), count):
            spellings.setdefault(name_key(name), Counter())[name] = number
        named = [
            (min(counts, key=lambda name, counts=counts: (-counts[name], name)), counts.total())  # type: ignore[misc]
            for counts in spellings.values()
        ]
        return sorted(named, key=lambda item: (-item[1], item[0]))

    # -- documents --------------------------------------------------------------------------

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        if not keys:
            return {}
        columns = f"{PASSAGE}, key, version, until"
        sql = f"SELECT {columns} FROM passages WHERE key = ANY(%(keys)s) AND shown"
        _, found = self._ask(lambda _: (sql, {"keys": list(keys)}))
        return {
            key: passage_of(tuple(passage), None if until is None else version)
            for *passage, key, version, until in found
        }

    def documents(self, cursor: str | None, limit: int, filters: Filters) -> Page:
        found = self._page(LISTED, cursor, limit + 1, filters)
        page = [document_of(row) for row in found[:limit]]
        return Page(page, page[-1].id if len(found) > limit else None)

    def all_documents(self) -> Iterator[Document]:
        cursor: str | None = None
        while found := self._page(COLUMNS, cursor, TOGETHER, NO_FILTERS):
            yield from map(document_of, found)
            cursor = found[-1][0]

    def _page(self, columns: str, cursor: str | None, limit: int, filters: Filters) -> list[Row]:
        where, values = conditions.seen_by(filters.access)
        sql = (
            f"SELECT {columns} FROM documents WHERE id > %(cursor)s AND {where}"
            " ORDER BY id LIMIT %(limit)s"
        )
        # PostgreSQL takes no NUL, and no id holds one.
        values |= {"cursor": (cursor or "").partition("\x00")[0], "limit": limit}
        _, found = self._ask(lambda _: (sql, values))
        return sorted(found, key=lambda row: str(row[0]))

    def is_settled(self) -> bool:
        """See `index.corpus.Corpus`."""
        try:
            state = self.state(primary=True)
            answering = self.state() if self._reader.has_replica else state
        except CorpusError:
            return False
        return state.is_settled(self._clock()) and answering.generation >= state.hidden_at


def _hits(found: Sequence[Row]) -> list[Hit]:
    hits = [Hit(key, score) for key, score in found]
    return sorted(hits, key=lambda hit: (-hit.score, hit.key))
