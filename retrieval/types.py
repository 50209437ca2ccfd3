"""The nouns of a claim's way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from index.corpus import NO_FILTERS, Filters
from index.documents import Document, Passage, Vectors

Mode = Literal["hybrid", "dense", "lexical"]
Stance = Literal["SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO"]
# The order of every probability vector over stances.
STANCES: Final[tuple[Stance, ...]] = ("SUPPORTS", "REFUTES", "NOT_ENOUGH_INFO")
Verdict = Literal["SUPPORTED", "REFUTED", "CONFLICTING_EVIDENCE", "NOT_ENOUGH_EVIDENCE"]
VERDICTS: Final[tuple[Verdict, ...]] = (
    "SUPPORTED",
    "REFUTED",
    "CONFLICTING_EVIDENCE",
    "NOT_ENOUGH_EVIDENCE",
)
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

    dense: cosine of claim and passage, -1 to 1. lexical: BM25, 0 and more. fused: both, what
    a search orders by (see retrieval/search.py); with stances that decides only in part.
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
class Calibration:
    """What was fitted on training data so that probabilities mean what they say.

    temperature: divides the logits of a stance (Guo et al., On Calibration of Modern Neural
    Networks, 2017). relevance: share of the stance, against the search score, in the order of the
    documents. about, about_width: where the search score says that a passage is about the claim at
    all. sharpness, verdict_temperature: for these see retrieval/verdict.py.
    """

    temperature: float = 1.0
    relevance: float = 0.5
    about: float = 0.0
    about_width: float = 0.0
    sharpness: float = 1.0
    verdict_temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Where claim and evidence part: the same kind of thing, said otherwise.

    `claim` is a slice of the claim, `evidence` one of the document's text.
    """

    kind: Literal["number", "comparison", "date", "negation"]
    claim: Quote
    evidence: Quote


@dataclass(frozen=True, slots=True)
class Evidence:
    """A candidate with the sentences of it that speak to the claim, and what they say of it."""

    document: Document
    passage: Passage
    rationale: tuple[Quote, ...]
    scores: Scores
    stance: Stance | None = None
    stance_probabilities: Mapping[Stance, float] | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability of each, and how many independent sources are in each camp."""

    verdict: Verdict
    probabilities: Mapping[Verdict, float]
    supporting: int
    refuting: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Evidence for a claim, what decides most first, and the state of the corpus it is from."""

    claim: str
    evidence: tuple[Evidence, ...]
    judgement: Judgement | None
    generation: int
    undated_excluded: int


class StanceModel(Protocol):
    """Says of evidence whether it supports a claim, refutes it, or says too little."""

    identity: str
    calibration: Calibration

    @property
    def claim_tokens(self) -> int:
        """Of the longest claim that it weighs."""
        ...

    def check(self, claim: str) -> None:
        """Raises: ClaimTooLong."""
        ...

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """(evidence, claim) pairs -> probabilities of shape (n, 3), columns as in `STANCES`."""
        ...
