"""Claims with verdicts, over an index -> accuracy, calibration, and hits among the evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from api.schemas.claims import VerifyResponse
from evaluation.classification import scores, worst_errors
from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from evaluation.result import Advance, Result
from evaluation.target import Target
from index.corpus import NO_FILTERS, Filters
from retrieval.claim import claim
from retrieval.types import MAX_CLAIM_CHARS, VERDICTS, Claim, Verdict

SHOWN = 5  # documents in an answer
SENTENCES = 5  # quotes that may hold the gold sentences, as FEVER counts
HITS_AT = (1, 3, 5)  # documents among which a gold one is a hit


class GoldEvidence(BaseModel):
    """A sentence that decides: its document and its words."""

    document: str
    quote: str = Field(min_length=1)


class _Filters(BaseModel):
    # A filter that is not known would be left out without a word.
    model_config = ConfigDict(extra="forbid")

    publisher: list[str] = []
    language: list[str] = []
    published_after: dt.date | None = None


class _Line(BaseModel):
    claim: str = Field(min_length=1, max_length=MAX_CLAIM_CHARS)
    verdict: Verdict
    kind: str | None = None
    evidence: list[GoldEvidence | list[GoldEvidence]] = []
    documents: list[str] = []
    as_of: dt.date | None = None
    filters: _Filters = _Filters()

    def judged(self) -> Judged:
        inner = self.filters
        return Judged(
            self.claim,
            self.verdict,
            self.kind,
            tuple(tuple(one) if isinstance(one, list) else (one,) for one in self.evidence),
            tuple(self.documents),
            Filters(
                publisher=tuple(inner.publisher),
                language=tuple(inner.language),
                as_of=self.as_of,
                published_after=inner.published_after,
            ),
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, the verdict that it should get, and the kind of claim, if the line says one."""

    claim: str
    verdict: Verdict
    kind: str | None
    evidence: tuple[tuple[GoldEvidence, ...], ...] = ()
    """Sets of sentences; each set decides by itself."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that decide, or are about the claim; any of them is a hit."""
    filters: Filters = NO_FILTERS

    def to_claim(self) -> Claim:
        return claim(self.claim, SHOWN, self.filters)

    @property
    def gold_documents(self) -> frozenset[str]:
        return frozenset(self.documents or (one.document for each in self.evidence for one in each))


def load(file: Path) -> list[Judged]:
    """The claims of a file of JSON lines, each with the restrictions that /v1/verify knows.

    Raises:
        EvaluationError: a line without a claim and a known verdict; names file, line and reason.
    """
    judged = [line.judged() for line in read_lines(file, _Line, EvaluationError)]
    if not judged:
        raise EvaluationError(f"{file} holds no claim")
    if any(one.evidence for one in judged):
        for number, one in enumerate(judged, start=1):
            if one.verdict != "NOT_ENOUGH_EVIDENCE" and not all(one.evidence or [()]):
                raise EvaluationError(
                    f"{file}:{number}: evidence: other claims have some, this decided one has none"
                )
    return judged


def evaluate(claims: Sequence[Judged], target: Target, advance: Advance) -> Result:
    """Scores the verdicts of a target over what it has indexed, each claim with its own filters.

    Where claims come with gold documents, "evidence" says for how many of them one is among the
    first k documents shown (hit@k). Where they come with gold sentences, `strict_score` is FEVER's:
    the verdict is right, and the first five sentences shown hold one whole set of gold sentences
    (Thorne et al., FEVER, 2018). A claim without enough evidence needs none.

    Raises:
        EvaluationError: the target has no stance model, so there is no verdict to judge.
    """
    info = target.info()
    if info.models.stance is None:
        raise EvaluationError("there is no verdict without a stance model: set one")
    answers: list[VerifyResponse] = []
    for judged in claims:
        answers.append(target.verify(judged.claim, SHOWN, judged.filters))
        advance()
    gold = [judged.verdict for judged in claims]
    predicted = [decided(answer) for answer in answers]
    # An answer without a probability, because nothing was searched, counts as confidence 0.
    confidence = np.array([answer.probability or 0.0 for answer in answers], np.float64)
    correct = np.array([a == b for a, b in zip(gold, predicted, strict=True)])
    figures = scores(gold, predicted, confidence, VERDICTS)
    columns = {
        "gold": np.array([VERDICTS.index(verdict) for verdict in gold]),
        "predicted": np.array([VERDICTS.index(verdict) for verdict in predicted]),
        "confidence": confidence,
    }
    if any(judged.evidence for judged in claims):
        found = [_shows(answer, judged) for answer, judged in zip(answers, claims, strict=True)]
        columns["strict_score"] = correct & np.array(found)
        figures["strict_score"] = round(float(columns["strict_score"].mean()), 4)
    if any(judged.gold_documents for judged in claims):
        figures["evidence"] = hits([judged.gold_documents for judged in claims], answers)
    errors = [
        {
            "claim": claims[row].claim,
            "expected": gold[row],
            "got": predicted[row],
            "value": round(float(confidence[row]), 4),
            "evidence": first_quote(answers[row]),
        }
        for row in worst_errors(~correct, confidence)
    ]
    figures |= {
        "by_kind": _by_kind(claims, correct.tolist()),
        "models": info.models.model_dump(),
        "documents": info.documents,
        "index_generation": info.index_generation,
        "version": info.version,
    }
    predictions = [
        prediction(one.claim, one.verdict, answer)
        for one, answer in zip(claims, answers, strict=True)
    ]
    return Result("verdict", figures, columns, errors, predictions)


def decided(answer: VerifyResponse) -> Verdict:
    """The verdict of an answer that was made with a stance model."""
    return answer.verdict or "NOT_ENOUGH_EVIDENCE"  # a claim that is not judged is undecided


def hits(gold: Sequence[frozenset[str]], answers: Sequence[VerifyResponse]) -> dict[str, Any]:
    """The number of claims with gold documents, and the share of them with a hit at each k."""
    ranks = [
        next((at for at, e in enumerate(answer.evidence, 1) if e.document.id in wanted), SHOWN + 1)
        for wanted, answer in zip(gold, answers, strict=True)
        if wanted
    ]
    shares = {f"hit@{k}": round(float(np.mean(np.array(ranks) <= k)), 4) for k in HITS_AT}
    return {"n": len(ranks), **shares}


def prediction(claim: str, gold: str, answer: VerifyResponse) -> Mapping[str, Any]:
    """A line of predictions.jsonl."""
    return {
        "claim": claim,
        "gold": gold,
        "verdict": answer.verdict,
        "probability": answer.probability,
        "quotes": [
            {"document": item.document.id, "quote": quote.quote}
            for item in answer.evidence
            for quote in item.rationale
        ],
    }


def first_quote(answer: VerifyResponse) -> str:
    """The first sentence that an answer quotes; empty where it quotes none."""
    quotes = (quote.quote for item in answer.evidence for quote in item.rationale)
    return next(quotes, "")


def _shows(answer: VerifyResponse, judged: Judged) -> bool:
    """Whether the first sentences shown hold one whole set of gold sentences."""
    if judged.verdict == "NOT_ENOUGH_EVIDENCE":
        return True
    shown = [(e.document.id, quote.quote) for e in answer.evidence for quote in e.rationale]
    return any(
        all(
            any(
                id == gold.document and same_sentence(gold.quote, quote)
                for id, quote in shown[:SENTENCES]
            )
            for gold in whole
        )
        for whole in judged.evidence
    )


def same_sentence(gold: str, quote: str) -> bool:
    """Whether a quote holds the gold sentence, or is most of it: splitters differ."""
    return gold in quote or (quote in gold and 2 * len(quote) >= len(gold))


def _by_kind(claims: Sequence[Judged], correct: Sequence[bool]) -> dict[str, dict[str, int]]:
    """The number of claims of each kind, and how many of their verdicts are right."""
    kinds: dict[str, dict[str, int]] = {}
    for judged, right in zip(claims, correct, strict=True):
        if judged.kind:
            count = kinds.setdefault(judged.kind, {"n": 0, "right": 0})
            count["n"] += 1
            count["right"] += right
    return kinds
