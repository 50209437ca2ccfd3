"""The loss is the cross entropy of a product of two experts."""

import pytest
import torch

from training.loss import ProductOfExperts


def test_product_by_hand() -> None:
    stance, claim = torch.tensor([0.5, 0.2, 0.3]), torch.tensor([0.1, 0.6, 0.3])
    product = stance * claim / (stance * claim).sum()
    rows = torch.cat([torch.tensor([0.0, 1.0, 0.0]), claim.log()])[None]
    assert ProductOfExperts()(stance.log()[None], rows).item() == pytest.approx(
        -product[1].log().item()
    )


def test_the_gradient_is_small_where_the_other_expert_is_right() -> None:
    logits = torch.zeros((1, 3), requires_grad=True)
    target = torch.tensor([0.0, 1.0, 0.0])
    gradients = []
    for added in ([0.0, 0.0, 0.0], [0.0, 4.0, 0.0]):
        ProductOfExperts()(logits, torch.cat([target, torch.tensor(added)])[None]).backward()
        gradients.append(logits.grad.abs().sum().item())
        logits.grad = None
    assert gradients[1] < 0.1 * gradients[0]
