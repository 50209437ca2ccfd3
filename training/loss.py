"""Logits, targets and a claim-only bias -> the loss of the stance model."""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers.cross_encoder.losses import CrossEntropyLoss

from retrieval.types import STANCES


class ProductOfExperts(torch.nn.CrossEntropyLoss):
    """Cross entropy of a product of two experts: softmax(logits + the other's log-probabilities).

    Hinton, "Training Products of Experts by Minimizing Contrastive Divergence", 2002.
    """

    def forward(self, logits: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """
        Args:
            logits: of shape (n, 3).
            rows: shape (n, 6): three target probabilities, which sum to 1, then three
                log-probabilities of the other expert, up to a constant.
        """
        targets, added = rows[:, : len(STANCES)], rows[:, len(STANCES) :]
        return super().forward(logits + added, targets)


class SoftCrossEntropy(CrossEntropyLoss):  # type: ignore[misc]
    """The loss in the form the trainer wants: one row of six numbers for each pair."""

    def __init__(self, model: Any, label_smoothing: float) -> None:
        super().__init__(model)
        self.ce_loss = ProductOfExperts(label_smoothing=label_smoothing)

    def forward(self, inputs: Any, labels: Any, **rest: Any) -> Any:
        return super().forward(inputs, torch.stack(labels), **rest)
