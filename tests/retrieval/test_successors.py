"""Who left an office, and who came after whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.documents import Vectors, document
from index.split import split
from retrieval.reading import Reading
from retrieval.successors import REFUTES_BY, SUPPORTS_BY, told_of_offices
from retrieval.types import Candidate, Scores

SUPPORT, REFUTE, NOTHING = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)
UNSURE = (0.6, 0.3, 0.1)
HOLDS = "Ann Lee is mayor of Oria"
FOLLOWED = "Ben Kos succeeded Ann Lee"


def read(claim: str, text: str, day: str | None = None) -> Reading:
    made = document(text, text, title="News", published_at=day, language="en")
    found = Candidate(made, split(made)[0], Scores(0.9, 1.0, 0.9))
    return Reading(found, claim, np.zeros(16, np.float32), judged=True)


def stances(*rows: tuple[float, float, float]) -> Vectors:
    return np.array(rows, np.float32)


def told(claim: str, text: str) -> tuple[float, float, float] | None:
    found = told_of_offices([read(claim, text)], stances(NOTHING))
    return found[0][0] if found else None


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee resigned as mayor of Oria on Monday.",
        "Lee, 54, has stepped down from her post as mayor.",
        "The council of Oria dismissed mayor Ann Lee on Monday.",
        "The council removed Lee as mayor of Oria.",
        "Ann Lee was succeeded as mayor by her deputy Ben Kos.",
        "Ann Lee was replaced as mayor by the head of finance, Ben Kos.",
        "Ann Lee, the mayor of Oria, is ill. She has been replaced by Ben Kos.",
    ],
)
def test_who_left_an_office_does_not_hold_it(text: str) -> None:
    assert told(HOLDS, text) == REFUTES_BY


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee succeeded Ben Kos as mayor of Oria.",
        "Oria's mayor Ben Kos is ill. He was replaced by his deputy Ann Lee.",
    ],
)
def test_who_came_after_the_holder_holds_it(text: str) -> None:
    assert told(HOLDS, text) == SUPPORTS_BY


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee may have resigned as mayor of Oria.",
        "Ann Lee has not resigned as mayor of Oria.",
        "Ann Lee resigned as mayor of Arden to run in Oria.",
        "Ann Lee resigned as chair of the school board of Oria.",
        "Ann Lee, who was mayor of Oria, resigned as chair of the board.",
        "Ann Lee will step down as mayor of Oria.",
        "A post on Facebook claims that Ann Lee resigned as mayor of Oria.",
        "Ann Lee, mayor of Oria, resigned as mayor of the children's town.",
        "Mayor Ann Lee of Oria laughed. A paper had reported that she was replaced by Ben Kos.",
        "Ann Lee has reportedly been dismissed as mayor of Oria.",
        "Is it true that Ann Lee resigned as mayor of Oria?",
        "In 2009 Ann Lee resigned as mayor of Oria.",
        "The mayor of Oria was angry when Lee replaced Kos with Weil.",
        "The mayor of Oria saw Lee being replaced by Kos after 60 minutes.",
        "Mayor Ann Lee and the poet Ben Kos spoke in Oria. He was succeeded by Jo Weil.",
        "The mayor of Oria saw that Lee succeeded in Rome.",
    ],
)
def test_other_texts_tell_nothing_of_the_office(text: str) -> None:
    assert told(HOLDS, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee was succeeded by Ben Kos.",
        "Ann Lee left on Friday. She was succeeded by Ben Kos.",
        "Ben Kos is the new mayor. He succeeds Ann Lee.",
    ],
)
def test_who_followed_whom(text: str) -> None:
    assert told(FOLLOWED, text) == SUPPORTS_BY
    assert told("Ann Lee was succeeded by Ben Kos", text) == SUPPORTS_BY
    assert told("Ann Lee succeeded Ben Kos", text) == REFUTES_BY
    assert told(f"{FOLLOWED} as coach", text) is None
    assert told("Ben Kos succeeded Jo Weil", text) is None
    assert told("Ben Kos succeeded Bo Lee", text) is None


@pytest.mark.parametrize(
    ("day", "other", "stance", "counts"),
    [
        ("2021-05-01", "Mayor Ann Lee opened a school in Oria.", SUPPORT, False),
        ("2023-05-01", "Mayor Ann Lee opened a school in Oria.", SUPPORT, True),
        ("2021-05-01", "The weather in Oria was fine.", NOTHING, True),
        (None, "The weather in Oria was fine.", NOTHING, True),
    ],
)
def test_of_today_the_newest_text_counts(
    day: str | None, other: str, stance: Sequence[float], counts: bool
) -> None:
    """The other text is of 2022."""
    readings = [
        read(HOLDS, "Ann Lee resigned as mayor of Oria.", day),
        read(HOLDS, other, "2022-05-01"),
    ]
    found = told_of_offices(readings, np.array([UNSURE, stance], np.float32))
    assert set(found) == ({0} if counts else set())


def test_a_text_that_surely_supports_tells_of_nobody_who_left() -> None:
    reading = read(HOLDS, "Ann Lee resigned as mayor of Oria.")
    assert told_of_offices([reading], stances(UNSURE))
    assert not told_of_offices([reading], stances(SUPPORT))
