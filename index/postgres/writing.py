"""Every change of a corpus: one transaction each, one at a time over all processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.corpus import Change
from index.documents import Prepared
from index.erasure import Restriction
from index.errors import CorpusReadOnly, EmbeddingMismatch
from index.postgres import graph, restrictions, rows
from index.postgres.driver import run
from index.postgres.pool import Pool
from index.postgres.state import (
    LOCK,
    State,
    ids_due,
    next_generation,
    note_moment,
    read_state,
    weigh,
)
from index.rights import Clock

if TYPE_CHECKING:
    from index.postgres.driver import Link


@dataclass(frozen=True, slots=True)
class Changing:
    """A transaction that is open: its connection, the state that it found, its moment."""

    link: Link
    state: State
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Model:
    """The embedding model of this process."""

    identity: str
    dimension: int

    def check(self, state: State) -> None:
        """
        Raises:
            EmbeddingMismatch: the stored vectors come from another one.
        """
        if state.embedding not in (None, self.identity):
            raise EmbeddingMismatch.between(state.embedding, self.identity)


@dataclass(frozen=True, slots=True)
class Writer:
    """Changes a corpus. Each call is durable when it returns.

    After each, the corpus is at the moment of the call: embargoes and expiries count by then.
    """

    pool: Pool
    model: Model
    clock: Clock
    most_versions: int
    least_for_graph: int
    writable: bool

    @contextmanager
    def changing(self, *, patient: bool = False) -> Iterator[Changing]:
        """A transaction that nobody else changes the corpus beside.

        Raises:
            CorpusReadOnly: opened for reading.
            CorpusBusy: somebody else writes for too long.
        """
        if not self.writable:
            raise CorpusReadOnly("this corpus was opened for reading")
        with self._transaction(patient) as change:
            yield change

    @contextmanager
    def _transaction(self, patient: bool = False) -> Iterator[Changing]:
        with self.pool.connection(patient=patient) as link, link.transaction():
            run(link, LOCK)
            now = self.clock()
            settle(link, now)
            yield Changing(link, read_state(link), now)
            note_moment(link, now)

    def settle(self) -> None:
        """Let the moments that have passed take effect."""
        with self._transaction():
            pass

    def upsert(self, batch: Sequence[Prepared]) -> tuple[list[Change], State]:
        """What became of each document, and where the corpus stood before."""
        with self.changing() as change:
            self.model.check(change.state)
            hides = any(
                # A document of an access group is hidden from callers outside the group.
                not one.document.is_shown(change.now) or one.document.access is not None
                for one in batch
            )
            next_generation(change.link, hides=hides)
            ids = {one.document.id: None for one in batch}
            weigh(change.link, ids, -1)
            done = rows.put(change.link, batch, change.state, change.now, self.most_versions)
            weigh(change.link, ids, 1)
            return done, change.state

    @contextmanager
    def replacing(self, identity: str) -> Iterator[Callable[[Sequence[Prepared]], list[Change]]]:
        """New passages for a whole re-index: one transaction, which records the model."""
        with self.changing(patient=True) as change:
            link, number = change.link, change.state.model + 1
            # It waits for the model between two statements, as long as that takes.
            run(link, "SET LOCAL idle_in_transaction_session_timeout = 0")
            next_generation(link, hides=False)
            run(
                link,
                "UPDATE state SET embedding = %s, dimension = %s, model = %s",
                [identity, self.model.dimension, number],
            )

            def replace(batch: Sequence[Prepared]) -> list[Change]:
                ids = {one.document.id: None for one in batch}
                weigh(link, ids, -1)
                done = [rows.split_again(link, one, number) for one in batch]
                weigh(link, ids, 1)
                return ["updated" for is_stored in done if is_stored]

            yield replace
            state = read_state(link)
            if graph.is_due(state, self.least_for_graph):
                graph.create(link, state, concurrently=False)

    def delete(self, document_ids: Sequence[str]) -> int:
        with self.changing() as change:
            known = rows.ids_stored(change.link, document_ids)
            if not known:
                return 0
            restrictions.check_not_held(change.link, known)
            next_generation(change.link, hides=True)
            weigh(change.link, known, -1)
            return rows.remove(change.link, known)

    def restrict(self, document_id: str, kind: Restriction, *, lift: bool) -> bool:
        with self.changing() as change:
            link = change.link
            known = rows.is_stored(link, document_id)
            if kind == "deindexed":
                restrictions.check_not_held(link, [document_id])
                next_generation(link, hides=not lift)
            if lift:
                known = restrictions.lift(link, document_id, kind) or known
            elif known:
                restrictions.restrict(link, document_id, kind, change.now)
            if kind == "deindexed":
                weigh(link, [document_id], -1)
                rows.arrange(link, [document_id], change.now)
                weigh(link, [document_id], 1)
            return known

    def forget_erasure(self, document_id: str) -> bool:
        with self.changing() as change:
            return restrictions.forget(change.link, document_id)


def settle(link: Link, now: dt.datetime) -> None:
    """Show and hide what the moments since the last time say; part of a transaction.

    A clock that was set back takes back what has not happened yet.
    """
    due = ids_due(link, now)
    if not due:
        return
    next_generation(link, hides=True)
    weigh(link, due, -1)
    rows.arrange(link, due, now)
    weigh(link, due, 1)
