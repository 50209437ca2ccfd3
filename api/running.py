"""An open service -> the service as it runs: one queue to its models, and threads for the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import anyio
import numpy as np

from api.batching import Lane, ModelQueue
from api.errors import Stopping
from api.metrics import Metrics
from api.service import Service
from api.tracing import Stages
from index.corpus import Embedder
from index.documents import Vectors
from retrieval.types import Answer, Claim, Stage
from retrieval.verify import READ_DOCUMENTS

log = logging.getLogger(__name__)
# Most tokens of the passages of one batch: of claims (about sixteen usual ones), of lines (about
# eight), and of texts of documents, few enough that a claim waits no longer for them.
CLAIMS_TOKENS, LINES_TOKENS, TEXTS_TOKENS = 40_000, 20_000, 8_000
# Mean number of tokens of a passage: which ones a claim is read against is not known beforehand.
PASSAGE_TOKENS = 200
# Mean number of documents that are read for a claim that is not read thoroughly.
DECIDING_DOCUMENTS = 4
# Searches that are answered together.
SEARCHES = 32
# Batches of more urgent work that may go first while work of each of these kinds waits.
SEARCHES_PASSED, LINES_PASSED, TEXTS_PASSED = 4, 8, 8
# Mean number of code points of a token, for a model that does not show its tokenizer.
CHARACTERS_PER_TOKEN = 4
# Separate limits of threads for imports, for other writes and for probes, so that neither of the
# first two can keep a probe waiting.
IMPORTS, WRITES, PROBES = 8, 2, 2

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Texts for one call of the embedding model."""

    texts: Sequence[str]
    embed: Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Running:
    """What the routes work with.

    claims, searches, lines: lanes of the queue. embedder: puts what it embeds into the queue's last
    lane; it is for worker threads, never for the queue's own. closing: streams whose client is gone
    and whose work is not at its end yet.
    """

    service: Service
    queue: ModelQueue
    claims: Lane[Claim, Answer]
    searches: Lane[Claim, Answer]
    lines: Lane[Claim, Answer]
    embedder: Embedder
    imports: anyio.CapacityLimiter
    writes: anyio.CapacityLimiter
    probes: anyio.CapacityLimiter
    stopping: asyncio.Event
    closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def recalled(self, claim: Claim) -> Answer | None:
        """See `Service.recall`. Where a database says what generation it is of, a thread asks it.

        Raises:
            CorpusUnavailable: the database cannot be asked.
        """
        if not self.service.is_shared:
            return self.service.recall(claim)
        return await anyio.to_thread.run_sync(self.service.recall, claim)

    def stop(self) -> None:
        """Answer all that wait with 503, "stopping", and end all streams. Call it in the loop."""
        if self.stopping.is_set():
            return
        waited, imports = self.queue.stop(), self.imports.borrowed_tokens
        if waited or imports:
            log.warning("stopping: %d claims or texts and %d imports cut off", waited, imports)
        self.stopping.set()

    async def close(self) -> None:
        """Stop, and wait for all work that still runs: afterwards nobody uses the service."""
        self.stop()
        await anyio.to_thread.run_sync(self.queue.close)
        while self.closing:
            await asyncio.wait(self.closing)


def run(service: Service, metrics: Metrics, stages: Stages | None = None) -> Running:
    """The service with its queue, whose thread begins to work. Call it in the event loop."""
    stages = stages or Stages(None)
    settings, models, stopping = service.settings, service.models, asyncio.Event()
    count = token_counter(models.stance)

    def claim_tokens(claim: Claim) -> int:
        """Tokens of all pairs of a passage and the claim that the stance model reads."""
        number = max(READ_DOCUMENTS, claim.top_k) if claim.thorough else DECIDING_DOCUMENTS
        return number * (PASSAGE_TOKENS + count(claim.text))

    def timed(stage: Stage) -> AbstractContextManager[object]:
        if stopping.is_set():
            raise Stopping  # nobody waits for the rest of a batch
        both = ExitStack()
        both.enter_context(stages.timed(stage))
        both.enter_context(metrics.timed(stage))
        return both

    def answer(claims: Sequence[Claim]) -> list[Answer]:
        return service.answer(claims, timed)

    def search(claims: Sequence[Claim]) -> list[Answer]:
        return service.find(claims, timed)

    def embed(chunks: Sequence[_Chunk]) -> list[Vectors]:
        return [chunk.embed(chunk.texts) for chunk in chunks]

    window = settings.batch_window_ms / 1000
    most = settings.max_waiting
    claims = Lane("claims", answer, claim_tokens, CLAIMS_TOKENS, most, window=window)
    searches = Lane("searches", search, lambda _: 1, SEARCHES, most, SEARCHES_PASSED)
    lines = Lane("lines", answer, claim_tokens, LINES_TOKENS, most_passed=LINES_PASSED)
    texts: Lane[_Chunk, Vectors] = Lane(
        "documents", embed, lambda _: 1, batch_cost=1, most_passed=TEXTS_PASSED
    )
    queue = ModelQueue([claims, searches, lines, texts], metrics.observe_batch)
    queue.start()
    return Running(
        service,
        queue,
        claims,
        searches,
        lines,
        QueuedEmbedder(service.embedder, queue, texts),
        anyio.CapacityLimiter(IMPORTS),
        anyio.CapacityLimiter(WRITES),
        anyio.CapacityLimiter(PROBES),
        stopping,
    )


class QueuedEmbedder:
    """An embedder whose texts wait in the queue, a chunk at a time, until the models are free."""

    def __init__(self, embedder: Embedder, queue: ModelQueue, lane: Lane[_Chunk, Vectors]) -> None:
        self._embedder, self._queue, self._lane = embedder, queue, lane
        self._count = token_counter(embedder)
        self.identity, self.dimension = embedder.identity, embedder.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Raises: Stopping, or whatever the embedder raises."""
        return self._embedded(texts, self._embedder.embed)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Raises: as `embed`."""
        return self._embedded(texts, self._embedder.embed_queries)

    def _embedded(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        # The next chunk enters once this one is done: so imports and single documents take turns.
        parts = [
            self._queue.submit(self._lane, _Chunk(chunk, embed)).result()
            for chunk in chunks(texts, self._count, TEXTS_TOKENS)
        ]
        return np.concatenate([np.zeros((0, self.dimension), np.float32), *parts])


def chunks(texts: Sequence[str], count: CountTokens, most_tokens: int) -> Iterator[list[str]]:
    """Texts in their order, in lists of at most so many tokens or of one text."""
    chunk: list[str] = []
    total = 0
    for text in texts:
        number = count(text)
        if chunk and total + number > most_tokens:
            yield chunk
            chunk, total = [], 0
        chunk.append(text)
        total += number
    if chunk:
        yield chunk


def token_counter(model: Any) -> CountTokens:
    """Counts the tokens of a text with the model's tokenizer; roughly, if it shows none."""
    given: CountTokens | None = getattr(model, "count_tokens", None)
    return given or (lambda text: 1 + len(text) // CHARACTERS_PER_TOKEN)
