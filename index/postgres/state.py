"""The one row that says where a corpus stands: read with each answer, written with each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from index.postgres.driver import Row, one, run

if TYPE_CHECKING:
    from index.postgres.driver import Link

BEFORE = dt.datetime.min.replace(tzinfo=dt.UTC)
# A clock that was set back by less than this changes nothing.
CLOCK_STEP = dt.timedelta(seconds=1)
# One changes the corpus at a time. Held until the end of a transaction.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('claimdesk writing'))"


@dataclass(frozen=True, slots=True)
class State:
    """See the table `state` in index/postgres/schema.py."""

    generation: int
    hidden_at: int
    embedding: str | None
    dimension: int | None
    model: int
    settled: dt.datetime | None
    due: dt.datetime | None
    passages: int
    length: int
    standing: int
    documents: int
    graph: bool
    """Whether there is a graph of the vectors (index/postgres/graph.py)."""

    def is_settled(self, now: dt.datetime) -> bool:
        """Whether no moment has passed since that shows or hides something."""
        if self.settled is not None and now < self.settled - CLOCK_STEP:
            return False
        return self.due is None or now < self.due

    @property
    def mean_length(self) -> float:
        """Terms of a shown passage."""
        return self.length / self.passages if self.passages else 1.0


WIDTH = len(fields(State))
_HAS_GRAPH = (
    "coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid ="
    " to_regclass('vectors_graph_' || state.model)), false)"
)
COLUMNS = ", ".join([*(f"state.{field.name}" for field in fields(State)[:-1]), _HAS_GRAPH])


def state_of(row: Row) -> State:
    """The state at the beginning of a row of `COLUMNS`."""
    return State(*row[:WIDTH])


def read_state(link: Link) -> State:
    row = one(link, f"SELECT {COLUMNS} FROM state")
    assert row is not None
    return state_of(row)


def next_generation(link: Link, *, hides: bool) -> None:
    hidden = ", hidden_at = generation + 1" if hides else ""
    run(link, f"UPDATE state SET generation = generation + 1{hidden}")


def note_moment(link: Link, now: dt.datetime) -> None:
    """Let the state say to which moment rights were brought, and which comes next."""
    run(
        link,
        "UPDATE state SET settled = %(now)s, due = LEAST("
        " (SELECT min(embargoed_until) FROM documents WHERE embargoed_until > %(now)s),"
        " (SELECT min(expires) FROM documents WHERE expires > %(now)s))",
        {"now": now},
    )


def ids_due(link: Link, now: dt.datetime) -> list[str]:
    """The documents of which a version is shown or hidden between the settled moment and now, or
    the other way round where the clock was set back."""
    first, last = sorted((read_state(link).settled or BEFORE, now))
    rows = link.execute(
        "SELECT id FROM documents WHERE embargoed_until > %(first)s AND embargoed_until <= %(last)s"
        " UNION SELECT id FROM documents WHERE expires > %(first)s AND expires <= %(last)s",
        {"first": first, "last": last},
    )
    return [id for (id,) in rows]


def weigh(link: Link, ids: Iterable[str], sign: int) -> None:
    """Add what is shown of these documents to what searches of words count on, or take it away.

    A change of what is stored takes its documents away first, and adds them when it is done.

    Args:
        sign: 1 or -1.
    """
    given = {"ids": list(ids), "sign": sign}
    if not given["ids"]:
        return
    run(
        link,
        "UPDATE words SET frequency = frequency + %(sign)s * changed.n FROM ("
        " SELECT number, count(*) AS n FROM passages, LATERAL unnest(words) number"
        " WHERE document_id = ANY(%(ids)s) AND shown GROUP BY number) changed"
        " WHERE words.number = changed.number",
        given,
    )
    run(
        link,
        "UPDATE state SET passages = state.passages + %(sign)s * changed.n,"
        " length = state.length + %(sign)s * changed.terms,"
        " standing = state.standing + %(sign)s * changed.current,"
        " documents = state.documents + %(sign)s * (SELECT count(*) FROM documents"
        "  WHERE id = ANY(%(ids)s) AND NOT hidden AND until IS NULL)"
        " FROM (SELECT count(*) AS n, coalesce(sum(length), 0) AS terms,"
        "  count(*) FILTER (WHERE until IS NULL) AS current FROM passages"
        " WHERE document_id = ANY(%(ids)s) AND shown) changed",
        given,
    )
