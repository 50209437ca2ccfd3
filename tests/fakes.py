"""Fakes at the protocols: fast, deterministic, no model."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import numpy as np

from index.terms import terms
from index.types import Vectors


class FakeEmbedder:
    """A bag of hashed words: texts that share words are near each other."""

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


class BrokenEmbedder(FakeEmbedder):
    """Fails for any text that holds the word."""

    def __init__(self, word: str, error: Exception) -> None:
        super().__init__()
        self.word, self.error = word, error

    def embed(self, texts: Sequence[str]) -> Vectors:
        if any(self.word in text for text in texts):
            raise self.error
        return super().embed(texts)
