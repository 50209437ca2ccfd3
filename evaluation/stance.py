"""Labelled pairs -> accuracy, F1 and calibration of the stance model, alone or as it is used."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from api.service import VERSION
from evaluation import figures
from evaluation.classification import scores, worst_errors
from evaluation.errors import EvaluationError, claim_refused
from evaluation.pairs import Pair, read_pairs
from evaluation.result import Advance, Result
from evaluation.resume import Journal
from index.documents import Vectors, document
from index.split import split
from index.terms import terms
from retrieval.errors import ClaimTooLong
from retrieval.reading import Reading
from retrieval.types import STANCES, Candidate, Scores, StanceModel
from retrieval.weigh import score_evidence

PAIRS_PER_ENTRY = 256  # pairs predicted together, and written down together


def load(file: Path, sample: int | None) -> list[Pair]:
    """Every pair of a file, or a sample of `sample` pairs by a fixed seed.

    Raises:
        EvaluationError: a line is not a labelled pair; names file, line and reason.
    """
    pairs = list(read_pairs(file))
    if not pairs:
        raise EvaluationError(f"{file} holds no pair")
    if sample is None or sample >= len(pairs):
        return pairs
    return random.Random(0).sample(pairs, sample)  # noqa: S311 - a sample, not a secret


def evaluate(
    pairs: Sequence[Pair],
    model: StanceModel,
    advance: Advance,
    journal: Journal | None = None,
    by: Iterable[str] = (),
    *,
    as_read: bool = False,
) -> Result:
    """Scores over all pairs, and over those that are no near-duplicates of training data.

    Args:
        by: fields of the lines; for each the pairs of every value are scored by themselves.
        as_read: whether the pairs are scored too as a service reads the evidence: by its passages
            and their sentences, corrected by values, speakers and ratings.

    Raises:
        EvaluationError: no line has a field of `by`, or a claim is too long for the model.
    """
    by = tuple(by)
    for name in by:
        if not any(name in pair.groups for pair in pairs):
            raise EvaluationError(f"no line has the field {name!r}")
    probabilities = predict(pairs, model, advance, journal)
    result = _scores(pairs, probabilities)
    fresh = [row for row, pair in enumerate(pairs) if not pair.near_duplicate]
    if 0 < len(fresh) < len(pairs):
        result["without_near_duplicates"] = _scores(
            [pairs[row] for row in fresh], probabilities[fresh]
        )
    if as_read:
        result["as_read"] = _scores(pairs, read(pairs, model, advance, journal))
    gold = np.array([STANCES.index(pair.label) for pair in pairs])
    predicted = probabilities.argmax(axis=1)
    columns = {"gold": gold, "predicted": predicted, "confidence": probabilities.max(axis=1)}
    if by:
        result["by"] = {name: _by_value(pairs, columns, name) for name in by}
    worst = worst_errors(gold != predicted, columns["confidence"])
    errors = [
        {
            "claim": pairs[row].claim,
            "expected": pairs[row].label,
            "got": STANCES[predicted[row]],
            "value": round(float(columns["confidence"][row]), 4),
            "evidence": pairs[row].evidence,
        }
        for row in worst
    ]
    result |= {"models": {"stance": model.identity}, "version": VERSION}
    return Result("stance", result, columns, errors)


def predict(
    pairs: Sequence[Pair], model: StanceModel, advance: Advance, journal: Journal | None = None
) -> Vectors:
    """Probabilities of shape (n, 3), in the order of the pairs; `advance()` after each pair.

    Raises:
        ClaimRefused: a claim is too long for the model; no pair was predicted.
    """
    for pair in pairs:
        try:
            model.check(pair.claim)
        except ClaimTooLong as error:
            raise claim_refused(pair.claim, error) from error
    return _in_batches(pairs, lambda some: _predicted(some, model), advance, journal, "")


def read(
    pairs: Sequence[Pair], model: StanceModel, advance: Advance, journal: Journal | None = None
) -> Vectors:
    """`predict`, as a service reads a document with this evidence."""
    return _in_batches(pairs, lambda some: _read(some, model), advance, journal, "read ")


def _in_batches(
    pairs: Sequence[Pair],
    predicted: Callable[[Sequence[Pair]], Vectors],
    advance: Advance,
    journal: Journal | None,
    name: str,
) -> Vectors:
    probabilities = np.zeros((len(pairs), len(STANCES)), np.float32)
    # Pairs of like length go together, so that little is padded; the longest come last.
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row].evidence))
    for at in range(0, len(order), PAIRS_PER_ENTRY):
        rows = order[at : at + PAIRS_PER_ENTRY]
        make = partial(_rounded, predicted, [pairs[row] for row in rows])
        probabilities[rows] = journal.once(f"{name}{at}", make) if journal else make()
        for _ in rows:
            advance()
    return probabilities


def _rounded(
    predicted: Callable[[Sequence[Pair]], Vectors], pairs: Sequence[Pair]
) -> list[list[float]]:
    return [[round(float(share), 6) for share in row] for row in predicted(pairs)]


def _predicted(pairs: Sequence[Pair], model: StanceModel) -> Vectors:
    return model.predict([(pair.evidence, pair.claim) for pair in pairs])[:, : len(STANCES)]


def _read(pairs: Sequence[Pair], model: StanceModel) -> Vectors:
    scored = score_evidence([[_reading(pair)] for pair in pairs], model)
    return np.array([reading.stance for (reading,) in scored], np.float32)


def _reading(pair: Pair) -> Reading:
    """The evidence as a document that is surely about the claim, found by the passage that shares
    most words with it."""
    evidence, words = document("evidence", pair.evidence, language="en"), set(terms(pair.claim))
    passage = max(split(evidence), key=lambda one: len(words & set(terms(one.text))))
    found = Candidate(evidence, passage, Scores(dense=1.0, lexical=0.0, fused=1.0))
    return Reading(found, pair.claim, np.zeros(1, np.float32), judged=True)


def _scores(pairs: Sequence[Pair], probabilities: Vectors) -> dict[str, Any]:
    gold = [pair.label for pair in pairs]
    best = probabilities.argmax(axis=1)
    predicted = [STANCES[at] for at in best]
    result = scores(gold, predicted, probabilities.max(axis=1), STANCES)
    present = [at for at, stance in enumerate(STANCES) if stance in gold]
    if len(present) < len(STANCES):
        # A set without one of the labels: also the accuracy of the choice among the others.
        among = np.array(present)[probabilities[:, present].argmax(axis=1)]
        right = [STANCES[at] == label for at, label in zip(among, gold, strict=True)]
        result["accuracy_among_its_labels"] = round(float(np.mean(right)), 4)
    return result


def _by_value(
    pairs: Sequence[Pair], columns: Mapping[str, Any], name: str
) -> dict[str, dict[str, float | int]]:
    """Accuracy, macro-F1 and number of the pairs by value of a field, most pairs first.

    Pairs without the field are left out.
    """
    rows: dict[str, list[int]] = {}
    for row, pair in enumerate(pairs):
        if name in pair.groups:
            rows.setdefault(pair.groups[name], []).append(row)
    found: dict[str, dict[str, float | int]] = {}
    for value, of in sorted(rows.items(), key=lambda item: -len(item[1])):
        own = {column: columns[column][of] for column in ("gold", "predicted")}
        found[value] = {
            "n": len(of),
            "accuracy": round(figures.accuracy(own), 4),
            "macro_f1": round(figures.macro_f1(own), 4),
        }
    return found
