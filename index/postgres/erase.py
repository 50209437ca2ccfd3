"""A document -> no row of it, dead or alive, and a receipt of the searches that show it.

Its rows go in one transaction, which notes that dead rows still hold what they held. Then the
tables and their indexes are written anew without them, and the note goes. Where a process is killed
in between, the next one that opens the corpus does the rest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.erasure import Place
from index.postgres import restrictions
from index.postgres.driver import fetch, one, run
from index.postgres.rows import remove
from index.postgres.state import next_generation, weigh
from index.terms import terms

if TYPE_CHECKING:
    from index.postgres.driver import Link

# The tables that hold parts of documents.
TABLES = ("documents", "passages", "vectors", "words", "restrictions")
# Most terms of an erased document that are looked up afterwards.
MOST_TERMS = 500


@dataclass(frozen=True, slots=True)
class Gone:
    """What was removed: enough to look for it afterwards. It is never stored."""

    document_id: str
    at: dt.datetime
    tombstone: str
    versions: int
    keys: tuple[int, ...]
    words: tuple[str, ...]
    copies: tuple[str, ...]


def erase(link: Link, document_id: str, now: dt.datetime, *, deleted: bool = False) -> Gone | None:
    """Remove a document with its versions, leave tombstones; None where there is none. Part of a
    transaction.

    Args:
        deleted: also where there is none any more: a tombstone of its id is left.

    Raises:
        DocumentHeld: it must stay.
    """
    found = fetch(link, "SELECT text FROM documents WHERE id = %s", [document_id])
    if not found and not deleted:
        return None
    restrictions.check_not_held(link, [document_id])
    texts = list(dict.fromkeys(text for (text,) in found))
    keys = fetch(link, "SELECT key FROM passages WHERE document_id = %s", [document_id])
    next_generation(link, hides=True)
    weigh(link, [document_id], -1)
    remove(link, [document_id])
    restrictions.lift(link, document_id, "deindexed")
    tombstone = restrictions.bury(link, document_id, texts, now)
    run(link, "UPDATE state SET erasing = true")
    copies = fetch(
        link, "SELECT DISTINCT id FROM documents WHERE text = ANY(%s) ORDER BY id", [texts]
    )
    words = dict.fromkeys(word for text in texts for word in terms(text))
    return Gone(
        document_id, now, tombstone, len(found), tuple(key for (key,) in keys), tuple(words),
        tuple(id for (id,) in copies),
    )  # fmt: skip


def is_unfinished(link: Link) -> bool:
    """Whether dead rows may still hold what was erased."""
    return one(link, "SELECT 1 FROM state WHERE erasing") is not None


def forget_words(link: Link) -> None:
    """Remove the terms that no passage has any more. Part of a transaction of the only writer."""
    unshown = [number for (number,) in fetch(link, "SELECT number FROM words WHERE frequency = 0")]
    run(
        link,
        "DELETE FROM words WHERE number = ANY(%s)",
        [sorted(set(unshown) - _numbers_in_use(link, unshown))],
    )


def scrub(link: Link) -> None:
    """Write the tables and their indexes anew without dead rows; outside of a transaction.

    Searches wait meanwhile, a table at a time.
    """
    for table in TABLES:
        run(link, f"VACUUM (FULL, ANALYZE) {table}")


def places_of(link: Link, gone: Gone) -> list[Place]:
    """Each place that held it, searched, and those that no SQL reaches."""
    keys, words = list(gone.keys), list(gone.words[:MOST_TERMS])
    found = fetch(link, "SELECT number FROM words WHERE word = ANY(%s)", [words])
    stored = [number for (number,) in found]
    counts = {
        "database: documents and versions": (
            "rows of its id",
            _count(link, "documents WHERE id = %s", gone.document_id),
        ),
        "database: passages": (
            "rows of its passages' keys",
            _count(link, "passages WHERE key = ANY(%s)", keys),
        ),
        "database: vectors": (
            "rows of its passages' keys",
            _count(link, "vectors WHERE key = ANY(%s)", keys),
        ),
        "database: words": (
            f"{len(words)} of its terms: those that are stored although no passage has them",
            len(stored) - len(_numbers_in_use(link, stored)),
        ),
        "database: dead rows": (
            "tables and indexes whose files were not written anew",
            _count(link, "state WHERE erasing = %s", True),
        ),
    }
    unreached = Place(
        "database server: write-ahead log, replicas, archives, backups",
        "not searched: no SQL reaches them. The log is overwritten by PostgreSQL in its time; "
        "archives and backups are the operator's to expire (docs/scale.md)",
        0,
    )
    return [*(Place(name, *told) for name, told in counts.items()), unreached]


def _numbers_in_use(link: Link, numbers: list[int]) -> set[int]:
    """Those of the terms that a passage has."""
    found = fetch(
        link,
        "SELECT DISTINCT number FROM passages, unnest(words) number"
        " WHERE words && %(numbers)s::int[] AND number = ANY(%(numbers)s::int[])",
        {"numbers": numbers},
    )
    return {number for (number,) in found}


def _count(link: Link, where: str, value: object) -> int:
    (number,) = one(link, f"SELECT count(*) FROM {where}", [value]) or (0,)
    return int(number)
