"""Which contradictions count beside a document that tells more of the claim."""

from __future__ import annotations

import numpy as np
import pytest

from index.documents import Vectors, document
from retrieval.holding import unless_outweighed

CLAIM = "The harbour tunnel cost the city 40 million crowns"
FULL = "The treasurer says that the harbour tunnel cost the city 40 million crowns."
FEW = "The ferry cost the city little."
SUPPORT, REFUTE, NOTHING = (0.8, 0.1, 0.1), (0.1, 0.6, 0.3), (0.1, 0.1, 0.8)


def counted(*told: tuple[str, tuple[float, float, float]], rate: int | None = None) -> Vectors:
    documents = [document(f"d{at}", text) for at, (text, _) in enumerate(told)]
    stances = np.array([stance for _, stance in told], np.float32)
    return unless_outweighed(CLAIM, documents, [at == rate for at in range(len(told))], stances)


def test_a_weak_contradiction_that_holds_little_of_the_claim_does_not_count() -> None:
    rows = counted((FULL, SUPPORT), (FEW, REFUTE))
    assert rows[0] == pytest.approx(SUPPORT)
    assert rows[1] == pytest.approx((0.1, 0.0, 0.9))


def test_weak_support_that_holds_little_of_a_refuted_claim_does_not_count() -> None:
    rows = counted((FULL, (0.1, 0.8, 0.1)), (FEW, (0.6, 0.1, 0.3)))
    assert rows[1] == pytest.approx((0.0, 0.1, 0.9))


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        (FEW, (0.1, 0.8, 0.1)),  # strong
        (FULL.replace("40", "12"), REFUTE),  # about the same matter
        (FEW, (0.6, 0.1, 0.3)),  # in agreement
        (FEW, NOTHING),
    ],
)
def test_other_stances_count(text: str, stance: tuple[float, float, float]) -> None:
    rows = counted((FULL, SUPPORT), (text, stance))
    assert rows[1] == pytest.approx(stance)


def test_full_documents_that_disagree_outweigh_nothing() -> None:
    rows = counted((FULL, SUPPORT), (FULL.replace("says", "denies"), REFUTE), (FEW, REFUTE))
    assert rows[1:] == pytest.approx(np.array([REFUTE, REFUTE], np.float32))


def test_a_document_that_rates_the_claim_is_fuller_than_any_other() -> None:
    rows = counted((FULL, SUPPORT), (FULL.replace("40", "12"), REFUTE), rate=0)
    assert rows[1] == pytest.approx((0.1, 0.0, 0.9))


def test_no_document_outweighs_none() -> None:
    assert counted((FEW, REFUTE), (FEW, NOTHING))[0] == pytest.approx(REFUTE)
