"""An event -> a line of the log: time, level, logger, request id, as text or as JSON."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from api.keys.keyring import redacted
from api.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered, in its task and in its worker threads."""
# The loggers that CLAIMDESK_LOG_LEVEL is for; of libraries only warnings are written.
OURS = ("api", "index", "retrieval", "evaluation")
# Name in the state of a request whose path holds the id of a hidden document: no log shows it.
HIDES_PATH = "hides_path"
_access = logging.getLogger("api.access")


def configure(settings: Settings) -> None:
    """Have every logger of this process, uvicorn's among them, write to stderr in one format."""
    level = settings.log_level.upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"text": {"()": TextFormatter}, "json": {"()": JsonFormatter}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": settings.log_format}
            },
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {name: {"level": level} for name in OURS},
        }
    )
    logging.captureWarnings(True)


def write_access(
    scope: MutableMapping[str, Any],
    status: int,
    seconds: float,
    *,
    bytes_in: int = 0,
    bytes_out: int = 0,
    body: bytes = b"",
    key: str | None = None,
) -> None:
    """Write the line of a request that was answered.

    Args:
        scope: the ASGI scope of the request.
        body: the beginning of the body, where CLAIMDESK_LOG_CLAIMS asks for it.
        key: the id of its API key.
    """
    fields = {
        "method": scope["method"],
        "path": path_of(scope),
        "route": route_of(scope),
        "status": status,
        "ms": round(1000 * seconds, 1),
        "bytes_in": bytes_in,
        "bytes_out": bytes_out,
        "client": scope["client"][0] if scope.get("client") else "unknown",
    }
    if key:
        fields["key"] = key
    line = " ".join(f"{name}={value}" for name, value in fields.items())
    if body:
        fields["body"] = body.decode(errors="replace")
        # What somebody sends may hold line ends, and would write lines of its own into the log.
        line += f" body={fields['body']!r}"
    _access.info("%s", line, extra={"fields": fields})


def path_of(scope: MutableMapping[str, Any]) -> str:
    """The path as it was sent, without its query: percent-encoded, so that it cannot break a line.

    Of a path that names what is hidden it is the template of its route.
    """
    raw_path: bytes | None = scope.get("raw_path")
    if scope.get("state", {}).get(HIDES_PATH):
        raw_path = route_of(scope).encode()
    return quote(scope["path"]) if raw_path is None else raw_path.decode("ascii", "replace")


def route_of(scope: MutableMapping[str, Any]) -> str:
    """The template of the route that a request found, such as /v1/documents/{id:path}."""
    return getattr(scope.get("route"), "path", "other")


class TextFormatter(logging.Formatter):
    """Writes a line for people; a traceback follows it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _time(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        return f"{line} request_id={id}" if (id := request_id.get()) else line

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if id := request_id.get():
            line["request_id"] = id
        fields = getattr(record, "fields", None)
        line |= fields if fields is not None else {"message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return redacted(json.dumps(line, ensure_ascii=False, default=str))


def _time(record: logging.LogRecord) -> str:
    """ISO 8601 in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
