"""What can go wrong on a document's way.

CorpusError
├── InvalidDocument      the document itself is at fault
│   ├── DocumentTooLarge
│   └── UnreadableFile
├── CorpusLocked         another process writes to this data folder
├── CorpusReadOnly       opened for reading, asked to write
├── CorpusIncompatible   made by another version; left untouched
├── CorpusCorrupt        the stored data contradicts itself
└── EmbeddingMismatch    the vectors come from another embedding model
"""


class CorpusError(Exception):
    """Base of every error of the `index` package; the message says what to do."""


class InvalidDocument(CorpusError):
    """The document cannot be stored as it is."""


class DocumentTooLarge(InvalidDocument):
    """The document is longer than the limit."""


class UnreadableFile(InvalidDocument):
    """The file holds no document that can be read."""


class CorpusLocked(CorpusError):
    """Another process is the writer of this data folder."""


class CorpusReadOnly(CorpusError):
    """A write was asked of a corpus opened for reading."""


class CorpusIncompatible(CorpusError):
    """The data folder was made by a version this one cannot read."""


class CorpusCorrupt(CorpusError):
    """The stored data contradicts itself; nothing is answered from it."""


class EmbeddingMismatch(CorpusError):
    """The stored vectors were made by another embedding model."""
