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
from evaluation.lines import read_lines
from evaluation.result import Advance, Result
from evaluation.target import Target
from retrieval.types import MAX_CLAIM_CHARS, VERDICTS, Claim, Verdict

SHOWN = 5
SENTENCES = 5  # of those shown, as FEVER counts


class GoldEvidence(BaseModel):
    """A sentence that decides: where it stands, and what it says."""

    document: str
    quote: str = Field(min_length=1)


class _Line(BaseModel):
    claim: str = Field(min_length=1, max_length=MAX_CLAIM_CHARS)
    verdict: Verdict
    kind: str | None = None
    evidence: list[GoldEvidence | list[GoldEvidence]] = []


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, the verdict it should get, and what was changed in it, if that is known."""

    claim: str
    verdict: Verdict
    kind: str | None
    evidence: tuple[tuple[GoldEvidence, ...], ...] = ()
    """Sets of sentences; each set decides by itself."""

    def to_claim(self) -> Claim:
        return Claim(self.claim, SHOWN)


def load(file: Path) -> list[Judged]:
    """
    Raises:
        EvaluationError: a line without a claim and a known verdict; names file, line and reason.
    """
    lines = read_lines(file, _Line, EvaluationError)
    judged = [
        Judged(
            line.claim,
            line.verdict,
            line.kind,
            tuple(tuple(one) if isinstance(one, list) else (one,) for one in line.evidence),
        )
        for line in lines
    ]
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
    """Verify every claim over what the target has indexed.

    Where claims come with gold evidence, `strict_score` is FEVER's: the verdict is right, and the
    first five sentences shown hold one whole set of gold sentences (Thorne et al., FEVER, 2018). A
    claim without enough evidence needs none.

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
    columns = {
        "gold": np.array([VERDICTS.index(verdict) for verdict in gold]),
        "predicted": np.array([VERDICTS.index(verdict) for verdict in predicted]),
        "confidence": confidence,
    }
    if any(judged.evidence for judged in claims):
        found = [_shows(answer, judged) for answer, judged in zip(answers, claims, strict=True)]
        columns["strict_score"] = correct & np.array(found)
        figures["strict_score"] = round(float(columns["strict_score"].mean()), 4)
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
        "documents": info.documents,
        "index_generation": info.index_generation,
        "version": info.version,
    }
    return Result("verdict", figures, columns, errors)


def _decided(answer: VerifyResponse) -> Verdict:
    assert answer.verdict is not None
    return answer.verdict


def _shows(answer: VerifyResponse, judged: Judged) -> bool:
    if judged.verdict == "NOT_ENOUGH_EVIDENCE":
        return True
    shown = [(e.document.id, quote.quote) for e in answer.evidence for quote in e.rationale]
    return any(
        all(
            any(id == gold.document and same(gold.quote, quote) for id, quote in shown[:SENTENCES])
            for gold in whole
        )
        for whole in judged.evidence
    )


def same(gold: str, quote: str) -> bool:
    """A quote is the gold sentence when it holds it, or is most of it: splitters differ."""
    return gold in quote or (quote in gold and 2 * len(quote) >= len(gold))


def _by_kind(claims: Sequence[Judged], correct: Sequence[bool]) -> dict[str, dict[str, int]]:
    kinds: dict[str, dict[str, int]] = {}
    for judged, right in zip(claims, correct, strict=True):
        if judged.kind:
            count = kinds.setdefault(judged.kind, {"n": 0, "right": 0})
            count["n"] += 1
            count["right"] += right
    return kinds
