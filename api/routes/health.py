"""GET /healthz, /readyz, /v1/info, /metrics."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.errors import NotReady
from api.metrics import Metrics
from api.problems import log_failure
from api.routes.common import Ready, in_thread, problems
from api.routes.examples import INFO, METRICS, OK
from api.running import Running
from api.schemas.claims import Health, Info, Readiness
from api.service import Service
from index.errors import CorpusError, DiskFull, FolderReadOnly

log = logging.getLogger(__name__)
router = APIRouter(tags=["service"])
# Bytes that must be free on the disk of the corpus: with fewer, hardly a document can be stored.
MIN_FREE_BYTES = 2**20


@router.get("/healthz", response_model=Health, responses={200: OK})
async def healthz() -> Any:
    """The process is alive."""
    return Health(status="ok")


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={
        200: {
            "content": {
                "application/json": {
                    "example": {"status": "ok", "store_generation": 12, "index_generation": 12}
                }
            }
        },
        **problems(503),
    },
)
async def readyz(running: Ready) -> Any:
    """Models and corpus are open, and documents can be stored."""
    return await in_thread(lambda: _readiness(running.service), running.probes)


def _readiness(service: Service) -> Readiness:
    """
    Raises:
        NotReady: why not, in words that tell nothing of this machine: anybody may ask.
    """
    try:
        if isinstance(service.settings.data, Path):
            check_space(service.settings.data)
        corpus = service.corpus
        corpus.stats()
        return Readiness(
            store_generation=corpus.generation(), index_generation=corpus.index_generation()
        )
    except DiskFull as error:
        raise NotReady(
            "the disk is full: claims are answered, documents cannot be stored"
        ) from error
    except FolderReadOnly as error:
        log_failure(error)
        raise NotReady("the data folder cannot be written: documents cannot be stored") from error
    except CorpusError as error:
        log_failure(error)
        raise NotReady("the corpus cannot be read; see the log") from error


def check_space(folder: Path) -> None:
    """
    Raises:
        DiskFull: hardly a document can be stored in this folder.
        FolderReadOnly: none can.
    """
    if not folder.exists():
        return
    if (free := shutil.disk_usage(folder).free) < MIN_FREE_BYTES:
        raise DiskFull(f"{folder}: {free:,} bytes are free")
    if not os.access(folder, os.W_OK):
        raise FolderReadOnly(f"{folder} cannot be written")


@router.get(
    "/v1/info", response_model=Info, responses={200: INFO, **problems(401, 403, 421, 429, 503)}
)
async def info(running: Ready) -> Any:
    """Models, size of the corpus, limits."""
    return await in_thread(running.service.info, running.probes)


@router.get(
    "/metrics", response_class=Response, responses={200: METRICS, **problems(401, 403, 421, 429)}
)
async def metrics(request: Request) -> Response:
    """For Prometheus."""
    collected: Metrics = request.app.state.metrics
    running: Running | None = request.app.state.running
    if running is not None:
        for lane, length in running.queue.lengths().items():
            collected.queue_length.labels(lane).set(length)
        service = running.service
        try:
            await in_thread(lambda: _measure(service, collected), running.probes)
        except CorpusError as error:  # the other metrics are wanted all the more
            log_failure(error)
    return Response(generate_latest(collected.registry), media_type=CONTENT_TYPE_LATEST)


def _measure(service: Service, metrics: Metrics) -> None:
    """Set the gauges that are read from the corpus and the caches."""
    for name, cache in (("answers", service.answers), ("vectors", service.vectors.cache)):
        metrics.cache_hits.labels(name).set(cache.hits)
        metrics.cache_misses.labels(name).set(cache.misses)
    for state, number in (service.connections() or {}).items():
        metrics.connections.labels(state).set(number)
    stats = service.corpus.stats()
    metrics.documents.set(stats.documents)
    metrics.passages.set(stats.passages)
    index, store = service.corpus.index_generation(), service.corpus.generation()
    metrics.store_generation.set(store)
    metrics.index_generation.set(index)
    metrics.index_lag.set(max(0, store - index))
    for name, times in service.corpus.rebuilds().items():
        metrics.rebuilds.labels(name).set(times)
