"""A corpus in PostgreSQL -> the bytes that a passage takes in each table and index.

python -m evaluation.bench.sizes postgresql://user@host/database > docs/bench/scale/sizes.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

from index.postgres.driver import driver

# What is in memory or on disk for each passage: tables with their texts, each index by its name.
RELATIONS = """
SELECT CASE WHEN c.relname LIKE 'vectors_graph_%' THEN 'vectors_graph' ELSE c.relname END,
    pg_table_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'claimdesk' AND c.relkind IN ('r', 'i')
    AND (c.relname ~ '^(documents|passages|vectors)')
"""


def bytes_per_passage(address: str) -> dict[str, Any]:
    """The passages of a corpus, and for each relation its bytes divided by their number.

    Raises:
        DriverMissing: the extra claimdesk[postgres] is not installed.
    """
    with driver().connect(address) as link:
        passages, documents, characters = link.execute(
            "SELECT (SELECT count(*) FROM claimdesk.passages), count(*), sum(length(text))"
            " FROM claimdesk.documents"
        ).fetchone()
        sizes = dict(link.execute(RELATIONS).fetchall())
    return {
        "passages": passages,
        "passages_per_document": round(passages / documents, 2),
        "characters_per_passage": round(int(characters) / passages),
        "bytes_per_passage": {name: round(size / passages) for name, size in sorted(sizes.items())},
    }


if __name__ == "__main__":
    print(json.dumps(bytes_per_passage(sys.argv[1]), indent=1))
