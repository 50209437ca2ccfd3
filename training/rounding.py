"""Training steps -> weights that lose little when they are packed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import TrainerCallback

from training.pack import rounded


class AsPacked(TrainerCallback):  # type: ignore[misc]
    """Rounds the weights for each forward and backward pass as `training.pack` does.

    The optimizer then steps the exact weights: the straight-through estimator (Bengio et al.,
    2013), so that learning settles where rounding costs little (Jacob et al., CVPR 2018).
    """

    def __init__(self, model: Any, seed: int) -> None:
        self.seed = seed
        self.learned = [
            (name, p) for name, p in model.named_parameters() if p.dim() == 2 and p.requires_grad
        ]
        self.exact: list[Any] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.exact = [parameter.data.clone() for _, parameter in self.learned]
        for name, parameter in self.learned:
            parameter.data.copy_(rounded(name, parameter.data, self.seed))

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        for (_, parameter), exact in zip(self.learned, self.exact, strict=True):
            parameter.data.copy_(exact)
        self.exact = []

    @contextmanager
    def seen(self) -> Iterator[None]:
        """Round the weights inside the block, to score them as they will be packed."""
        self.on_step_begin(None, None, None)
        try:
            yield
        finally:
            self.on_pre_optimizer_step(None, None, None)
