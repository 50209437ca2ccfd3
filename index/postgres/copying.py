"""Passages with their words and vectors -> rows, many at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.documents import Document, Passage, Vectors
from index.postgres import counts
from index.postgres.driver import fetch, run
from index.split import embedding_text
from index.terms import terms

if TYPE_CHECKING:
    from index.postgres.driver import Link


@dataclass(frozen=True, slots=True)
class Told:
    """What filters ask for, as the columns of passages and vectors say it."""

    shown: bool
    publisher: str | None
    language: str | None
    access: str | None
    day: dt.date | None
    since: dt.date | None
    until: dt.date | None

    def values(self) -> tuple[object, ...]:
        return (
            self.shown, self.publisher, self.language, self.access, self.day, self.since,
            self.until,
        )  # fmt: skip


TOLD = "shown, publisher, language, access, day, since, until"
_TOLD_TYPES = ["bool", "text", "text", "text", "date", "date", "date"]


@dataclass(frozen=True, slots=True)
class Written:
    """A version of a document that is stored, and what was made from it."""

    document: Document
    told: Told
    passages: Sequence[Passage]
    vectors: Vectors


def put_passages(link: Link, versions: Sequence[Written], model: int) -> None:
    """Store the passages and vectors of documents, each under its version.

    Raises:
        ValueError: one has another number of passages than of vectors.
    """
    rows = [
        (one, passage, vector, terms(embedding_text(one.document.title, passage.text)))
        for one in versions
        for passage, vector in zip(one.passages, one.vectors, strict=True)
    ]
    if not rows:
        return
    numbers = _numbers(link, {term for *_, words in rows for term in words})
    keys = _new_keys(link, len(rows))
    columns = (
        'document_id, key, version, ordinal, text, start, "end", sentences, words, counts, length,'
        f" {TOLD}"
    )
    with link.cursor().copy(f"COPY passages ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as to:
        types = ["text", "int8", "int4", "int4", "text", "int4", "int4", "int4[]", "int4[]"]
        types += ["sparsevec", "int4"]
        to.set_types([*types, *_TOLD_TYPES])
        for key, (one, passage, _, words) in zip(keys, rows, strict=True):
            bounds = [bound for span in passage.sentences for bound in (span.start, span.end)]
            counted = Counter(numbers[term] for term in words)
            to.write_row(
                (
                    one.document.id, key, one.document.version, passage.ordinal, passage.text,
                    passage.start, passage.end, bounds, sorted(counted), counts.of_passage(counted),
                    len(words), *one.told.values(),
                )
            )  # fmt: skip
    columns = f"document_id, key, model, vector, {TOLD}"
    with link.cursor().copy(f"COPY vectors ({columns}) FROM STDIN (FORMAT BINARY)".encode()) as to:
        to.set_types(["text", "int8", "int4", "vector", *_TOLD_TYPES])
        for key, (one, _, vector, _) in zip(keys, rows, strict=True):
            of_float32 = np.asarray(vector, np.float32)
            to.write_row((one.document.id, key, model, of_float32, *one.told.values()))


def _new_keys(link: Link, count: int) -> list[int]:
    """Keys that no passage ever had, ascending."""
    found = fetch(link, "SELECT nextval('passage_keys') FROM generate_series(1, %s)", [count])
    return [key for (key,) in found]


def _numbers(link: Link, words: set[str]) -> dict[str, int]:
    """The number of each term, which is given where it is new."""
    wanted = {"words": sorted(words)}
    run(
        link,
        "INSERT INTO words (word) SELECT word FROM unnest(%(words)s::text[]) word"
        " WHERE NOT EXISTS (SELECT 1 FROM words known WHERE known.word = word.word)",
        wanted,
    )
    found = fetch(
        link, "SELECT word, number FROM words WHERE word = ANY(%(words)s::text[])", wanted
    )
    return dict(found)
