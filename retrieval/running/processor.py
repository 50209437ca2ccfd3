"""A model compiled for this machine's processor, once, measured, and cached."""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.forms import Form, abilities, compiled, forms_for, in_form, openvino
from retrieval.running.graph import Graph
from retrieval.running.integers import read_scales, scale_weights
from retrieval.running.kept import BLOBS, check_files, note_blobs, note_files
from retrieval.running.runtime import Precision, quiet_libraries
from retrieval.running.traceable import Traceable, Tracer, load_traceable

log = logging.getLogger(__name__)
# Number of padded tokens in a batch. Padding is wasted work, so texts of like length share one; it
# is bounded so that what a layer hands to the next stays in the processor's cache
# (docs/decisions/0004).
BATCH_TOKENS = 1_024
# Batches that run at the same time, each on half of the threads: two threads on one batch wait for
# each other after every step.
STREAMS = 2
# Version of what lies in a cache folder; older folders are left alone.
CACHE_FORMAT = 4
META, TOKENIZER, MODEL = "meta.json", "tokenizer.json", "model.xml"
NEEDED = {"width", "max_tokens", "pad_id", "form"}


class Processor:
    """A `Runtime` on the processor."""

    batch_tokens = BATCH_TOKENS

    def __init__(self, model: Any, meta: dict[str, Any], tokenizer: Any) -> None:
        self._model, self.meta, self.tokenizer = model, meta, tokenizer
        self.names: list[str] = [port.get_any_name() for port in model.inputs]
        self.streams = int(model.get_property("NUM_STREAMS"))
        self._own = threading.local()

    def infer_each(self, batches: Iterable[Mapping[str, npt.NDArray[np.int64]]]) -> list[Vectors]:
        # Each thread has its own requests, because a request holds its buffers.
        if not hasattr(self._own, "requests"):
            self._own.requests = [self._model.create_infer_request() for _ in range(self.streams)]
        made: list[Vectors] = []
        running: deque[Any] = deque()
        try:
            for columns in batches:
                request = self._own.requests[0]
                if len(running) == self.streams:
                    made.append(_output(running.popleft()))
                request.start_async(columns)
                running.append(request)
                self._own.requests.append(self._own.requests.pop(0))
            made.extend(_output(request) for request in running)
        finally:
            for request in running:
                request.wait()
        return made


def _output(request: Any) -> Vectors:
    """A copy of the rows of a request, when it is done: the next run overwrites its buffer."""
    request.wait()
    return np.array(request.get_output_tensor(0).data, np.float32)


def load_processor(
    files: ModelFiles,
    cache: Path,
    threads: int,
    trace: Tracer,
    precision: Precision,
    able: frozenset[str] | None = None,
) -> Processor:
    """A model from `cache`, compiled first where it is not there or is damaged.

    The graph is made from a torch module once; from then on neither torch nor
    sentence-transformers is imported.

    Args:
        able: what the processor multiplies natively; None to find out.

    Raises:
        ModelUnavailable: the model cannot be loaded or compiled, or no form of it gives the plain
            library's answers.
    """
    ov = openvino()
    core = ov.Core()
    forms = forms_for(precision, files.folder, abilities(core) if able is None else able)
    version = str(ov.__version__).split("-")[0]
    # The precision too: "auto" may demand more of the same forms than "int8".
    made_of = f"{precision}-{'.'.join(forms)}"
    name = f"{files.sha256[:16]}-openvino-{version}-{made_of}-{CACHE_FORMAT}"
    folder = cache / name
    if (folder / MODEL).is_file():
        try:
            return _opened(core, folder, threads)
        except Exception as error:  # noqa: BLE001 - each library has errors of its own
            log.warning("%s is damaged (%s): compiling %s again", folder, error, files.name)
            shutil.rmtree(folder, ignore_errors=True)
    if sys.stderr.isatty():  # a person waits
        log.warning("compiling %s for this machine: once, it takes a while", files.name)
    with quiet_libraries():
        _compile(core, files, folder, trace, forms)
    try:
        return _opened(core, folder, threads)
    except Exception as error:
        raise ModelUnavailable(
            f"{folder} cannot be loaded ({error}): delete it and start again"
        ) from error


def _opened(core: Any, folder: Path, threads: int) -> Processor:
    """The compiled model of a cache folder. It raises whatever `check_files`, tokenizers and
    OpenVINO raise where a file is damaged."""
    from tokenizers import Tokenizer

    check_files(folder)
    meta = json.loads((folder / META).read_text())
    if missing := NEEDED - meta.keys():
        raise ValueError(f"{META} lacks {', '.join(sorted(missing))}")
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    # Loading a compiled blob is faster than compiling: a start takes half a second.
    core.set_property({"CACHE_DIR": str(folder / BLOBS)})
    streams = min(STREAMS, threads or os.cpu_count() or 1)
    model = compiled(core, str(folder / MODEL), meta["form"], threads, streams)
    note_blobs(folder)
    return Processor(model, meta, tokenizer)


def _compile(core: Any, files: ModelFiles, folder: Path, trace: Tracer, forms: list[Form]) -> None:
    """Trace the model, convert it, save the fastest form that is exact enough, and rename the whole
    folder into place."""
    ov = openvino()
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        made = load_traceable(files, trace)
        graph, form, differences = _measured(core, files, made, trace, forms)
        ov.save_model(graph, str(draft / MODEL), compress_to_fp16=False)
        made.tokenizer.save(str(draft / TOKENIZER))
        meta = {**made.meta, "name": files.name, "form": form, "differences": differences}
        (draft / META).write_text(json.dumps(meta))
        note_files(draft)
        try:
            os.rename(draft, folder)  # noqa: PTH104 - Path.rename reads no better
        except OSError:
            # Two first starts may race: the loser finds the winner's folder, which is as good.
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _measured(
    core: Any, files: ModelFiles, made: Traceable, trace: Tracer, forms: list[Form]
) -> tuple[Any, Form, dict[str, float]]:
    """The graph in the first form whose answers are near enough to the plain library's, and the
    difference of each form that was tried.

    Raises:
        ModelUnavailable: none is.
    """
    try:
        measure = made.measure()
    except Exception as error:
        raise ModelUnavailable(
            f"{files.name} cannot be used: the plain library fails at a text ({error}); is "
            "max_seq_length above the number of its positions?"
        ) from error
    differences: dict[str, float] = {}
    scales, floats = read_scales(files.folder) if "int8-products" in forms else {}, None
    for form in forms:
        if form == "int8-products":
            scale_weights(made.module, scales)
            graph = in_form(_converted(files, made), form, scales)
        else:
            floats = floats or _converted(files, made)
            graph = in_form(floats.clone(), form, {})
        # A clone: what is saved has not been changed by compiling.
        processor = Processor(compiled(core, graph.clone(), form), made.meta, made.tokenizer)
        try:
            differences[form] = round(measure(Graph(files.identity, processor)), 6)
        except ModelUnavailable:  # numbers that are not finite
            if form == forms[-1]:
                raise
            differences[form] = math.inf
        if differences[form] <= made.tolerance:
            _log_form(files, form, differences, made.tolerance)
            return graph, form, differences
        if form == "int8-products":
            made = load_traceable(files, trace)  # with its own weights
    raise ModelUnavailable(
        f"{files.name} cannot be compiled: its answers differ from the plain library's by "
        f"{differences[forms[-1]]:.4f}, and {made.tolerance} is allowed"
    )


def _converted(files: ModelFiles, made: Traceable) -> Any:
    """The torch module as an OpenVINO graph of floats.

    Raises:
        ModelUnavailable: OpenVINO cannot convert it.
    """
    import torch

    example = torch.ones((2, 8), dtype=torch.long)
    try:
        graph = openvino().convert_model(
            made.module.eval(), example_input=(example,) * len(made.inputs)
        )
    except Exception as error:
        raise ModelUnavailable(f"{files.name} cannot be compiled: {error}") from error
    for port, name in zip(graph.inputs, made.inputs, strict=True):
        port.get_tensor().set_names({name})
    return graph


def _log_form(
    files: ModelFiles, form: Form, differences: dict[str, float], tolerance: float
) -> None:
    """Log which form is used and why."""
    told = ", ".join(f"{name} {value:.4f}" for name, value in differences.items())
    log.log(
        logging.INFO if len(differences) == 1 else logging.WARNING,
        "%s runs in %s; differences from the plain library in float32 (at most %s): %s",
        files.name, form, tolerance, told,
    )  # fmt: skip
