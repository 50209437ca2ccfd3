"""The errors of the `index` package.

CorpusError
├── InvalidDocument      the document itself is at fault
│   ├── DocumentTooLarge
│   └── UnreadableFile
├── DocumentHeld         a document that must stay as it is
├── DocumentErased       a document that was erased for good
├── DocumentWithdrawn    an older version of what was withheld or canceled
├── CorpusLocked         another process writes to this data folder
├── CorpusReadOnly       opened for reading, asked to write
├── FolderReadOnly       the data folder cannot be written
├── CorpusBusy           the database stayed locked; trying again may help
├── CorpusUnavailable    the database cannot be reached; trying again may help
├── DriverMissing        what talks to the database is not installed
├── DiskFull             there is no space left to write to
├── IndexUnavailable     a derived index can neither be used nor rebuilt
├── CorpusIncompatible   made by another version; left untouched
├── CorpusCorrupt        the stored data contradicts itself
├── EmbeddingMismatch    the vectors come from another embedding model
└── RecipeMismatch       the passages were made by a newer claimdesk
"""

from __future__ import annotations


class CorpusError(Exception):
    """Base of every error of the `index` package; the message says what to do."""


class InvalidDocument(CorpusError):
    """The document cannot be stored as it is."""


class DocumentTooLarge(InvalidDocument):
    """The document is longer than the limit."""


class UnreadableFile(InvalidDocument):
    """The file holds no document that can be read."""


class DocumentHeld(CorpusError):
    """The document is held: it may be neither changed, removed nor hidden."""


class DocumentErased(CorpusError):
    """The document, or its text, was erased and may not come back."""


class DocumentWithdrawn(CorpusError):
    """A newer version of the document is withheld or canceled: an older one may not come back."""


class CorpusLocked(CorpusError):
    """Another process is the writer of this data folder."""


class CorpusReadOnly(CorpusError):
    """A write was asked of a corpus opened for reading."""


class FolderReadOnly(CorpusError):
    """The file system, or the rights of this account, do not let the data folder be written."""


class CorpusBusy(CorpusError):
    """The database stayed locked by another connection; trying again may help."""


class CorpusUnavailable(CorpusError):
    """The database cannot be reached, or its connection was lost; trying again may help."""


class DriverMissing(CorpusError):
    """An optional package is not installed; the message names the extra."""


class DiskFull(CorpusError):
    """There is no space left to write to; reading still works."""


class IndexUnavailable(CorpusError):
    """A derived index can neither be used nor rebuilt; the stored documents are whole."""


class CorpusIncompatible(CorpusError):
    """The data folder was made by a version this one cannot read."""


class CorpusCorrupt(CorpusError):
    """The stored data contradicts itself; nothing is answered from it."""


class EmbeddingMismatch(CorpusError):
    """The stored vectors were made by another embedding model."""

    @classmethod
    def between(cls, stored: str, identity: str) -> EmbeddingMismatch:
        """The error for vectors of the model `stored`, where the model is `identity`."""
        return cls(
            f"the corpus holds vectors of {stored}, the embedding model is {identity}: "
            "set the model back, or run `claimdesk reindex`"
        )


class RecipeMismatch(CorpusError):
    """The passages were made by a newer recipe than this claimdesk knows."""


def shortened(value: str, chars: int) -> str:
    """A value as an error shows it: no more than its first so many code points, and a mark."""
    return value if len(value) <= chars else f"{value[:chars]}…"
