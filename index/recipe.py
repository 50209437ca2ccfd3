"""The versions of everything that is derived from a document's text.

Whoever changes what one of these steps makes raises its version by one, in the same commit:
tests/index/test_recipe.py fails until then. Derived indexes of another version are built anew
when a corpus is opened; passages of another version stay, and `claimdesk reindex` makes them anew
(docs/decisions/0015).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import CorpusCorrupt, RecipeMismatch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One version per step; version 1 is claimdesk 0.1.0 at schema version 2."""

    split: int = 4
    """index/split.py, index/bounds.py and the sentence library: where passages begin and end."""
    embedding_text: int = 1
    """`index.split.embedding_text`: what is embedded and indexed for a passage."""
    analysis: int = 2
    """index/terms.py: which terms a text has."""
    vectors: int = 2
    """index/embedded/vectors.py: kind, parameters and file of the vector index."""
    words: int = 4
    """index/embedded/words.py: fields and stamp of the word index."""

    @property
    def of_passages(self) -> str:
        """Recorded with each document: what its passages and their vectors were made by."""
        return f"{self.split}.{self.embedding_text}"

    @property
    def of_vector_index(self) -> str:
        return str(self.vectors)

    @property
    def of_word_index(self) -> str:
        return f"{self.embedding_text}.{self.analysis}.{self.words}"

    def is_older_than(self, of_passages: str) -> bool:
        """Whether passages were made by a step that is newer than this recipe's.

        Raises:
            CorpusCorrupt: what is stored is no recipe.
        """
        try:
            split, embedding_text = map(int, of_passages.split("."))
        except ValueError as error:
            raise CorpusCorrupt(
                f"the database is damaged, it holds the recipe {of_passages!r}: restore it from a "
                "copy, or run `claimdesk reindex`"
            ) from error
        return split > self.split or embedding_text > self.embedding_text


RECIPE = Recipe()


def check_recipes(documents: Mapping[str, int]) -> None:
    """Tell of passages of an earlier recipe: they are right, but not what would be made today.

    Args:
        documents: how many are stored, by the recipe of their passages.

    Raises:
        RecipeMismatch: some are of a newer claimdesk.
        CorpusCorrupt: one is no recipe.
    """
    others = {name: n for name, n in documents.items() if name != RECIPE.of_passages}
    for recipe, count in others.items():
        if RECIPE.is_older_than(recipe):
            raise RecipeMismatch(
                f"{count:,} documents were split by a newer claimdesk (recipe {recipe}): "
                "upgrade claimdesk, or run `claimdesk reindex`"
            )
    if others:
        log.warning(
            "%s documents were split by an earlier version of claimdesk: they are found as before, "
            "and `claimdesk reindex` brings them up to date", f"{sum(others.values()):,}",
        )  # fmt: skip
