"""Claims over news articles -> model time of a claim, beside that of one passage of each article
and of what a check reads."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.service import Service
from api.settings import Settings
from evaluation.bench.texts import news_folders
from evaluation.verdict import load
from index.documents import Vectors
from index.read import read
from retrieval.claim import claim as normal_claim
from retrieval.types import Answer, StanceModel, Verdict
from retrieval.verify import verify

CLAIMS = 30  # of each folder of news
# A claim is read in three calls: the best passage of each document, the further passages of those
# that are read on, the sentences of the passages that decide.
FURTHER = 1


class Clock:
    """A stance model, and the seconds that each of its calls takes."""

    def __init__(self, model: StanceModel) -> None:
        self._model, self.identity = model, model.identity
        self.calibration, self.claim_tokens = model.calibration, model.claim_tokens
        self.seconds: list[float] = []

    def check(self, claim: str) -> None:
        self._model.check(claim)

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        started = time.perf_counter()
        rows = self._model.predict(pairs)
        self.seconds.append(time.perf_counter() - started)
        return rows


def over_news(chosen: Settings, data: Path) -> dict[str, Any]:
    """`figures` of a service over a new corpus in `data`."""
    with Service.open(chosen.model_copy(update={"data": data}), writable=True) as service:
        return figures(service)


def figures(service: Service, claims: int = CLAIMS) -> dict[str, Any]:
    """Median milliseconds of the stance model for a claim over our news: with and without reading
    on, and read as a check reads its statements; how many of these verdicts are the same.

    Args:
        claims: of each folder of news, at most.
    """
    folders = news_folders()
    for folder in folders:
        for _ in service.ingest(read(folder / "articles.jsonl")):
            pass
    service.corpus.sync()
    assert service.models.stance is not None
    clock = Clock(service.models.stance)
    models = replace(service.models, stance=clock)
    whole, one, checked, same = [], [], [], 0
    for asked in (asked for folder in folders for asked in load(folder / "claims.jsonl")[:claims]):
        claim = normal_claim(asked.claim)
        clock.seconds.clear()
        (answer,) = verify([claim], service.corpus, models)
        if not clock.seconds:  # a claim that states nothing
            continue
        whole.append(sum(clock.seconds))
        one.append(whole[-1] - clock.seconds[FURTHER])
        clock.seconds.clear()
        (statement,) = verify([replace(claim, thorough=False)], service.corpus, models)
        checked.append(sum(clock.seconds))
        same += _verdict(statement) == _verdict(answer)
    return {
        "claims": len(whole),
        "read_on_ms": round(1000 * statistics.median(whole), 1),
        "one_passage_ms": round(1000 * statistics.median(one), 1),
        "as_checked_ms": round(1000 * statistics.median(checked), 1),
        "same_verdicts": same,
    }


def _verdict(answer: Answer) -> Verdict | None:
    return answer.judgement.verdict if answer.judgement else None
