"""A model compiled for this machine's processor, once, and cached."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.integers import (
    SCALES,
    Scale,
    read_scales,
    widen,
    with_integer_products,
    with_integer_weights,
)
from retrieval.running.runtime import Precision, Tracer, traced, without_chatter

log = logging.getLogger(__name__)
# Padding is wasted work, so texts of like length share a batch. It is bounded in tokens: what a
# layer hands to the next then stays in the processor's cache: docs/decisions/0004.
BATCH_TOKENS = 1_024
# Of what lies in a cache folder; another number, and older folders are left alone.
CACHE_FORMAT = 2
# Activations are rounded in groups of so many, each with a scale of its own.
QUANTISED_TOGETHER = 128
Stored = Literal["f32", "int8", "int8-products"]


def openvino() -> Any:
    """The library, without its telemetry: converting a model would report to a third party."""
    # None makes the import fail, and openvino falls back on a stub that sends nothing.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino as library

    return library


class Processor:
    """A `Runtime` on the processor. The graph is made from a torch module once and kept in
    `cache`; from then on neither torch nor sentence-transformers is imported.

    Raises:
        ModelUnavailable: the model cannot be loaded or compiled.
    """

    batch_tokens = BATCH_TOKENS

    def __init__(
        self, files: ModelFiles, cache: Path, threads: int, trace: Tracer, precision: Precision
    ) -> None:
        from tokenizers import Tokenizer

        ov = openvino()
        version = str(ov.__version__).split("-")[0]
        stored = stored_form(precision, files.folder)
        folder = cache / f"{files.sha256[:16]}-openvino-{version}-{stored}-{CACHE_FORMAT}"
        if not (folder / "model.xml").is_file():
            if sys.stderr.isatty():  # somebody waits
                log.warning("compiling %s for this machine: once, it takes a while", files.name)
            with without_chatter():
                _compile(files, folder, trace, stored)
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        core = ov.Core()
        # Loading a compiled blob is faster than compiling: a start takes half a second.
        core.set_property({"CACHE_DIR": str(folder / "blob")})
        try:
            self._model = compiled(core, str(folder / "model.xml"), precision, stored, threads)
        except RuntimeError as error:
            raise ModelUnavailable(
                f"{folder} cannot be loaded ({error}): delete it and start again"
            ) from error
        self.names: list[str] = [port.get_any_name() for port in self._model.inputs]
        self._requests = threading.local()

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        # One request a thread, for it holds its own buffers.
        if not hasattr(self._requests, "request"):
            self._requests.request = self._model.create_infer_request()
        return np.asarray(self._requests.request.infer(columns)[0], np.float32)


def described() -> dict[str, str]:
    """What Linux says of a processor, by name ("flags", say); elsewhere nothing is known."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (ln.partition(":") for ln in lines)}


def stored_form(precision: Precision, folder: Path) -> Stored:
    """What is kept of a model, by what this processor multiplies fastest."""
    if precision != "int8":
        return "f32"
    if "amx_int8" not in described().get("flags", "").split():
        return "int8"
    # Its tiles multiply integers only where both sides are, and bfloat16 faster than a mix.
    return "int8-products" if (folder / SCALES).is_file() else "f32"


def as_stored(graph: Any, stored: Stored, scales: Mapping[str, Scale]) -> Any:
    """A graph of floats in the form that is kept; `scales` are asked for by integer products."""
    if stored == "int8":
        return with_integer_weights(graph)
    if stored == "int8-products":
        return with_integer_products(graph, scales)
    return graph


def compiled(core: Any, graph: Any, precision: Precision, stored: Stored, threads: int = 0) -> Any:
    """A graph, or the file of one, made ready to run on this processor."""
    native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    config: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if native and precision != "f32" else "f32",
    }
    if stored == "int8":
        config["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = str(QUANTISED_TOGETHER)
    if threads:
        config["INFERENCE_NUM_THREADS"] = threads
    return core.compile_model(graph, "CPU", config)


def _compile(files: ModelFiles, folder: Path, trace: Tracer, stored: Stored) -> None:
    """Trace the model with torch, convert it, and put the whole folder in place at once."""
    import torch

    ov = openvino()
    made = traced(files, trace)
    scales = read_scales(files.folder) if stored == "int8-products" else {}
    widen(made.module, scales)
    example = torch.ones((2, 8), dtype=torch.long)
    try:
        graph = ov.convert_model(made.module.eval(), example_input=(example,) * len(made.inputs))
    except Exception as error:
        raise ModelUnavailable(f"{files.name} cannot be compiled: {error}") from error
    for port, name in zip(graph.inputs, made.inputs, strict=True):
        port.get_tensor().set_names({name})
    graph = as_stored(graph, stored, scales)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        ov.save_model(graph, str(draft / "model.xml"), compress_to_fp16=False)
        made.tokenizer.save(str(draft / "tokenizer.json"))
        (draft / "meta.json").write_text(json.dumps({**made.meta, "name": files.name}))
        try:
            os.rename(draft, folder)  # noqa: PTH104 - Path.rename reads no better
        except OSError:
            # Two first starts may race: the loser finds the winner's folder, which is as good.
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
