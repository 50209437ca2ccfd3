"""The Prometheus metrics of one application."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


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
            "claimdesk_request_seconds", "Time to the last byte.", ["route"], registry=self.registry
        )
        self.in_flight = self._gauge("requests_in_flight", "Requests being worked on.")
        self.documents = self._gauge("documents", "Documents in the corpus.")
        self.passages = self._gauge("passages", "Passages in the corpus.")
        self.cache_hits = self._gauge("cache_hits", "Found in a cache.", "cache")
        self.cache_misses = self._gauge("cache_misses", "Had to be computed.", "cache")

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"claimdesk_{name}", help, labels, registry=self.registry)
