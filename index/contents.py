"""Everything that a corpus stores, as it is stored: what a copy of it is made from, and into."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from index.documents import Document, Passage, Vectors
from index.erasure import Decisions
from index.errors import CorpusIncompatible
from index.places import written


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of a document with all that was made from it.

    passages: in their order; `Passage.version` is None, whichever version they are of. vectors:
    float32 (passages, dimension), bit for bit those that the embedding model gave. recipe: what the
    passages were made by (`index.recipe.Recipe.of_passages`).
    """

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors
    recipe: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """All versions that are kept of a document, in the order in which they were stored.

    The last one stands now. The access group of an earlier one is the last one's, if that has one.
    """

    versions: tuple[StoredVersion, ...]

    @property
    def id(self) -> str:
        return self.versions[-1].document.id

    @property
    def passages(self) -> int:
        return sum(len(one.passages) for one in self.versions)

    def digest(self) -> bytes:
        """SHA-256 of all of it: the same in every corpus that holds the same."""
        digest = hashlib.sha256()
        for one in self.versions:
            said = [_fields(one.document), one.recipe, [_said(passage) for passage in one.passages]]
            digest.update(json.dumps(said, default=str, ensure_ascii=False).encode())
            digest.update(np.ascontiguousarray(one.vectors, "<f4").tobytes())
        return digest.digest()


def _fields(document: Document) -> dict[str, object]:
    said = {field.name: getattr(document, field.name) for field in fields(document)}
    # Compressed, they may differ from machine to machine.
    return {**said, "places": document.places and written(document.places)}


def _said(passage: Passage) -> list[object]:
    bounds = [(span.start, span.end) for span in passage.sentences]
    return [passage.ordinal, passage.text, passage.start, passage.end, bounds]


class Contents(Protocol):
    """What is stored, hidden documents too. Every implementation passes tests/move_contract.py.

    Nothing here asks whether a document is held or was erased: a copy gets what the original has.
    """

    def name(self) -> str:
        """A name that no other corpus has, a copy of this one neither."""
        ...

    def embedding(self) -> str | None:
        """The identity of the model whose vectors are stored; None before the first was."""
        ...

    def generation(self) -> int:
        """Grows with every change; no moment takes effect by this question."""
        ...

    def count(self) -> int:
        """The number of documents."""
        ...

    def documents(self, after: str | None = None) -> Iterator[StoredDocument]:
        """Every document by id, in the order of code points, each in one state.

        Others may be put or removed meanwhile.

        Args:
            after: an id, which need not be stored; only those of documents behind it follow.
        """
        ...

    def put(self, batch: Sequence[StoredDocument]) -> None:
        """Store documents as they are, each in place of all that is stored under its id.

        All or none; on return it is durable. Each keeps the numbers of its versions, however many
        there are; what is shown of it is what its dates, its rights and its restrictions say.
        """
        ...

    def remove(self, document_ids: Sequence[str]) -> int:
        """Remove documents with all versions; returns how many there were."""
        ...

    def decisions(self) -> Decisions:
        """What people decided: restrictions, and the tombstones of what was erased."""
        ...

    def put_decisions(self, decisions: Decisions) -> None:
        """Let these take the place of all that were decided here; they take effect at once."""
        ...

    def unfinished(self) -> str | None:
        """The name of the corpus that this one is becoming a copy of; None where it is none."""
        ...

    def set_unfinished(self, name: str | None) -> None:
        """Note that, or that it is done. What is unfinished is not opened for answers."""
        ...


def unfinished(place: str) -> CorpusIncompatible:
    """Why a corpus is not opened for answers that a move was cut off into."""
    return CorpusIncompatible(
        f"{place} holds a part of another corpus: a move into it was cut off. "
        "Run the same `claimdesk move` again"
    )
