"""Fakes at the protocols: fast, deterministic, no model."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Sequence

import numpy as np

from index.documents import Vectors
from index.terms import terms
from retrieval.types import Calibration


class FakeEmbedder:
    """Embeds a text as the sum of vectors of its words: shared words bring texts near."""

    identity = "fake@1"

    def __init__(self, dimension: int = 32, delay: float = 0.0) -> None:
        self.dimension, self.delay, self.calls = dimension, delay, 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        time.sleep(self.delay)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1
            for word in terms(text):
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
                vectors[row] += np.random.default_rng(seed).standard_normal(self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)


class BrokenEmbedder(FakeEmbedder):
    """Raises an error for any text that holds a word."""

    def __init__(self, word: str, error: Exception) -> None:
        super().__init__()
        self.word, self.error = word, error

    def embed(self, texts: Sequence[str]) -> Vectors:
        if any(self.word in text for text in texts):
            raise self.error
        return super().embed(texts)


class FakeStance:
    """Decides where evidence and claim share enough words: numbers that agree support, others
    refute."""

    identity = "fake-stance@1"

    def __init__(self, calibration: Calibration | None = None) -> None:
        self.calibration = calibration or Calibration()
        self.calls: list[int] = []

    claim_tokens = 1_000

    def check(self, claim: str) -> None:
        """Every claim is short enough."""

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        self.calls.append(len(pairs))
        rows = [self._row(set(terms(evidence)), set(terms(claim))) for evidence, claim in pairs]
        return np.array(rows, np.float32).reshape(-1, 3)

    def _row(self, evidence: set[str], claim: set[str]) -> tuple[float, float, float]:
        words = {term for term in claim if not term.isdigit()}
        shared = len(words & evidence) / max(1, len(words))
        if shared < 0.5:
            return (0.03, 0.02, 0.95)
        numbers = claim - words
        sure = 0.5 + 0.45 * shared
        rest = (1 - sure) / 2
        return (sure, rest, rest) if numbers <= evidence else (rest, sure, rest)


class FakeClock:
    """Says what it was set to."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now
