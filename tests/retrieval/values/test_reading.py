"""The ways in for text of any kind: English is compared, and an error costs no answer."""

import datetime as dt

import numpy as np
import pytest

from retrieval.types import Quote
from retrieval.values.correct import SURE
from retrieval.values.reading import as_read, derivations, settled

CLAIM = "The stadium holds 12,500 spectators"
TEXT = "The stadium holds 12500 spectators."
REFUTES = np.array([0.05, 0.81, 0.14], np.float32)


@pytest.mark.parametrize("language", ["en", None])
def test_english_is_compared(language: str | None) -> None:
    assert as_read(CLAIM, TEXT, language) == "The stadium holds 12,500 spectators."
    assert settled(REFUTES, CLAIM, TEXT, language)[0] == pytest.approx(SURE)


def test_other_languages_are_not() -> None:
    assert as_read(CLAIM, TEXT, "de") is TEXT
    assert settled(REFUTES, CLAIM, TEXT, "de") is REFUTES
    assert derivations(CLAIM, [Quote(0, len(TEXT), TEXT)], "de") == ()


def test_steps_quote_the_document() -> None:
    document = f"It rained. {TEXT} 45 people died in Oria and 6 in Ustra."
    cuts = [(11, 46), (47, len(document))]
    quotes = [Quote(start, end, document[start:end]) for start, end in cuts]
    claim = "More than 50 people died in all in Oria and Ustra"
    (step,) = derivations(claim, quotes, "en")
    assert step.text == "45 + 6 = 51, which is more than 50"
    assert [place.quote for place in step.evidence] == ["45", "6"]
    for place in step.evidence:
        assert document[place.start : place.end] == place.quote


def test_values_written_alike_are_no_step() -> None:
    assert derivations("The stadium holds 12500 spectators", [Quote(0, 35, TEXT)], "en") == ()


def test_a_claim_with_a_date_is_read_under_the_day_of_the_text() -> None:
    tuesday = dt.date(2024, 4, 9)
    said = "The strike began on Monday."
    read = "9 April 2024. The strike began on Monday, 8 April 2024."
    assert as_read("The strike began on 8 April 2024", said, "en", tuesday) == read
    assert as_read("The strike began on 8 April 2024", said, "en") == said
    assert as_read("The strike began in Torrel", said, "en", tuesday) == said
