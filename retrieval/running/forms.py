"""A precision -> the forms of a graph that this processor multiplies fastest, in order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from retrieval.running.integers import SCALES, Scale, with_integer_products, with_integer_weights
from retrieval.running.runtime import Precision

# Number of activations that are rounded together, with one scale.
QUANTISED_TOGETHER = 128
Form = Literal["int8-products", "int8", "bf16", "f32"]


def openvino() -> Any:
    """The library, without its telemetry: converting a model would report to a third party."""
    # None makes the import fail, and openvino falls back on a stub that sends nothing.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library

    return library


def processor_info() -> dict[str, str]:
    """What Linux says of the processor, by name ("flags", say); elsewhere nothing."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (ln.partition(":") for ln in lines)}


def abilities(core: Any) -> frozenset[str]:
    """What this processor multiplies natively, of "bf16" and "amx_int8"."""
    flags = processor_info().get("flags", "").split()
    found = {"amx_int8"} & set(flags)
    if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        found.add("bf16")
    return frozenset(found)


def forms_for(precision: Precision, folder: Path, able: frozenset[str]) -> list[Form]:
    """Forms to try for the model in `folder`, the fastest first and float32 last.

    f32 is exact. bf16 multiplies in bfloat16. int8 stores the weights as integers and rounds the
    activations as they come. int8-products multiplies integers by integers, with the scales for
    its activations that the model brings.

    Args:
        able: what the processor multiplies natively, as `abilities` gives it.
    """
    forms: list[Form] = ["f32"]
    if precision != "f32" and "bf16" in able:
        forms.insert(0, "bf16")
    if precision in {"auto", "int8"}:
        if "amx_int8" not in able:
            forms.insert(0, "int8")
        elif (folder / SCALES).is_file():
            # AMX tiles multiply integers only where both sides are, and bfloat16 faster than a mix.
            forms.insert(0, "int8-products")
    return forms


def in_form(graph: Any, form: Form, scales: Mapping[str, Scale]) -> Any:
    """A graph of floats in this form; `scales` are needed for integer products alone. The given
    graph may be changed."""
    if form == "int8":
        return with_integer_weights(graph)
    if form == "int8-products":
        return with_integer_products(graph, scales)
    return graph


def compiled(core: Any, graph: Any, form: Form, threads: int = 0, streams: int = 1) -> Any:
    """A graph, or the file of one, made ready to run on this processor.

    Args:
        threads: 0 lets OpenVINO decide.
        streams: number of batches that run at the same time, each with its share of the threads.
    """
    config: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        # What is not multiplied as integers is multiplied in this.
        "INFERENCE_PRECISION_HINT": "bf16"
        if form != "f32" and "bf16" in abilities(core)
        else "f32",
    }
    if form == "int8":
        config["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = str(QUANTISED_TOGETHER)
    if streams > 1:
        config["NUM_STREAMS"] = streams
    if threads:
        config["INFERENCE_NUM_THREADS"] = threads
    return core.compile_model(graph, "CPU", config)
