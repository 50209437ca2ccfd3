"""The only reader of the environment: every setting is CLAIMDESK_<NAME>."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    PlainSerializer,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.address import Database, database_of, place_of
from api.rate import rate_of
from retrieval.running.files import DEFAULT_EMBEDDING
from retrieval.running.runtime import Device, Precision
from retrieval.stance import DEFAULT_PRECISION, SHIPPED

NO_MODEL = "none"
# A host's name or address in ASCII, without brackets.
_NAME = re.compile(r"[a-z0-9._:-]+", re.IGNORECASE | re.ASCII)


def _cache_home() -> Path:
    return Path("~/.cache/claimdesk").expanduser()


def _rate(value: str) -> str:
    rate_of(value)
    return value


def _listed(value: Any) -> Any:
    """A list of what stands between commas, as people write it in an environment variable."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _origins(value: list[str]) -> list[str]:
    """Origins as a browser sends them: in lower case, scheme://host[:port] and no more.

    Raises:
        ValueError: no browser ever sends this one.
    """
    origins = [part.lower() for part in value]
    for origin in origins:
        if origin not in {"*", "null"} and origin != (right := _origin(origin)):
            raise ValueError(f"{origin!r} is no origin: write {right}")
    return origins


def _origin(text: str) -> str:
    """The origin that was probably meant."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        name, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:  # of brackets, of a port, of a name that cannot be written in ASCII
        name, port = "", None
    if not _NAME.fullmatch(name):
        return "each origin in full, such as https://desk.example, or * for all"
    host = f"[{name}]" if ":" in name else name
    # Browsers leave the scheme's own port out.
    if port is None or (parts.scheme, port) in {("http", 80), ("https", 443)}:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def _ascii(name: str) -> str:
    """A name as requests have it. Raises: ValueError, it cannot be written so."""
    return name if name.isascii() else name.encode("idna").decode()


def _hosts(value: list[str]) -> list[str]:
    """Names as the Host header has them, its port left out.

    Raises:
        ValueError: no request ever names this host.
    """
    for host in value:
        if host != "*" and host != (right := _host(host)):
            raise ValueError(f"{host!r} is no host name: write {right}")
    return value


def _host(text: str) -> str:
    """The host name that was probably meant."""
    try:
        return f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        pass
    try:
        name = urlsplit(text if "://" in text else f"//{text}").netloc
        name = _ascii(name if name.endswith("]") else name.rsplit(":", 1)[0])
    except ValueError:
        name = ""
    return name if _NAME.fullmatch(name.strip("[]")) else "each name in full, or * for all"


def _proxies(value: list[str]) -> list[str]:
    """Addresses and networks of proxies.

    Raises:
        ValueError: no request ever comes from this one.
    """
    for proxy in value:
        try:
            if proxy != "*":
                ipaddress.ip_network(proxy)
        except ValueError:
            raise ValueError(
                f"{proxy!r} is no address: write it as 10.0.0.1 or 10.0.0.0/8, or * for all"
            ) from None
    return value


def _is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach the address. Of names, only localhost is known
    to be such: others are not resolved."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _placed(value: Any) -> Any:
    return place_of(value) if isinstance(value, str) else value


def _addressed(value: Any) -> Any:
    return (database_of(value) if value else None) if isinstance(value, str) else value


Listed = Annotated[list[str], NoDecode, BeforeValidator(_listed)]
Place = Annotated[
    Path | InstanceOf[Database], NoDecode, BeforeValidator(_placed), PlainSerializer(str)
]
Address = Annotated[
    InstanceOf[Database] | None,
    NoDecode,
    BeforeValidator(_addressed),
    PlainSerializer(lambda value: value and str(value)),
]


class Settings(BaseSettings):
    """What can be set, with defaults that are safe on a shared machine."""

    model_config = SettingsConfigDict(
        env_prefix="CLAIMDESK_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # an address may hold a password
    )

    data: Place = Field(
        Path("claimdesk-data"),
        description="Folder of the corpus, or a database of PostgreSQL (extra `postgres`), such as "
        "postgresql://user@host/claimdesk.",
    )
    read_data: Address = Field(
        None,
        description="Read replica of the database CLAIMDESK_DATA for searches; if it cannot be "
        "reached, they use CLAIMDESK_DATA.",
    )
    database_connections: int = Field(
        8, ge=2, le=1000, description="Most connections of this process to each database."
    )
    database_timeout: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="Seconds to wait for a connection, and for the answer of a database; then the "
        "request is answered 503.",
    )
    cache: Path = Field(
        default_factory=_cache_home, description="Folder of compiled models; safe to delete."
    )
    host: str = Field(
        "127.0.0.1", description="Address to listen on. Loopback unless you say otherwise."
    )
    port: int = Field(8000, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    require_keys: bool = Field(
        False,
        description="Whether API keys are asked for on loopback too, as behind a proxy; elsewhere "
        "they always are.",
    )
    allow_network_without_keys: bool = Field(
        False,
        description="Whether to answer anybody who reaches HOST over the network, without a key.",
    )
    key: SecretStr | None = Field(
        None, description="API key that commands with `--url` send to a service."
    )
    metrics_without_key: bool = Field(
        False, description="Whether /metrics is open where API keys are in force."
    )
    embedding_model: str = Field(
        DEFAULT_EMBEDDING, description="A sentence-transformers model: name or folder."
    )
    stance_model: str = Field(
        SHIPPED,
        description="A cross-encoder for stance: claimdesk-stance (ours), a name or folder, none.",
    )
    stance_precision: Precision = Field(
        DEFAULT_PRECISION,
        description="Form of the stance model: auto, the fastest that gives each probability to "
        "0.01 (the shipped model runs in integers); int8 or bf16, the fastest up to this one that "
        "does so in the mean; or f32, which is exact.",
    )
    verdict_threshold: float = Field(
        0.0, ge=0, le=1, description="Below this probability the verdict is NOT_ENOUGH_EVIDENCE."
    )
    device: Device = Field(
        "cpu", description="What the models run on; cuda needs a build of torch for the GPU."
    )
    threads: int = Field(
        0, ge=0, le=1024, description="Processor threads for a model; with 0 the runtime decides."
    )
    vector_index: Literal["auto", "flat", "hnsw", "ivf"] = Field(
        "auto",
        description="FAISS index: flat (exact), hnsw (graph), ivf (inverted lists), or auto: exact "
        "up to 50,000 passages, then inverted lists.",
    )
    dense_weight: float = Field(
        0.35, ge=0, le=1, description="Share of the vector in the fused score; words get the rest."
    )
    include_undated: bool = Field(
        False, description="Whether `as_of` lets through documents that carry no date."
    )
    show_withheld: bool = Field(
        False,
        description="Whether an answer says how many documents are embargoed, withheld, canceled "
        "or expired.",
    )
    max_versions: int = Field(
        20, ge=0, description="Earlier versions of a document that are kept; 0 keeps none."
    )
    allowed_hosts: Annotated[Listed, AfterValidator(_hosts)] = Field(
        ["localhost", "127.0.0.1", "[::1]"],
        description="Host headers that are answered, with commas between; * for all.",
    )
    cors_origins: Annotated[Listed, AfterValidator(_origins)] = Field(
        [],
        description="Origins of web pages that may call it, such as chrome-extension://ID, with "
        "commas between.",
    )
    trusted_proxies: Annotated[Listed, AfterValidator(_proxies)] = Field(
        [], description="Addresses whose X-Forwarded-For is believed; with commas between."
    )
    max_body_bytes: int = Field(1_048_576, ge=1, description="Largest request body.")
    max_import_bytes: int = Field(268_435_456, ge=1, description="Largest body of an import.")
    max_document_chars: int = Field(1_000_000, ge=1, description="Longest document text.")
    max_batch_claims: int = Field(100, ge=1, description="Most claims in one batch.")
    max_check_statements: int = Field(
        200, ge=1, description="Most statements of one article that are checked."
    )
    max_in_flight: int = Field(
        64, ge=1, description="Requests worked on at once; more are answered 503."
    )
    max_waiting: int = Field(
        48, ge=1, description="Claims waiting for the models; more are answered 503."
    )
    cache_mb: int = Field(64, ge=0, description="Memory for cached answers, in MB; 0 caches none.")
    batch_window_ms: float = Field(
        0.0,
        ge=0,
        le=1000,
        description="Milliseconds that a claim waits for others to join it, if nothing runs.",
    )
    rate_limit: Annotated[str, AfterValidator(_rate)] = Field(
        "6000/minute",
        description="Requests per client address, where a claim of a batch and a statement of an "
        "article is one; more are answered 429.",
    )
    key_rate_limit: Annotated[str, AfterValidator(_rate)] = Field(
        "6000/minute",
        description="The same for each API key that was made without a rate of its own.",
    )
    body_timeout: float = Field(
        30.0,
        gt=0,
        description="Seconds that each part of a request may take to arrive (the whole request 20 "
        "times that), and that a client may take to read each part of an answer.",
    )
    request_timeout: float = Field(
        60.0, gt=0, description="Seconds until a claim or search is answered 503."
    )
    shutdown_timeout: int = Field(
        30, ge=0, description="Seconds that requests in flight get to finish at shutdown."
    )
    audit: bool = Field(
        False, description="Whether every verdict is kept, on disk before it is sent."
    )
    audit_claims: bool = Field(
        True, description="Whether kept verdicts hold the claim's text; else its hash alone."
    )
    traces_url: str = Field(
        "",
        description="Where OpenTelemetry traces go, by OTLP over HTTP (extra `otel`), such as "
        "http://127.0.0.1:4318/v1/traces.",
    )
    trace_claims: bool = Field(
        False, description="Whether traces hold the text of claims: up to 1,000 characters."
    )
    docs: bool = Field(True, description="Whether /docs is served.")
    page: bool = Field(True, description="Whether the page for reporters is served at /.")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_lowered)
    ] = Field("info", description="Least severe events that `serve` logs; each request is info.")
    log_format: Annotated[Literal["text", "json"], BeforeValidator(_lowered)] = Field(
        "text", description="Form of the log on stderr: lines for people, or a JSON object a line."
    )
    log_claims: bool = Field(
        False,
        description="Whether the log holds what was asked: up to 2,000 bytes of each body with "
        "claims or a query.",
    )

    @property
    def keys_in_force(self) -> bool:
        """Whether a request needs an API key."""
        return self.require_keys or not (self.allow_network_without_keys or _is_loopback(self.host))

    @model_validator(mode="after")
    def _fits_its_place(self) -> Settings:
        if self.read_data is not None and isinstance(self.data, Path):
            raise ValueError("CLAIMDESK_READ_DATA is of a database, and CLAIMDESK_DATA is a folder")
        return self

    @model_validator(mode="after")
    def _no_unknown_variable(self) -> Settings:
        """A mistyped variable would change nothing, and nobody would notice."""
        prefix = "CLAIMDESK_"
        known = [prefix + name.upper() for name in Settings.model_fields]
        for name in os.environ:
            if name.upper().startswith(prefix) and name.upper() not in known:
                nearest = difflib.get_close_matches(name.upper(), known, 1, 0)[0]
                raise ValueError(f"{name} is no setting; the nearest name is {nearest}")
        return self


def table() -> str:
    """The settings as a Markdown table, for docs/settings.md."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "~/.cache/claimdesk" if field.default_factory else field.default
        default = ", ".join(default) if isinstance(default, list) else default
        shown = "none" if default in ("", None) else f"`{default}`"
        rows.append(f"| `CLAIMDESK_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
