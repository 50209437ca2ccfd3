"""What a corpus answers from: the model of its vectors, and its indexes of one moment."""

from __future__ import annotations

from dataclasses import dataclass

from index.embedded.filters import Columns
from index.embedded.vectors import Kind, VectorIndex
from index.embedded.wordsearch import WordSearcher


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """The embedding model, and the kind of index for its vectors."""

    identity: str
    dimension: int
    vector_index: Kind


@dataclass(frozen=True, slots=True)
class Indexes:
    """What searches answer from. Vectors and columns are of one generation and row for row alike;
    `words` may be of an earlier one while it cannot be written, and is None until it was built."""

    vectors: VectorIndex
    columns: Columns
    words: WordSearcher | None

    @property
    def generation(self) -> int:
        words = self.words.generation if self.words else 0
        return min(self.vectors.generation, words)
