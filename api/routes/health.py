"""GET /healthz, /readyz, /v1/info, /metrics."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.errors import NotReady
from api.metrics import Metrics
from api.routes.common import OpenProbes, OpenService, in_thread, problems
from api.routes.examples import INFO, METRICS, OK
from api.schemas import Health, Info
from index.errors import CorpusError

log = logging.getLogger(__name__)
router = APIRouter(tags=["service"])


@router.get("/healthz", response_model=Health, responses={200: OK})
async def healthz() -> Any:
    """The process is alive."""
    return Health(status="ok")


@router.get("/readyz", response_model=Health, responses={200: OK, **problems(503)})
async def readyz(service: OpenService, probes: OpenProbes) -> Any:
    """Models and corpus are open: claims can be sent."""
    try:
        await in_thread(service.corpus.stats, threads=probes)
    except CorpusError as error:
        # Whoever asks under any name is told no more than that.
        log.error("not ready", exc_info=error)
        raise NotReady("the corpus cannot be read; see the log") from error
    return Health(status="ok")


@router.get("/v1/info", response_model=Info, responses={200: INFO, **problems(429, 503)})
async def info(service: OpenService, probes: OpenProbes) -> Any:
    """Models, size of the corpus, limits."""
    return await in_thread(service.info, threads=probes)


@router.get("/metrics", response_class=Response, responses={200: METRICS})
async def metrics(request: Request, probes: OpenProbes) -> Response:
    """For Prometheus."""
    collected: Metrics = request.app.state.metrics
    service = request.app.state.service
    if service is not None:
        stats = await in_thread(service.corpus.stats, threads=probes)
        collected.documents.set(stats.documents)
        collected.passages.set(stats.passages)
        for name, cache in (("answers", service.answers), ("vectors", service.vectors.cache)):
            collected.cache_hits.labels(name).set(cache.hits)
            collected.cache_misses.labels(name).set(cache.misses)
    return Response(generate_latest(collected.registry), media_type=CONTENT_TYPE_LATEST)
