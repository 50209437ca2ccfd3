"""The schema of the store, a step a version: an older folder gets the steps that it lacks."""

# One entry per schema version. A folder of version n gets entries n, n + 1, …, each of them in one
# transaction with the record of its version.
MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('generation', '0'), ('tombstones_since', '0');
    CREATE TABLE documents (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
        text TEXT NOT NULL, title TEXT NOT NULL, url TEXT, publisher TEXT,
        published_at TEXT, language TEXT
    );
    CREATE TABLE passages (
        -- AUTOINCREMENT: a key is never used again, so a stale index cannot point at new text.
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, text TEXT NOT NULL, start INTEGER NOT NULL,
        "end" INTEGER NOT NULL, sentences TEXT NOT NULL, generation INTEGER NOT NULL
    );
    CREATE INDEX passages_by_document ON passages (document);
    CREATE INDEX passages_by_generation ON passages (generation);
    CREATE TABLE vectors (
        key INTEGER PRIMARY KEY REFERENCES passages (key) ON DELETE CASCADE,
        vector BLOB NOT NULL
    );
    CREATE TABLE tombstones (key INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
    CREATE INDEX tombstones_by_generation ON tombstones (generation);
    CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
        INSERT INTO tombstones VALUES (
            old.key, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation')
        );
    END;
    """,
    # Names this corpus, so that an index derived from another one is known for what it is.
    "INSERT INTO meta VALUES ('corpus', lower(hex(randomblob(16))));",
    # What the filter columns are read from, without the texts that lie between; and what made the
    # passages of each document (index/recipe.py), which until now was version 1 of each step.
    """
    ALTER TABLE documents ADD COLUMN recipe TEXT NOT NULL DEFAULT '1.1';
    CREATE INDEX documents_by_recipe_and_filter
        ON documents (recipe, published_at, publisher, language);
    DROP INDEX passages_by_generation;
    CREATE INDEX passages_by_generation ON passages (generation, document);
    """,
    # When a text was changed last, and where its parts were written (index/places.py).
    """
    ALTER TABLE documents ADD COLUMN modified_at TEXT;
    ALTER TABLE documents ADD COLUMN places BLOB;
    """,
    # Rights: see `index.rights`. hidden: whether they keep the document out of everything at the
    # moment `settled`; its passages are in no index then (index/embedded/rows.py).
    """
    ALTER TABLE documents ADD COLUMN embargoed_until TEXT;
    ALTER TABLE documents ADD COLUMN pubstatus TEXT NOT NULL DEFAULT 'usable';
    ALTER TABLE documents ADD COLUMN expires TEXT;
    ALTER TABLE documents ADD COLUMN usageterms TEXT;
    ALTER TABLE documents ADD COLUMN rights TEXT;
    ALTER TABLE documents ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX documents_by_embargo ON documents (embargoed_until)
        WHERE embargoed_until IS NOT NULL;
    CREATE INDEX documents_by_expiry ON documents (expires) WHERE expires IS NOT NULL;
    CREATE INDEX documents_hidden ON documents (number) WHERE hidden;
    INSERT INTO meta VALUES ('settled', '');
    """,
    # Versions: see `index.versions`. since: of a first version published_at says it. until: NULL
    # for the version that stands now.
    """
    ALTER TABLE documents ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE documents ADD COLUMN since TEXT;
    ALTER TABLE documents ADD COLUMN until TEXT;
    CREATE INDEX documents_earlier ON documents (number) WHERE until IS NOT NULL;
    DROP INDEX documents_by_recipe_and_filter;
    CREATE INDEX documents_by_recipe_and_filter
        ON documents (recipe, published_at, publisher, language, since, until, hidden);
    """,
    # See `index.erasure`: what is de-indexed or held by id; tombstones by salted hash, `document`
    # being that of the id that a hash of a text belongs to.
    """
    CREATE TABLE restrictions (
        id TEXT NOT NULL, kind TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (id, kind)
    ) WITHOUT ROWID;
    CREATE TABLE erased (
        digest TEXT PRIMARY KEY, document TEXT NOT NULL, since TEXT NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO meta VALUES ('erasure_salt', lower(hex(randomblob(32))));
    """,
    # The access group that may see a document (`index.corpus.Filters`).
    """
    ALTER TABLE documents ADD COLUMN access TEXT;
    DROP INDEX documents_by_recipe_and_filter;
    CREATE INDEX documents_by_recipe_and_filter
        ON documents (recipe, published_at, publisher, language, since, until, hidden, access);
    """,
)
