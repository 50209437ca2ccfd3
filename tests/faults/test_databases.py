"""A few of the faults of a database that `make faults` tries."""

from collections.abc import Callable

import pytest

from tests.faults import databases, replicas
from tests.faults.result import Result
from tests.postgres import Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "fault",
    [
        lambda server: databases.concurrent_writers(2, 1.0, server),
        lambda _: databases.kills_of_the_server(2, seed=1),
        lambda _: databases.failover(1),
        lambda server: replicas.one_is_killed(3.0, 4, server),
    ],
    ids=["writers", "kills", "failover", "replicas"],
)
def test_a_fault_of_a_database(fault: Callable[[Server], Result], postgres: Server) -> None:
    result = fault(postgres)
    assert result.losses == []
    assert result.tried
