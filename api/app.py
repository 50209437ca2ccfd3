"""An open service -> the application that answers over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from opentelemetry.trace import TracerProvider

from api import contract, problems
from api.audit.barrier import AuditBarrier
from api.cors import Cors
from api.gate import Gate
from api.metrics import Metrics
from api.routes import check, claims, documents, erasure, health, quotes, verdicts
from api.routes.page import page_router
from api.running import run
from api.service import VERSION, Service
from api.settings import Settings
from api.tracing import Stages, fastapi_config


def create_app(
    settings: Settings, service: Service | None, tracer_provider: TracerProvider | None = None
) -> FastAPI:
    """The application over an open service, which it does not close. Without one it can only tell
    its contract. The provider makes spans; without one there are none."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if service is None:
            raise RuntimeError("an application without a service cannot be run")
        await anyio.to_thread.run_sync(service.warm_up)
        app.state.running = running = run(service, metrics, Stages(tracer_provider))
        try:
            yield
        finally:
            app.state.running = None
            await running.close()

    app: FastAPI = FastAPIOffline(
        docs_url="/docs" if settings.docs else None,
        redoc_url=None,
        title="claimdesk",
        version=VERSION,
        summary="Checks a claim against your own sources.",
        lifespan=lifespan,
        telemetry=fastapi_config(tracer_provider),
    )
    app.state.running, app.state.metrics = None, metrics
    for routes in (claims, check, quotes, documents, health, erasure, verdicts):
        app.include_router(routes.router)
    if settings.page:
        app.include_router(page_router())
    problems.install(app)
    contract.complete(app)
    if settings.audit:
        app.add_middleware(AuditBarrier)
    app.add_middleware(Gate, settings=settings, metrics=metrics)
    if settings.cors_origins:
        app.add_middleware(
            Cors,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy"],
            # A page that was named may call a service on its reader's own machine.
            allow_private_network="*" not in settings.cors_origins,
        )
    return app
