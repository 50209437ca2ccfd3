"""What the reference corpus holds of a passage, and what it shows at a moment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from index.corpus import Hit
from index.documents import Document, Passage, Vectors
from index.versions import Version


@dataclass
class Row:
    passage: Passage
    vector: Vectors
    words: Counter[str]
    """How often each term occurs in the passage's embedding text."""


@dataclass(frozen=True)
class Shown:
    """What is shown from one moment on, up to but not including the next.

    current: the documents by id. standing: the versions that stood on some day, by id and number.
    rows: their passages by key.
    """

    since: dt.datetime
    until: dt.datetime
    current: dict[str, Document]
    standing: dict[tuple[str, int], Version]
    rows: dict[int, Row]


def place_of(row: Row) -> tuple[str, int]:
    """Id and version of the document that a row's passage is of."""
    return row.passage.document_id, row.passage.version or 1


def without(rows: dict[int, Row], document_id: str, kept: set[int]) -> dict[int, Row]:
    """The rows but those of a document's versions that are not kept."""
    return {
        key: row
        for key, row in rows.items()
        if row.passage.document_id != document_id or row.passage.version in kept
    }


def best(scores: dict[int, float], k: int) -> list[Hit]:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [Hit(key, score) for key, score in ranked[:k]]
