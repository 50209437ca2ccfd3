"""A corpus in PostgreSQL with pgvector: the extra `claimdesk[postgres]`.

One database serves any number of processes. Its indexes are part of each transaction, so nothing
has to follow behind: what is written is found.
"""

from index.postgres.corpus import PostgresCorpus
from index.postgres.opening import open_contents, open_corpus

__all__ = ["PostgresCorpus", "open_contents", "open_corpus"]
