"""SciFact and a target -> the official scores of the target's answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.schemas.claims import EvidenceBody
from evaluation.errors import EvaluationError
from evaluation.result import Advance, Result
from evaluation.scifact.data import SciFact, as_document
from evaluation.scifact.scoring import Predicted, counts, score, sentence_numbers
from evaluation.target import Target, fill
from index.corpus import Filters
from index.documents import Document

DEPTH = 10  # abstracts in an answer
WORST = 20  # most errors that a report shows


def evaluate(
    data: SciFact, target: Target, threshold: float, oracle: bool, advance: Advance
) -> Result:
    """The official scores of a target, which verifies every claim over all abstracts.

    Args:
        threshold: least probability of its stance with which an abstract counts as predicted.
        oracle: each claim is verified over each of its gold abstracts alone, so that mistakes of
            the search do not count.

    Raises:
        EvaluationError: the target has no stance model.
    """
    info = target.info()
    if info.models.stance is None:
        raise EvaluationError("there is no label without a stance model: set one")
    indexed = set().union(*data.gold.values()) if oracle else set(data.abstracts)

    def documents() -> list[Document]:
        return [as_document(id, *text) for id, text in data.abstracts.items() if id in indexed]

    # Given the gold abstracts, a filter keeps other documents out.
    fill(target, documents, advance, alone=not oracle)
    predicted: dict[str, dict[str, Predicted]] = {}
    for id, text in data.claims.items():
        if oracle:
            answers = [
                target.verify(text, 1, Filters(publisher=(abstract,))) for abstract in data.gold[id]
            ]
        else:
            answers = [target.verify(text, DEPTH)]
        evidence = [item for answer in answers for item in answer.evidence]
        predicted[id] = dict(_predictions(evidence, data, threshold))
        advance()
    columns = counts(data.gold, predicted)
    figures = {
        "oracle" if oracle else "open": score(columns),
        "claims": len(data.claims),
        "abstracts": len(indexed),
        "threshold": threshold,
        "models": info.models.model_dump(),
        "version": info.version,
    }
    return Result("scifact", figures, columns, list(_errors(data, predicted)))


def _errors(
    data: SciFact, predicted: Mapping[str, Mapping[str, Predicted]]
) -> Iterator[dict[str, Any]]:
    """Yields some abstracts with a wrong label or a needless one, and some that were missed."""
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


def _predictions(
    evidence: Sequence[EvidenceBody], data: SciFact, threshold: float
) -> Iterator[tuple[str, Predicted]]:
    """Yields the abstracts that an answer labels, by id."""
    for item in evidence:
        if item.stance in (None, "NOT_ENOUGH_INFO") or item.stance_probabilities is None:
            continue
        if item.stance_probabilities[item.stance] >= threshold:
            spans = [(quote.start, quote.end) for quote in item.rationale]
            numbers = sentence_numbers(data.abstracts[item.document.id][1], spans)
            yield item.document.id, Predicted(item.stance, numbers)
