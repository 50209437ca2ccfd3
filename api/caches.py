"""LRU caches: answers by the generation that they were found in, and vectors by their text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, Literal, TypeVar

import numpy as np
from cachetools import LRUCache

from index.corpus import Embedder
from index.documents import Vectors

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Kind = Literal["document", "query"]
TextKey = tuple[Kind, str]
# Longest text in characters whose vector is kept: claims and sentences come again, longer texts do
# not.
LONGEST_TEXT = 1_000
# Most bytes that Python takes for a character.
BYTES_PER_CHARACTER = 4


class Cache(Generic[Key, Value]):
    """Keeps the items that were used last. Safe to use from several threads.

    Args:
        most_bytes: size of all keys and values together; 0 keeps nothing.
        weigh: rough size of a key and its value in bytes.
    """

    def __init__(self, most_bytes: int, weigh: Callable[[Key, Value], int]) -> None:
        # An item is kept as (key, value), for cachetools weighs values alone.
        self._kept: LRUCache[Key, tuple[Key, Value]] = LRUCache(
            most_bytes, getsizeof=lambda item: weigh(*item)
        )
        self._weigh = weigh
        self._lock = threading.Lock()
        self.hits = self.misses = 0

    def get(self, key: Key) -> Value | None:
        with self._lock:
            item = self._kept.get(key)
            if item is None:
                return None
            self.hits += 1
            return item[1]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def values(self) -> list[Value]:
        with self._lock:
            return [value for _, value in self._kept.values()]

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value that had to be made, which counts as a miss; not if it is too large."""
        with self._lock:
            self.misses += 1
            if self._weigh(key, value) <= self._kept.maxsize:
                self._kept[key] = (key, value)


class Remembering:
    """An embedder that remembers the vectors of short texts."""

    def __init__(self, embedder: Embedder, most_bytes: int) -> None:
        self._embedder = embedder
        self.identity, self.dimension = embedder.identity, embedder.dimension
        self.cache: Cache[TextKey, Vectors] = Cache(most_bytes, _weight)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("document", self._embedder.embed, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("query", self._embedder.embed_queries, texts)

    def _remembered(
        self, kind: Kind, embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]
    ) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors: dict[str, Vectors] = {}
        for text in dict.fromkeys(texts):
            if (known := self.cache.get((kind, text))) is not None:
                vectors[text] = known
        new = [text for text in dict.fromkeys(texts) if text not in vectors]
        for text, made in zip(new, embed(new) if new else (), strict=True):
            vectors[text] = made
            if len(text) <= LONGEST_TEXT:
                # A copy: the row alone, not the batch it is a view of.
                self.cache.put((kind, text), made.copy())
        return np.stack([vectors[text] for text in texts])


def _weight(key: TextKey, vector: Vectors) -> int:
    return vector.nbytes + 200 + BYTES_PER_CHARACTER * len(key[1])
