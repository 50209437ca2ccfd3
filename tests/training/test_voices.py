"""Whose word evidence is, as the pairs tell it."""

import pytest
import torch

from evaluation.pairs import Pair
from retrieval.types import VOICES, Stance
from training.learn import VOICE_WEIGHT, loss_of
from training.voices import UNTOLD, spoken


@pytest.mark.parametrize(
    ("dataset", "label", "voice", "how", "told"),
    [
        ("reported", "SUPPORTS", "own", "whole", "stated"),
        ("reported", "REFUTES", "auth", "alone", "stated"),
        ("reported", "NOT_ENOUGH_INFO", "party", "near", "reported"),
        ("reported", "NOT_ENOUGH_INFO", "rumour", "whole", "reported"),
        ("reported", "NOT_ENOUGH_INFO", "party", "omitted", None),  # the sentence is not there
        ("reported", "SUPPORTS", "party", "whole", "stated"),  # "X said that ..." is a fact
        ("reported", "REFUTES", "doubt", "whole", "rejected"),
        ("factcheck_statement", "NOT_ENOUGH_INFO", "", "", "reported"),
        ("factcheck_ruling", "REFUTES", "", "", "rejected"),
        ("factcheck_ruling", "SUPPORTS", "", "", "stated"),
        ("written", "NOT_ENOUGH_INFO", "", "whole", None),
        ("lingnli", "SUPPORTS", "", "", None),
    ],
)
def test_the_voice_of_a_pair(
    dataset: str, label: Stance, voice: str, how: str, told: str | None
) -> None:
    pair = Pair("claim", "evidence", label, dataset, groups={"voice": voice, "how": how})
    at = spoken(pair)
    assert (VOICES[at] if at != UNTOLD else None) == told


def test_the_loss_counts_only_the_voices_that_are_told() -> None:
    logits = torch.tensor([[2.0, 0.0, 0.0, 1.0, 0.0, 0.0], [0.0, 2.0, 0.0, 9.0, 0.0, 0.0]])
    stances = torch.tensor([0, 1])
    of_stance = -torch.log_softmax(logits[:, :3], 1)[[0, 1], [0, 1]].mean().item()
    of_voice = -torch.log_softmax(logits[0, 3:], 0)[1].item()
    told = loss_of(logits, stances, torch.tensor([1, UNTOLD]), 0.0).item()
    assert told == pytest.approx(of_stance + VOICE_WEIGHT * of_voice)
    untold = loss_of(logits, stances, torch.tensor([UNTOLD, UNTOLD]), 0.0).item()
    assert untold == pytest.approx(of_stance)
