"""A request's way -> OpenTelemetry spans: one for the request, one for each stage of its claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace

from api.errors import TracingUnavailable
from api.keys.keyring import redacted
from api.settings import Settings
from retrieval.types import Stage

NAME = "claimdesk"
REQUEST_ID = "claimdesk.request_id"
CLAIM = "claimdesk.claim"
# Longest claim that a span holds, in characters.
MAX_CLAIM_CHARS = 1_000


def open_provider(settings: Settings) -> trace.TracerProvider | None:
    """What makes spans and sends them to CLAIMDESK_TRACES_URL; None where that is not set.

    Raises:
        TracingUnavailable: the extra is not installed.
    """
    if not settings.traces_url:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingUnavailable(
            "CLAIMDESK_TRACES_URL needs an extra: pip install 'claimdesk[otel]'"
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(settings.traces_url)))
    return provider


def fastapi_config(provider: trace.TracerProvider | None) -> TelemetryConfig:
    """How FastAPI traces: requests and routes, never bodies or what is wrong with them."""
    return {
        "tracer_provider": provider,
        "tracing": provider is not None,
        "operation_spans": provider is not None,
        "metrics": False,  # Prometheus has them
        "logs": False,  # they would repeat what was sent
        "auto_configure": False,  # api/settings.py alone reads the environment
    }


class Stages:
    """Makes the spans of stages; none without a provider."""

    def __init__(self, provider: trace.TracerProvider | None) -> None:
        self._tracer = provider.get_tracer(NAME) if provider is not None else None

    def timed(self, stage: Stage) -> AbstractContextManager[object]:
        """A span around a stage, under the request whose claim is first in the batch."""
        if self._tracer is None:
            return _nothing()
        # An exception may quote what it is about.
        return self._tracer.start_as_current_span(
            f"{NAME}.{stage}", record_exception=False, set_status_on_exception=False
        )


def annotate(name: str, value: str) -> None:
    """Set an attribute of the span that is open; nothing where none is."""
    trace.get_current_span().set_attribute(name, value)


def span_cleaner() -> Callable[[str], None]:
    """A function that cleans the span of the request, which is open now, and takes its path.

    It sets the path, which is the one of the log, empties the query, and reduces each API key in
    other attributes to its public id. Call it before the span ends.
    """
    span = trace.get_current_span()

    def clean(path: str) -> None:
        if not span.is_recording():
            return
        for name, value in dict(getattr(span, "attributes", None) or {}).items():
            shown = {"url.path": path, "url.query": ""}.get(name, value)
            if isinstance(shown, str) and (shown := redacted(shown)) != value:
                span.set_attribute(name, shown)

    return clean


@contextmanager
def _nothing() -> Iterator[None]:
    yield
