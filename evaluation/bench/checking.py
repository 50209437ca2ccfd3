"""An article of made-up news -> seconds to check it, beside its statements one by one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.checking import answer_lines, claim_of, read_article
from api.desk_schemas import CheckRequest, StatementLine
from api.service import Service
from api.settings import Settings
from evaluation.bench.texts import documents

STORED_DOCUMENTS = 500  # that the article is checked against
ARTICLE_WORDS = 600
ROUNDS = 3  # timed runs of each side


def article(words: int = ARTICLE_WORDS, seed: int = 3) -> str:
    """Made-up news of at least `words` words in paragraphs of five sentences."""
    paragraphs: list[str] = []
    for one in documents(None, words, seed):
        paragraphs.append(one.text)
        if sum(len(text.split()) for text in paragraphs) >= words:
            break
    return "\n\n".join(paragraphs)


def whole_and_one_by_one(chosen: Settings, data: Path) -> dict[str, Any]:
    """Seconds of a whole check, of its first statement, of the same statements verified one after
    another, and of a check of the same text again.

    The fastest round counts; nothing is remembered but for the last figure.
    """
    forgetful = chosen.model_copy(update={"data": data, "cache_mb": 0})
    with Service.open(forgetful, writable=True) as service:
        for _ in service.ingest(documents(None, STORED_DOCUMENTS)):
            pass
        service.corpus.sync()
        found = figures(service, article())
        remembering = Service(
            chosen, service.corpus, service.embedder, service.models.stance
        )  # it shares the corpus, which the other one closes
        body = CheckRequest(text=article())
        _seconds(lambda: _check(body, remembering))
        found["again_seconds"] = round(_seconds(lambda: _check(body, remembering)), 3)
    return found


def figures(service: Service, text: str, rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds of both ways, which take turns, and to the first statement of the whole check."""
    body = CheckRequest(text=text)
    whole, first, single = [], [], []
    for _ in range(rounds):
        started = time.perf_counter()
        lines = answer_lines(read_article(body, service), body, service, "bench")
        made = next(line for line in lines if isinstance(line, StatementLine))
        first.append(time.perf_counter() - started)
        statements = 1 + sum(isinstance(line, StatementLine) for line in lines)
        whole.append(time.perf_counter() - started)
        single.append(_seconds(lambda: _one_by_one(body, service)))
    assert made.index == 0
    return {
        "words": len(text.split()),
        "statements": statements,
        "whole_seconds": round(min(whole), 3),
        "first_statement_seconds": round(min(first), 3),
        "one_by_one_seconds": round(min(single), 3),
    }


def _check(body: CheckRequest, service: Service) -> int:
    return len(list(answer_lines(read_article(body, service), body, service, "bench")))


def _one_by_one(body: CheckRequest, service: Service) -> None:
    """What a client does that finds the statements and sends each to /v1/verify."""
    for statement in read_article(body, service).found.statements:
        _, claim = claim_of(statement, body, service)
        service.verify([claim], "bench")


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
