"""What a corpus stores -> whether it is what was written, by its contents alone, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from index.contents import Contents, StoredVersion
from index.embedded.backup import Tell, untold
from index.embedded.doctor import MOST_PROBLEMS, UNIT_TOLERANCE, Finding


def examine(contents: Contents, tell: Tell = untold) -> Iterator[Finding]:
    """The findings. Documents that are written meanwhile are looked at before or after.

    Raises:
        CorpusError: it cannot be read.
    """
    total = contents.count()
    passages: list[str] = []
    vectors: list[str] = []
    numbers = {"versions": 0, "passages": 0}
    dimensions: set[int] = set()
    for looked_at, document in enumerate(contents.documents(), start=1):
        for version in document.versions:
            numbers["versions"] += 1
            numbers["passages"] += len(version.passages)
            passages += _wrong_passages(version)
            vectors += _wrong_vectors(version)
            dimensions.add(version.vectors.shape[1])
        tell("documents", looked_at, max(total, looked_at))
    if len(dimensions) > 1:
        vectors.append(f"vectors of {sorted(dimensions)} numbers: not of one model")
    yield Finding("documents and versions: readable", numbers["versions"], ())
    what = "passages and sentences: offsets against the text"
    yield Finding(what, numbers["passages"], tuple(passages[:MOST_PROBLEMS]))
    what = "vectors: one for each passage, of unit length"
    yield Finding(what, numbers["passages"], tuple(vectors[:MOST_PROBLEMS]))


def _wrong_passages(version: StoredVersion) -> Iterator[str]:
    text, id = version.document.text, version.document.id
    if not version.passages:
        yield f"{id}: it has no passages"
    for ordinal, passage in enumerate(version.passages):
        quoted = all(
            passage.start <= span.start < span.end <= passage.end for span in passage.sentences
        )
        at_its_place = text[passage.start : passage.end] == passage.text
        if not (quoted and at_its_place and passage.ordinal == ordinal):
            yield f"{passage.id}: it is not that part of its document"


def _wrong_vectors(version: StoredVersion) -> Iterator[str]:
    if len(version.vectors) != len(version.passages):
        yield f"{version.document.id}: another number of vectors than of passages"
        return
    lengths = np.linalg.norm(version.vectors, axis=1)
    for passage, length in zip(version.passages, lengths.tolist(), strict=True):
        # A comparison with what is no number is False.
        if not abs(length - 1) <= UNIT_TOLERANCE:
            yield f"{passage.id}: its vector is not of unit length"
