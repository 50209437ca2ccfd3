"""Which contradictions count beside a document that rates the claim."""

from __future__ import annotations

import numpy as np
import pytest

from index.documents import Vectors, document
from retrieval.outweighed import without_outweighed

SUPPORT, REFUTE, NOTHING = (0.8, 0.1, 0.1), (0.1, 0.6, 0.3), (0.1, 0.1, 0.8)
STRONGLY = (0.1, 0.8, 0.1)

Told = tuple[float, float, float]


def counted(
    *stances: Told, rate: tuple[int, ...] = (), days: tuple[str | None, ...] = ()
) -> Vectors:
    dates = [*days, *[None] * (len(stances) - len(days))]
    documents = [
        document(f"d{at}", "A tunnel opened.", published_at=day) for at, day in enumerate(dates)
    ]
    rates = [at in rate for at in range(len(stances))]
    return without_outweighed(documents, rates, np.array(stances, np.float32))


def test_a_weak_contradiction_of_what_rates_the_claim_does_not_count() -> None:
    rows = counted(SUPPORT, REFUTE, rate=(0,))
    assert rows[0] == pytest.approx(SUPPORT)
    assert rows[1] == pytest.approx((0.1, 0.0, 0.9))


def test_weak_support_of_a_claim_that_is_rated_false_does_not_count() -> None:
    rows = counted(STRONGLY, (0.6, 0.1, 0.3), rate=(0,))
    assert rows[1] == pytest.approx((0.0, 0.1, 0.9))


@pytest.mark.parametrize("stance", [STRONGLY, (0.6, 0.1, 0.3), NOTHING])
def test_other_stances_count(stance: Told) -> None:
    assert counted(SUPPORT, stance, rate=(0,))[1] == pytest.approx(stance)


def test_a_weak_contradiction_counts_where_nobody_rates_the_claim() -> None:
    assert counted(SUPPORT, REFUTE)[1] == pytest.approx(REFUTE)


def test_documents_that_rate_a_claim_in_two_ways_outweigh_nothing() -> None:
    rows = counted(SUPPORT, REFUTE, REFUTE, rate=(0, 1))
    assert rows[1:] == pytest.approx(np.array([REFUTE, REFUTE], np.float32))


def test_a_document_that_rates_the_claim_and_decides_nothing_outweighs_nothing() -> None:
    assert counted(NOTHING, REFUTE, SUPPORT, rate=(0,))[1] == pytest.approx(REFUTE)


@pytest.mark.parametrize(
    ("rated", "told", "counts"),
    [
        ("2024-05-01", "2024-06-01", True),
        ("2024-05-01", "2024-05-01", False),
        ("2024-05-01", "2024-04-01", False),
        ("2024-05-01", None, False),
        (None, "2024-06-01", False),
    ],
)
def test_what_is_newer_than_the_rating_may_know_more(
    rated: str | None, told: str | None, counts: bool
) -> None:
    rows = counted(SUPPORT, REFUTE, rate=(0,), days=(rated, told))
    assert rows[1] == pytest.approx(REFUTE if counts else (0.1, 0.0, 0.9))
