"""The tables, a step a version: an older database gets the steps that it lacks."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from index.errors import CorpusError, CorpusIncompatible
from index.postgres.driver import one, run
from index.postgres.extension import making
from index.postgres.pool import SCHEMA

if TYPE_CHECKING:
    from index.postgres.driver import Link

# One entry per version, each applied in one transaction with the record of its version. Every
# unique key of a table that grows with the documents carries the document's id, by which Citus may
# spread it over machines (docs/scale.md). Texts are told to the planner's statistics in no sample:
# an erased one would stay in there.
MIGRATIONS = (
    """
    CREATE TABLE state (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        corpus text NOT NULL,            -- names this corpus
        generation bigint NOT NULL DEFAULT 0,
        hidden_at bigint NOT NULL DEFAULT 0,  -- the last that hid or removed something
        embedding text,                  -- the model whose vectors are stored
        dimension int,                   -- of its vectors
        model int NOT NULL DEFAULT 1,    -- the number of its vectors in the table vectors
        settled timestamptz,             -- the moment that rights were brought to
        due timestamptz,                 -- the first after it that shows or hides something
        passages bigint NOT NULL DEFAULT 0,   -- shown, of every version
        length bigint NOT NULL DEFAULT 0,     -- their terms
        standing bigint NOT NULL DEFAULT 0,   -- passages shown of what stands now
        documents bigint NOT NULL DEFAULT 0,  -- shown
        erasure_salt bytea NOT NULL,
        erasing boolean NOT NULL DEFAULT false,  -- dead rows still hold what was erased
        unfinished text                  -- the corpus that this is becoming a copy of
    );
    CREATE TABLE documents (
        id text COLLATE "C" NOT NULL, version int NOT NULL, hash text NOT NULL, text text NOT NULL,
        title text NOT NULL, url text, publisher text, published_at date, language text,
        modified_at date, places bytea, embargoed_until timestamptz, pubstatus text NOT NULL,
        expires timestamptz, usageterms text, rights text, access text, recipe text NOT NULL,
        since date, until date, hidden boolean NOT NULL,
        publisher_key text, language_key text, access_key text,
        PRIMARY KEY (id, version)
    );
    CREATE INDEX documents_by_embargo ON documents (embargoed_until)
        WHERE embargoed_until IS NOT NULL;
    CREATE INDEX documents_by_expiry ON documents (expires) WHERE expires IS NOT NULL;
    CREATE INDEX documents_by_recipe ON documents (recipe);
    CREATE INDEX documents_hidden ON documents (id) WHERE hidden;
    CREATE INDEX documents_filtered ON documents (published_at, since, until)
        INCLUDE (hidden, publisher_key, language_key, access_key);
    ALTER TABLE documents ALTER id SET STATISTICS 0, ALTER text SET STATISTICS 0,
        ALTER title SET STATISTICS 0, ALTER url SET STATISTICS 0, ALTER places SET STATISTICS 0,
        ALTER hash SET STATISTICS 0, ALTER usageterms SET STATISTICS 0,
        ALTER rights SET STATISTICS 0;
    -- shown, publisher, language, access, day, since and until say what filters ask for; in both
    -- tables. What a search looks at comes first: a column is found by way of those before it.
    CREATE SEQUENCE passage_keys;
    CREATE TABLE passages (
        key bigint NOT NULL,
        length int NOT NULL,             -- number of terms
        shown boolean NOT NULL, day date, since date, until date,
        counts sparsevec NOT NULL,       -- how often each term occurs (index/postgres/counts.py)
        publisher text, language text, access text,
        words int[] NOT NULL,            -- the number of each term, once
        document_id text COLLATE "C" NOT NULL, version int NOT NULL, ordinal int NOT NULL,
        start int NOT NULL, "end" int NOT NULL, text text NOT NULL,
        sentences int[] NOT NULL,        -- start, end, start, end
        PRIMARY KEY (document_id, key),
        FOREIGN KEY (document_id, version) REFERENCES documents ON DELETE CASCADE
    );
    CREATE INDEX passages_by_key ON passages (key);
    CREATE INDEX passages_words ON passages USING gin (words);
    CREATE TABLE vectors (
        key bigint NOT NULL, model int NOT NULL, shown boolean NOT NULL,
        day date, since date, until date, vector vector NOT NULL,
        publisher text, language text, access text, document_id text COLLATE "C" NOT NULL,
        PRIMARY KEY (document_id, key),
        FOREIGN KEY (document_id, key) REFERENCES passages ON DELETE CASCADE
    );
    CREATE INDEX vectors_by_key ON vectors (key);
    -- For filters that admit few.
    CREATE INDEX passages_by_publisher ON passages (publisher) WHERE publisher IS NOT NULL;
    CREATE INDEX passages_by_access ON passages (access) WHERE access IS NOT NULL;
    CREATE INDEX passages_by_day ON passages (day);
    CREATE INDEX passages_by_since ON passages (since);
    CREATE INDEX vectors_by_publisher ON vectors (publisher) WHERE publisher IS NOT NULL;
    CREATE INDEX vectors_by_access ON vectors (access) WHERE access IS NOT NULL;
    CREATE INDEX vectors_by_day ON vectors (day);
    CREATE INDEX vectors_by_since ON vectors (since);
    ALTER TABLE passages ALTER document_id SET STATISTICS 0, ALTER text SET STATISTICS 0,
        ALTER counts SET STATISTICS 0;
    -- MAIN: beside the other columns while they fit into a page. A scan of all vectors would have
    -- to look each one up elsewhere.
    ALTER TABLE vectors ALTER document_id SET STATISTICS 0, ALTER vector SET STATISTICS 0,
        ALTER vector SET STORAGE MAIN;
    CREATE TABLE words (
        word text COLLATE "C" PRIMARY KEY,
        number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        frequency bigint NOT NULL DEFAULT 0  -- shown passages that have it
    ) WITH (fillfactor = 60);
    ALTER TABLE words ALTER word SET STATISTICS 0;
    CREATE TABLE restrictions (
        id text COLLATE "C" NOT NULL, kind text NOT NULL, since timestamptz NOT NULL,
        PRIMARY KEY (id, kind)
    );
    CREATE TABLE erased (
        digest text NOT NULL, document text NOT NULL, since timestamptz NOT NULL,
        PRIMARY KEY (document, digest)
    );
    CREATE INDEX erased_by_digest ON erased (digest);
    """,
)
SALT_BYTES = 32


def version_of(link: Link) -> int | None:
    """The version of the tables; None where there are none."""
    found = one(link, "SELECT to_regclass(%s)::text", [f"{SCHEMA}.versions"])
    if found is None or found[0] is None:
        return None
    (version,) = one(link, f"SELECT max(version) FROM {SCHEMA}.versions") or (0,)
    return int(version or 0)


def check_version(link: Link) -> None:
    """
    Raises:
        CorpusError: there are no tables.
        CorpusIncompatible: they are newer than this claimdesk, or older.
    """
    version = version_of(link)
    if version is None:
        raise CorpusError("no corpus in this database: add documents first")
    _refuse_newer(version)
    if version < len(MIGRATIONS):
        raise CorpusIncompatible(
            f"the database has the older schema version {version}: "
            "open it once for writing (claimdesk add or serve) to upgrade it"
        )


def migrate(link: Link) -> None:
    """Bring the tables to this version, whoever else does so at the same time.

    Raises:
        CorpusIncompatible: they are newer; nothing was touched.
    """
    version = version_of(link)
    _refuse_newer(version or 0)
    if version == len(MIGRATIONS):
        return
    with making(link):
        run(link, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        run(
            link,
            f"CREATE TABLE IF NOT EXISTS {SCHEMA}.versions"
            " (version int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())",
        )
        done = version_of(link) or 0
        for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
            with link.transaction():
                run(link, migration)
                run(link, "INSERT INTO versions (version) VALUES (%s)", [number])
                if number == 1:
                    run(
                        link,
                        "INSERT INTO state (corpus, erasure_salt) VALUES (%s, %s)",
                        [secrets.token_hex(16), secrets.token_bytes(SALT_BYTES)],
                    )


def _refuse_newer(version: int) -> None:
    if version > len(MIGRATIONS):
        raise CorpusIncompatible(
            f"the database has schema version {version}, this claimdesk knows "
            f"{len(MIGRATIONS)}: upgrade claimdesk; the data was left as it is"
        )
