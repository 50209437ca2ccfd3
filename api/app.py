"""create_app(settings): everything opens in the lifespan and closes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import contract, problems
from api.batching import Batcher
from api.cors import Cors
from api.gate import Gate
from api.metrics import Metrics
from api.routes import claims, documents, health
from api.service import VERSION, Service
from api.settings import Settings
from retrieval.types import Claim
from retrieval.verify import READ_DOCUMENTS

# Of a batch, in tokens of what is read whole: about sixteen claims of usual length.
BATCH_COST = 40_000
PASSAGE_TOKENS = 200
# Threads for answers of many lines, for documents that are stored or deleted (one at a time), and
# for those who ask how the service does: however many there are of the first two, the last find
# one, and so does a search.
STREAMS = 8
WRITES = 2
PROBES = 2


def claim_cost(claim: Claim) -> int:
    """About how many tokens the claim's passages make, each together with the claim."""
    return max(READ_DOCUMENTS, claim.top_k) * (PASSAGE_TOKENS + len(claim.text) // 4)


def create_app(settings: Settings, service: Service | None = None) -> FastAPI:
    """The application. With a `service` given (in tests) nothing is opened or closed."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if service is None:
            opened = await anyio.to_thread.run_sync(lambda: Service.open(settings, writable=True))
        else:
            opened = service
        try:
            await anyio.to_thread.run_sync(opened.warm_up)
            app.state.batcher = Batcher(
                opened.answer,
                claim_cost,
                most_cost=BATCH_COST,
                most_waiting=settings.max_waiting,
                window=settings.batch_window_ms / 1000,
            )
            app.state.streams = anyio.CapacityLimiter(STREAMS)
            app.state.writes = anyio.CapacityLimiter(WRITES)
            app.state.probes = anyio.CapacityLimiter(PROBES)
            async with anyio.create_task_group() as workers:
                workers.start_soon(app.state.batcher.run)
                app.state.service = opened
                yield
                workers.cancel_scope.cancel()
        finally:
            app.state.service = app.state.batcher = None
            if service is None:
                await anyio.to_thread.run_sync(opened.close)

    app: FastAPI = FastAPIOffline(
        docs_url="/docs" if settings.docs else None,
        redoc_url=None,
        title="claimdesk",
        version=VERSION,
        summary="Checks a claim against your own sources.",
        lifespan=lifespan,
    )
    app.state.batcher = None
    app.state.service, app.state.settings, app.state.metrics = None, settings, metrics
    for routes in (claims, documents, health):
        app.include_router(routes.router)
    problems.install(app)
    contract.complete(app)
    app.add_middleware(Gate, settings=settings, metrics=metrics)
    if settings.cors_origins:
        app.add_middleware(
            Cors,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Content-Type", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
            # A page that was named may call a service on its reader's own machine.
            allow_private_network="*" not in settings.cors_origins,
        )
    return app
