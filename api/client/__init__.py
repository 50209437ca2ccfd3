"""The Python client: `Client` and `AsyncClient` ask a running service, and answer with the models
of `api.schemas`."""

from api.client.aio import AsyncClient
from api.client.errors import ClientError, CutOff, ProblemError, Unreachable
from api.client.sync import Client
from api.client.waiting import Retries, Timeouts

__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "CutOff",
    "ProblemError",
    "Retries",
    "Timeouts",
    "Unreachable",
]
