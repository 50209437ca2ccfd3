"""The gate that every request passes before any route: request id, admission, body, metrics."""

from api.gate.middleware import Gate
from api.gate.slots import BATCH_PATH, IMPORT_PATH, LONG_RUNNING_SLOTS, MAX_UNFINISHED_BODIES

__all__ = ["BATCH_PATH", "IMPORT_PATH", "LONG_RUNNING_SLOTS", "MAX_UNFINISHED_BODIES", "Gate"]
