"""A model that tells voices: what only reports a claim is a mention, and comes last."""

from collections.abc import Sequence

import numpy as np
import pytest

from index.documents import Vectors, document
from index.split import split
from retrieval.explain import explain
from retrieval.reading import Reading
from retrieval.types import Candidate, Scores
from retrieval.weigh import score_evidence
from tests.fakes import FakeEmbedder, FakeStance

CLAIM = "The bridge in Oria was closed"
# What a passage says -> probabilities of its stances, then of its voices.
SAID = {
    "stated": [0.9, 0.05, 0.05, 0.8, 0.1, 0.1],
    "reported": [0.1, 0.1, 0.8, 0.1, 0.8, 0.1],
    "rejected": [0.05, 0.9, 0.05, 0.1, 0.1, 0.8],
}


class Voiced(FakeStance):
    """Reads the voice off the passage."""

    def predict(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        rows = [next(SAID[v] for v in SAID if v in text) for text, _ in pairs]
        return np.array(rows, np.float32).reshape(-1, 6)


def reading(voice: str, text: str = "The bridge in Oria, a town, was closed in") -> Reading:
    made = document(voice, f"{text} {voice}.", language="en")
    (passage, *_) = split(made)
    found = Candidate(made, passage, Scores(0.9, 1.0, 0.9))
    return Reading(found, CLAIM, np.zeros(16, np.float32), judged=True)


def test_a_mention_is_shown_as_one_after_what_decides() -> None:
    (read,) = score_evidence([[reading("reported"), reading("stated")]], Voiced())
    assert [one.candidate.document.id for one in read] == ["stated", "reported"]
    assert [one.mention for one in read] == [False, True]
    assert [one.voice for one in explain(read, FakeEmbedder())] == ["stated", "reported"]


def test_of_a_mention_the_sentence_that_tells_the_claim_is_shown_with_its_speaker() -> None:
    told = "Lind says that the bridge in Oria was closed, the paper reported"
    (read,) = score_evidence([[reading("reported", f"It rained on Monday. {told}. He")]], Voiced())
    (one,) = explain(read, FakeEmbedder())
    assert [quote.quote for quote in one.rationale] == [f"{told}."]
    assert one.attributed_to is not None


@pytest.mark.parametrize("voice", SAID)
def test_the_model_tells_the_voice_where_no_rule_does(voice: str) -> None:
    (read,) = score_evidence([[reading(voice)]], Voiced())
    assert [one.voice for one in explain(read, FakeEmbedder())] == [voice]


def test_stances_are_those_of_a_model_that_tells_no_voices() -> None:
    (read,) = score_evidence([[reading("rejected")]], Voiced())
    assert read[0].stance is not None
    assert read[0].stance.shape == (3,)
    assert read[0].stance.argmax() == 1


def test_what_is_about_something_else_mentions_nothing() -> None:
    (read,) = score_evidence(
        [[reading("reported", "The mayor of Oria spoke of trees, and")]], Voiced()
    )
    assert not read[0].mention
