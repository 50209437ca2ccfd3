"""Claims with verdicts, over an index -> accuracy, calibration, coverage against accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from api.schemas import VerifyResponse
from api.service import VERSION, Service
from evaluation.classification import coverage_curve, scores
from evaluation.errors import EvaluationError
from evaluation.retrieval import Advance
from index.lines import read_lines
from retrieval.types import MAX_CLAIM_CHARS, VERDICTS, Claim, Verdict

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)


class _Line(BaseModel):
    claim: str = Field(min_length=1, max_length=MAX_CLAIM_CHARS)
    verdict: Verdict
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, the verdict it should get, and what was changed in it, if that is known."""

    claim: str
    verdict: Verdict
    kind: str | None


def load(file: Path) -> list[Judged]:
    """
    Raises:
        EvaluationError: a line without a claim and a known verdict; names file, line and reason.
    """
    lines = read_lines(file, _Line, EvaluationError)
    judged = [Judged(line.claim, line.verdict, line.kind) for line in lines]
    if not judged:
        raise EvaluationError(f"{file} holds no claim")
    return judged


def evaluate(claims: Sequence[Judged], service: Service, advance: Advance) -> dict[str, Any]:
    """Verify every claim over the open index.

    Raises:
        EvaluationError: the service has no stance model, so there is no verdict to judge.
    """
    if service.names.stance is None:
        raise EvaluationError("there is no verdict without a stance model: set one")
    answers: list[VerifyResponse] = []
    for judged in claims:
        answers += service.verify([Claim(judged.claim)], "evaluate")
        advance()
    gold = [judged.verdict for judged in claims]
    predicted = [str(answer.verdict) for answer in answers]
    confidence = np.array([answer.probability for answer in answers], np.float64)
    correct = np.array([a == b for a, b in zip(gold, predicted, strict=True)])
    return {
        **scores(gold, predicted, confidence, VERDICTS),
        "coverage": coverage_curve(confidence, correct, THRESHOLDS),
        "by_kind": _by_kind(claims, correct.tolist()),
        "errors": [
            {
                "claim": judged.claim,
                "expected": judged.verdict,
                "got": answer.verdict,
                "probability": answer.probability,
                "evidence": answer.evidence[0].rationale[0].quote if answer.evidence else None,
            }
            for judged, answer in zip(claims, answers, strict=True)
            if judged.verdict != answer.verdict
        ],
        "models": service.names.model_dump(),
        "version": VERSION,
    }


def _by_kind(claims: Sequence[Judged], correct: Sequence[bool]) -> dict[str, dict[str, int]]:
    kinds: dict[str, dict[str, int]] = {}
    for judged, right in zip(claims, correct, strict=True):
        if judged.kind:
            count = kinds.setdefault(judged.kind, {"n": 0, "right": 0})
            count["n"] += 1
            count["right"] += right
    return kinds
