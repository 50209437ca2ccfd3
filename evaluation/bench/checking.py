"""An article about our news -> seconds to check it, beside its statements one by one."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.client import Client
from api.schemas.desk import StatementLine
from api.service import Service
from api.settings import Settings
from evaluation.bench.starting import serving
from evaluation.bench.texts import documents, news_folders
from evaluation.verdict import load
from index.read import read

STORED_DOCUMENTS = 500  # made-up ones, around our news
ARTICLE_WORDS = 600
SENTENCES = 4  # of a paragraph of the article
ROUNDS = 3  # timed runs of each side


def article(words: int = ARTICLE_WORDS) -> str:
    """Claims about our news in paragraphs, at least `words` words: true ones, false ones, and such
    as the news does not decide."""
    by_folder = [load(folder / "claims.jsonl") for folder in news_folders()]
    taken: list[str] = []
    for together in zip(*by_folder, strict=False):
        taken += [one.claim for one in together]
        if sum(len(claim.split()) for claim in taken) >= words:
            break
    paragraphs = [taken[at : at + SENTENCES] for at in range(0, len(taken), SENTENCES)]
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)


def whole_and_one_by_one(
    chosen: Settings, data: Path, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Seconds of a whole check, of its first statement, of the same statements sent to /v1/verify
    one after another, and of a check of the same text again, all over HTTP.

    The fastest round counts; nothing is remembered but for the last figure.
    """
    with Service.open(
        chosen.model_copy(update={"data": data}), writable=True, stances=False
    ) as service:
        news = [read(folder / "articles.jsonl") for folder in news_folders()]
        for _ in service.ingest(itertools.chain(*news, documents(None, STORED_DOCUMENTS))):
            pass
        service.corpus.sync()
    forgetful = {**environment, "CLAIMDESK_CACHE_MB": "0"}
    with serving(data, forgetful) as (url, _), Client(url) as client:
        found = figures(client, article())
    with serving(data, environment) as (url, _), Client(url) as client:
        _check(client, article())
        found["again_seconds"] = round(_seconds(lambda: _check(client, article())), 3)
    return found


def figures(client: Client, text: str, rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds of both ways, which take turns, and to the first statement of the whole check."""
    claims = [line.claim for line in _check(client, text)]
    whole, first, single = [], [], []
    for _ in range(rounds):
        started = time.perf_counter()
        lines = client.check(text)
        made = next(line for line in lines if isinstance(line, StatementLine))
        first.append(time.perf_counter() - started)
        assert made.index == 0
        for _ in lines:
            pass
        whole.append(time.perf_counter() - started)
        single.append(_seconds(lambda: _one_by_one(client, claims)))
    return {
        "words": len(text.split()),
        "statements": len(claims),
        "whole_seconds": round(min(whole), 3),
        "first_statement_seconds": round(min(first), 3),
        "one_by_one_seconds": round(min(single), 3),
    }


def _check(client: Client, text: str) -> list[StatementLine]:
    return [line for line in client.check(text) if isinstance(line, StatementLine)]


def _one_by_one(client: Client, claims: Sequence[str]) -> None:
    """What a client does that knows the statements: a request for each, on one connection."""
    for claim in claims:
        client.verify(claim)


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
