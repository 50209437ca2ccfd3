"""A model that torch runs on a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from index.documents import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.running.files import ModelFiles
from retrieval.running.runtime import Precision, quiet_libraries
from retrieval.running.traceable import Tracer, load_traceable


class Gpu:
    """A `Runtime` on a GPU. Nothing is compiled or cached: each start loads the weights.

    Args:
        precision: "f32", or else 16 bits.
        device: torch's name of it. "cuda" is the GPU that torch takes by itself; tests say "cpu".

    Raises:
        ModelUnavailable: torch finds no GPU or cannot use it, or the model cannot be loaded.
    """

    # Number of padded tokens in a batch: keeps a GPU busy, and takes little of its memory.
    batch_tokens = 16_384
    streams = 1

    def __init__(self, files: ModelFiles, trace: Tracer, precision: Precision, device: str) -> None:
        if device == "cuda" and not torch.cuda.is_available():
            raise ModelUnavailable(
                f"CLAIMDESK_DEVICE is cuda, but torch {torch.__version__} finds no GPU: install "
                "a build of torch for it, or set CLAIMDESK_DEVICE=cpu"
            )
        with quiet_libraries():
            made = load_traceable(files, trace)
        self.meta: dict[str, Any] = made.meta
        self.tokenizer, self.names = made.tokenizer, list(made.inputs)
        self._device = torch.device(device)
        native = device == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
        # Autocast keeps 32 bits in the layers that need them.
        self._type = torch.bfloat16 if native else torch.float16
        self._in_16_bits = precision != "f32"
        with _torch_errors():
            self._module = made.module.eval().to(self._device)
        # A build of torch without code for this GPU is only found out by using it.
        self.infer({name: np.ones((1, 8), np.int64) for name in self.names})

    def infer_each(
        self, batches: Iterable[Mapping[str, npt.NDArray[np.int64]]]
    ) -> Iterator[Vectors]:
        return map(self.infer, batches)

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        with (
            _torch_errors(),
            torch.inference_mode(),
            torch.autocast(self._device.type, self._type, enabled=self._in_16_bits),
        ):
            given = [torch.from_numpy(columns[name]).to(self._device) for name in self.names]
            return np.asarray(self._module(*given).float().cpu().numpy(), np.float32)


@contextmanager
def _torch_errors() -> Iterator[None]:
    """Turns torch's RuntimeErrors (out of memory, a driver that fails) into ModelUnavailable."""
    try:
        yield
    except RuntimeError as error:
        raise ModelUnavailable(f"the GPU fails: {error}") from error
