"""The nouns of a claim's way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from index.types import NO_FILTERS, Document, Filters, Passage

Mode = Literal["hybrid", "dense", "lexical"]
Stance = Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"]
# The order of every probability vector over stances.
STANCES: Final[tuple[Stance, ...]] = ("SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO")
MAX_CLAIM_CHARS = 10_000
MAX_TOP_K = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to look for, with how to look."""

    text: str
    top_k: int = 5
    filters: Filters = NO_FILTERS
    mode: Mode = "hybrid"


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found.

    dense: cosine of claim and passage, -1 to 1. lexical: BM25, 0 and more. fused: what the
    evidence is ordered by (see retrieval/search.py).
    """

    dense: float
    lexical: float
    fused: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage found for a claim, with the document it is from."""

    document: Document
    passage: Passage
    scores: Scores


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a document: `document.text[start:end] == quote`."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A candidate with the sentences of it that speak to the claim."""

    document: Document
    passage: Passage
    rationale: tuple[Quote, ...]
    scores: Scores


@dataclass(frozen=True, slots=True)
class Answer:
    """Evidence for a claim, best first, and the state of the corpus it is from."""

    claim: str
    evidence: tuple[Evidence, ...]
    generation: int
    undated_excluded: int
