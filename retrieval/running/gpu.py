"""A model as torch runs it, where there is a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.runtime import Precision, Tracer, traced, without_chatter


class Gpu:
    """A `Runtime` on a GPU. Nothing is compiled or cached: each start loads the weights.

    Args:
        device: of torch. "cuda" is the GPU it takes by itself; tests say "cpu".

    Raises:
        ModelUnavailable: torch finds no GPU or cannot use it, or the model cannot be loaded.
    """

    # Enough to keep a GPU busy; what it takes of memory is small beside any that serves models.
    batch_tokens = 16_384

    def __init__(self, files: ModelFiles, trace: Tracer, precision: Precision, device: str) -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise ModelUnavailable(
                f"CLAIMDESK_DEVICE is cuda, but torch {torch.__version__} finds no GPU: install "
                "a build of torch for it, or set CLAIMDESK_DEVICE=cpu"
            )
        with without_chatter():
            made = traced(files, trace)
        self.meta: dict[str, Any] = made.meta
        self.tokenizer, self.names = made.tokenizer, list(made.inputs)
        self._device = torch.device(device)
        native = device == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
        # Layers that need them keep 32 bits: torch knows which.
        self._type = torch.bfloat16 if native else torch.float16
        self._in_16_bits = precision != "f32"
        with _failures():
            self._module = made.module.eval().to(self._device)
        # A build of torch without code for this GPU is only found out by using it.
        self.infer({name: np.ones((1, 8), np.int64) for name in self.names})

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        with (
            _failures(),
            torch.inference_mode(),
            torch.autocast(self._device.type, self._type, enabled=self._in_16_bits),
        ):
            given = [torch.from_numpy(columns[name]).to(self._device) for name in self.names]
            return np.asarray(self._module(*given).float().cpu().numpy(), np.float32)


@contextmanager
def _failures() -> Iterator[None]:
    """Out of memory, a driver that fails: all of them are RuntimeErrors of torch."""
    try:
        yield
    except RuntimeError as error:
        raise ModelUnavailable(f"the GPU fails: {error}") from error
