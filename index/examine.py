"""What a corpus stores -> whether it is what was written, by its contents alone, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.contents import Contents, StoredVersion
from index.documents import Passage
from index.progress import Tell, untold

# Most problems that a check tells of one by one.
MOST_PROBLEMS = 20
# Most that the length of a unit vector may be off by.
UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check looked at, how many of those, and what is wrong with them."""

    check: str
    looked_at: int
    problems: tuple[str, ...]


def examine(contents: Contents, tell: Tell = untold) -> Iterator[Finding]:
    """The findings. Documents that are written meanwhile are looked at before or after.

    Raises:
        CorpusError: it cannot be read.
    """
    total = contents.count()
    passages: list[str] = []
    vectors: list[str] = []
    number_of_versions = number_of_passages = 0
    dimensions: set[int] = set()
    for looked_at, document in enumerate(contents.documents(), start=1):
        for version in document.versions:
            number_of_versions += 1
            number_of_passages += len(version.passages)
            passages += _wrong_passages(version)
            vectors += _wrong_vectors(version)
            if len(version.vectors):
                dimensions.add(version.vectors.shape[1])
        tell("documents", looked_at, max(total, looked_at))
    if len(dimensions) > 1:
        vectors.append(f"vectors of {sorted(dimensions)} numbers: not of one model")
    yield Finding("documents and versions: readable", number_of_versions, ())
    what = "passages and sentences: offsets against the text"
    yield Finding(what, number_of_passages, tuple(passages[:MOST_PROBLEMS]))
    what = "vectors: one for each passage, of unit length"
    yield Finding(what, number_of_passages, tuple(vectors[:MOST_PROBLEMS]))


def is_part_of(text: str, passage: Passage, ordinal: int) -> bool:
    """Whether a passage, and each of its sentences, is that part of its document's text."""
    return (
        passage.ordinal == ordinal
        and text[passage.start : passage.end] == passage.text
        and all(passage.start <= span.start < span.end <= passage.end for span in passage.sentences)
    )


def is_unit(length: float) -> bool:
    """Whether a vector of this length is of unit length; one of what is no number is not."""
    return abs(length - 1) <= UNIT_TOLERANCE


def _wrong_passages(version: StoredVersion) -> Iterator[str]:
    if not version.passages:
        yield f"{version.document.id}: it has no passages"
    for ordinal, passage in enumerate(version.passages):
        if not is_part_of(version.document.text, passage, ordinal):
            yield f"{passage.id}: it is not that part of its document"


def _wrong_vectors(version: StoredVersion) -> Iterator[str]:
    if len(version.vectors) != len(version.passages):
        yield f"{version.document.id}: another number of vectors than of passages"
        return
    lengths = np.linalg.norm(version.vectors, axis=1)
    for passage, length in zip(version.passages, lengths.tolist(), strict=True):
        if not is_unit(length):
            yield f"{passage.id}: its vector is not of unit length"
