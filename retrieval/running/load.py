"""A model's files -> a graph that runs on the device that is asked for."""

from __future__ import annotations

from pathlib import Path

from retrieval.running.files import ModelFiles
from retrieval.running.graph import Graph
from retrieval.running.runtime import Device, Precision, Runtime
from retrieval.running.traceable import Tracer


def load_graph(
    files: ModelFiles,
    cache: Path,
    threads: int,
    trace: Tracer,
    precision: Precision,
    device: Device,
) -> Graph:
    """A model, ready to run.

    Args:
        cache: folder of compiled models.
        threads: number of the processor's threads; 0 lets OpenVINO decide. A GPU takes no notice.
        precision: the fastest that may be used; "auto" allows every one. On a processor a slower
            one is used where this one differs too much from float32 (`retrieval.running.forms`); a
            GPU multiplies in 16 bits unless it is "f32".

    Raises:
        ModelUnavailable: it cannot be loaded, or there is no such device.
    """
    runtime: Runtime
    if device == "cpu":
        from retrieval.running.processor import load_processor

        runtime = load_processor(files, cache, threads, trace, precision)
    else:
        from retrieval.running.gpu import Gpu

        runtime = Gpu(files, trace, precision, device)
    return Graph(files.identity, runtime)
