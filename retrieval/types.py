"""What a claim becomes on its way: claim, candidate, evidence, judgement, answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
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
# How a document tells a claim: it states it itself, reports what somebody says, or rejects it.
Voice = Literal["stated", "reported", "rejected"]
# The order of every probability vector over voices.
VOICES: Final[tuple[Voice, ...]] = ("stated", "reported", "rejected")
# What the sentence nearest a claim lacks of it. nothing: no rule finds what it lacks.
Lack = Literal["time", "place", "amount", "entity", "cause", "outcome", "only_mentioned", "nothing"]
# Why there is no verdict, or why one has no probability.
Reason = Literal["no_documents", "not_a_statement", "language_not_judged"]
# Longest claim, in characters.
MAX_CLAIM_CHARS = 10_000
# Most documents that can be asked for.
MAX_TOP_K = 100

Stage = Literal["embed", "dense", "lexical", "stance", "differences"]
# Measures the time that a `with` block of this stage takes.
Timed = Callable[[Stage], AbstractContextManager[object]]


def untimed(stage: Stage) -> AbstractContextManager[object]:
    """Measures nothing."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to look for, with how to look. Its text is normal: make it with `claim()`.

    thorough: whether the stance model also reads documents that are more likely about something
    else. They can change a probability, and cannot decide.
    """

    text: str
    top_k: int = 5
    filters: Filters = NO_FILTERS
    mode: Mode = "hybrid"
    thorough: bool = True


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores by which a passage was found.

    dense: cosine of claim and passage, -1 to 1. lexical: BM25, 0 and more. fused: both, by which a
    search orders (see retrieval/search.py); a verification orders by it in part.
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
    """Parameters fitted on training data, by which probabilities match frequencies.

    temperature: divides the logits of a stance (Guo et al., On Calibration of Modern Neural
    Networks, 2017). relevance: weight of the stance, against that of the search score, in the order
    of the documents. about, about_width: the search score at which P(about) is 0.5, and over which
    it rises. sharpness, verdict_temperature: see retrieval/verdict.py. languages: primary subtags
    (BCP 47) of those it was fitted on, in which claims and passages are judged; none = in all.
    """

    temperature: float = 1.0
    relevance: float = 0.5
    about: float = 0.0
    about_width: float = 0.0
    sharpness: float = 1.0
    verdict_temperature: float = 1.0
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A point on which claim and evidence differ.

    `claim` is a slice of the claim's text, `evidence` one of the document's text.
    """

    kind: Literal["number", "comparison", "date", "negation"]
    claim: Quote
    evidence: Quote


@dataclass(frozen=True, slots=True)
class Derivation:
    """A step of working out, and the slices of the document that it uses."""

    text: str
    evidence: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A candidate with its rationale (the sentences that bear on the claim) and its stance.

    The text of its document is left out. voice: how it tells the claim; None if not judged.
    attributed_to: who says so, `document.text[start:end]`. title_quote: the document's title,
    where that carries the stance; the rationale may be empty then. derivation: how numbers of the
    rationale decide, in steps.
    """

    document: Document
    passage: Passage
    rationale: tuple[Quote, ...]
    scores: Scores
    stance: Stance | None = None
    stance_probabilities: Mapping[Stance, float] | None = None
    differences: tuple[Difference, ...] = ()
    language_not_judged: str | None = None
    voice: Voice | None = None
    attributed_to: Quote | None = None
    title_quote: Quote | None = None
    derivation: tuple[Derivation, ...] = ()


@dataclass(frozen=True, slots=True)
class Newest:
    """The stance of the newest document that decides, and its day."""

    stance: Stance
    date: dt.date


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability of each, and the number of independent sources in each camp.

    newest: where sources of different days disagree, the camp that is newer.
    Where there is no passage to judge by, probabilities is empty and reason says why. A claim that
    is not judged has no verdict. language_not_judged: the language of a claim, if that is why.
    """

    verdict: Verdict | None
    probabilities: Mapping[Verdict, float]
    supporting: int = 0
    refuting: int = 0
    reason: Reason | None = None
    language_not_judged: str | None = None
    newest: Newest | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """Numbers of documents that an answer was looked for in.

    documents: they pass the filters. undated: of these, those that carry no date.
    undated_excluded: they are left out only because they carry no date. withheld: they pass the
    filters and are hidden at this moment; None where nobody asked.
    """

    documents: int
    undated: int
    undated_excluded: int
    withheld: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A statement that a claim joins with others, a slice of it, and its own verdict."""

    claim: Quote
    verdict: Verdict
    probability: float


@dataclass(frozen=True, slots=True)
class Gap:
    """What was searched without a decision, and what the nearest statement lacks of the claim.

    publishers: at most so many, by the filters. since, until: the days that the filters admit.
    document, nearest: the document of the nearest sentence, and the sentence; None where nothing
    was read.
    """

    documents: int
    publishers: int
    since: dt.date | None
    until: dt.date | None
    document: str | None
    nearest: Quote | None
    lacks: Lack | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Evidence for a claim in the order it is shown, and its verdict.

    generation: of the indexes that were searched. parts: the statements that the claim joins, where
    it was judged by them. gap: with NOT_ENOUGH_EVIDENCE.
    """

    claim: str
    evidence: tuple[Evidence, ...]
    judgement: Judgement | None
    generation: int
    searched: Searched
    parts: tuple[Part, ...] = ()
    gap: Gap | None = None


class StanceModel(Protocol):
    """Predicts whether evidence supports a claim, refutes it, or says too little."""

    identity: str
    calibration: Calibration

    @property
    def claim_tokens(self) -> int:
        """Most tokens of a claim."""
        ...

    def check(self, claim: str) -> None:
        """Raises: ClaimTooLong: it has more than `claim_tokens`."""
        ...

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """(evidence, claim) pairs -> probabilities of shape (n, 3), columns as in `STANCES`; of a
        model that tells voices, of shape (n, 6), with columns as in `VOICES` after them."""
        ...
