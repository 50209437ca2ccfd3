"""Files of SciFact (Wadden et al., 2020) -> abstracts, claims and gold evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from unicodedata import normalize

from pydantic import BaseModel, Field

from evaluation.errors import EvaluationError
from evaluation.lines import read_lines
from index.documents import Document, document
from retrieval.types import Stance

LABELS: Mapping[str, Stance] = {"SUPPORT": "SUPPORTS", "CONTRADICT": "REFUTES"}


class _Abstract(BaseModel):
    doc_id: int | str
    title: str
    abstract: list[str] = Field(min_length=1)


class _Rationale(BaseModel):
    sentences: list[int] = Field(min_length=1)
    label: Literal["SUPPORT", "CONTRADICT"]


class _Claim(BaseModel):
    id: int | str
    claim: str = Field(min_length=1)
    evidence: dict[str, Annotated[list[_Rationale], Field(min_length=1)]]
    cited_doc_ids: list[int | str] = []


@dataclass(frozen=True, slots=True)
class Gold:
    """The label of an abstract for a claim, and each gold rationale as sentence numbers."""

    label: Stance
    rationales: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class SciFact:
    """Title and sentences of each abstract by id; texts of the claims by id; gold by claim and
    abstract; the ids of the abstracts that a claim cites."""

    abstracts: Mapping[str, tuple[str, tuple[str, ...]]]
    claims: Mapping[str, str]
    gold: Mapping[str, Mapping[str, Gold]]
    cited: Mapping[str, Sequence[str]] = field(default_factory=dict)


def load(folder: Path, split: str) -> SciFact:
    """The abstracts, and the claims of one split.

    Raises:
        EvaluationError: a file is missing, or a line is not what it should be: no such abstract or
            sentence, two labels for one abstract, an id twice.
    """
    abstracts = {
        # As documents are stored, so that offsets are of the same text.
        str(line.doc_id): (line.title, tuple(normalize("NFC", one) for one in line.abstract))
        for line in read_lines(folder / "corpus.jsonl", _Abstract, EvaluationError)
    }
    claims: dict[str, str] = {}
    gold: dict[str, dict[str, Gold]] = {}
    cited: dict[str, list[str]] = {}
    file = folder / f"claims_{split}.jsonl"
    for number, line in enumerate(read_lines(file, _Claim, EvaluationError), start=1):
        if reason := _reason(line, claims, abstracts):
            raise EvaluationError(f"{file}:{number}: {reason}")
        claims[str(line.id)] = line.claim
        cited[str(line.id)] = [str(id) for id in line.cited_doc_ids or line.evidence]
        gold[str(line.id)] = {
            abstract: Gold(LABELS[sets[0].label], tuple(frozenset(one.sentences) for one in sets))
            for abstract, sets in line.evidence.items()
        }
    if not claims:
        raise EvaluationError(f"{file} holds no claim")
    return SciFact(abstracts, claims, gold, cited)


def _reason(
    line: _Claim,
    claims: Mapping[str, str],
    abstracts: Mapping[str, tuple[str, tuple[str, ...]]],
) -> str | None:
    """The reason why a line contradicts the others or the corpus; None where it does not."""
    if str(line.id) in claims:
        return f"a second claim {line.id}"
    for abstract in [*map(str, line.cited_doc_ids), *line.evidence]:
        if abstract not in abstracts:
            return f"abstract {abstract} is not in corpus.jsonl"
    for abstract, sets in line.evidence.items():
        if len({one.label for one in sets}) > 1:
            return f"abstract {abstract} has two labels"
        last = len(abstracts[abstract][1]) - 1
        if any(not 0 <= at <= last for one in sets for at in one.sentences):
            return f"abstract {abstract} has the sentences 0 to {last}"
    return None


def as_document(id: str, title: str, sentences: Sequence[str]) -> Document:
    """An abstract as claimdesk stores it: its sentences with a space between them.

    Its publisher is its id, so that a filter can restrict a claim to this abstract.
    """
    return document(id, " ".join(sentences), title=title, language="en", publisher=id)
