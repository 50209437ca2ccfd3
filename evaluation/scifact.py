"""SciFact's own scoring: abstracts and rationale sentences, in open retrieval or given abstracts.

Wadden et al., Fact or Fiction: Verifying Scientific Claims (2020), section 4 and appendix:

    abstract, label only       a predicted abstract is right if it is evidence for the claim and
                               has the right label
    abstract, label+rationale  and its sentences (three at most) hold a whole gold rationale
    sentence, selection        a predicted sentence is right if it belongs to a gold rationale all
                               of whose sentences are predicted
    sentence, selection+label  and its abstract has the right label

Precision counts against what was predicted, recall against all gold abstracts or gold sentences.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, Field

from api.schemas import EvidenceBody
from evaluation.errors import EvaluationError
from evaluation.figures import MEASURES
from evaluation.lines import read_lines
from evaluation.result import Advance, Result
from evaluation.target import Target, fill
from index.documents import Document, document
from retrieval.types import Stance

MAX_RATIONALE = 3
DEPTH = 10
WORST = 20
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
    """What a claim's evidence abstract says: label, and each rationale as sentence numbers."""

    label: Stance
    rationales: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Predicted:
    """A label for an abstract, and the sentences that carry it, best first."""

    label: Stance
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SciFact:
    """Abstracts as sentences by id; claims of one split; gold evidence by claim and abstract."""

    abstracts: Mapping[str, tuple[str, tuple[str, ...]]]
    claims: Mapping[str, str]
    gold: Mapping[str, Mapping[str, Gold]]
    cited: Mapping[str, Sequence[str]] = field(default_factory=dict)


def load(folder: Path, split: str) -> SciFact:
    """
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
    """What is wrong with a claim that looks right by itself."""
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
    """An abstract as claimdesk stores it: its sentences with a space between them. It is its own
    publisher, so that a claim can be verified over it alone."""
    return document(id, " ".join(sentences), title=title, language="en", publisher=id)


def sentence_numbers(sentences: Sequence[str], spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """For spans of the joined text the numbers of the sentences they are, or hold, or lie in."""
    numbers: dict[int, None] = {}
    for start, end in spans:
        at = 0
        for number, sentence in enumerate(sentences):
            shared = min(end, at + len(sentence)) - max(start, at)
            if shared > 0 and 2 * shared >= min(end - start, len(sentence)):
                numbers[number] = None
            at += len(sentence) + 1
    return tuple(numbers)


def counts(
    gold: Mapping[str, Mapping[str, Gold]], predicted: Mapping[str, Mapping[str, Predicted]]
) -> dict[str, npt.NDArray[np.int64]]:
    """For each claim of `gold` how many are right by each measure, predicted, and gold."""
    names = [*MEASURES, *(f"{kind}_{side}" for kind in KINDS for side in ("predicted", "gold"))]
    columns = {name: np.zeros(len(gold), np.int64) for name in names}
    for row, (claim, truths) in enumerate(gold.items()):
        columns["abstract_gold"][row] = len(truths)
        columns["sentence_gold"][row] = sum(
            len(set().union(*t.rationales)) for t in truths.values()
        )
        for abstract, one in predicted.get(claim, {}).items():
            columns["abstract_predicted"][row] += 1
            columns["sentence_predicted"][row] += len(one.sentences)
            truth = truths.get(abstract)
            if truth is None:
                continue
            labelled = truth.label == one.label
            first = set(one.sentences[:MAX_RATIONALE])
            held = any(rationale <= first for rationale in truth.rationales)
            whole = [r for r in truth.rationales if r <= set(one.sentences)]
            chosen = len(set(one.sentences) & set().union(*whole))
            columns["abstract_label"][row] += labelled
            columns["abstract_rationale"][row] += labelled and held
            columns["sentence_selection"][row] += chosen
            columns["sentence_label"][row] += chosen if labelled else 0
    return columns


def score(columns: Mapping[str, npt.NDArray[np.int64]]) -> dict[str, dict[str, float]]:
    """The four official measures; each with precision, recall and F1."""
    totals = {name: int(values.sum()) for name, values in columns.items()}
    return {
        name: _f1(totals[name], totals[f"{kind}_predicted"], totals[f"{kind}_gold"])
        for name in MEASURES
        for kind in [name.split("_")[0]]
    }


KINDS = ("abstract", "sentence")


def _f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def evaluate(
    data: SciFact, target: Target, threshold: float, oracle: bool, advance: Advance
) -> Result:
    """The official scores, every claim against all abstracts.

    Args:
        threshold: an abstract is named when its stance is this probable.
        oracle: each claim is verified over each of its gold abstracts alone: labels and rationales
            without the search's mistakes.

    Raises:
        EvaluationError: the target has no stance model.
    """
    info = target.info()
    if info.models.stance is None:
        raise EvaluationError("there is no label without a stance model: set one")
    asked = set().union(*data.gold.values()) if oracle else set(data.abstracts)
    documents = (as_document(id, *data.abstracts[id]) for id in data.abstracts if id in asked)
    if oracle:  # other documents are not asked
        for _ in target.add(documents):
            advance()
    else:
        fill(target, documents, advance)
    predicted: dict[str, dict[str, Predicted]] = {}
    for id, text in data.claims.items():
        if oracle:
            answers = [target.verify(text, 1, abstract) for abstract in data.gold[id]]
        else:
            answers = [target.verify(text, DEPTH)]
        evidence = [item for answer in answers for item in answer.evidence]
        predicted[id] = dict(_named(evidence, data, threshold))
        advance()
    columns = counts(data.gold, predicted)
    figures = {
        "oracle" if oracle else "open": score(columns),
        "claims": len(data.claims),
        "abstracts": len(asked),
        "threshold": threshold,
        "models": info.models.model_dump(),
        "version": info.version,
    }
    return Result("scifact", figures, columns, list(_errors(data, predicted)))


def _errors(
    data: SciFact, predicted: Mapping[str, Mapping[str, Predicted]]
) -> Iterator[dict[str, Any]]:
    """Abstracts that got the wrong label, should have had none, or were missed: some of each."""
    wrong = (
        {
            "claim": data.claims[id],
            "expected": data.gold[id][abstract].label if abstract in data.gold[id] else "none",
            "got": one.label,
            "evidence": " ".join(data.abstracts[abstract][1][number] for number in one.sentences),
        }
        for id, named in predicted.items()
        for abstract, one in named.items()
        if abstract not in data.gold[id] or data.gold[id][abstract].label != one.label
    )
    missed = (
        {
            "claim": data.claims[id],
            "expected": truth.label,
            "got": "none",
            "evidence": " ".join(
                data.abstracts[abstract][1][number] for number in sorted(truth.rationales[0])
            ),
        }
        for id, truths in data.gold.items()
        for abstract, truth in truths.items()
        if abstract not in predicted.get(id, {})
    )
    yield from itertools.islice(wrong, WORST // 2)
    yield from itertools.islice(missed, WORST // 2)


def _named(
    evidence: Sequence[EvidenceBody], data: SciFact, threshold: float
) -> Iterator[tuple[str, Predicted]]:
    for item in evidence:
        if item.stance in (None, "NOT_ENOUGH_INFO") or item.stance_probabilities is None:
            continue
        if item.stance_probabilities[item.stance] >= threshold:
            spans = [(quote.start, quote.end) for quote in item.rationale]
            numbers = sentence_numbers(data.abstracts[item.document.id][1], spans)
            yield item.document.id, Predicted(item.stance, numbers)
