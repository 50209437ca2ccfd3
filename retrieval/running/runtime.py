"""What a graph runs on, and what a torch module must say of itself to be made into one."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles

Precision = Literal["f32", "bf16", "int8"]
Device = Literal["cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Traceable:
    """A torch module that takes `inputs` by name, and what has to be known to run it."""

    module: Any
    inputs: Sequence[str]
    tokenizer: Any
    meta: dict[str, Any]


Tracer = Callable[[ModelFiles], Traceable]


class Runtime(Protocol):
    """What a model runs on."""

    meta: dict[str, Any]
    tokenizer: Any
    names: list[str]
    """Of the columns that `infer` takes."""
    batch_tokens: int
    """How many padded tokens it is best given at once."""

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        """Columns of shape (texts, tokens) -> float32 of shape (texts, width)."""
        ...


@contextmanager
def without_chatter() -> Iterator[None]:
    """Progress bars and warnings of the libraries stay out of a command's output."""
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def traced(files: ModelFiles, trace: Tracer) -> Traceable:
    """The model as a torch module.

    Raises:
        ModelUnavailable: it cannot be loaded.
    """
    try:
        return trace(files)
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(f"{files.folder} cannot be loaded: {error}") from error
