"""Gold and predicted labels and sentences -> SciFact's official scores.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.figures import MEASURES
from evaluation.scifact.data import Gold
from retrieval.types import Stance

MAX_RATIONALE = 3  # sentences of an abstract that count towards a whole rationale
KINDS = ("abstract", "sentence")


@dataclass(frozen=True, slots=True)
class Predicted:
    """A label for an abstract, and the sentences that carry it, best first."""

    label: Stance
    sentences: tuple[int, ...]


def sentence_numbers(sentences: Sequence[str], spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The numbers of the sentences that spans of the joined text are in, by half at least."""
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
    """For each claim of `gold` the numbers of right, predicted and gold items, shape (claims,)."""
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
    """Precision, recall and F1 of each of the four official measures."""
    totals = {name: int(values.sum()) for name, values in columns.items()}
    return {
        name: _f1(totals[name], totals[f"{kind}_predicted"], totals[f"{kind}_gold"])
        for name in MEASURES
        for kind in [name.split("_")[0]]
    }


def _f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
