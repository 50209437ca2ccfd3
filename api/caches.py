"""What was worked out before -> the same again, while nothing it was made of has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache

from index.types import Embedder, Vectors

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
# A text is embedded again and again only when it is a claim or a sentence.
LONGEST_TEXT = 1_000
BYTES_PER_CHARACTER = 4


class Cache(Generic[Key, Value]):
    """What was used last, up to so many bytes. Safe to use from several threads.

    Args:
        most_bytes: of all values together; 0 keeps nothing.
        weigh: about how many bytes a value takes.
    """

    def __init__(self, most_bytes: int, weigh: Callable[[Value], int]) -> None:
        self._kept: LRUCache[Key, Value] = LRUCache(most_bytes, getsizeof=weigh)
        self._weigh = weigh
        self._lock = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: Key) -> Value | None:
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self.hits += 1
            return value

    def put(self, key: Key, value: Value) -> None:
        """A value that had to be made: each one is a miss. One that is too large is not kept."""
        with self._lock:
            self.misses += 1
            if self._weigh(value) <= self._kept.maxsize:
                self._kept[key] = value


class Remembering:
    """An embedder that does not embed the same short text twice."""

    def __init__(self, embedder: Embedder, most_bytes: int) -> None:
        self._embedder = embedder
        self.identity, self.dimension = embedder.identity, embedder.dimension
        self.cache: Cache[str, Vectors] = Cache(most_bytes, lambda vector: vector.nbytes + 200)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors: dict[str, Vectors] = {}
        for text in dict.fromkeys(texts):
            if (known := self.cache.get(text)) is not None:
                vectors[text] = known
        new = [text for text in dict.fromkeys(texts) if text not in vectors]
        for text, made in zip(new, self._embedder.embed(new) if new else (), strict=True):
            vectors[text] = made
            if len(text) <= LONGEST_TEXT:
                self.cache.put(text, made.copy())  # a row alone, not the batch it is a view of
        return np.stack([vectors[text] for text in texts])
