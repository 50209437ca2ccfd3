"""The stance model reads the notation of the claim; values that are sure move its stance."""

from collections.abc import Sequence

import numpy as np
import pytest

from index.documents import Document, Vectors, document
from index.split import split
from retrieval.reading import Reading, predict_stances
from retrieval.types import Calibration, Candidate, Scores
from retrieval.values.correct import SURE
from tests.fakes import FakeStance


class Misreading(FakeStance):
    """Takes every evidence to refute every claim, and keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__(Calibration())
        self.shown: list[tuple[str, str]] = []

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        self.shown += pairs
        return np.tile(np.array([[0.05, 0.81, 0.14]], np.float32), (len(pairs), 1))


def reading(claim: str, text: str) -> Reading:
    made: Document = document("a", text, language="en")
    (passage, *_) = split(made)
    found = Candidate(made, passage, Scores(0.9, 1.0, 0.9))
    return Reading(found, claim, np.zeros(4, np.float32), judged=True)


@pytest.mark.parametrize(
    ("claim", "text", "shown"),
    [
        ("The stadium holds 12,500 spectators", "The stadium holds 12500 spectators.",
         "The stadium holds 12,500 spectators."),
        ("The office employs more than 1,000 people", "The office employs 1,204 people.",
         "The office employs 1,204 people."),
    ],
)  # fmt: skip
def test_a_misread_notation_supports(claim: str, text: str, shown: str) -> None:
    model = Misreading()
    (read,) = predict_stances([reading(claim, text)], model)
    assert read.stance is not None
    assert read.stance[0] == pytest.approx(SURE, abs=1e-3)
    assert (shown, claim) in model.shown


def test_a_stance_without_values_stays() -> None:
    (read,) = predict_stances([reading("The mayor resigned", "The mayor left.")], Misreading())
    assert read.stance is not None
    assert read.stance.argmax() == 1
