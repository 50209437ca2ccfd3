"""claimdesk embed: a large corpus, embedded by many processes or by a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.add import Mapping, names_of, store
from api.options import AsJson, Data, settings
from index.read import endings

if TYPE_CHECKING:
    from api.service import Service
    from api.settings import Settings
    from api.targets import Target
    from index.bulk import Load
    from index.documents import Document, Outcome, Refused
    from index.ingest import VectorsOf

# Processors of a worker, if nobody says otherwise: with more, one call of the model gains little.
PROCESSORS_PER_WORKER = 4


def embed(
    paths: Annotated[list[Path], typer.Argument(help=f"Files ({endings()}) or folders.")],
    data: Data = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that embed; by default one for 4 processors."),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Embed on a Ray cluster (extra ray): host:port, ray://host:port, auto for one "
            "that runs here, local for one that begins here.",
        ),
    ] = None,
    as_json: AsJson = False,
    mapping: Mapping = "",
) -> None:
    """Add or update the documents of a large corpus; many processes embed them."""
    chosen, names = settings(data), names_of(mapping)
    place = _place(chosen, workers, ray)
    store(paths, place, names, as_json, "embedding")


@contextmanager
def _place(chosen: Settings, workers: int | None, ray: str | None) -> Iterator[Target]:
    """The corpus of the settings, for which others embed."""
    from api.service import Service
    from api.targets import Local
    from index.ingest import ingest_by

    with (
        Service.open(chosen, writable=True, stances=False) as service,
        _vectors_of(service, workers, ray) as vectors_of,
    ):

        def ingest(items: Iterable[Document | Refused]) -> Iterator[Outcome]:
            return ingest_by(items, service.corpus, vectors_of)

        yield Local(service, ingest)


@contextmanager
def _vectors_of(service: Service, workers: int | None, ray: str | None) -> Iterator[VectorsOf]:
    from retrieval.embed import load_embedder

    chosen, identity = service.settings, service.embedder.identity

    def load(processors: int) -> Load:
        return partial(
            load_embedder, chosen.embedding_model, chosen.cache, processors, device=chosen.device
        )

    if ray is None:
        from index.bulk import processes

        here = len(os.sched_getaffinity(0))
        number = workers or max(1, here // PROCESSORS_PER_WORKER)
        threads = chosen.threads or max(1, here // number)
        yield processes(load(threads), identity, number)
        return
    from index.bulk.cluster import clustered, connected

    with connected(ray) as there:
        threads = chosen.threads or min(PROCESSORS_PER_WORKER, max(1, int(there)))
        number = workers or max(1, int(there) // threads)
        gpus = 1 if chosen.device == "cuda" else 0
        yield clustered(load(threads), identity, number, processors=threads, gpus=gpus)
