"""A model as torch runs it, where there is a GPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from index.types import Vectors
from retrieval.errors import ModelUnavailable
from retrieval.models import ModelFiles, Precision, Tracer, traced, without_chatter


class Gpu:
    """A `retrieval.models.Runtime`. Nothing is compiled or cached: each start loads the weights.

    Args:
        device: of torch; "cuda" is the first GPU.

    Raises:
        ModelUnavailable: torch finds no GPU, or the model cannot be loaded.
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
        self._module = made.module.eval().to(device)
        self._device = torch.device(device)
        native = device == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
        # Layers that need them keep 32 bits: torch knows which.
        self._type = torch.bfloat16 if native else torch.float16
        self._in_16_bits = precision != "f32"

    def infer(self, columns: Mapping[str, npt.NDArray[np.int64]]) -> Vectors:
        given = [torch.from_numpy(columns[name]).to(self._device) for name in self.names]
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, self._type, enabled=self._in_16_bits),
        ):
            made = self._module(*given)
        return np.asarray(made.float().cpu().numpy(), np.float32)
