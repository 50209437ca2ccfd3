"""The nouns and protocols of a document's way in one place, for scripts written against it."""

from index.corpus import (
    NO_FILTERS,
    Change,
    Corpus,
    Embedder,
    Filters,
    Hit,
    Page,
    Stats,
)
from index.documents import Document, Outcome, Passage, Prepared, Refused, Span, Vectors, document

__all__ = [
    "NO_FILTERS",
    "Change",
    "Corpus",
    "Document",
    "Embedder",
    "Filters",
    "Hit",
    "Outcome",
    "Page",
    "Passage",
    "Prepared",
    "Refused",
    "Span",
    "Stats",
    "Vectors",
    "document",
]
