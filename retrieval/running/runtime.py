"""What every runtime of a model has in common: precisions, devices, the protocol."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.documents import Vectors

Precision = Literal["auto", "f32", "bf16", "int8"]
Device = Literal["cpu", "cuda"]


class Runtime(Protocol):
    """A model that runs: the processor's (OpenVINO) or a GPU's (torch)."""

    meta: dict[str, Any]
    """`width` of an output row, `max_tokens` of a text, `pad_id`, and what the model needs else."""
    tokenizer: Any
    names: list[str]
    """Names of the columns of a batch."""
    batch_tokens: int
    """Number of padded tokens in a batch that runs fastest."""
    streams: int
    """Number of batches that run at the same time."""

    def infer_each(
        self, batches: Iterable[Mapping[str, npt.NDArray[np.int64]]]
    ) -> Iterable[Vectors]:
        """For each batch, columns of shape (texts, tokens) -> float32 of shape (texts, width)."""
        ...


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keeps progress bars and warnings of the model libraries out of a command's output."""
    from transformers.utils import logging as messages

    messages.set_verbosity_error()
    messages.disable_progress_bar()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
