"""Fact-check articles with their claims -> how often a verdict is right where it decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from api.schemas.claims import VerifyResponse
from evaluation import figures
from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from evaluation.result import Advance, Result
from evaluation.target import Target, fill
from evaluation.uncertainty import Columns
from evaluation.verdict import SHOWN, decided, first_quote, hits, prediction
from index.documents import Document, document
from index.errors import InvalidDocument
from retrieval.types import MAX_CLAIM_CHARS, VERDICTS, Verdict

Label = Literal["SUPPORTS", "REFUTES", "MIXED"]
GOLD: dict[Label, Verdict] = {"SUPPORTS": "SUPPORTED", "REFUTES": "REFUTED"}
WORST = 20  # most errors that a report shows


class _Line(BaseModel):
    id: str | None = None
    claim: str = Field(min_length=1, max_length=MAX_CLAIM_CHARS)
    paragraphs: list[str] = Field(min_length=1)
    label: Label


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a document, the claim that it checks, and the label that it gives it."""

    document: Document
    claim: str
    label: Label


def load(file: Path) -> list[Article]:
    """The articles of a file of JSON lines; the paragraphs of one are joined by blank lines.

    Raises:
        EvaluationError: a line is no article, or has the id of another; names file, line, reason.
    """
    articles: dict[str, Article] = {}
    for number, line in enumerate(read_lines(file, _Line, EvaluationError), start=1):
        id = line.id or f"article-{number}"
        if id in articles:
            raise EvaluationError(f"{file}:{number}: a second article {id!r}")
        try:
            text = document(id, "\n\n".join(line.paragraphs))
        except InvalidDocument as error:
            raise EvaluationError(f"{file}:{number}: {error}") from error
        articles[id] = Article(text, line.claim, line.label)
    if not any(one.label in GOLD for one in articles.values()):
        raise EvaluationError(f"{file} holds no claim that its article supports or refutes")
    return list(articles.values())


def judged(articles: Sequence[Article], limit: int | None = None) -> list[Article]:
    """The first `limit` articles that support or refute their claim; all of them for None."""
    return [one for one in articles if one.label in GOLD][:limit]


def evaluate(
    articles: Sequence[Article], target: Target, advance: Advance, limit: int | None = None
) -> Result:
    """Asks each claim over an index of all articles; those of mixed articles are not asked.

    A verdict decides when it is SUPPORTED or REFUTED. `decided` is the share of claims that get
    such a verdict, `right_where_decided` the share of right ones among these; "evidence" says for
    how many claims their own article is among the first k documents shown (hit@k).

    Raises:
        EvaluationError: the target has no stance model, or holds other documents.
    """
    info = target.info()
    if info.models.stance is None:
        raise EvaluationError("there is no verdict without a stance model: set one")
    fill(target, lambda: [one.document for one in articles], advance)
    asked = judged(articles, limit)
    answers: list[VerifyResponse] = []
    for one in asked:
        answers.append(target.verify(one.claim, SHOWN))
        advance()
    labels = [one.label for one in asked]
    verdicts = [decided(answer) for answer in answers]
    columns = {
        "decided": np.array([verdict in GOLD.values() for verdict in verdicts]),
        "right": np.array([GOLD[a] == b for a, b in zip(labels, verdicts, strict=True)]),
    }
    found: dict[str, Any] = {
        "n": len(asked),
        "articles": len(articles),
        **_figures(columns),
        "labels": {},
        "evidence": hits([frozenset({one.document.id}) for one in asked], answers),
        "models": info.models.model_dump(),
        "version": info.version,
    }
    for label in GOLD:
        rows = [row for row, one in enumerate(labels) if one == label]
        given = [verdicts[row] for row in rows]
        found["labels"][label] = {
            "n": len(rows),
            **(_figures({name: values[rows] for name, values in columns.items()}) if rows else {}),
            "verdicts": {verdict: given.count(verdict) for verdict in VERDICTS},
        }
    predictions = [
        {**prediction(one.claim, GOLD[one.label], answer), "article": one.document.id}
        for one, answer in zip(asked, answers, strict=True)
    ]
    errors = list(_errors(asked, answers))[:WORST]
    return Result("articles", found, columns, errors, predictions)


def _figures(columns: Columns) -> dict[str, float]:
    return {name: round(figure(columns), 4) for name, figure in figures.ARTICLES.items()}


def _errors(
    asked: Sequence[Article], answers: Sequence[VerifyResponse]
) -> Iterator[dict[str, Any]]:
    """Yields the claims that were decided wrongly, surest first."""
    pairs = zip(asked, answers, strict=True)
    for one, answer in sorted(pairs, key=lambda pair: -(pair[1].probability or 0.0)):
        verdict = decided(answer)
        if verdict in GOLD.values() and verdict != GOLD[one.label]:
            yield {
                "claim": one.claim,
                "expected": GOLD[one.label],
                "got": verdict,
                "value": answer.probability,
                "evidence": first_quote(answer),
            }
