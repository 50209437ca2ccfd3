"""A few of the faults that `make faults` tries."""

import pytest

from tests.faults.kills import ACTIONS, kills

pytestmark = pytest.mark.slow


def test_kills_at_random_moments_lose_nothing() -> None:
    results = kills(len(ACTIONS) + 1, seed=1)
    assert [loss for result in results for loss in result.losses] == []
    assert sum(result.tried for result in results) == 6
