"""File of labelled pairs <-> pairs: a claim, one piece of evidence, and the label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

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
    """The evidence shares eight words in a row, or more, with training data."""
    groups: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Values by field of the line that are single words or numbers, such as its dataset and kind.
    Pairs that differ in nothing else are equal."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="allow")

    claim: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    label: Stance
    dataset: str = "unnamed"
    pool_8gram: bool = False


def read_pairs(file: Path) -> Iterator[Pair]:
    """Yields the pairs of a file of JSON lines; a line may have any further fields.

    Raises:
        EvaluationError: a line is not a pair with a known label; names file, line and reason.
    """
    for line in read_lines(file, _Line, EvaluationError):
        further = line.model_extra or {}
        groups = {name: str(v) for name, v in further.items() if isinstance(v, str | int | float)}
        groups["dataset"] = line.dataset
        yield Pair(line.claim, line.evidence, line.label, line.dataset, line.pool_8gram, groups)


def write_pairs(pairs: Iterable[Pair], out: Path) -> None:
    """Writes pairs as `read_pairs` reads them, without further fields."""
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
