"""The vectors of a large corpus, made by many processes: of this machine, or of a Ray cluster.

ingest_by(items, corpus, processes(load, identity, workers))
"""

from index.bulk.processes import processes
from index.bulk.worker import Load, WorkersFailed

__all__ = ["Load", "WorkersFailed", "processes"]
