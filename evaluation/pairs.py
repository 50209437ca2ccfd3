"""Labelled pairs: a claim, one piece of evidence, and what that says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field

from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from retrieval.types import Stance


@dataclass(frozen=True, slots=True)
class Pair:
    """One claim beside one piece of evidence, and what the evidence says of it."""

    claim: str
    evidence: str
    label: Stance
    dataset: str
    near_duplicate: bool = False
    """Its evidence shares a long run of words with training data."""


class _Line(BaseModel):
    claim: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    label: Stance
    dataset: str = "unnamed"
    pool_8gram: bool = False


def read_pairs(file: Path) -> Iterator[Pair]:
    """
    Raises:
        EvaluationError: a line is not a pair with a known label; names file, line and reason.
    """
    for line in read_lines(file, _Line, EvaluationError):
        yield Pair(line.claim, line.evidence, line.label, line.dataset, line.pool_8gram)


def write_pairs(pairs: Iterable[Pair], out: Path) -> None:
    """As `read_pairs` reads them."""
    with out.open("w", encoding="utf-8") as stream:
        for pair in pairs:
            row = _Line(
                claim=pair.claim,
                evidence=pair.evidence,
                label=pair.label,
                dataset=pair.dataset,
                pool_8gram=pair.near_duplicate,
            )
            stream.write(row.model_dump_json(exclude_defaults=True) + "\n")
