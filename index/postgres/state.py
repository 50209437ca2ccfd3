"""The one row that says where a corpus stands: read with each answer, written with each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from index.postgres.driver import Row, fetch, one, run
from index.rights import CLOCK_STEP

if TYPE_CHECKING:
    from index.postgres.driver import Link

BEFORE = dt.datetime.min.replace(tzinfo=dt.UTC)
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
    moments = [
        moment
        for name in ("embargoed_until", "expires")
        for (moment,) in fetch(link, f"SELECT min({name}) FROM documents WHERE {name} > %s", [now])
    ]
    run(
        link,
        "UPDATE state SET settled = %s, due = LEAST(%s::timestamptz, %s::timestamptz)",
        [now, *moments],
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
    given = {"ids": list(ids)}
    if not given["ids"]:
        return
    # Read first, then written: in one statement Citus does not do both (docs/scale.md).
    where = "document_id = ANY(%(ids)s) AND shown"
    counted = fetch(
        link,
        "SELECT number, count(*) FROM passages, unnest(words) number"
        f" WHERE {where} GROUP BY number",
        given,
    )
    run(
        link,
        "UPDATE words SET frequency = frequency + %(sign)s * changed.n"
        " FROM unnest(%(numbers)s::int[], %(counts)s::bigint[]) changed (number, n)"
        " WHERE words.number = changed.number",
        {
            "sign": sign,
            "numbers": [number for number, _ in counted],
            "counts": [n for _, n in counted],
        },
    )
    totals = one(
        link,
        "SELECT count(*), coalesce(sum(length), 0), count(*) FILTER (WHERE until IS NULL)"
        f" FROM passages WHERE {where}",
        given,
    )
    documents = one(
        link,
        "SELECT count(*) FROM documents WHERE id = ANY(%(ids)s) AND NOT hidden AND until IS NULL",
        given,
    )
    run(
        link,
        "UPDATE state SET passages = passages + %s, length = length + %s,"
        " standing = standing + %s, documents = documents + %s",
        [sign * int(number) for number in (*(totals or ()), *(documents or ()))],
    )
