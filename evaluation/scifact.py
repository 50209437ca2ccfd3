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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas import EvidenceBody
from api.service import VERSION, Service
from evaluation.errors import EvaluationError
from evaluation.retrieval import Advance
from index.lines import read_lines
from index.types import Document, document
from retrieval.types import Claim, Stance

MAX_RATIONALE = 3
DEPTH = 10
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
    evidence: dict[str, list[_Rationale]]


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


def load(folder: Path, split: str) -> SciFact:
    """
    Raises:
        EvaluationError: a file is missing, or a line is not what it should be.
    """
    abstracts = {
        str(line.doc_id): (line.title, tuple(line.abstract))
        for line in read_lines(folder / "corpus.jsonl", _Abstract, EvaluationError)
    }
    claims: dict[str, str] = {}
    gold: dict[str, dict[str, Gold]] = {}
    for line in read_lines(folder / f"claims_{split}.jsonl", _Claim, EvaluationError):
        claims[str(line.id)] = line.claim
        gold[str(line.id)] = {
            abstract: Gold(LABELS[sets[0].label], tuple(frozenset(one.sentences) for one in sets))
            for abstract, sets in line.evidence.items()
        }
    return SciFact(abstracts, claims, gold)


def as_document(id: str, title: str, sentences: Sequence[str]) -> Document:
    """An abstract as claimdesk stores it: its sentences with a space between them."""
    return document(id, " ".join(sentences), title=title, language="en")


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


def score(
    gold: Mapping[str, Mapping[str, Gold]], predicted: Mapping[str, Mapping[str, Predicted]]
) -> dict[str, dict[str, float]]:
    """The four official measures; each with precision, recall and F1."""
    right = dict.fromkeys(MEASURES, 0)
    abstracts = sum(len(each) for each in predicted.values())
    sentences = 0
    for claim, each in predicted.items():
        for abstract, one in each.items():
            sentences += len(one.sentences)
            truth = gold.get(claim, {}).get(abstract)
            if truth is None:
                continue
            labelled = truth.label == one.label
            first = set(one.sentences[:MAX_RATIONALE])
            held = [rationale for rationale in truth.rationales if rationale <= first]
            whole = [r for r in truth.rationales if r <= set(one.sentences)]
            chosen = len(set(one.sentences) & set().union(*whole))
            right["abstract_label"] += labelled
            right["abstract_rationale"] += labelled and bool(held)
            right["sentence_selection"] += chosen
            right["sentence_label"] += chosen if labelled else 0
    all_abstracts = sum(len(each) for each in gold.values())
    all_sentences = sum(
        len(frozenset().union(*one.rationales)) for each in gold.values() for one in each.values()
    )
    totals = {"abstract": (abstracts, all_abstracts), "sentence": (sentences, all_sentences)}
    return {name: _f1(right[name], *totals[name.split("_")[0]]) for name in MEASURES}


MEASURES = ("abstract_label", "abstract_rationale", "sentence_selection", "sentence_label")


def _f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def evaluate(data: SciFact, service: Service, threshold: float, advance: Advance) -> dict[str, Any]:
    """Open retrieval: every claim against all abstracts, and the official scores.

    Args:
        threshold: an abstract is named when its stance is this probable.

    Raises:
        EvaluationError: the service has no stance model.
    """
    if service.names.stance is None:
        raise EvaluationError("there is no label without a stance model: set one")
    documents = (as_document(id, *abstract) for id, abstract in data.abstracts.items())
    for outcome in service.ingest(documents):
        if outcome.status == "refused":
            raise EvaluationError(f"{outcome.id}: {outcome.reason}")
        advance()
    predicted: dict[str, dict[str, Predicted]] = {}
    for id, text in data.claims.items():
        (answer,) = service.verify([Claim(text, DEPTH)], "evaluate")
        predicted[id] = dict(_named(answer.evidence, data, threshold))
        advance()
    return {
        "open": score(data.gold, predicted),
        "claims": len(data.claims),
        "abstracts": len(data.abstracts),
        "threshold": threshold,
        "models": service.names.model_dump(),
        "version": VERSION,
    }


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
