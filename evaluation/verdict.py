"""Claims with verdicts, over an index -> accuracy, calibration, coverage against accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field

from api.schemas import VerifyResponse
from evaluation.classification import scores, worst_errors
from evaluation.errors import EvaluationError
from evaluation.result import Advance, Result
from evaluation.target import Target
from index.lines import read_lines
from retrieval.types import MAX_CLAIM_CHARS, VERDICTS, Claim, Verdict

SHOWN = 5


class GoldEvidence(BaseModel):
    """A sentence that decides: where it stands, and what it says."""

    document: str
    quote: str = Field(min_length=1)


class _Line(BaseModel):
    claim: str = Field(min_length=1, max_length=MAX_CLAIM_CHARS)
    verdict: Verdict
    kind: str | None = None
    evidence: list[GoldEvidence] = []


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, the verdict it should get, and what was changed in it, if that is known."""

    claim: str
    verdict: Verdict
    kind: str | None
    evidence: tuple[GoldEvidence, ...] = ()

    def to_claim(self) -> Claim:
        return Claim(self.claim, SHOWN)


def load(file: Path) -> list[Judged]:
    """
    Raises:
        EvaluationError: a line without a claim and a known verdict; names file, line and reason.
    """
    lines = read_lines(file, _Line, EvaluationError)
    judged = [Judged(line.claim, line.verdict, line.kind, tuple(line.evidence)) for line in lines]
    if not judged:
        raise EvaluationError(f"{file} holds no claim")
    return judged


def evaluate(claims: Sequence[Judged], target: Target, advance: Advance) -> Result:
    """Verify every claim over what the target has indexed.

    Where claims come with gold evidence, `strict_score` is FEVER's: the verdict is right, and of
    the evidence shown one piece is of a gold document and says what the gold sentence says
    (Thorne et al., FEVER, 2018). A claim without enough evidence needs none.

    Raises:
        EvaluationError: the target has no stance model, so there is no verdict to judge.
    """
    info = target.info()
    if info.models.stance is None:
        raise EvaluationError("there is no verdict without a stance model: set one")
    answers: list[VerifyResponse] = []
    for judged in claims:
        answers.append(target.verify(judged.claim, SHOWN))
        advance()
    gold = [judged.verdict for judged in claims]
    predicted = [_decided(answer) for answer in answers]
    confidence = np.array([answer.probability for answer in answers], np.float64)
    correct = np.array([a == b for a, b in zip(gold, predicted, strict=True)])
    figures = scores(gold, predicted, confidence, VERDICTS)
    if any(judged.evidence for judged in claims):
        found = [_shows(answer, judged) for answer, judged in zip(answers, claims, strict=True)]
        figures["strict_score"] = round(float((correct & np.array(found)).mean()), 4)
    errors = [
        {
            "claim": claims[row].claim,
            "expected": gold[row],
            "got": predicted[row],
            "value": round(float(confidence[row]), 4),
            "evidence": answers[row].evidence[0].rationale[0].quote
            if answers[row].evidence
            else "",
        }
        for row in worst_errors(~correct, confidence)
    ]
    figures |= {
        "by_kind": _by_kind(claims, correct.tolist()),
        "models": info.models.model_dump(),
        "version": info.version,
    }
    columns = {
        "gold": np.array([VERDICTS.index(verdict) for verdict in gold]),
        "predicted": np.array([VERDICTS.index(verdict) for verdict in predicted]),
        "confidence": confidence,
    }
    return Result("verdict", figures, columns, errors)


def _decided(answer: VerifyResponse) -> Verdict:
    assert answer.verdict is not None
    return answer.verdict


def _shows(answer: VerifyResponse, judged: Judged) -> bool:
    if judged.verdict == "NOT_ENOUGH_EVIDENCE":
        return True
    return any(
        item.document.id == gold.document and _overlap(gold.quote, quote.quote)
        for item in answer.evidence
        for quote in item.rationale
        for gold in judged.evidence
    )


def _overlap(gold: str, quote: str) -> bool:
    """A quote is the gold sentence when one holds the other: splitters differ at their ends."""
    return gold in quote or quote in gold


def _by_kind(claims: Sequence[Judged], correct: Sequence[bool]) -> dict[str, dict[str, int]]:
    kinds: dict[str, dict[str, int]] = {}
    for judged, right in zip(claims, correct, strict=True):
        if judged.kind:
            count = kinds.setdefault(judged.kind, {"n": 0, "right": 0})
            count["n"] += 1
            count["right"] += right
    return kinds
