"""What all corpora of a database share: pgvector, its types, the schema; made by one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.errors import CorpusIncompatible
from index.postgres.driver import driver, first_line, one

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap

    from index.postgres.driver import Link

# The oldest pgvector that goes on with a search until enough pass the filters.
PGVECTOR = (0, 8)


@contextmanager
def making(link: Link) -> Iterator[None]:
    """Nobody else makes something meanwhile that all share: the extension, the schema, its tables.

    The lock is not a transaction's: one that began before the lock was had may not see what the
    one before has made.
    """
    link.execute("SELECT pg_advisory_lock(hashtext('claimdesk schema'))")
    try:
        yield
    finally:
        if not link.broken:
            link.execute("SELECT pg_advisory_unlock(hashtext('claimdesk schema'))")


def schema_of_pgvector(link: Link) -> str:
    """The quoted name of the schema that pgvector is in; it is made where it is missing.

    Raises:
        CorpusIncompatible: it cannot be made, or is too old.
    """
    psycopg = driver()
    found = (
        "SELECT quote_ident(nspname), extversion FROM pg_extension JOIN pg_namespace n ON n.oid ="
    )
    found += " extnamespace WHERE extname = 'vector'"
    row = one(link, found)
    if row is None:
        try:
            with making(link):
                link.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except psycopg.Error as error:
            raise CorpusIncompatible(
                "the database has no pgvector: let its owner run CREATE EXTENSION vector "
                f"({first_line(error)})"
            ) from error
        row = one(link, found)
    assert row is not None
    where, version = row
    if tuple(map(int, str(version).split(".")[:2])) < PGVECTOR:
        raise CorpusIncompatible(
            f"the database has pgvector {version}, 0.8 is needed: ALTER EXTENSION vector UPDATE"
        )
    return str(where)


def types_with_vectors(link: Link) -> AdaptersMap:
    """The driver's types with those of pgvector, looked up once for all connections."""
    import pgvector.psycopg
    from psycopg.adapt import AdaptersMap

    pgvector.psycopg.register_vector(link)
    return AdaptersMap(link.adapters)
