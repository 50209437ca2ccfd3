"""Training steps -> weights that lose little when they are packed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from training.pack import rounded


def as_packed(model: Any, seed: int) -> Callable[[], AbstractContextManager[None]]:
    """A block in which the model's learned matrices are rounded as `training.pack` rounds them.

    Forward and backward passes run inside the block. The optimizer then steps the exact weights:
    the straight-through estimator (Bengio et al., 2013), so that learning settles where rounding
    costs little (Jacob et al., CVPR 2018).
    """
    named = model.named_parameters()
    learned = [(name, p) for name, p in named if p.dim() == 2 and p.requires_grad]

    @contextmanager
    def rounding() -> Iterator[None]:
        exact = [parameter.data for _, parameter in learned]
        for name, parameter in learned:
            parameter.data = rounded(name, parameter.data, seed)
        try:
            yield
        finally:
            for (_, parameter), values in zip(learned, exact, strict=True):
                parameter.data = values

    return rounding
