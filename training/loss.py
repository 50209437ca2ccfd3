"""Targets and a second expert -> the loss of the stance model."""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers.cross_encoder.losses import CrossEntropyLoss

from retrieval.types import STANCES


class OfExperts(torch.nn.CrossEntropyLoss):
    """Cross entropy of a product of two experts: the logits, and what another adds to them.

    Hinton, "Training Products of Experts by Minimizing Contrastive Divergence", 2002.
    """

    def forward(self, logits: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """
        Args:
            logits: of shape (n, 3).
            rows: targets, which sum to 1, and beside them log-probabilities of the other expert,
                up to a constant: of shape (n, 6).
        """
        targets, added = rows[:, : len(STANCES)], rows[:, len(STANCES) :]
        return super().forward(logits + added, targets)


class SoftCrossEntropy(CrossEntropyLoss):  # type: ignore[misc]
    """Targets are distributions, so a teacher's labels and a person's are learned alike."""

    def __init__(self, model: Any, label_smoothing: float) -> None:
        super().__init__(model)
        self.ce_loss = OfExperts(label_smoothing=label_smoothing)

    def forward(self, inputs: Any, labels: Any, **rest: Any) -> Any:
        return super().forward(inputs, torch.stack(labels), **rest)
