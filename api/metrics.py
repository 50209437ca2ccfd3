"""The Prometheus metrics of one application."""

from __future__ import annotations

from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from retrieval.types import Stage

# Upper bounds of the buckets of seconds, from an answer that is remembered to a batch that is late.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """Holds a registry of its own, so that two applications in one process count apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "claimdesk_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "claimdesk_request_seconds",
            "Time to the last byte.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = self._gauge("requests_in_flight", "Requests being worked on.")
        self.documents = self._gauge("documents", "Documents in the corpus.")
        self.passages = self._gauge("passages", "Passages in the corpus.")
        self.store_generation = self._gauge(
            "store_generation", "Generation of the stored documents; grows with every change."
        )
        self.index_generation = self._gauge(
            "index_generation", "Generation that searches answer from."
        )
        self.index_lag = self._gauge(
            "index_lag", "Generations that the indexes are behind the stored documents."
        )
        self.rebuilds = self._gauge(
            "index_rebuilds", "Indexes built anew since the start.", "index"
        )
        self.connections = self._gauge(
            "database_connections", "Connections to the database of the corpus.", "state"
        )
        self.cache_hits = self._gauge("cache_hits", "Found in a cache.", "cache")
        self.cache_misses = self._gauge("cache_misses", "Had to be computed.", "cache")

        self.queue_length = self._gauge("queue_length", "Items that wait for the models.", "lane")
        self.batch_size = Histogram(
            "claimdesk_batch_size",
            "Items that the models took at once.",
            ["lane"],
            buckets=(1, 2, 4, 8, 16, 32),
            registry=self.registry,
        )
        self.model_seconds = Histogram(
            "claimdesk_model_seconds",
            "Time that the models took for a batch; their sum is how busy they were.",
            ["lane"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "claimdesk_stage_seconds",
            "Time that a stage took for a batch: embed, dense, lexical, stance, differences.",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )

    def timed(self, stage: Stage) -> AbstractContextManager[object]:
        """Measures a stage of verifying; see `retrieval.types.Timed`."""
        return self.stage_seconds.labels(stage).time()

    def observe_batch(self, lane: str, size: int, seconds: float) -> None:
        self.batch_size.labels(lane).observe(size)
        self.model_seconds.labels(lane).observe(seconds)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"claimdesk_{name}", about, labels, registry=self.registry)
