"""Tokenised texts -> rows of numbers, in batches, on the runtime that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.runtime import Device, Precision, Runtime, Tracer

WIDTH_STEP = 8


class Graph:
    """A model with its tokenizer: token ids in, one row of float32 a text out."""

    def __init__(self, identity: str, runtime: Runtime) -> None:
        self.identity, self._runtime = identity, runtime
        self.meta, self.tokenizer = runtime.meta, runtime.tokenizer
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def run(self, encodings: Sequence[Any]) -> Vectors:
        """Tokenised texts -> float32 of shape (n, width), in the order given.

        Raises:
            ModelUnavailable: the model returned numbers that are not finite.
        """
        rows_of_output = np.zeros((len(encodings), int(self.meta["width"])), np.float32)
        lengths = [len(encoding.ids) for encoding in encodings]
        for rows in _batches(lengths, self._runtime.batch_tokens):
            width = max(lengths[row] for row in rows)
            # A runtime keeps something for every shape it meets: let there be few.
            width = -(-width // WIDTH_STEP) * WIDTH_STEP
            columns = {name: np.zeros((len(rows), width), np.int64) for name in self._runtime.names}
            for at, row in enumerate(rows):
                encoding = encodings[row]
                given = {
                    "input_ids": encoding.ids,
                    "attention_mask": encoding.attention_mask,
                    "token_type_ids": encoding.type_ids,
                }
                for name, column in columns.items():
                    column[at, : lengths[row]] = given[name]
            rows_of_output[rows] = self._runtime.infer(columns)
        if not np.isfinite(rows_of_output).all():
            raise ModelUnavailable(f"{self.identity} returned numbers that are not finite")
        return rows_of_output


def load_graph(
    files: ModelFiles,
    cache: Path,
    threads: int,
    trace: Tracer,
    precision: Precision,
    device: Device,
) -> Graph:
    """A model, ready to run.

    f32 is exact. bf16 multiplies in bfloat16, where the processor does that natively. int8 stores
    the weights as integers and rounds the activations as they come; a processor with AMX multiplies
    integers where the model brings scales for its activations, else bfloat16. What is not
    multiplied is as in bf16. A GPU multiplies in 16 bits unless f32 is asked for.

    Args:
        cache: folder of compiled models.
        threads: of the processor; 0 lets it decide. A GPU takes no notice.

    Raises:
        ModelUnavailable: it cannot be loaded, or there is no such device.
    """
    runtime: Runtime
    if device == "cpu":
        from retrieval.running.processor import Processor

        runtime = Processor(files, cache, threads, trace, precision)
    else:
        from retrieval.running.gpu import Gpu

        runtime = Gpu(files, trace, precision, device)
    return Graph(files.identity, runtime)


def _batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Row numbers, shortest text first, in groups of at most so many padded tokens."""
    groups: list[list[int]] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        if groups and (len(groups[-1]) + 1) * lengths[row] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
